/**
 * Segments that wait to be taken connection by connection. With hundreds of connections open, the state of a
 * connection has left the processor's cache when its next packet comes. When the packets of a connection are
 * taken together, its state and the window of its zlib stream stay there (docs/benchmarks.md). HOT: `add` and
 * `fill` run once per segment.
 *
 * Only the order between connections changes. Whatever depends on that order (where connections begin and
 * end) never waits: see TcpTracker.
 */
import { FIN, RST, Segment, SYN } from '../decode/segment.ts';
import { grown } from './connection-table.ts';
import type { TupleState } from './tuple-state.ts';

/**
 * The most rows, of 64 bytes each: about as many as the small packets of one chunk of the file need.
 * @bound segments that wait to be taken connection by connection: {count}
 */
const MAX_ROWS = 1 << 15;
const INITIAL_ROWS = 1 << 8;
const FIELDS = 16;

const NEXT = 0;
const RANK = 1;
const PACKET = 2;
const SECONDS = 3;
const NANOSECONDS = 4;
const SEQUENCE = 5;
const ACKNOWLEDGEMENT = 6;
const FLAGS = 7;
const WINDOW = 8;
const CHECKSUM = 9;
const IDENTIFICATION = 10;
const PAYLOAD_START = 11;
const PAYLOAD_END = 12;
const PAYLOAD_LENGTH = 13;
const HOP_LIMIT = 14;
const OPTIONS_START = 15;

/** Takes the next segment of a tuple; the same object is filled again for the one after it. */
export type TakeSegment = (state: TupleState, tuple: number, rank: 0 | 1, segment: Segment) => void;

export class SegmentBatch {
  readonly #take: TakeSegment;
  /** The rows of a tuple are a ring: each row names the next one, and the last row names the first. */
  #rows: Int32Array = new Int32Array(INITIAL_ROWS * FIELDS);
  #rowCount = 0;
  /** Tuples in the order of their first row; some may be there twice. The lists never get shorter. */
  readonly #tuples: number[] = [];
  readonly #states: TupleState[] = [];
  #tupleCount = 0;
  readonly #segment = new Segment();

  constructor(take: TakeSegment) {
    this.#take = take;
  }

  /** The route by which all waiting segments come ({@link Segment.route}). */
  set route(route: number) {
    this.#segment.route = route;
  }

  /** Whether a segment may wait: it neither opens nor ends a connection, and its numbers fit into a row. */
  canTake(segment: Segment): boolean {
    const { flags, seconds, packet, payloadLength } = segment;
    return (
      (flags & (SYN | FIN | RST)) === 0 &&
      (seconds | 0) === seconds &&
      (packet | 0) === packet &&
      (payloadLength | 0) === payloadLength
    );
  }

  get isFull(): boolean {
    return this.#rowCount === MAX_ROWS;
  }

  /** The bytes of the segment's payload must stay where they are until it is taken. */
  add(state: TupleState, tuple: number, rank: 0 | 1, segment: Segment): void {
    const row = this.#rowCount++;
    if (row * FIELDS === this.#rows.length) this.#rows = grown(this.#rows);
    const rows = this.#rows;
    const at = row * FIELDS;
    const last = state.waiting[tuple]! - 1;
    state.waiting[tuple] = row + 1;
    if (last < 0) {
      rows[at + NEXT] = row;
      this.#tuples[this.#tupleCount] = tuple;
      this.#states[this.#tupleCount++] = state;
    } else {
      rows[at + NEXT] = rows[last * FIELDS + NEXT]!;
      rows[last * FIELDS + NEXT] = row;
    }
    rows[at + RANK] = rank;
    rows[at + PACKET] = segment.packet;
    rows[at + SECONDS] = segment.seconds;
    rows[at + NANOSECONDS] = segment.nanoseconds;
    rows[at + SEQUENCE] = segment.sequence;
    rows[at + ACKNOWLEDGEMENT] = segment.acknowledgement;
    rows[at + FLAGS] = segment.flags;
    rows[at + WINDOW] = segment.window;
    rows[at + CHECKSUM] = segment.checksum;
    rows[at + IDENTIFICATION] = segment.identification;
    rows[at + PAYLOAD_START] = segment.payloadStart;
    rows[at + PAYLOAD_END] = segment.payloadEnd;
    rows[at + PAYLOAD_LENGTH] = segment.payloadLength;
    rows[at + HOP_LIMIT] = segment.hopLimit;
    rows[at + OPTIONS_START] = segment.optionsStart;
  }

  /** Hands on the waiting segments of one tuple. */
  takeOf(state: TupleState, tuple: number, bytes: Uint8Array): void {
    const last = state.waiting[tuple]! - 1;
    if (last < 0) return;
    state.waiting[tuple] = 0;
    const segment = this.#segment;
    segment.data = bytes;
    let row = last;
    do {
      row = this.#rows[row * FIELDS + NEXT]!;
      this.#take(state, tuple, this.#fill(row * FIELDS, segment), segment);
    } while (row !== last);
  }

  /** Hands on all that waits. */
  takeAll(bytes: Uint8Array): void {
    for (let index = 0; index < this.#tupleCount; index++) {
      this.takeOf(this.#states[index]!, this.#tuples[index]!, bytes);
    }
    this.#tupleCount = 0;
    this.#rowCount = 0;
  }

  /** @returns the rank of the segment's sender */
  #fill(at: number, segment: Segment): 0 | 1 {
    const rows = this.#rows;
    segment.packet = rows[at + PACKET]!;
    segment.seconds = rows[at + SECONDS]!;
    segment.nanoseconds = rows[at + NANOSECONDS]!;
    segment.sequence = rows[at + SEQUENCE]!;
    segment.acknowledgement = rows[at + ACKNOWLEDGEMENT]!;
    segment.flags = rows[at + FLAGS]!;
    segment.window = rows[at + WINDOW]!;
    segment.checksum = rows[at + CHECKSUM]!;
    segment.identification = rows[at + IDENTIFICATION]!;
    segment.payloadStart = rows[at + PAYLOAD_START]!;
    segment.payloadEnd = rows[at + PAYLOAD_END]!;
    segment.payloadLength = rows[at + PAYLOAD_LENGTH]!;
    segment.hopLimit = rows[at + HOP_LIMIT]!;
    segment.optionsStart = rows[at + OPTIONS_START]!;
    return rows[at + RANK] === 0 ? 0 : 1;
  }
}
