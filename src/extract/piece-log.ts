/**
 * The bytes of a carrier in one direction, piece by piece as captured, and the offset of the bytes inside each piece.
 * Kept in the spool until the connection is over, because rewritten bytes inside may change until then.
 */
import type { RewrittenStream } from './rewritten-stream.ts';

export type LogEntry =
  | {
      readonly kind: 'piece';
      readonly bytes: Uint8Array;
      readonly insideStart: number;
      readonly insideLength: number;
    }
  /** The carrier did not report so many bytes. */
  | { readonly kind: 'unread'; readonly length: number }
  | { readonly kind: 'missing'; readonly length: number };

/** Before each entry: its kind, its length, and for a piece the offset and the length of the bytes inside. */
const HEADER_NUMBERS = 4;
const HEADER_LENGTH = 8 * HEADER_NUMBERS;
const KINDS: readonly LogEntry['kind'][] = ['piece', 'unread', 'missing'];

export class PieceLog {
  readonly #stream: RewrittenStream;

  /** @param stream an empty stream that nothing else uses */
  constructor(stream: RewrittenStream) {
    this.#stream = stream;
  }

  piece(bytes: Uint8Array, start: number, end: number, insideStart: number, insideLength: number): void {
    this.#header('piece', end - start, insideStart, insideLength);
    this.#stream.append(bytes, start, end);
  }

  unread(length: number): void {
    this.#header('unread', length, 0, 0);
  }

  missing(length: number): void {
    this.#header('missing', length, 0, 0);
  }

  /** In the order of the stream. */
  *entries(): Generator<LogEntry> {
    this.#stream.flush();
    for (let at = 0; at < this.#stream.end;) {
      const header = this.#bytes(at, HEADER_LENGTH);
      const [kind, length, insideStart, insideLength] = new Float64Array(header.buffer);
      at += HEADER_LENGTH;
      switch (KINDS[kind!]!) {
        case 'piece':
          yield {
            kind: 'piece',
            bytes: this.#bytes(at, length!),
            insideStart: insideStart!,
            insideLength: insideLength!,
          };
          at += length!;
          break;
        case 'unread':
          yield { kind: 'unread', length: length! };
          break;
        case 'missing':
          yield { kind: 'missing', length: length! };
      }
    }
  }

  #header(kind: LogEntry['kind'], length: number, insideStart: number, insideLength: number): void {
    const header = Float64Array.of(KINDS.indexOf(kind), length, insideStart, insideLength);
    this.#stream.append(new Uint8Array(header.buffer));
  }

  #bytes(at: number, length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length);
    this.#stream.read(at, length, bytes, 0);
    return bytes;
  }
}
