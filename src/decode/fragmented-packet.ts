/**
 * The fragments of one IP packet, until all have arrived. Keeps copies, since the capture's buffer is reused.
 *
 * A fragment may bring bytes for a place that is already filled. Either it is a copy (the same packet was captured
 * twice), or the whole packet is given up, as its receiver does (RFC 5722; Linux does it for IPv4 as well).
 */

/** Added to the captured bytes of a fragment, so that empty fragments count against the bound as well. */
const PIECE_OVERHEAD = 128;
/**
 * Fragments of one packet. On links with an MTU of 576 bytes the longest packet has 119; with more, it is given up.
 * @bound pieces of a fragmented packet: {count}
 */
const MAX_PIECES = 256;
/**
 * Of the payload: an IPv4 packet has at most 65,535 bytes, header included.
 * @bound length of a fragmented packet: {count} B
 */
const MAX_LENGTH = 65_515;

interface Piece {
  /** Offsets in the packet's payload: of the first byte, and of the byte after the last one on the wire. */
  readonly start: number;
  readonly end: number;
  /** Fewer than on the wire if the snapshot length cut the fragment. */
  readonly bytes: Uint8Array;
}

/** What was done with a fragment. */
export type PieceResult = 'kept' | 'copy' | 'refused';

export class FragmentedPacket {
  /** Sorted by offset, without overlaps. */
  readonly #pieces: Piece[] = [];
  /** Sum of their lengths on the wire. */
  #filled = 0;
  /** Length of the whole payload, once the last fragment has arrived; -1 before. */
  #length = -1;
  /** How much of the reassembler's byte bound it uses. */
  cost = 0;
  /** How many captured packets brought a fragment, and the first of them. */
  packets = 0;
  firstPacket = 0;

  get isComplete(): boolean {
    return this.#filled === this.#length;
  }

  /** The captured part of the first fragment; undefined until it has arrived. */
  get head(): Uint8Array | undefined {
    const first = this.#pieces[0];
    return first?.start === 0 ? first.bytes : undefined;
  }

  /** @param length of the fragment on the wire; its captured bytes are those of `data` from `from` up to `to` */
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
   * Returns the payload, preceded by `room` bytes for a header, as far as it was captured without a hole; `length` is
   * its length on the wire.
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

  /**
   * Index of the first fragment that begins after `start`. Searched from the end: fragments nearly always come in
   * order.
   */
  #indexBehind(start: number): number {
    let index = this.#pieces.length;
    while (index > 0 && this.#pieces[index - 1]!.start > start) index--;
    return index;
  }

  /** Does the fragment at `index` hold the same bytes at this place? */
  #isCopy(index: number, start: number, end: number, data: Uint8Array, from: number, to: number): boolean {
    const piece = this.#pieces[index];
    if (piece === undefined || piece.start > start || piece.end < end) return false;
    const skip = start - piece.start;
    const length = Math.min(to - from, piece.bytes.length - skip);
    for (let at = 0; at < length; at++) if (piece.bytes[skip + at] !== data[from + at]) return false;
    return true;
  }

  /**
   * The last fragment fixes the length of the whole: it must not change afterwards, and no fragment may reach beyond
   * it.
   */
  #fitsLength(end: number, isLast: boolean): boolean {
    const farthest = this.#pieces.at(-1)?.end ?? 0;
    if (!isLast) return this.#length < 0 || end <= this.#length;
    if (this.#length >= 0 || farthest > end) return false;
    this.#length = end;
    return true;
  }
}
