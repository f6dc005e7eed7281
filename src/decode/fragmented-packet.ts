/**
 * The pieces of one fragmented IP packet, until all are there. Keeps copies: views of the capture don't last.
 *
 * Where a piece brings bytes of a place that is taken, it is either a copy of what is there (the same packet captured
 * twice) or the whole packet is given up, as its receiver does (RFC 5722; Linux for IPv4 as well).
 */

/** Added to the captured bytes of a piece, so that empty ones are not free. */
const PIECE_OVERHEAD = 128;
/** Pieces of a packet. Over links of 576 bytes the longest packet has 119; one in more is given up. */
const MAX_PIECES = 256;
/** Of the payload: with its header, an IPv4 packet has at most 65,535 bytes. */
const MAX_LENGTH = 65_515;

interface Piece {
  /** Of its first byte in the packet's payload, and of the byte after its last on the wire. */
  readonly start: number;
  readonly end: number;
  /** Fewer than on the wire where the snapshot length cut it. */
  readonly bytes: Uint8Array;
}

/** What came of a piece. */
export type PieceResult = 'kept' | 'copy' | 'refused';

export class FragmentedPacket {
  /** Sorted by place, without overlaps. */
  readonly #pieces: Piece[] = [];
  /** Sum of their lengths on the wire. */
  #filled = 0;
  /** Length of the whole payload, once its last piece is there; -1 before. */
  #length = -1;
  /** What it takes of the bounds. */
  cost = 0;
  /** Captured packets that brought a piece, and the first of them. */
  packets = 0;
  firstPacket = 0;

  get isComplete(): boolean {
    return this.#filled === this.#length;
  }

  /** The captured part of the first piece; undefined while it isn't there. */
  get head(): Uint8Array | undefined {
    const first = this.#pieces[0];
    return first?.start === 0 ? first.bytes : undefined;
  }

  /** @param length of the piece on the wire; its captured bytes are those of `data` from `from` up to `to` */
  add(
    start: number,
    length: number,
    isLast: boolean,
    data: Uint8Array,
    from: number,
    to: number,
    packet: number,
  ): PieceResult {
    this.packets++;
    if (this.firstPacket === 0) this.firstPacket = packet;
    const end = start + length;
    if (end > MAX_LENGTH) return 'refused';
    const index = this.#indexBehind(start);
    if (this.#isCopy(index - 1, start, end, data, from, to)) return 'copy';
    const before = this.#pieces[index - 1];
    const behind = this.#pieces[index];
    if ((before !== undefined && before.end > start) || (behind !== undefined && behind.start < end))
      return 'refused';
    if (this.#pieces.length === MAX_PIECES || !this.#fitsLength(end, isLast)) return 'refused';
    const bytes = data.slice(from, to);
    this.#pieces.splice(index, 0, { start, end, bytes });
    this.#filled += length;
    this.cost += bytes.length + PIECE_OVERHEAD;
    return 'kept';
  }

  /**
   * The whole payload behind `room` bytes for a header, as far as it was captured without a hole; `length` is its length
   * on the wire.
   */
  join(room: number): { readonly bytes: Uint8Array; readonly length: number } {
    let captured = 0;
    for (const { start, bytes, end } of this.#pieces) {
      if (start !== captured) break;
      captured += bytes.length;
      if (captured < end) break;
    }
    const joined = new Uint8Array(room + captured);
    for (const { start, bytes } of this.#pieces) {
      if (start < captured) joined.set(bytes.subarray(0, captured - start), room + start);
    }
    return { bytes: joined, length: this.#length };
  }

  /** Index of the first piece that begins after `start`; nearly always the pieces come in order. */
  #indexBehind(start: number): number {
    let index = this.#pieces.length;
    while (index > 0 && this.#pieces[index - 1]!.start > start) index--;
    return index;
  }

  /** Whether the piece at `index` holds the same bytes at that place. */
  #isCopy(index: number, start: number, end: number, data: Uint8Array, from: number, to: number): boolean {
    const piece = this.#pieces[index];
    if (piece === undefined || piece.start > start || piece.end < end) return false;
    const skip = start - piece.start;
    const length = Math.min(to - from, piece.bytes.length - skip);
    for (let at = 0; at < length; at++) if (piece.bytes[skip + at] !== data[from + at]) return false;
    return true;
  }

  /** The last piece says how long the whole is, once; nothing lies behind it. */
  #fitsLength(end: number, isLast: boolean): boolean {
    const farthest = this.#pieces.at(-1)?.end ?? 0;
    if (!isLast) return this.#length < 0 || end <= this.#length;
    if (this.#length >= 0 || farthest > end) return false;
    this.#length = end;
    return true;
  }
}
