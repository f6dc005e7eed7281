/** What is kept of every 4-tuple of one IP version, live or not: the least that numbering needs. */
import { ACK, SYN, type Segment } from '../decode/segment.ts';
import { ConnectionTable, grown } from './connection-table.ts';
import type { TcpConnection } from './tcp-connection.ts';

const INITIAL_TUPLES = 1 << 4;

/** Both bases are known. */
const BOTH = 3;

export class TupleState {
  /** The followed connection, or null after its end, or when it is none of ours. */
  readonly live: (TcpConnection | null)[] = [];
  /** Base sequence numbers, two a tuple: sent by the lower endpoint, by the higher one. */
  base: Int32Array = new Int32Array(2 * INITIAL_TUPLES);
  /** Bit 0: the lower endpoint's base is known; bit 1: the higher one's. */
  flags: Int32Array = new Int32Array(INITIAL_TUPLES);
  /** SegmentBatch's: the last of its rows that waits for this tuple, plus 1; 0 for none. */
  waiting: Int32Array = new Int32Array(INITIAL_TUPLES);

  reserve(tuple: number): void {
    if (tuple < this.flags.length) return;
    this.flags = grown(this.flags);
    this.base = grown(this.base);
    this.waiting = grown(this.waiting);
  }

  hasBases(tuple: number): boolean {
    return this.flags[tuple] === BOTH;
  }

  /** Wireshark's base sequence numbers: its own (SYN or not), and one before what the other side acknowledges. */
  learnBases(tuple: number, rank: 0 | 1, segment: Segment): void {
    const { flags, sequence, acknowledgement } = segment;
    const other = rank === 0 ? 1 : 0;
    const known = this.flags[tuple]!;
    if ((known & (1 << rank)) === 0) {
      this.base[2 * tuple + rank] = (flags & SYN) !== 0 ? sequence : (sequence - 1) | 0;
      this.flags[tuple]! |= 1 << rank;
    }
    if ((known & (1 << other)) === 0 && (flags & ACK) !== 0) {
      this.base[2 * tuple + other] = (acknowledgement - 1) | 0;
      this.flags[tuple]! |= 1 << other;
    }
  }
}

export class TabledTuples extends TupleState {
  readonly table: ConnectionTable;

  constructor(version: 4 | 6) {
    super();
    this.table = new ConnectionTable(version);
  }
}
