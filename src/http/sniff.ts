/** Whether bytes look like the beginning of an HTTP/1.x message, or of something else that we can name. */
/** Why a stream is not HTTP/1.x, or is HTTP/1.x that can't be followed. */
export type NotHttpReason = 'tls' | 'http2' | 'head-too-long' | 'other';

const SPACE = 0x20;
const LF = 0x0a;
/** Longer than any method in IANA's registry: a longer word is not a method. */
const MAX_METHOD_LENGTH = 24;
const METHODS = ['GET ', 'HEAD ', 'POST ', 'PUT ', 'PATCH ', 'DELETE ', 'OPTIONS ', 'CONNECT '];
const RESPONSE = 'HTTP/1.';
const STATUS_LINE_START = 'HTTP/';
/** What a version looks like; "d" stands for a digit. */
const VERSION = 'HTTP/d.d';
const REQUEST_LINE_END = ` ${VERSION}`;
const STATUS = 'ddd';
const DIGIT = 'd'.charCodeAt(0);
const HTTP2_PREFACE = 'PRI * HTTP/2.0';

/** Whether a segment in the middle of a stream begins a message: a well-known method, or a status line. */
export function looksLikeStart(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    startsWith(bytes, start, end, RESPONSE) || METHODS.some((method) => startsWith(bytes, start, end, method))
  );
}

/** A TLS record header (RFC 8446 §5.1): content type 20 to 23, version 3.0 to 3.4. */
export function looksLikeTls(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 3) return false;
  const type = bytes[start]!;
  return type >= 20 && type <= 23 && bytes[start + 1] === 3 && bytes[start + 2]! <= 4;
}

/**
 * Why the beginning of a head, `start` to `end`, can't be one; null where it can. `hasLine`: its first line is complete.
 */
export function isPlausibleStart(
  bytes: Uint8Array,
  start: number,
  end: number,
  hasLine: boolean,
): NotHttpReason | null {
  const length = end - start;
  if (length === 0) return null;
  // A TLS handshake record: one byte is enough to know that it is not HTTP, three to know that it is TLS.
  if (bytes[start] === 0x16) return length < 3 ? null : looksLikeTls(bytes, start, end) ? 'tls' : 'other';
  if (startsWith(bytes, start, end, HTTP2_PREFACE)) return 'http2';
  const isResponse = startsWith(bytes, start, end, STATUS_LINE_START.slice(0, length));
  if (!isResponse && !beginsWithMethod(bytes, start, end)) return 'other';
  if (!hasLine) return null;
  const isLine = isResponse ? isStatusLine(bytes, start, end) : isRequestLine(bytes, start);
  return isLine ? null : 'other';
}

/** Whether the line begins like "HTTP/1.1 101". */
function isStatusLine(bytes: Uint8Array, start: number, end: number): boolean {
  if (!hasPattern(bytes, start, VERSION)) return false;
  const afterVersion = start + VERSION.length;
  let at = afterVersion;
  while (at < end && bytes[at] === SPACE) at++;
  return at > afterVersion && hasPattern(bytes, at, STATUS);
}

/** Whether the line ends with " HTTP/1.1", with or without white space behind it. */
function isRequestLine(bytes: Uint8Array, start: number): boolean {
  let to = bytes.indexOf(LF, start);
  while (to > start && isSpace(bytes[to - 1]!)) to--;
  const from = to - REQUEST_LINE_END.length;
  return from >= start && hasPattern(bytes, from, REQUEST_LINE_END);
}

/** A line feed ends the line. No pattern has one, so no pattern is found across it. */
function hasPattern(bytes: Uint8Array, at: number, pattern: string): boolean {
  for (let index = 0; index < pattern.length; index++) {
    const byte = bytes[at + index];
    const expected = pattern.charCodeAt(index);
    const isMatch =
      expected === DIGIT ? byte !== undefined && byte >= 0x30 && byte <= 0x39 : byte === expected;
    if (!isMatch) return false;
  }
  return true;
}

/** What `trimEnd` takes for white space in Latin-1. */
function isSpace(byte: number): boolean {
  return byte === SPACE || (byte >= 0x09 && byte <= 0x0d) || byte === 0xa0;
}

/** Letters, `-` and `_` (as in VERSION-CONTROL) up to a space. */
function beginsWithMethod(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = 0; start + i < end; i++) {
    const byte = bytes[start + i]!;
    if (byte === SPACE) return i > 0;
    const isLetter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
    if (i >= MAX_METHOD_LENGTH || !(isLetter || byte === 0x2d || byte === 0x5f)) return false;
  }
  return true;
}

function startsWith(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (end - start < text.length) return false;
  for (let i = 0; i < text.length; i++) {
    if (bytes[start + i] !== text.charCodeAt(i)) return false;
  }
  return true;
}
