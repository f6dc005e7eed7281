/**
 * A carrier, rewritten: keeps its bytes until the connection is over, and then has the carrier make them anew around what
 * the scrubbers wrote inside. What it says nothing of is filled. The bytes as they were are never written.
 */
import type { ByteStream, GapLength } from '../carrier/byte-stream.ts';
import type { CarrierPieces, OpenCarrier, RewritableCarrier } from '../carrier/carrier.ts';
import type { Direction } from '../basics/direction.ts';
import { PieceLog } from './piece-log.ts';
import type { RewrittenStream, Streams } from './rewritten-stream.ts';

/** In place of what can not be rewritten. */
const CONTENT = 0xff;

export type OpenForRewriting = (inside: ByteStream, pieces: CarrierPieces) => RewritableCarrier;

class Side {
  /** What the scrubbers write inside. */
  readonly inside: RewrittenStream;
  readonly log: PieceLog;
  /** Bytes of the carrier that it has not reported yet. */
  unreported = 0;
  /** Offset inside of what the carrier hands on next, and of the first byte of which no piece is reported yet. */
  insideEnd = 0;
  insideStart = 0;

  constructor(inside: RewrittenStream, log: RewrittenStream) {
    this.inside = inside;
    this.log = new PieceLog(log);
  }
}

export class CarrierScrubber implements CarrierPieces {
  readonly #sides: readonly [Side, Side];
  readonly #carrier: RewritableCarrier;
  /** What stands in the place of the carrier, for those who bring it its bytes. */
  readonly open: OpenCarrier;

  /**
   * @param reader takes what is inside, and writes to `inside`
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

  /** Appends the bytes of the carrier, made anew. Once what is inside is written. */
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

  /** The carrier has seen the gap: of what it has not reported until now it makes nothing. */
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
        // No piece holds what is missing.
        side.insideStart = side.insideEnd;
        reader.gap(direction, length, packet, seconds, nanoseconds);
      },
      // What waits inside is written when all is over.
      end: () => undefined,
    };
  }
}
