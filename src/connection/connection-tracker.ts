/**
 * Follows one connection from its first packet to its last: TCP's streams go through the opening handshake to the
 * frames, and what was seen becomes a {@link ConnectionRecord}. HOT: `data` runs once per segment,
 * `frame` once per frame.
 */
import {
  UpgradeExchange,
  type ExchangeHandler,
  type SeenRequest,
  type SeenResponse,
} from '../http/upgrade-exchange.ts';
import type { ProxyHeader } from '../http/proxy-header.ts';
import { otherOf, type Direction } from '../basics/direction.ts';
import type { StreamConsumer } from '../tcp/stream-consumer.ts';
import { markOf, type PacketMark } from '../tcp/packet-mark.ts';
import type { TcpConnection } from '../tcp/tcp-connection.ts';
import { FrameParser, type FrameHandler, type PlainFrames } from '../websocket/frame-parser.ts';
import { FrameSniffer } from '../websocket/frame-sniffer.ts';
import { OPCODE_CLOSE, OPCODE_PING, OPCODE_PONG, type Frame } from '../websocket/frame.ts';
import type { CaptureScope } from './capture-scope.ts';
import type { ConnectionEvents, SkipReason } from './connection-events.ts';
import { EarlyBytes } from './early-bytes.ts';
import { EndOrder } from './end-order.ts';
import { tapFrames } from './frame-tap.ts';
import { HeartbeatTracker, NO_PINGS } from './heartbeat.ts';
import { Lifecycle } from './lifecycle.ts';
import { openingsOf } from './openings.ts';
import { roleOf, type ConnectionRecord, type Role, type WebSocketSideFacts } from './record.ts';
import { SideTracker } from './side-tracker.ts';
import { tcpFactsOf } from './tcp-facts.ts';
import { Timeline } from './timeline.ts';
import { isUnopenedOfNote } from './unopened.ts';
import { UpgradeLog } from './upgrade-log.ts';

export class ConnectionTracker implements StreamConsumer, ExchangeHandler, FrameHandler {
  // What every frame touches stands first (see StreamReassembler).
  /** The parsers by direction, once its bytes go straight there. */
  #open0: FrameParser | null = null;
  #open1: FrameParser | null = null;
  readonly #side0 = new SideTracker();
  readonly #side1 = new SideTracker();
  readonly #timeline: Timeline;

  readonly #connection: TcpConnection;
  readonly #scope: CaptureScope;
  readonly #events: ConnectionEvents;
  /** Made with the first bytes: connections without any are many (scans, half-open ones). */
  #exchange: UpgradeExchange | null = null;
  /** Looks for frames where the capture began after the handshake. */
  #sniffer: FrameSniffer | null = null;
  /** Made by the upgrade. */
  #parser0: FrameParser | null = null;
  #parser1: FrameParser | null = null;
  readonly #lifecycle = new Lifecycle();
  readonly #ending: EndOrder;
  readonly #early = new EarlyBytes();
  readonly #upgrade = new UpgradeLog();
  #heartbeat: HeartbeatTracker | null = null;
  #hasBytes = false;
  #clientDirection: Direction | null = null;
  #opening: 'handshake' | 'inferred' | null = null;
  #openedAt: PacketMark | null = null;
  #proxyHeader: ProxyHeader | null = null;

  constructor(connection: TcpConnection, scope: CaptureScope, events: ConnectionEvents) {
    this.#connection = connection;
    this.#scope = scope;
    this.#events = events;
    this.#ending = new EndOrder(connection);
    this.#timeline = new Timeline(scope.timelineRoom);
  }

  // From TCP.

  data(
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    if (this.#opening === 'inferred') {
      this.#sniff(direction, bytes, start, end, packet, seconds, nanoseconds);
      return;
    }
    if (!this.#hasBytes) {
      this.#hasBytes = true;
      this.#lifecycle.advance('bytes', packet, seconds, nanoseconds);
    }
    this.#exchange ??= this.#newExchange();
    this.#exchange.data(direction, bytes, start, end, packet, seconds, nanoseconds);
    if (this.#open0 !== null && this.#open1 !== null) this.#endExchange();
    if (this.#upgrade.isTried) {
      if (direction === this.#clientDirection && this.#opening === null) this.#noteEarly(direction, packet);
    } else if (this.#sniffer !== null) {
      this.#sniff(direction, bytes, start, end, packet, seconds, nanoseconds);
    }
  }

  gap(direction: Direction, length: number, packet: number, seconds: number, nanoseconds: number): void {
    const parser = direction === 0 ? this.#open0 : this.#open1;
    if (parser !== null) {
      parser.gap(length, packet, seconds, nanoseconds);
    } else {
      this.#sniffer?.gap(direction);
      if (this.#opening !== 'inferred') {
        this.#exchange ??= this.#newExchange();
        this.#exchange.gap(direction, length, packet, seconds, nanoseconds);
      }
    }
    // Where the gap showed that it is none of ours, its timeline is over.
    if (!this.#connection.ignored)
      this.#timeline.add('gap', direction, packet, seconds, nanoseconds, { length });
  }

  flag(direction: Direction, flag: 'syn' | 'fin' | 'rst'): void {
    const mark = this.#connection.stream(direction)[flag]!;
    const isAnswer = flag === 'syn' && this.#connection.stream(otherOf(direction)).syn !== null;
    const event = isAnswer ? 'syn-ack' : flag;
    const { packet, seconds, nanoseconds } = mark;
    this.#timeline.add(event, direction, packet, seconds, nanoseconds);
    this.#lifecycle.advance(
      flag === 'syn' ? (isAnswer ? 'syn-ack' : 'syn') : 'end',
      packet,
      seconds,
      nanoseconds,
    );
    if (flag === 'syn') return;
    this.#ending.end(direction, flag, mark);
    this.#parser(otherOf(direction))?.settle();
    this.#side(otherOf(direction)).peerEnded();
  }

  end(reason: 'closed' | 'capture-ended' | 'evicted'): void {
    this.#exchange?.end();
    this.#parser0?.settle();
    this.#parser1?.settle();
    this.#timeline.end();
    const isOurs = this.#upgrade.isTried || this.#opening !== null;
    if (isOurs || isUnopenedOfNote(this.#connection, this.#ending.firstEnder)) {
      this.#events.record(this.#record(reason));
    }
  }

  /** Nothing goes through it any more: it is large, and an open WebSocket may live long. */
  #endExchange(): void {
    this.#exchange?.end();
    this.#exchange = null;
  }

  // From the opening handshake.

  upgradeRequested(from: Direction, request: SeenRequest): void {
    this.#events.upgradeRequested();
    this.#clientDirection = from;
    this.#early.clear();
    this.#upgrade.request(request);
    this.#addRequest(from, request);
  }

  upgradeRefused(request: SeenRequest, response: SeenResponse): void {
    this.#upgrade.refused(request, response);
    this.#addResponse(response, 'refusal');
  }

  upgraded(client: Direction, request: SeenRequest | null, response: SeenResponse): void {
    // Of a request that was cut before it said what it asks for, the 101 does.
    if (request !== null && request !== this.#upgrade.lastRequest) this.upgradeRequested(client, request);
    this.#clientDirection = client;
    this.#upgrade.upgraded(request, response);
    const responseEnd = this.#connection.stream(otherOf(client)).nextOffset;
    this.#open(client, 'handshake', markOf(response), this.#early.untilPacket(responseEnd));
    this.#addResponse(response, 'upgrade');
  }

  lateRequest(request: SeenRequest): void {
    this.#events.upgradeRequested();
    this.#upgrade.lateRequest(request);
    this.#addRequest(this.#clientDirection!, request);
  }

  bytesBeforeResponse(length: number, mark: PacketMark): void {
    this.#upgrade.bytesBeforeResponse(length, mark);
  }

  webSocketOpen(direction: Direction): void {
    const parser = this.#parser(direction)!;
    if (direction === 0) this.#open0 = parser;
    else this.#open1 = parser;
    this.#connection.stream(direction).sendTo(parser);
  }

  proxyHeader(header: ProxyHeader): void {
    this.#proxyHeader = header;
  }

  notWebSocket(reason: SkipReason): void {
    // One that tried before stays in the report, whatever came after.
    if (this.#upgrade.isTried) return;
    this.#events.skipped(reason);
    this.#timeline.end();
    this.#connection.ignore();
  }

  webSocketData(
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    this.#parser(direction)!.push(bytes, start, end, packet, seconds, nanoseconds);
  }

  webSocketGap(
    direction: Direction,
    length: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    this.#parser(direction)!.gap(length, packet, seconds, nanoseconds);
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
    if (side.isSteady) this.#parser(direction)!.tallyPlain(this.#timeline, side.isMaskExpected);
    if (opcode === OPCODE_PING || opcode === OPCODE_PONG) {
      this.#heartbeat ??= new HeartbeatTracker();
      this.#heartbeat.frame(direction, frame);
      this.#events.listener?.control(this.#roleOf(direction), frame);
    }
  }

  plainFrames(direction: Direction, sum: PlainFrames): void {
    this.#side(direction).plainFrames(sum);
  }

  #closeFrame(direction: Direction, frame: Frame): void {
    const { packet, seconds, nanoseconds, payloadLength } = frame;
    const side = this.#side(direction);
    const isFirst = !side.hasClosed;
    side.frame(frame);
    const { code, reason } = side.close(frame, this.#ending.close(direction, packet));
    this.#timeline.add('frame', direction, packet, seconds, nanoseconds, {
      opcode: OPCODE_CLOSE,
      length: payloadLength,
      code,
      detail: reason,
    });
    const role = this.#roleOf(direction);
    if (isFirst) {
      const event = role === 'client' ? 'client-close' : 'server-close';
      this.#lifecycle.advance(event, packet, seconds, nanoseconds);
    }
    this.#events.listener?.control(role, frame);
  }

  #side(direction: Direction): SideTracker {
    return direction === 0 ? this.#side0 : this.#side1;
  }

  #parser(direction: Direction): FrameParser | null {
    return direction === 0 ? this.#parser0 : this.#parser1;
  }

  #roleOf(direction: Direction): Role {
    return roleOf(direction, this.#clientDirection ?? 0);
  }

  #newExchange(): UpgradeExchange {
    const { originator } = this.#connection;
    if (originator === null) this.#sniffer = new FrameSniffer(this.#isNamedPort());
    return new UpgradeExchange(this, originator !== null, this.#scope.httpBudget);
  }

  #isNamedPort(): boolean {
    const { ports } = this.#scope;
    if (ports.size === 0) return false;
    return ([0, 1] as const).some((direction) => ports.has(this.#connection.endpoint(direction).port));
  }

  /** A packet of the client came while its request had no answer. */
  #noteEarly(direction: Direction, packet: number): void {
    const connection = this.#connection;
    // Of bytes that had to wait for others it is no longer known what their packet acknowledged.
    if (packet !== connection.lastPacket) return;
    this.#early.add(packet, connection.stream(otherOf(direction)).acknowledgedOffset);
  }

  #sniff(
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    const sniffer = this.#sniffer!;
    const client = sniffer.push(direction, bytes, start, end, packet, seconds, nanoseconds);
    if (client === null) {
      if (sniffer.isHopeless) this.#sniffer = null;
      return;
    }
    const takenOf = (each: Direction) =>
      sniffer.hasFrames(each) ? sniffer.take(each).map((segment) => ({ direction: each, ...segment })) : [];
    const held = interleaved(takenOf(0), takenOf(1));
    const [first] = held;
    if (first === undefined) return;
    if (this.#opening === null) this.#infer(client, first);
    for (const segment of held) {
      this.webSocketOpen(segment.direction);
      const { bytes: heldBytes, packet: heldPacket } = segment;
      const parser = this.#parser(segment.direction)!;
      parser.push(heldBytes, 0, heldBytes.length, heldPacket, segment.seconds, segment.nanoseconds);
    }
    if (this.#open0 !== null && this.#open1 !== null) this.#sniffer = null;
  }

  /** These are frames, though the handshake is not in the capture. */
  #infer(client: Direction, first: PacketMark): void {
    this.#exchange?.end();
    this.#clientDirection = client;
    this.#open(client, 'inferred', markOf(first), 0);
    this.#lifecycle.advance('upgrade', first.packet, first.seconds, first.nanoseconds);
  }

  #open(
    client: Direction,
    opening: 'handshake' | 'inferred',
    at: PacketMark,
    earlyUntilPacket: number,
  ): void {
    this.#opening = opening;
    this.#openedAt = at;
    const { listener } = this.#events;
    listener?.opened({
      at,
      how: opening,
      client: this.#connection.endpoint(client),
      server: this.#connection.endpoint(otherOf(client)),
    });
    const openings = openingsOf([this.#side0, this.#side1], client, {
      extensions: this.#upgrade.extensions,
      isFromStart: opening === 'handshake',
      earlyUntilPacket,
      budget: this.#scope.inflateBudget,
      listener,
    });
    this.#side0.open(openings[0]);
    this.#side1.open(openings[1]);
    const handler = tapFrames(this, listener, client);
    this.#parser0 = new FrameParser(0, handler, openings[0].reader);
    this.#parser1 = new FrameParser(1, handler, openings[1].reader);
  }

  #addRequest(direction: Direction, { head, packet, seconds, nanoseconds }: SeenRequest): void {
    const detail = `${head.method} ${head.target} HTTP/${head.version}`;
    this.#timeline.add('request', direction, packet, seconds, nanoseconds, { detail });
    this.#lifecycle.advance('request', packet, seconds, nanoseconds);
  }

  #addResponse({ head, packet, seconds, nanoseconds }: SeenResponse, event: 'refusal' | 'upgrade'): void {
    const direction = otherOf(this.#clientDirection!);
    const detail = `HTTP/${head.version} ${head.status} ${head.reason}`.trimEnd();
    this.#timeline.add('response', direction, packet, seconds, nanoseconds, { code: head.status, detail });
    this.#lifecycle.advance(event, packet, seconds, nanoseconds);
  }

  #factsOf(direction: Direction, role: Role): WebSocketSideFacts {
    return this.#side(direction).facts(
      role,
      this.#parser(direction),
      this.#heartbeat?.pings(direction) ?? NO_PINGS,
    );
  }

  #record(endedBy: ConnectionRecord['endedBy']): ConnectionRecord {
    const connection = this.#connection;
    const client = this.#clientDirection ?? connection.originator ?? 0;
    const server = otherOf(client);
    return {
      id: connection.id,
      tcp: tcpFactsOf(connection, client),
      client: connection.endpoint(client),
      server: connection.endpoint(server),
      first: connection.first,
      last: connection.last,
      endedBy,
      opening: this.#opening,
      openedAt: this.#openedAt,
      phases: this.#lifecycle.phases,
      upgrade: this.#upgrade.facts(),
      refusedBefore: this.#upgrade.refusedBefore,
      proxyHeader: this.#proxyHeader,
      clientSide: this.#factsOf(client, 'client'),
      serverSide: this.#factsOf(server, 'server'),
      firstEnd: this.#ending.firstEnd(client),
      closeFirstBy: this.#ending.firstCloser(client),
      heartbeat: this.#heartbeat?.summary() ?? null,
      timeline: eventsOf(this.#timeline, client),
    };
  }
}

/** Apart from the tracker, of which a closure inside it would keep all, with its parsers and streams. */
function eventsOf(timeline: Timeline, client: Direction): ConnectionRecord['timeline'] {
  return () => timeline.events(client);
}

/** By packet, but for what one direction brings out of order: that stays in the order of its stream. */
function interleaved<T extends { readonly packet: number }>(a: readonly T[], b: readonly T[]): T[] {
  const merged: T[] = [];
  let [fromA, fromB] = [0, 0];
  while (fromA < a.length || fromB < b.length) {
    const [nextA, nextB] = [a[fromA], b[fromB]];
    if (nextB === undefined || (nextA !== undefined && nextA.packet <= nextB.packet)) {
      merged.push(nextA!);
      fromA++;
    } else {
      merged.push(nextB);
      fromB++;
    }
  }
  return merged;
}
