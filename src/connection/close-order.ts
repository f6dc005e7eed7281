/**
 * Who sent the first Close, and whether a Close came before the other side's end: in the order of capture, except where
 * acknowledgements prove that capture put two packets in the wrong order.
 */
import { otherOf, type Direction } from '../basics/direction.ts';
import type { WebSocketCarrier } from './web-socket-carrier.ts';

interface FirstClose {
  readonly direction: Direction;
  readonly packet: number;
  /** Offset of the other direction that the Close's packet acknowledges; null where it is no longer known. */
  readonly acknowledges: number | null;
}

export class CloseOrder {
  readonly #carrier: WebSocketCarrier;
  #first: FirstClose | null = null;
  /** Where the first Close of each direction ends; null while there is none. */
  #end0: number | null = null;
  #end1: number | null = null;

  constructor(carrier: WebSocketCarrier) {
    this.#carrier = carrier;
  }

  /** Who sent the first Close; null while nobody has. */
  get firstCloser(): Direction | null {
    return this.#first?.direction ?? null;
  }

  /**
   * Whether the other side's first end was certainly sent before the first Close of this direction had arrived there: its
   * packet acknowledges less.
   */
  isUnseenByEnd(direction: Direction): boolean {
    const offset = direction === 0 ? this.#end0 : this.#end1;
    const end = this.#carrier.endOf(otherOf(direction));
    return offset !== null && end?.isAcknowledging === true && end.acknowledges < offset;
  }

  /** Takes a Close. Returns whether it came before the other side's end. */
  close(direction: Direction, packet: number): boolean {
    const carrier = this.#carrier;
    const other = otherOf(direction);
    const nextOffset = carrier.nextOffset(direction);
    if (direction === 0) this.#end0 ??= nextOffset;
    else this.#end1 ??= nextOffset;
    const first = this.#first;
    // Where the Close captured first acknowledges this one, capture put the two in the wrong order.
    const isEarlier =
      first !== null &&
      first.direction !== direction &&
      (packet < first.packet || (first.acknowledges !== null && first.acknowledges >= nextOffset));
    if (first === null || isEarlier) {
      // What a packet acknowledged is no longer known if its bytes had to wait for others before them.
      const acknowledges = packet === carrier.lastPacket ? carrier.lastAcknowledgedOffset(other) : null;
      this.#first = { direction, packet, acknowledges };
    }
    const end = carrier.endOf(other);
    return end === null || packet <= end.mark.packet || end.acknowledges >= nextOffset;
  }
}
