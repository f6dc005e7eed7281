/** A client that is a proxy says so in the headers of its request. */
import type { ConnectionRecord } from '../connection/record.ts';
import { headerValue, type HttpHead } from '../http/head.ts';

const NAMES: ReadonlySet<string> = new Set(['via', 'x-forwarded-for', 'x-real-ip', 'forwarded']);

/** The headers of a proxy in the request, as on the wire: "Via and X-Forwarded-For"; null where there is none. */
export function proxyHeadersOf({ upgrade }: Pick<ConnectionRecord, 'upgrade'>): string | null {
  const head: HttpHead | undefined = upgrade?.request?.head;
  if (head === undefined) return null;
  const found = head.headers.filter((_line, index) => NAMES.has(head.names[index]!)).map(({ name }) => name);
  const names = [...new Set(found)];
  if (names.length < 2) return names[0] ?? null;
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`;
}

/** Headers that only a proxy adds: the first of these that a request has is named in a sentence. */
const SHOWN_FORWARDED = [
  'Via',
  'X-Forwarded-For',
  'Forwarded',
  'X-Real-IP',
  'X-Forwarded-Proto',
  'X-Forwarded-Host',
];

/** The header of the request that shows that the client of this connection is a proxy; null where none does. */
export function clientProxyHeader({ upgrade }: ConnectionRecord): string | null {
  const head = upgrade?.request?.head ?? null;
  return head === null
    ? null
    : (SHOWN_FORWARDED.find((name) => headerValue(head, name.toLowerCase()) !== null) ?? null);
}

/** Headers that a proxy or a balancer's product adds. Their values name a request, and are never shown. */
const ADDED = [
  'via',
  'x-forwarded-for',
  'forwarded',
  'x-real-ip',
  'x-amzn-trace-id',
  'cf-ray',
  'x-azure-ref',
];

/** Whether the client of this connection is a proxy: its request, or the line before it, says that somebody else sent it. */
export function isClientProxy({ upgrade, proxyHeader }: ConnectionRecord): boolean {
  const head = upgrade?.request?.head ?? null;
  return proxyHeader !== null || (head !== null && ADDED.some((name) => headerValue(head, name) !== null));
}
