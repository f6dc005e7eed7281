/**
 * What the bytes of one direction are, as http/ reads them. To a listener, each byte of the stream is
 * reported exactly once, in the order of the stream, as soon as it is known what it is; missing bytes are
 * reported in their place. Bytes that the handler of the exchange gets as the WebSocket's are not reported
 * here.
 */
import type { GapLength } from '../carrier/byte-stream.ts';
import type { HeldPiece } from './held-bytes.ts';
import { looksLikeTls, type NotHttpReason } from './sniff.ts';

export type HttpSpan =
  /** A PROXY protocol header, whole. */
  | 'proxy-header'
  /** CR and LF in front of a head. */
  | 'empty-line'
  /**
   * The start line of a head, whole; without its line feed where the capture or the connection lacks the
   * rest.
   */
  | 'start-line'
  /** A header line, in the same way. */
  | 'header-line'
  /** The empty line behind the header lines. */
  | 'head-end'
  | 'body'
  /** A chunk's size, extensions and line end, in pieces: the last one ends with a line feed, if the line is whole. */
  | 'chunk-size'
  | 'chunk-data'
  /** The line end behind a chunk's data, or what stands in its place. */
  | 'chunk-end'
  /** Lines behind the last chunk, the empty one too, in pieces of at most one line. */
  | 'trailer'
  /** Bytes that were skipped in search of the expected response. */
  | 'stray'
  /** Bytes that began like a head, but are not one. */
  | 'not-a-head'
  /** The first three bytes of a TLS record. What follows is unread. */
  | 'tls-start'
  /** HTTP/2's connection preface, as far as its first line end. What follows is unread. */
  | 'http2-preface'
  /** Anything else that nobody reads. */
  | 'unread';

export interface HttpSpans {
  /** At least one byte. The view is valid until the call returns. */
  span(kind: HttpSpan, bytes: Uint8Array, start: number, end: number): void;
  /** `length` bytes are missing here, or were not kept. */
  missing(length: GapLength): void;
}

const LF = 0x0a;
const CR = 0x0d;
const TLS_START = 3;
const HTTP2_PREFACE_LINE = 'PRI * HTTP/2.0\r\n';

/** Reports the bytes, if there are any. */
export function reportSome(
  spans: HttpSpans,
  kind: HttpSpan,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  if (start < end) spans.span(kind, bytes, start, end);
}

/** Reports a head, line by line; its last line may be cut. */
export function reportHead(spans: HttpSpans, bytes: Uint8Array, start: number, end: number): void {
  for (let at = start; at < end;) {
    const lineFeed = bytes.indexOf(LF, at);
    const lineEnd = lineFeed < 0 || lineFeed >= end ? end : lineFeed + 1;
    const isEmpty =
      bytes[lineEnd - 1] === LF && (lineEnd - at === 1 || (lineEnd - at === 2 && bytes[at] === CR));
    spans.span(at === start ? 'start-line' : isEmpty ? 'head-end' : 'header-line', bytes, at, lineEnd);
    at = lineEnd;
  }
}

/** Reports bytes where a head should begin, but none does. */
export function reportNoHead(
  spans: HttpSpans,
  bytes: Uint8Array,
  start: number,
  end: number,
  reason: NotHttpReason,
): void {
  if (looksLikeTls(bytes, start, end)) {
    reportSome(spans, 'unread', bytes, reportTlsStart(spans, bytes, start), end);
  } else if (reason === 'http2') {
    const prefaceEnd = start + commonLength(bytes, start, end, HTTP2_PREFACE_LINE);
    spans.span('http2-preface', bytes, start, prefaceEnd);
    reportSome(spans, 'unread', bytes, prefaceEnd, end);
  } else {
    spans.span('not-a-head', bytes, start, end);
  }
}

/** Reports the first bytes of a TLS record. Returns the index after them. */
export function reportTlsStart(spans: HttpSpans | null, bytes: Uint8Array, start: number): number {
  spans?.span('tls-start', bytes, start, start + TLS_START);
  return start + TLS_START;
}

/** Reports what was held for an answer and is not read. */
export function reportDropped(spans: HttpSpans | null, pieces: readonly HeldPiece[]): void {
  if (spans === null) return;
  for (const { bytes, gap } of pieces) {
    if (gap === null) spans.span('unread', bytes, 0, bytes.length);
    else spans.missing(gap);
  }
}

function commonLength(bytes: Uint8Array, start: number, end: number, text: string): number {
  let length = 0;
  while (length < text.length && start + length < end && bytes[start + length] === text.charCodeAt(length))
    length++;
  return length;
}
