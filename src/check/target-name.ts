/**
 * The name by which a connection is recognised in another recording: host and path. Not ports and addresses, which
 * change each time; nor queries and some parts of paths, which hold tokens and cache busters.
 */
import { looksLikeToken } from '../redact/token-shape.ts';
import type { UpgradeReport } from '../report/model.ts';

/** Replaces a part of a path that changes each time. */
const ANY = '{id}';
/** A UUID, or a number too long for a version or a room. */
const VOLATILE = /^(?:\d{5,}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/i;
const IP_ADDRESS = /^(?:\[.*\]|\d{1,3}(?:\.\d{1,3}){3})$/;
const MAX_LENGTH = 200;

/** "ws.example/chat"; null if neither is known. */
export function targetOf(upgrade: Pick<UpgradeReport, 'host' | 'target'> | null): string | null {
  if (upgrade === null || (upgrade.host === null && upgrade.target === null)) return null;
  const [, authority, rest = ''] = /^[a-z]+:\/\/([^/?#]*)(.*)$/is.exec(upgrade.target ?? '') ?? [];
  const target = authority === undefined ? (upgrade.target ?? '') : rest;
  const host = hostName(authority ?? upgrade.host ?? '');
  const text = host + pathOf(target);
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}

/** The host without its port; empty if it is an address. */
function hostName(authority: string): string {
  const host = authority.replace(/^.*@/s, '').replace(/:\d*$/, '').toLowerCase();
  return IP_ADDRESS.test(host) ? '' : host;
}

function pathOf(target: string): string {
  const path = /^[^?#]*/.exec(target)?.[0] ?? '';
  if (path === '/' || path === '') return '/';
  return path
    .split('/')
    .map((segment) => (VOLATILE.test(segment) || looksLikeToken(segment) ? ANY : segment))
    .join('/');
}
