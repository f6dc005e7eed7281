/** A client that is a proxy says so in the headers of its request. */
import type { ConnectionRecord } from '../connection/record.ts';
import type { HttpHead } from '../http/head.ts';

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
