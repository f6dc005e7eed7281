/**
 * Do two values differ only as the host names of the two environments do: "https://www.example.com" and
 * "https://www.beta.example.com"?
 */
import type { ConnectionReport } from '../report/model.ts';
import { hostOf } from './target-parts.ts';

/** The hosts named in the requests, in lower case; null if they are equal or unknown. */
export type Renaming = { readonly good: string; readonly bad: string } | null;

export function renamingOf(good: ConnectionReport, bad: ConnectionReport): Renaming {
  const [ours, theirs] = [hostOf(good), hostOf(bad)];
  return ours === null || theirs === null || ours === theirs ? null : { good: ours, bad: theirs };
}

export function followsHost(good: string, bad: string, renaming: Renaming): boolean {
  if (renaming === null) return false;
  const [ours, theirs] = [good.toLowerCase(), bad.toLowerCase()];
  const [host, otherHost] = [withoutPort(renaming.good), withoutPort(renaming.bad)];
  if (ours.replaceAll(renaming.good, renaming.bad) === theirs) return true;
  if (ours.replaceAll(host, otherHost) === theirs) return true;
  return withoutOwnLabels(ours, host, otherHost) === withoutOwnLabels(theirs, otherHost, host);
}

/** Removes the labels that only this host has, where they stand as labels: "beta." of "beta.chat.example.com". */
function withoutOwnLabels(value: string, host: string, otherHost: string): string {
  const others = new Set(otherHost.split('.'));
  let text = value;
  for (const label of host.split('.')) {
    if (others.has(label) || label === '') continue;
    text = text
      .split(/(?<=[/@.])|(?=[/@])/)
      .filter((part) => part !== `${label}.`)
      .join('');
  }
  return text;
}

function withoutPort(host: string): string {
  return host.replace(/:\d+$/, '');
}
