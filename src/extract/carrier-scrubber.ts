/**
 * Rewrites the bytes of a carrier. Keeps them until the connection is over; then the carrier makes them anew around the
 * bytes that the scrubbers wrote inside. Bytes that the carrier did not report are filled. The bytes of the capture are
 * never written.
 */
import type { ByteStream, GapLength } from '../carrier/byte-stream.ts';
import type { CarrierPieces, OpenCarrier, RewritableCarrier } from '../carrier/carrier.ts';
import type { Direction } from '../basics/direction.ts';
import { PieceLog } from './piece-log.ts';
import type { RewrittenStream, Streams } from './rewritten-stream.ts';

/** Replaces bytes that can not be rewritten. */
const CONTENT = 0xff;

export type OpenForRewriting = (inside: ByteStream, pieces: CarrierPieces) => RewritableCarrier;

class Side {
  /** The bytes that the scrubbers wrote inside. */
  readonly inside: RewrittenStream;
  readonly log: PieceLog;
  /** Bytes of the carrier that it has not reported yet. */
  unreported = 0;
  /** Offset of the first byte inside that belongs to the next piece, and of the next byte that the carrier hands on. */
  insideStart = 0;
  insideEnd = 0;

  constructor(inside: RewrittenStream, log: RewrittenStream) {
    this.inside = inside;
    this.log = new PieceLog(log);
  }
}

export class CarrierScrubber implements CarrierPieces {
  readonly #sides: readonly [Side, Side];
  readonly #carrier: RewritableCarrier;
  /** Takes the carrier's bytes in its place. */
  readonly open: OpenCarrier;

  /**
   * @param reader takes the bytes inside, and writes to `inside`
   * @param logs empty streams
   */
  constructor(
    open: OpenForRewriting,
    reader: Pick<ByteStream, 'data' | 'gap'>,
    inside: Streams,
    logs: Streams,
  ) {
    this.#sides = [new Side(inside[0], logs[0]), new Side(inside[1], logs[1])];
    const carrier = open(this.#counted(reader), this);
    this.#carrier = carrier;
    this.open = {
      data: (direction, bytes, start, end, packet, seconds, nanoseconds) => {
        this.#sides[direction].unreported += end - start;
        carrier.data(direction, bytes, start, end, packet, seconds, nanoseconds);
      },
      gap: (direction, length, packet, seconds, nanoseconds) => {
        carrier.gap(direction, length, packet, seconds, nanoseconds);
        this.#gap(direction, length);
      },
      end: (direction) => {
        carrier.end(direction);
      },
      sendTo: (direction, sink) => {
        carrier.sendTo(direction, sink);
      },
    };
  }

  piece(direction: Direction, bytes: Uint8Array, start: number, end: number): void {
    const side = this.#sides[direction];
    side.log.piece(bytes, start, end, side.insideStart, side.insideEnd - side.insideStart);
    side.unreported -= end - start;
    side.insideStart = side.insideEnd;
  }

  /** Appends the rewritten bytes of the carrier. `inside` must be complete. */
  write(direction: Direction, to: RewrittenStream): void {
    const { log, inside } = this.#sides[direction];
    for (const entry of log.entries()) {
      switch (entry.kind) {
        case 'piece': {
          const content = new Uint8Array(entry.insideLength).fill(CONTENT);
          inside.read(entry.insideStart, content.length, content, 0);
          const piece = this.#carrier.rewrite(direction, entry.bytes, content);
          if (piece.length === entry.bytes.length) to.append(piece);
          else to.fill(CONTENT, entry.bytes.length);
          break;
        }
        case 'unread':
          to.fill(CONTENT, entry.length);
          break;
        case 'missing':
          to.skip(entry.length);
      }
    }
  }

  /** After the carrier has taken the gap: bytes that it has not reported by now are filled. */
  #gap(direction: Direction, length: GapLength): void {
    const side = this.#sides[direction];
    if (side.unreported > 0) side.log.unread(side.unreported);
    side.unreported = 0;
    if (length !== 'unknown') side.log.missing(length);
  }

  #counted(reader: Pick<ByteStream, 'data' | 'gap'>): ByteStream {
    return {
      data: (direction, bytes, start, end, packet, seconds, nanoseconds) => {
        this.#sides[direction].insideEnd += end - start;
        reader.data(direction, bytes, start, end, packet, seconds, nanoseconds);
      },
      gap: (direction, length, packet, seconds, nanoseconds) => {
        const side = this.#sides[direction];
        if (length !== 'unknown') side.insideEnd += length;
        // The missing bytes belong to no piece.
        side.insideStart = side.insideEnd;
        reader.gap(direction, length, packet, seconds, nanoseconds);
      },
      // The rest is written when the connection is over.
      end: () => undefined,
    };
  }
}
