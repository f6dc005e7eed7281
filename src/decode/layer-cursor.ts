/**
 * Where a walk through the layers of a packet stands, and what each layer says of the next one. A layer's reader moves the
 * cursor behind its header (or leaves it) and returns what follows there: an EtherType, or one of the words below.
 *
 * The cursor alone holds the bytes, so no reader can look at or beyond `end`: a read there gives 0, and the cursor remembers
 * it (`isOverrun`). Whatever the reader then says, the walk ends, and the packet counts as cut.
 */

/** IP of either version: its first bits say which. An EtherType can not have this value, nor that of the other words here. */
export const ANY_IP = 0x1_0000;
/** The headers go on behind what was captured (or behind what was sent: who knows both lengths can tell). */
export const CUT = -1;
/** Nothing in which a TCP connection could be. */
export const NOTHING = -2;
/** A form of tunnel that isn't read. */
export const UNREADABLE = -3;
/** Too many of something in each other. */
export const DEEPER_THAN_READ = -4;
/** An EtherType stands at the cursor; what it announces follows it. */
export const TYPE_FOLLOWS = -5;

export class LayerCursor {
  #data: Uint8Array = new Uint8Array(0);
  at = 0;
  /** After the last captured byte, never beyond `wireEnd`. */
  end = 0;
  /** After the last byte on the wire. */
  wireEnd = 0;
  /** Whether something was read at `end` or beyond it. Only {@link set} takes it back. */
  isOverrun = false;

  set(data: Uint8Array, at: number, end: number, wireEnd: number): void {
    this.#data = data;
    this.at = at;
    this.end = Math.min(end, wireEnd);
    this.wireEnd = wireEnd;
    this.isOverrun = false;
  }

  /** Whether so many bytes from here on were captured. */
  has(bytes: number): boolean {
    return this.end - this.at >= bytes;
  }

  byte(offset: number): number {
    const at = this.at + offset;
    if (at < this.end) return this.#data[at]!;
    this.isOverrun = true;
    return 0;
  }

  uint16(offset: number): number {
    return (this.byte(offset) << 8) | this.byte(offset + 1);
  }

  uint24(offset: number): number {
    return (this.byte(offset) << 16) | this.uint16(offset + 1);
  }

  uint32(offset: number): number {
    return this.int32(offset) >>> 0;
  }

  /** As {@link uint32}, signed. */
  int32(offset: number): number {
    return (this.uint16(offset) << 16) | this.uint16(offset + 2);
  }

  /** Little-endian, as machines write headers that never were on a wire. */
  uint32LE(offset: number): number {
    return (
      ((this.byte(offset + 3) << 24) |
        (this.byte(offset + 2) << 16) |
        (this.byte(offset + 1) << 8) |
        this.byte(offset)) >>>
      0
    );
  }

  skip(bytes: number): void {
    this.at += bytes;
  }

  /** A layer's own length says where it ends, in so many bytes from here; it can't end after what carries it. */
  limit(bytes: number): void {
    this.wireEnd = Math.min(this.wireEnd, this.at + bytes);
    this.end = Math.min(this.end, this.wireEnd);
  }
}
