/** Plays bytes into a FrameParser and keeps the frames that come out. */
import { FrameParser } from '../../src/websocket/frame-parser.ts';
import type { ForeignKind, ForeignWatch } from '../../src/websocket/foreign-bytes.ts';
import type { FrameHandler, FrameHeader, FrameSpans, PayloadSink } from '../../src/websocket/frame-events.ts';
import type { Frame } from '../../src/websocket/frame.ts';
import { WHOLE, type Segmentation } from './exchange-log.ts';

export interface FrameLog {
  readonly parser: FrameParser;
  readonly frames: Frame[];
}

/** Packets are counted from 1, one a segment; numbers are gaps. */
export function playFrames(
  pieces: Uint8Array | readonly (Uint8Array | number)[],
  segmentation: Segmentation = WHOLE,
  sink: PayloadSink | null = null,
  spans: FrameSpans | null = null,
  watch: ForeignWatch | null = null,
): FrameLog {
  const frames: Frame[] = [];
  const handler: FrameHandler = {
    frame: (_direction, frame) => frames.push({ ...frame }),
    plainFrames: () => undefined,
  };
  const parser = new FrameParser(0, handler, sink, spans, watch);
  playPieces(parser, pieces, segmentation);
  return { parser, frames };
}

/** In place of a byte that is missing. */
export const MISSING = 'missing';

/** Writes down what each byte is said to be: its value, and what of. */
export class FrameSpanLog implements FrameSpans {
  readonly covered: (number | typeof MISSING)[] = [];
  readonly headers: (FrameHeader & { readonly length: number })[] = [];
  /** Of each payload byte: its index in the payload. */
  readonly indexes: number[] = [];
  readonly unreadBytes: number[] = [];
  readonly foreignBytes: number[] = [];

  header(bytes: Uint8Array, start: number, end: number, header: FrameHeader): void {
    this.covered.push(...bytes.subarray(start, end));
    this.headers.push({ ...header, length: end - start });
  }

  payload(bytes: Uint8Array, start: number, end: number, index: number): void {
    if (start >= end) throw new Error('an empty piece of a payload');
    this.covered.push(...bytes.subarray(start, end));
    for (let at = start; at < end; at++) this.indexes.push(index + at - start);
  }

  missing(length: number): void {
    for (let i = 0; i < length; i++) this.covered.push(MISSING);
  }

  unread(bytes: Uint8Array, start: number, end: number): void {
    this.covered.push(...bytes.subarray(start, end));
    this.unreadBytes.push(...bytes.subarray(start, end));
  }

  foreign(_kind: ForeignKind, bytes: Uint8Array, start: number, end: number): void {
    this.covered.push(...bytes.subarray(start, end));
    this.foreignBytes.push(...bytes.subarray(start, end));
  }
}

/** Feeds a parser, as {@link playFrames} says. */
export function playPieces(
  parser: FrameParser,
  pieces: Uint8Array | readonly (Uint8Array | number)[],
  segmentation: Segmentation,
): void {
  let packet = 0;
  for (const piece of pieces instanceof Uint8Array ? [pieces] : pieces) {
    if (typeof piece === 'number') {
      parser.gap(piece, ++packet, packet, 0);
      continue;
    }
    let start = 0;
    for (const length of segmentation(piece.length)) {
      packet++;
      // A view into a larger buffer that is overwritten when the call returns: nobody may keep it.
      const segment = new Uint8Array(length + 5).fill(0x88);
      segment.set(piece.subarray(start, start + length), 2);
      parser.push(segment, 2, 2 + length, packet, packet, 0);
      segment.fill(0xee);
      start += length;
    }
  }
}

/** A frame's header with a length in its shortest form, and its payload as given (not masked here). */
export function frameOf(opcode: number, payload: string | Uint8Array = '', isFinal = true): Uint8Array {
  const bytes = Buffer.from(payload);
  const header = [(isFinal ? 0x80 : 0) | opcode];
  if (bytes.length < 126) header.push(bytes.length);
  else if (bytes.length < 65536) header.push(126, bytes.length >> 8, bytes.length & 255);
  else header.push(127, 0, 0, 0, 0, ...[24, 16, 8, 0].map((shift) => (bytes.length >> shift) & 255));
  return Uint8Array.from([...header, ...bytes]);
}
