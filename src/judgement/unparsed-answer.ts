/** What a server spoke where the head of its answer should be, as far as its first bytes tell. */
import type { ConnectionRecord } from '../connection/record.ts';
import type { UnparsedBytes } from '../http/upgrade-exchange.ts';
import { latin1 } from '#platform/text';

export type UnparsedKind =
  /** HTTP/2 frames: SETTINGS, or GOAWAY (RFC 9113 §6.5, §6.8). */
  | 'http2'
  /** A TLS record (RFC 8446 §5.1). */
  | 'tls'
  /** The head of a response whose empty line is not there. */
  | 'unfinished-head'
  /** It is meant to be a status line, and is none. */
  | 'status-line'
  /** Printable text of another kind. */
  | 'text'
  | 'binary';

const HTTP2_FRAME_HEADER = 9;
const HTTP2_SETTINGS = 4;
const HTTP2_GOAWAY = 7;
/** A setting has six bytes; hardly anybody sends more than a dozen. */
const HTTP2_LARGEST_SETTINGS = 600;

export function kindOfUnparsed(bytes: Uint8Array): UnparsedKind {
  if (isTlsRecord(bytes)) return 'tls';
  if (isHttp2Frame(bytes)) return 'http2';
  const text = latin1(bytes, 0, bytes.length);
  if (/^HTTP\/\d\.\d +\d{3}/.test(text) || isBeginning(text)) return 'unfinished-head';
  if (/^\s*(?:HTTP|ICY )/i.test(text) || /^[^\r\n]{0,40}\b101 [Ss]witching/.test(text)) return 'status-line';
  return isPrintable(bytes) ? 'text' : 'binary';
}

/** The beginning of "HTTP/1.1 101", up to two of its digits: the rest may be on its way. */
function isBeginning(text: string): boolean {
  const shape = text.replaceAll(/\d/g, '1');
  return text !== '' && 'HTTP/1.1 11'.startsWith(shape.replace(/ +/, ' '));
}

function isTlsRecord(bytes: Uint8Array): boolean {
  return bytes.length >= 3 && bytes[0]! >= 20 && bytes[0]! <= 23 && bytes[1] === 3 && bytes[2]! <= 4;
}

function isHttp2Frame(bytes: Uint8Array): boolean {
  if (bytes.length < HTTP2_FRAME_HEADER || bytes.subarray(5, HTTP2_FRAME_HEADER).some((byte) => byte !== 0))
    return false;
  const length = (bytes[0]! << 16) | (bytes[1]! << 8) | bytes[2]!;
  if (bytes[3] === HTTP2_SETTINGS) return length % 6 === 0 && length <= HTTP2_LARGEST_SETTINGS;
  return bytes[3] === HTTP2_GOAWAY && length >= 8 && length <= HTTP2_LARGEST_SETTINGS;
}

/** The first bytes are text: no byte but printable ones, white space and UTF-8. */
export function isPrintable(bytes: Uint8Array): boolean {
  return (
    bytes.length > 0 &&
    bytes.subarray(0, 16).every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d)
  );
}

/** The first line of text, or the first bytes in hex: 00 00 12 04. */
export function shownBytes(bytes: Uint8Array): string {
  if (!isPrintable(bytes)) {
    const hex = [...bytes.subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, '0'));
    return `${hex.join(' ')}${bytes.length > 16 ? ' …' : ''}`;
  }
  return latin1(bytes, 0, bytes.length).trimStart().split(/\r?\n/, 1)[0]!.trimEnd();
}

/** The names of the alerts by which a TLS server refuses what is no TLS (RFC 8446 §6). */
const ALERTS: ReadonlyMap<number, string> = new Map([
  [10, 'unexpected_message'],
  [22, 'record_overflow'],
  [40, 'handshake_failure'],
  [47, 'illegal_parameter'],
  [50, 'decode_error'],
  [70, 'protocol_version'],
  [80, 'internal_error'],
]);

/** "a TLS alert (protocol_version)", "a TLS record". */
export function describeTlsRecord(bytes: Uint8Array): string {
  const ALERT = 21;
  if (bytes[0] !== ALERT) return 'a TLS record';
  const description = bytes[6];
  if (description === undefined) return 'a TLS alert';
  return `a TLS alert (${ALERTS.get(description) ?? String(description)})`;
}

export interface UnparsedAnswer extends UnparsedBytes {
  readonly kind: UnparsedKind;
}

/** What came in place of an answer, and what it is; null where nothing did, or an answer came. */
export function unparsedAnswer({ upgrade }: ConnectionRecord): UnparsedAnswer | null {
  const unparsed = upgrade?.unparsed ?? null;
  if (unparsed === null || upgrade?.response !== null || upgrade.lateResponse !== null) return null;
  return { ...unparsed, kind: kindOfUnparsed(unparsed.bytes) };
}
