/** A client that is a proxy says so in the headers of its request. */
import type { ConnectionRecord } from '../connection/record.ts';
import { headerValue } from '../http/head.ts';

/**
 * Headers that only a proxy, a balancer or its product adds: the first of these that a request has is named where one is enough.
 * Their values may name a person or a request, and are never shown.
 */
const ADDED = [
  'Via',
  'X-Forwarded-For',
  'Forwarded',
  'X-Real-IP',
  'X-Forwarded-Proto',
  'X-Forwarded-Host',
  'X-Amzn-Trace-Id',
  'CF-Ray',
  'X-Azure-Ref',
];
const NAMES: ReadonlySet<string> = new Set(ADDED.map((name) => name.toLowerCase()));

/** All headers of a proxy in the request, as on the wire: "Via and X-Forwarded-For"; null where there is none. */
export function proxyHeadersOf({ upgrade }: Pick<ConnectionRecord, 'upgrade'>): string | null {
  const head = upgrade?.request?.head ?? null;
  if (head === null) return null;
  const found = head.headers.filter((_line, index) => NAMES.has(head.names[index]!)).map(({ name }) => name);
  const names = [...new Set(found)];
  if (names.length < 2) return names[0] ?? null;
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`;
}

/** The header of the request that shows that the client of this connection is a proxy; null where none does. */
export function clientProxyHeader({ upgrade }: Pick<ConnectionRecord, 'upgrade'>): string | null {
  const head = upgrade?.request?.head ?? null;
  return head === null
    ? null
    : (ADDED.find((name) => headerValue(head, name.toLowerCase()) !== null) ?? null);
}

/** Whether the client of this connection is a proxy: its request, or the line before it, says that somebody else sent it. */
export function isClientProxy(record: Pick<ConnectionRecord, 'upgrade' | 'proxyHeader'>): boolean {
  return record.proxyHeader !== null || clientProxyHeader(record) !== null;
}
