/**
 * Whether two sides of a WebSocket talk with each other: whether a data message of one side acknowledges a data message of
 * the other. Times don't show that (two messages may cross on the way), acknowledgements do: the packet that completes a
 * message says up to where its sender had the other side's bytes.
 */
import { otherOf, type Direction } from '../basics/direction.ts';
import { markOf, type PacketMark } from '../tcp/packet-mark.ts';
import {
  roleOf,
  type ConversationFacts,
  type FirstEnd,
  type LastMessage,
  type Reply,
  type WebSocketFacts,
  type WebSocketSideFacts,
} from './record.ts';
import type { WebSocketCarrier } from './web-socket-carrier.ts';

/** The first data message of a direction. */
interface FirstMessage extends PacketMark {
  /** The offset behind it. */
  readonly endOffset: number;
}

export class ConversationLog {
  readonly #carrier: WebSocketCarrier;
  #first0: FirstMessage | null = null;
  #first1: FirstMessage | null = null;
  #reply: { readonly direction: Direction; readonly mark: PacketMark; readonly to: PacketMark } | null = null;

  constructor(carrier: WebSocketCarrier) {
    this.#carrier = carrier;
  }

  /** Whether the next data message of this direction may show something new. */
  wants(direction: Direction): boolean {
    if (this.#reply !== null) return false;
    return this.#first(direction) === null || this.#first(otherOf(direction)) !== null;
  }

  /** Takes a complete data message. */
  message(direction: Direction, mark: PacketMark): void {
    if (this.#reply !== null) return;
    const to = this.#first(otherOf(direction));
    if (to !== null && this.acknowledges(direction, mark.packet)) {
      this.#reply = { direction, mark: markOf(mark), to: markOf(to) };
    }
    if (this.#first(direction) !== null) return;
    const { packet, seconds, nanoseconds } = mark;
    const first = { packet, seconds, nanoseconds, endOffset: this.#carrier.nextOffset(direction) };
    if (direction === 0) this.#first0 = first;
    else this.#first1 = first;
  }

  /** Whether the sender of this direction, when it sent this packet, had a data message of the other side. */
  acknowledges(direction: Direction, packet: number): boolean {
    const other = otherOf(direction);
    const first = this.#first(other);
    if (first === null) return false;
    // What a packet acknowledged is no longer known if its bytes had to wait for others: then the order of capture counts.
    return packet === this.#carrier.lastPacket
      ? this.#carrier.lastAcknowledgedOffset(other) >= first.endOffset
      : first.packet < packet;
  }

  /** The reply, if one came. */
  reply(client: Direction): Reply | null {
    if (this.#reply === null) return null;
    const { direction, mark, to } = this.#reply;
    return { by: roleOf(direction, client), mark, to };
  }

  #first(direction: Direction): FirstMessage | null {
    return direction === 0 ? this.#first0 : this.#first1;
  }
}

/** What a WebSocket knows of its conversation. */
type Talk = Omit<ConversationFacts, 'lastMessage'> & Pick<WebSocketFacts, 'clientSide' | 'serverSide'>;

/** The facts of a conversation; `firstEnd` is the carrier's. */
export function conversationOf(
  { reply, clientSide, serverSide, lastFrameBeforeClose, lastFrameBeforeEnd }: Talk,
  firstEnd: FirstEnd | null,
): ConversationFacts {
  const ofClient = lastOf(clientSide, firstEnd);
  const ofServer = lastOf(serverSide, firstEnd);
  const isClientLast = ofClient !== null && (ofServer === null || ofClient.packet > ofServer.packet);
  return { reply, lastMessage: isClientLast ? ofClient : ofServer, lastFrameBeforeClose, lastFrameBeforeEnd };
}

/** The last data frame of a side before the connection ended: a side's own end comes behind all its frames. */
function lastOf(
  { role, lastDataFrame, lastDataBeforePeerEnd }: WebSocketSideFacts,
  end: FirstEnd | null,
): LastMessage | null {
  const frame = end === null || end.by === role ? lastDataFrame : lastDataBeforePeerEnd;
  if (frame === null) return null;
  const { packet, seconds, nanoseconds, opcode, payloadLength } = frame;
  return { by: role, opcode, payloadLength, packet, seconds, nanoseconds };
}
