/** Reads IP headers outside the hot path: what an IP packet carries, and where; and if it is a fragment, which one. */
import {
  EXTENSION_AUTHENTICATION,
  EXTENSION_FRAGMENT,
  extensionLength,
  IPV4_FRAGMENT_MASK,
  IPV4_HEADER,
  IPV6_FRAGMENT_HEADER,
  IPV6_FRAGMENT_MASK,
  IPV6_HEADER,
  isExtension,
  MAX_EXTENSION_HEADERS,
} from './ip-numbers.ts';
import type { FragmentHeader } from './fragment-reassembler.ts';
import type { LayerCursor } from './layer-cursor.ts';

const MORE_FRAGMENTS_4 = 0x2000;
const OFFSET_4 = 0x1fff;
const MORE_FRAGMENTS_6 = 0x0001;
const OFFSET_6 = 0xfff8;

/** Overwritten for each header. */
export interface IpHeader {
  protocol: number;
  /** The payload: its first byte, after the last captured one, after the last one on the wire. */
  start: number;
  end: number;
  wireEnd: number;
}

/**
 * Fills `result` from the header at the cursor and moves past all extension headers; false if it is cut or not an IP
 * header.
 */
export function readIpHeader(cursor: LayerCursor, isIPv6: boolean, result: IpHeader): boolean {
  return isIPv6
    ? readIPv6(cursor, result, false)
    : readIPv4(cursor, result) && passAuthentication(cursor, result);
}

/** The fragment that the IP packet at the cursor is; null if it isn't one. */
export function readFragment(cursor: LayerCursor, isIPv6: boolean): FragmentHeader | null {
  return isIPv6 ? readFragment6(cursor) : readFragment4(cursor);
}

function readIPv4(cursor: LayerCursor, result: IpHeader): boolean {
  if (!cursor.has(IPV4_HEADER)) return false;
  const headerLength = (cursor.byte(0) & 0x0f) << 2;
  const totalLength = cursor.uint16(2);
  if (headerLength < IPV4_HEADER || (totalLength !== 0 && totalLength < headerLength)) return false;
  result.protocol = cursor.byte(9);
  result.start = cursor.at + headerLength;
  return finish(cursor, totalLength === 0 ? cursor.wireEnd : cursor.at + totalLength, result);
}

/** IPsec that only signs (RFC 4302) stands between IPv4 and what it carries; IPv6 has it among its extension headers. */
function passAuthentication(cursor: LayerCursor, result: IpHeader): boolean {
  if (result.protocol !== EXTENSION_AUTHENTICATION) return true;
  const offset = result.start - cursor.at;
  if (!cursor.has(offset + 2)) return false;
  result.protocol = cursor.byte(offset);
  result.start += extensionLength(EXTENSION_AUTHENTICATION, cursor.byte(offset + 1));
  return result.start <= result.wireEnd;
}

/** @param untilFragment stop before a fragment header; `result` then begins with it */
function readIPv6(cursor: LayerCursor, result: IpHeader, untilFragment: boolean): boolean {
  if (!cursor.has(IPV6_HEADER)) return false;
  const payloadLength = cursor.uint16(4);
  let next = cursor.byte(6);
  let offset = IPV6_HEADER;
  for (let headers = 0; isExtension(next); headers++) {
    if (untilFragment && next === EXTENSION_FRAGMENT) break;
    if (headers === MAX_EXTENSION_HEADERS || !cursor.has(offset + 2)) return false;
    const length = extensionLength(next, cursor.byte(offset + 1));
    next = cursor.byte(offset);
    offset += length;
  }
  result.protocol = next;
  result.start = cursor.at + offset;
  const wireEnd = payloadLength === 0 ? cursor.wireEnd : cursor.at + IPV6_HEADER + payloadLength;
  return finish(cursor, wireEnd, result);
}

function finish(cursor: LayerCursor, wireEnd: number, result: IpHeader): boolean {
  result.wireEnd = Math.min(wireEnd, cursor.wireEnd);
  result.end = Math.min(result.wireEnd, cursor.end);
  return result.start <= result.wireEnd;
}

function readFragment4(cursor: LayerCursor): FragmentHeader | null {
  const header = { protocol: 0, start: 0, end: 0, wireEnd: 0 };
  if (!readIPv4(cursor, header)) return null;
  const place = cursor.uint16(6);
  if ((place & IPV4_FRAGMENT_MASK) === 0) return null;
  return {
    ...header,
    isIPv6: false,
    ip: cursor.at,
    identification: cursor.uint16(4),
    offset: (place & OFFSET_4) << 3,
    isLast: (place & MORE_FRAGMENTS_4) === 0,
    end: Math.max(header.start, header.end),
  };
}

function readFragment6(cursor: LayerCursor): FragmentHeader | null {
  const header = { protocol: 0, start: 0, end: 0, wireEnd: 0 };
  if (!readIPv6(cursor, header, true) || header.protocol !== EXTENSION_FRAGMENT) return null;
  const { start, end, wireEnd } = header;
  if (end - start < IPV6_FRAGMENT_HEADER) return null;
  const offset = start - cursor.at;
  const place = cursor.uint16(offset + 2);
  if ((place & IPV6_FRAGMENT_MASK) === 0) return null;
  return {
    isIPv6: true,
    ip: cursor.at,
    identification: cursor.int32(offset + 4),
    protocol: cursor.byte(offset),
    offset: place & OFFSET_6,
    isLast: (place & MORE_FRAGMENTS_6) === 0,
    start: start + IPV6_FRAGMENT_HEADER,
    end,
    wireEnd,
  };
}
