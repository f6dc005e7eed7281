/** Short pieces of text that several parts of the Markdown report share. */
import { basename } from '#platform/path';
import { countOf, formatBytes, formatCount, listOf } from '../format-count.ts';
import type {
  CaptureReport,
  ConnectionReport,
  DirectionTraffic,
  Endpoint,
  FrameCounts,
  Report,
  Severity,
} from '../model.ts';
import { packetFilters } from '../packet-filter.ts';
import { codeSpan, escapeProse } from './escape-markdown.ts';

/** They differ in shape as well as in colour. */
export const SIGNS: Readonly<Record<Severity | 'clean' | 'neutral', string>> = {
  error: '❌',
  warning: '⚠️',
  info: 'ℹ️',
  clean: '✅',
  neutral: '❔',
};

const SHOWN_PACKETS = 8;
const LONGEST_FILTER = 120;
const LONGEST_NAME = 100;
const NONE = 'none';

/** The file name without its folder, which the readers of a ticket need not know. */
export function captureName({ path }: CaptureReport): string {
  return path === '-' ? 'standard input' : cutText(basename(path.replaceAll('\\', '/')), LONGEST_NAME);
}

export function captureNames({ captures }: Report): string {
  return listOf(
    captures.map((capture) => codeSpan(captureName(capture))),
    3,
  );
}

export function endpoint({ address, port }: Endpoint): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** "packet 3", "packets 1 and 3". */
export function packetText(packets: readonly number[]): string {
  return `${packets.length === 1 ? 'packet' : 'packets'} ${listOf(packets.map(String), SHOWN_PACKETS)}`;
}

/** Display filters as code spans; with the file's name if there are several files. */
export function filterText(packets: readonly number[], captures: readonly CaptureReport[]): string {
  const byPath = new Map(captures.map((capture) => [capture.path, captureName(capture)]));
  return packetFilters(packets, captures, LONGEST_FILTER)
    .map(
      ({ path, filter }) =>
        `${codeSpan(filter)}${path === null ? '' : ` in ${codeSpan(byPath.get(path) ?? path)}`}`,
    )
    .join(', ');
}

const KINDS: readonly (keyof FrameCounts)[] = [
  'text',
  'binary',
  'continuation',
  'ping',
  'pong',
  'close',
  'reserved',
];

/** "3 text, 1 close (96 B)", "none". */
function framesText({ frames, payloadBytes }: DirectionTraffic): string {
  const parts = KINDS.filter((kind) => frames[kind] > 0).map(
    (kind) => `${formatCount(frames[kind])} ${kind}`,
  );
  if (parts.length === 0) return NONE;
  return payloadBytes === 0 ? parts.join(', ') : `${parts.join(', ')} (${formatBytes(payloadBytes)})`;
}

/** "client 3 text; server none", "none from either side". */
export function bothFramesText({ clientToServer, serverToClient }: ConnectionReport['traffic']): string {
  const [client, server] = [framesText(clientToServer), framesText(serverToClient)];
  return client === server && client === NONE
    ? 'none from either side'
    : `client ${client}; server ${server}`;
}

/** The first sentence of a message says what happened. */
export function firstSentence(message: string): string {
  return /^.*?\.(?= [A-Z])/.exec(message)?.[0] ?? message;
}

/** "2023-11-14T22:13:20.101000000Z" to "2023-11-14 22:13:20.101 UTC"; tcpdump's text may lack day or time zone. */
export function moment(rfc3339: string, { captures }: Pick<Report, 'captures'>): string {
  const [, date, time] = /^(.{10})T(.{8}(?:\.\d{1,3})?)/.exec(rfc3339) ?? [];
  if (date === undefined || time === undefined) return escapeProse(rfc3339);
  const has = (wanted: string) => captures.some(({ notes }) => notes.some(({ code }) => code === wanted));
  if (has('relative-time') || has('no-timestamp')) return 'an unknown time';
  if (has('no-date')) return `${time} of an unknown day`;
  return `${date} ${time} ${has('local-time') || !rfc3339.endsWith('Z') ? 'local time' : 'UTC'}`;
}

export function connectionsText(ids: readonly number[], shown: number): string {
  return `${ids.length === 1 ? 'connection' : 'connections'} ${listOf(ids.map(String), shown)}`;
}

export function connectionCount(count: number, report: Report): string {
  const isWebSocket = report.totals.webSocketConnections === report.connections.length;
  return countOf(count, isWebSocket ? 'WebSocket connection' : 'connection');
}

/** Cuts text to a number of UTF-16 units, never inside a character. */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = /[\ud800-\udbff]/.test(text[length - 2]!) ? length - 2 : length - 1;
  return `${text.slice(0, end)}…`;
}
