/**
 * One WebSocket, from its first byte on: parsers, sides, heartbeat, Closes, and its part of the record. Its
 * carrier need not be TCP, and one connection may carry several WebSockets. HOT: `frame` runs once per frame.
 */
import type { ByteSource, GapLength } from '../carrier/byte-stream.ts';
import { otherOf, type Direction } from '../basics/direction.ts';
import { markOf, type PacketMark } from '../tcp/packet-mark.ts';
import { ForeignWatch } from '../websocket/foreign-bytes.ts';
import { FrameParser } from '../websocket/frame-parser.ts';
import type { FrameHandler, PlainFrames } from '../websocket/frame-events.ts';
import {
  isDataOpcode,
  OPCODE_CLOSE,
  OPCODE_PING,
  OPCODE_PONG,
  OPCODE_TEXT,
  type Frame,
} from '../websocket/frame.ts';
import type { MessageReader } from '../websocket/message-reader.ts';
import type { Message } from '../websocket/message.ts';
import { ApplicationLog, type ApplicationHints } from '../protocols/application-log.ts';
import type { ApplicationEnd, ApplicationFacts } from '../protocols/application-protocol.ts';
import type { CaptureScope } from './capture-scope.ts';
import type { ConnectionEvents } from './connection-events.ts';
import { CloseOrder } from './close-order.ts';
import { ConversationLog } from './conversation-log.ts';
import type { ConversationListener } from './conversation-listener.ts';
import { tapFrames } from './frame-tap.ts';
import { HeartbeatTracker, NO_PINGS } from './heartbeat.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { MessageTaker } from './message-taker.ts';
import { openingsOf } from './openings.ts';
import { roleOf, type ExtensionFacts, type Reply, type Role, type WebSocketSideFacts } from './record.ts';
import { SideTracker, type SideOpening } from './side-tracker.ts';
import type { Timeline } from './timeline.ts';
import type { WebSocketCarrier } from './web-socket-carrier.ts';

/** How a WebSocket begins. */
export interface WebSocketOpening {
  readonly how: 'handshake' | 'inferred';
  /** The 101, or the first frame. */
  readonly at: PacketMark;
  readonly client: Direction;
  /** null where it is not known which extensions were agreed on. */
  readonly extensions: ExtensionFacts | null;
  /** Frames of the client that begin in this packet or an earlier one were sent before the upgrade; 0 for none. */
  readonly earlyUntilPacket: number;
  /** What may name the application's protocol; null where the handshake is not in the capture. */
  readonly application: ApplicationHints | null;
}

/** What a WebSocket shares with the objects around it. */
export interface WebSocketSurroundings {
  readonly carrier: WebSocketCarrier;
  readonly lifecycle: Lifecycle;
  readonly timeline: Timeline;
  readonly scope: CaptureScope;
  readonly events: ConnectionEvents;
}

/** The WebSocket's part of the record, without what the lifecycle says. */
export interface WebSocketPart {
  readonly clientSide: WebSocketSideFacts;
  readonly serverSide: WebSocketSideFacts;
  readonly closeFirstBy: Role | null;
  /** The first message that replies to one of the other side; null where there is none. */
  readonly reply: Reply | null;
  /** As in {@link ConversationFacts}. */
  readonly lastFrameBeforeClose: PacketMark | null;
  readonly lastFrameBeforeEnd: PacketMark | null;
  readonly heartbeat: ReturnType<HeartbeatTracker['summary']>;
  readonly application: ApplicationFacts | null;
  /** As in {@link WebSocketFacts}. */
  readonly possibleGoodbye: ApplicationEnd | null;
}

export class WebSocketLife implements FrameHandler, MessageTaker {
  // What every frame touches stands first (see StreamReassembler).
  readonly #side0 = new SideTracker();
  readonly #side1 = new SideTracker();
  readonly #timeline: Timeline;
  readonly #parser0: FrameParser;
  readonly #parser1: FrameParser;

  readonly #lifecycle: Lifecycle;
  readonly #carrier: WebSocketCarrier;
  readonly #closes: CloseOrder;
  readonly #talk: ConversationLog;
  readonly #listener: ConversationListener | undefined;
  readonly #client: Direction;
  /** The directions whose bytes come here. */
  #isOpen0 = false;
  #isOpen1 = false;
  #heartbeat: HeartbeatTracker | null = null;
  readonly #application: ApplicationLog;
  readonly #reader0: MessageReader;
  readonly #reader1: MessageReader;
  /** The last frame of either side before the first Close, and before the first end of a side. */
  #beforeClose: PacketMark | null = null;
  #beforeEnd: PacketMark | null = null;
  #hasEnded = false;

  constructor(opening: WebSocketOpening, around: WebSocketSurroundings) {
    const { how, at, client, extensions, earlyUntilPacket, application } = opening;
    const { carrier, scope } = around;
    const { listener } = around.events;
    this.#timeline = around.timeline;
    this.#lifecycle = around.lifecycle;
    this.#carrier = carrier;
    this.#closes = new CloseOrder(carrier);
    this.#talk = new ConversationLog(carrier);
    this.#listener = listener;
    this.#application = new ApplicationLog(application);
    this.#client = client;
    listener?.opened({
      at,
      how,
      client: carrier.endpoint(client),
      server: carrier.endpoint(otherOf(client)),
    });
    const openings = openingsOf([this.#side0, this.#side1], client, {
      extensions,
      isFromStart: how === 'handshake',
      earlyUntilPacket,
      budget: scope.inflateBudget,
      messages: this,
    });
    this.#reader0 = openings[0].reader;
    this.#reader1 = openings[1].reader;
    this.#side0.open(openings[0]);
    this.#side1.open(openings[1]);
    const handler = tapFrames(this, listener, client);
    this.#parser0 = new FrameParser(0, handler, openings[0].reader, null, watchOf(openings[0]));
    this.#parser1 = new FrameParser(1, handler, openings[1].reader, null, watchOf(openings[1]));
    // Capture may put a side's end before what opened the WebSocket.
    for (const direction of [0, 1] as const) if (carrier.endOf(direction) !== null) this.sideEnded(direction);
  }

  // From its carrier.

  /** From the next segment on, all bytes of this direction are frames: `source` sends them straight to their parser. */
  open(direction: Direction, source: ByteSource): void {
    if (direction === 0) this.#isOpen0 = true;
    else this.#isOpen1 = true;
    source.sendTo(direction, this.#parser(direction));
  }

  isOpen(direction: Direction): boolean {
    return direction === 0 ? this.#isOpen0 : this.#isOpen1;
  }

  data(
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    this.#parser(direction).push(bytes, start, end, packet, seconds, nanoseconds);
  }

  gap(direction: Direction, length: GapLength, packet: number, seconds: number, nanoseconds: number): void {
    this.#parser(direction).gap(length, packet, seconds, nanoseconds);
  }

  /** The first end of this side of the carrier was captured. */
  sideEnded(direction: Direction): void {
    const other = otherOf(direction);
    this.#parser(other).settle();
    this.#side(other).peerEnded();
    if (!this.#hasEnded) this.#beforeEnd = this.#lastFrame();
    this.#hasEnded = true;
  }

  /** Nothing more will come: gives back what it holds. */
  end(): void {
    this.#parser0.settle();
    this.#parser1.settle();
    this.#side0.end();
    this.#side1.end();
  }

  // From the frames.

  frame(direction: Direction, frame: Frame): void {
    const { opcode, packet, seconds, nanoseconds, payloadLength } = frame;
    if (opcode === OPCODE_CLOSE) {
      this.#closeFrame(direction, frame);
      return;
    }
    const side = direction === 0 ? this.#side0 : this.#side1;
    side.frame(frame);
    this.#timeline.addFrame(direction, packet, seconds, nanoseconds, opcode, payloadLength);
    if (isDataOpcode(opcode) && frame.isFinal && this.#talk.wants(direction)) this.#message(direction, frame);
    if (side.isSteady && !this.#talk.wants(direction)) {
      this.#parser(direction).tallyPlain(this.#timeline, side.isMaskExpected);
    }
    if (opcode === OPCODE_PING || opcode === OPCODE_PONG) {
      this.#heartbeat ??= new HeartbeatTracker();
      this.#heartbeat.frame(direction, frame, this.#isAfterEndOf(otherOf(direction), packet));
      this.#listener?.control(roleOf(direction, this.#client), frame);
    }
  }

  // From the messages, which go to the application's log and to the listener.

  keepOf(role: Role): number {
    return Math.max(this.#listener?.keep ?? 0, this.#application.keepOf(role));
  }

  signOf(role: Role): number | null {
    return (this.#listener?.keep ?? 0) > 0 ? null : this.#application.signOf(role);
  }

  take(role: Role, message: Message): void {
    this.#logMessage(role, message);
    this.#keepMessages(0);
    this.#keepMessages(1);
    const ofListener = this.#listener?.keep ?? 0;
    if (ofListener > 0) this.#listener?.message(role, cutTo(message, ofListener));
  }

  #logMessage(role: Role, message: Message): void {
    const other = role === 'client' ? otherOf(this.#client) : this.#client;
    // Whoever has left does not listen any more.
    if (this.#isAfterEndOf(other, message.packet)) return;
    const { opcode, length, bytes, packet, seconds, nanoseconds } = message;
    this.#application.message(role, {
      isText: opcode === OPCODE_TEXT,
      length,
      bytes,
      packet,
      seconds,
      nanoseconds,
    });
  }

  #keepMessages(direction: Direction): void {
    const reader = direction === 0 ? this.#reader0 : this.#reader1;
    const role = roleOf(direction, this.#client);
    const keep = this.keepOf(role);
    const isNew = keep > 0 && reader.keepsOfNext === 0;
    reader.keepOfNext(keep, this.signOf(role));
    // Frames that are only counted have no messages.
    if (isNew) this.#parser(direction).tellEach();
  }

  #message(direction: Direction, frame: Frame): void {
    this.#talk.message(direction, frame);
    const other = otherOf(direction);
    // The next message of the other side may be the reply to this one: it must not be only counted.
    if (this.#talk.wants(other)) this.#parser(other).tellEach();
  }

  plainFrames(direction: Direction, sum: PlainFrames): void {
    this.#side(direction).plainFrames(sum);
  }

  /**
   * Whether a side had sent its Close, or had ended, before it got the packet of the other side that is being read. By the
   * order of capture, except where its end acknowledges the packet.
   */
  #isAfterEndOf(direction: Direction, packet: number): boolean {
    const side = this.#side(direction);
    if (side.closedIn !== null && side.closedIn < packet) return true;
    const end = this.#carrier.endOf(direction);
    return (
      end !== null &&
      end.mark.packet < packet &&
      end.acknowledges < this.#carrier.nextOffset(otherOf(direction))
    );
  }

  #closeFrame(direction: Direction, frame: Frame): void {
    const { packet, seconds, nanoseconds, payloadLength } = frame;
    const side = this.#side(direction);
    const isFirst = !side.hasClosed;
    if (this.#closes.firstCloser === null) this.#beforeClose = this.#lastFrame();
    side.frame(frame);
    const { code, reason } = side.close(
      frame,
      this.#closes.close(direction, packet),
      this.#talk.acknowledges(direction, packet),
    );
    this.#timeline.add('frame', direction, packet, seconds, nanoseconds, {
      opcode: OPCODE_CLOSE,
      length: payloadLength,
      code,
      detail: reason,
    });
    const role = roleOf(direction, this.#client);
    if (isFirst) {
      const event = role === 'client' ? 'client-close' : 'server-close';
      this.#lifecycle.advance(event, packet, seconds, nanoseconds);
    }
    this.#listener?.control(role, frame);
  }

  // Its part of the record.

  /** The last frame of either side so far. */
  #lastFrame(): PacketMark | null {
    this.#parser0.settle();
    this.#parser1.settle();
    const [a, b] = [this.#side0.lastFrame, this.#side1.lastFrame];
    const last = a === null || (b !== null && b.packet > a.packet) ? b : a;
    return last === null ? null : markOf(last);
  }

  /** The facts so far; what comes later does not change the returned object. */
  facts(): WebSocketPart {
    this.#parser0.settle();
    this.#parser1.settle();
    const client = this.#client;
    const { firstCloser } = this.#closes;
    return {
      clientSide: this.#factsOf(client, 'client'),
      serverSide: this.#factsOf(otherOf(client), 'server'),
      closeFirstBy: firstCloser === null ? null : roleOf(firstCloser, client),
      reply: this.#talk.reply(client),
      lastFrameBeforeClose: this.#beforeClose,
      lastFrameBeforeEnd: this.#beforeEnd,
      heartbeat: this.#heartbeat?.summary() ?? null,
      application: this.#application.facts(),
      possibleGoodbye: this.#application.possibleGoodbye,
    };
  }

  #factsOf(direction: Direction, role: Role): WebSocketSideFacts {
    const pings = this.#heartbeat?.pings(direction) ?? NO_PINGS;
    const isUnseen = this.#closes.isUnseenByEnd(direction);
    return this.#side(direction).facts(role, this.#parser(direction), pings, isUnseen);
  }

  #side(direction: Direction): SideTracker {
    return direction === 0 ? this.#side0 : this.#side1;
  }

  #parser(direction: Direction): FrameParser {
    return direction === 0 ? this.#parser0 : this.#parser1;
  }
}

/** Somebody else may have wanted more of it. */
function cutTo(message: Message, keep: number): Message {
  const { bytes } = message;
  return bytes === null || bytes.length <= keep ? message : { ...message, bytes: bytes.slice(0, keep) };
}

/** Bytes that are no frames are told by the headers that this side may send. */
function watchOf({ role, knownReservedBits, isFromStart }: SideOpening): ForeignWatch {
  return new ForeignWatch({ isMasked: role === 'client', reservedBits: knownReservedBits, isFromStart });
}

/** The part of a record where no WebSocket opened. */
export const NO_WEB_SOCKET: WebSocketPart = {
  clientSide: new SideTracker().facts('client', null, NO_PINGS),
  serverSide: new SideTracker().facts('server', null, NO_PINGS),
  closeFirstBy: null,
  reply: null,
  lastFrameBeforeClose: null,
  lastFrameBeforeEnd: null,
  heartbeat: null,
  application: null,
  possibleGoodbye: null,
};
