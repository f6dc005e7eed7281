/**
 * Who ended TCP first: in the order of capture, except where acknowledgements prove that capture put two packets in the
 * wrong order.
 */
import { otherOf, type Direction } from '../basics/direction.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import type { TcpConnection } from '../tcp/tcp-connection.ts';
import { forgeryOf, hopLimitsOf } from './forgery.ts';
import { roleOf, type FirstEnd } from './record.ts';
import type { SideEnd } from './web-socket-carrier.ts';

/** A FIN or RST. */
interface End extends SideEnd {
  readonly direction: Direction;
  readonly how: 'fin' | 'rst';
}

export class EndOrder {
  readonly #connection: TcpConnection;
  #firstEnd: End | null = null;
  /** The first FIN or RST captured of each direction. */
  #end0: End | null = null;
  #end1: End | null = null;

  constructor(connection: TcpConnection) {
    this.#connection = connection;
  }

  /** The direction whose FIN or RST came first. */
  get firstEnder(): Direction | null {
    return this.#firstEnd?.direction ?? null;
  }

  /** The first FIN or RST that was captured of a direction; null while there is none. */
  endOf(direction: Direction): SideEnd | null {
    return direction === 0 ? this.#end0 : this.#end1;
  }

  /** Takes a direction's first FIN, or its first RST. */
  end(direction: Direction, how: 'fin' | 'rst', mark: PacketMark): void {
    const connection = this.#connection;
    const acknowledges = connection.stream(otherOf(direction)).lastAcknowledgedOffset;
    const isAcknowledging =
      how === 'fin' || connection.stream(direction).resetFacts?.hasAcknowledgement === true;
    const end: End = { direction, how, mark, acknowledges, isAcknowledging };
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

  firstEnd(client: Direction): FirstEnd | null {
    if (this.#firstEnd === null) return null;
    const { direction, how, mark, acknowledges } = this.#firstEnd;
    const { unseenFrom } = this.#connection.stream(otherOf(direction));
    const stream = this.#connection.stream(direction);
    const reset = how === 'rst' ? stream.resetFacts : null;
    const forged = reset === null ? null : forgeryOf(reset, hopLimitsOf(stream));
    // What something in between sends of its own accord answers nothing.
    const answersUnseen = reset?.answersUnseen === true && forged === null;
    return {
      by: roleOf(direction, client),
      how,
      mark,
      followsUnseen: answersUnseen || (unseenFrom !== null && acknowledges > unseenFrom),
      forged,
      crossed: this.#crossedBy(this.#firstEnd),
      missingBefore: reset?.missing ?? 0,
      absentFrom: null,
    };
  }

  /** The other side's FIN, if neither of the two FINs acknowledges the other one. */
  #crossedBy({ direction, how }: End): PacketMark | null {
    const other = direction === 0 ? this.#end1 : this.#end0;
    if (how !== 'fin' || other?.how !== 'fin') return null;
    return other.acknowledges <= this.#connection.stream(direction).finOffset ? other.mark : null;
  }
}
