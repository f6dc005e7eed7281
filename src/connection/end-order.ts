/**
 * Who sent the first Close, and who ended TCP first: in the order of capture, except where acknowledgements prove that
 * capture put two packets in the wrong order.
 */
import { otherOf, type Direction } from '../basics/direction.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import type { TcpConnection } from '../tcp/tcp-connection.ts';
import { roleOf, type FirstEnd, type Role } from './record.ts';

/** A FIN or RST. */
interface End {
  readonly direction: Direction;
  readonly how: 'fin' | 'rst';
  readonly mark: PacketMark;
  /** Stream offset of the other direction before which its sender had seen everything. */
  readonly acknowledges: number;
}

export class EndOrder {
  readonly #connection: TcpConnection;
  #firstEnd: End | null = null;
  /** The first FIN or RST captured of each direction. */
  #end0: End | null = null;
  #end1: End | null = null;
  #firstClose: { direction: Direction; packet: number; acknowledges: number } | null = null;

  constructor(connection: TcpConnection) {
    this.#connection = connection;
  }

  /** Whose FIN or RST came first. */
  get firstEnder(): Direction | null {
    return this.#firstEnd?.direction ?? null;
  }

  /** A direction's first FIN, or its first RST. */
  end(direction: Direction, how: 'fin' | 'rst', mark: PacketMark): void {
    const connection = this.#connection;
    const acknowledges = connection.stream(otherOf(direction)).lastAcknowledgedOffset;
    const end: End = { direction, how, mark, acknowledges };
    if (direction === 0) this.#end0 ??= end;
    else this.#end1 ??= end;
    const first = this.#firstEnd;
    // Where the end captured first acknowledges this FIN, capture put the two in the wrong order.
    const isEarlier =
      first !== null &&
      first.direction !== direction &&
      how === 'fin' &&
      first.acknowledges > connection.stream(direction).finOffset;
    if (first === null || isEarlier) this.#firstEnd = end;
  }

  /** A Close. Says whether it came before the other side's end. */
  close(direction: Direction, packet: number): boolean {
    const connection = this.#connection;
    const other = otherOf(direction);
    const { nextOffset } = connection.stream(direction);
    const first = this.#firstClose;
    // Where the Close captured first acknowledges this one, capture put the two in the wrong order.
    const isEarlier =
      first !== null &&
      first.direction !== direction &&
      (packet < first.packet || first.acknowledges >= nextOffset);
    if (first === null || isEarlier) {
      // Of one that had to wait for bytes before it, it is no longer known what it acknowledged.
      const acknowledges =
        packet === connection.lastPacket ? connection.stream(other).lastAcknowledgedOffset : -1;
      this.#firstClose = { direction, packet, acknowledges };
    }
    const end = other === 0 ? this.#end0 : this.#end1;
    return end === null || packet <= end.mark.packet || end.acknowledges >= nextOffset;
  }

  firstCloser(client: Direction): Role | null {
    return this.#firstClose === null ? null : roleOf(this.#firstClose.direction, client);
  }

  firstEnd(client: Direction): FirstEnd | null {
    if (this.#firstEnd === null) return null;
    const { direction, how, mark, acknowledges } = this.#firstEnd;
    const { unseenFrom } = this.#connection.stream(otherOf(direction));
    const followsUnseen = unseenFrom >= 0 && acknowledges > unseenFrom;
    return { by: roleOf(direction, client), how, mark, followsUnseen };
  }
}
