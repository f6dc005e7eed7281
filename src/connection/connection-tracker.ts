/**
 * Follows one connection from its first packet to its last: TCP's streams go through the opening handshake to the
 * frames, and what was seen becomes a {@link ConnectionRecord}. HOT: `data` runs once per segment,
 * `frame` once per frame.
 */
import { headerValue } from '../http/head.ts';
import type { HttpBudget } from '../http/http-budget.ts';
import {
  UpgradeExchange,
  type ExchangeHandler,
  type SeenRequest,
  type SeenResponse,
} from '../http/upgrade-exchange.ts';
import type { ProxyHeader } from '../http/proxy-header.ts';
import type { NotHttpReason } from '../http/sniff.ts';
import { otherOf, type Direction } from '../direction.ts';
import type { StreamConsumer } from '../tcp/stream-consumer.ts';
import { markOf, type PacketMark } from '../tcp/packet-mark.ts';
import type { TcpConnection } from '../tcp/tcp-connection.ts';
import { acceptFor } from '../websocket/accept.ts';
import { parseClosePayload } from '../websocket/close-payload.ts';
import { FrameParser, type FrameHandler } from '../websocket/frame-parser.ts';
import { OPCODE_CLOSE, OPCODE_PING, OPCODE_PONG, type Frame } from '../websocket/frame.ts';
import { HeartbeatTracker } from './heartbeat.ts';
import type { AcceptState, ConnectionRecord, FirstEnd, Role, UpgradeFacts } from './record.ts';
import { SideTracker } from './side-tracker.ts';
import { Timeline } from './timeline.ts';

/** Refused upgrades kept of one connection; more are forgotten, the first ones. */
const MAX_REFUSALS = 16;

/** A FIN or RST. */
interface End {
  readonly direction: Direction;
  readonly how: 'fin' | 'rst';
  readonly mark: PacketMark;
  /** Stream offset of the other direction before which its sender had seen everything. */
  readonly acknowledges: number;
}

/** Why a connection was left alone. */
export type SkipReason = NotHttpReason | 'other-upgrade';

export interface ConnectionSink {
  /** A connection that tried to be a WebSocket, or that a rule may name, is complete. */
  record(record: ConnectionRecord): void;
  /** A connection is none of ours. */
  skipped(reason: SkipReason): void;
  /** An upgrade request was seen. */
  upgradeRequested(): void;
  /** Shared by all connections of the capture; default: each has its own. */
  readonly httpBudget?: HttpBudget;
}

export class ConnectionTracker implements StreamConsumer, ExchangeHandler, FrameHandler {
  readonly #connection: TcpConnection;
  readonly #sink: ConnectionSink;
  /** Made with the first bytes: connections without any are many (scans, half-open ones). */
  #exchange: UpgradeExchange | null = null;
  /** Made by the upgrade. */
  #parsers: readonly [FrameParser, FrameParser] | null = null;
  /** The same, by direction, once its bytes come straight here: one load instead of four for every segment. */
  #open0: FrameParser | null = null;
  #open1: FrameParser | null = null;
  readonly #sides: readonly [SideTracker, SideTracker] = [new SideTracker(), new SideTracker()];
  readonly #timeline = new Timeline();
  #heartbeat: HeartbeatTracker | null = null;
  #clientDirection: Direction | null = null;
  #request: SeenRequest | null = null;
  #response: SeenResponse | null = null;
  #isUpgradeTried = false;
  readonly #refused: { request: SeenRequest; response: SeenResponse }[] = [];
  #proxyHeader: ProxyHeader | null = null;
  #firstEnd: End | null = null;
  /** The first FIN or RST captured of each direction. */
  readonly #ends: [End | null, End | null] = [null, null];
  #firstClose: { direction: Direction; packet: number; acknowledges: number } | null = null;

  constructor(connection: TcpConnection, sink: ConnectionSink) {
    this.#connection = connection;
    this.#sink = sink;
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
    const parser = direction === 0 ? this.#open0 : this.#open1;
    if (parser !== null) {
      parser.push(bytes, start, end, packet, seconds, nanoseconds);
      return;
    }
    this.#exchange ??= this.#newExchange();
    this.#exchange.data(direction, bytes, start, end, packet, seconds, nanoseconds);
  }

  gap(direction: Direction, length: number, packet: number, seconds: number, nanoseconds: number): void {
    const parser = direction === 0 ? this.#open0 : this.#open1;
    if (parser !== null) {
      parser.gap(length, packet, seconds, nanoseconds);
    } else {
      this.#exchange ??= this.#newExchange();
      this.#exchange.gap(direction, length, packet, seconds, nanoseconds);
    }
    this.#timeline.add('gap', direction, packet, seconds, nanoseconds, { length });
  }

  flag(direction: Direction, flag: 'syn' | 'fin' | 'rst'): void {
    const stream = this.#connection.streams[direction];
    const mark = stream[flag]!;
    const event =
      flag === 'syn' && this.#connection.streams[otherOf(direction)].syn !== null ? 'syn-ack' : flag;
    this.#timeline.add(event, direction, mark.packet, mark.seconds, mark.nanoseconds);
    if (flag === 'syn') return;
    const acknowledges = this.#connection.streams[otherOf(direction)].acknowledgedOffset;
    const end: End = { direction, how: flag, mark, acknowledges };
    this.#ends[direction] ??= end;
    const first = this.#firstEnd;
    // Where the end captured first acknowledges this FIN, capture put the two in the wrong order.
    const isEarlier =
      first !== null &&
      first.direction !== direction &&
      flag === 'fin' &&
      first.acknowledges > stream.finOffset;
    if (first === null || isEarlier) this.#firstEnd = end;
    this.#sides[otherOf(direction)].peerEnded();
  }

  end(reason: 'closed' | 'capture-ended' | 'evicted'): void {
    this.#exchange?.end();
    if (this.#isUpgradeTried || this.#isClosedWithoutRequest()) this.#sink.record(this.#record(reason));
  }

  // From the opening handshake.

  upgradeRequested(from: Direction, request: SeenRequest): void {
    this.#sink.upgradeRequested();
    this.#isUpgradeTried = true;
    this.#clientDirection = from;
    this.#request = request;
    this.#response = null;
    this.#addRequest(from, request);
  }

  upgradeRefused(request: SeenRequest, response: SeenResponse): void {
    this.#response = response;
    if (this.#refused.length >= MAX_REFUSALS) this.#refused.shift();
    this.#refused.push({ request, response });
    this.#addResponse(response);
  }

  upgraded(client: Direction, request: SeenRequest | null, response: SeenResponse): void {
    // Of a request that was cut before it said what it asks for, the 101 does.
    if (request !== null && request !== this.#request) this.upgradeRequested(client, request);
    this.#isUpgradeTried = true;
    this.#clientDirection = client;
    this.#request = request;
    this.#response = response;
    this.#parsers = [new FrameParser(0, this), new FrameParser(1, this)];
    this.#addResponse(response);
  }

  lateRequest(request: SeenRequest): void {
    this.#sink.upgradeRequested();
    this.#request = request;
    this.#addRequest(this.#clientDirection!, request);
  }

  webSocketOpen(direction: Direction): void {
    if (direction === 0) this.#open0 = this.#parsers![0];
    else this.#open1 = this.#parsers![1];
  }

  proxyHeader(header: ProxyHeader): void {
    this.#proxyHeader = header;
  }

  notWebSocket(reason: SkipReason): void {
    // One that tried before stays in the report, whatever came after.
    if (this.#isUpgradeTried) return;
    this.#sink.skipped(reason);
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
    this.#parsers![direction].push(bytes, start, end, packet, seconds, nanoseconds);
  }

  webSocketGap(
    direction: Direction,
    length: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    this.#parsers![direction].gap(length, packet, seconds, nanoseconds);
  }

  // From the frames.

  frame(direction: Direction, frame: Frame): void {
    const { opcode, packet, seconds, nanoseconds, payloadLength } = frame;
    const side = this.#sides[direction];
    side.frame(frame);
    if (opcode === OPCODE_CLOSE) {
      this.#closeFrame(direction, frame);
      return;
    }
    this.#timeline.addFrame(direction, packet, seconds, nanoseconds, opcode, payloadLength);
    if (opcode === OPCODE_PING || opcode === OPCODE_PONG) {
      this.#heartbeat ??= new HeartbeatTracker();
      this.#heartbeat.frame(direction, frame);
    }
  }

  #closeFrame(direction: Direction, frame: Frame): void {
    const { packet, seconds, nanoseconds, payloadLength, controlPayload } = frame;
    const { code, reason } =
      controlPayload === null ? { code: null, reason: '' } : parseClosePayload(controlPayload);
    this.#sides[direction].close({
      code,
      reason,
      mark: markOf(frame),
      isBeforePeerEnd: this.#orderClose(direction, packet),
    });
    this.#timeline.add('frame', direction, packet, seconds, nanoseconds, {
      opcode: OPCODE_CLOSE,
      length: payloadLength,
      code,
      detail: reason,
    });
  }

  /** Finds out who sent the first Close, and whether this one came before the other side's end. */
  #orderClose(direction: Direction, packet: number): boolean {
    const { streams, lastPacket } = this.#connection;
    const other = otherOf(direction);
    const { nextOffset } = streams[direction];
    const first = this.#firstClose;
    // Where the Close captured first acknowledges this one, capture put the two in the wrong order.
    const isEarlier =
      first !== null &&
      first.direction !== direction &&
      (packet < first.packet || first.acknowledges >= nextOffset);
    if (first === null || isEarlier) {
      // Of one that had to wait for bytes before it, it is no longer known what it acknowledged.
      const acknowledges = packet === lastPacket ? streams[other].acknowledgedOffset : -1;
      this.#firstClose = { direction, packet, acknowledges };
    }
    const end = this.#ends[other];
    return end === null || packet <= end.mark.packet || end.acknowledges >= nextOffset;
  }

  #newExchange(): UpgradeExchange {
    return new UpgradeExchange(this, this.#connection.originator !== null, this.#sink.httpBudget);
  }

  #addRequest(direction: Direction, { head, packet, seconds, nanoseconds }: SeenRequest): void {
    const detail = `${head.method} ${head.target} HTTP/${head.version}`;
    this.#timeline.add('request', direction, packet, seconds, nanoseconds, { detail });
  }

  #addResponse({ head, packet, seconds, nanoseconds }: SeenResponse): void {
    const direction = otherOf(this.#clientDirection!);
    const detail = `HTTP/${head.version} ${head.status} ${head.reason}`.trimEnd();
    this.#timeline.add('response', direction, packet, seconds, nanoseconds, { code: head.status, detail });
  }

  /** The TCP handshake was completed, no byte was sent, and the side that was called hung up first. */
  #isClosedWithoutRequest(): boolean {
    const { streams, originator } = this.#connection;
    if (originator === null || this.#firstEnd === null || this.#firstEnd.direction === originator)
      return false;
    return (
      streams[otherOf(originator)].syn !== null &&
      streams[0].streamBytes === 0 &&
      streams[1].streamBytes === 0
    );
  }

  #record(endedBy: ConnectionRecord['endedBy']): ConnectionRecord {
    const connection = this.#connection;
    const client = this.#clientDirection ?? connection.originator ?? 0;
    const server = otherOf(client);
    const side = (direction: Direction) =>
      this.#sides[direction].facts(
        roleOf(direction, client),
        connection.streams[direction],
        this.#parsers?.[direction] ?? null,
      );
    return {
      id: connection.id,
      client: connection.endpoint(client),
      server: connection.endpoint(server),
      first: connection.first,
      last: connection.last,
      endedBy,
      upgrade: this.#upgradeFacts(),
      refusedBefore: this.#refused.filter(({ response }) => response !== this.#response),
      proxyHeader: this.#proxyHeader,
      clientSide: side(client),
      serverSide: side(server),
      firstEnd: this.#firstEndFacts(client),
      closeFirstBy: this.#firstClose === null ? null : roleOf(this.#firstClose.direction, client),
      duplicates: { count: connection.duplicates, firstPacket: connection.firstDuplicate },
      heartbeat: this.#heartbeat?.summary() ?? null,
      timeline: () => this.#timeline.events(client),
    };
  }

  #upgradeFacts(): UpgradeFacts | null {
    if (!this.#isUpgradeTried) return null;
    const request = this.#request;
    const response = this.#response;
    const accept = response?.head.status === 101 ? acceptState(request, response) : null;
    return { request, response, accept };
  }

  #firstEndFacts(client: Direction): FirstEnd | null {
    if (this.#firstEnd === null) return null;
    const { direction, how, mark, acknowledges } = this.#firstEnd;
    const { unseenFrom } = this.#connection.streams[otherOf(direction)];
    const followsUnseen = unseenFrom >= 0 && acknowledges > unseenFrom;
    return { by: roleOf(direction, client), how, mark, followsUnseen };
  }
}

function roleOf(direction: Direction, client: Direction): Role {
  return direction === client ? 'client' : 'server';
}

function acceptState(request: SeenRequest | null, response: SeenResponse): AcceptState {
  const accept = headerValue(response.head, 'sec-websocket-accept');
  const key = request === null ? null : headerValue(request.head, 'sec-websocket-key');
  if (accept === null) return response.head.isCut ? 'unknown' : 'missing';
  if (key === null) return 'unknown';
  return accept === acceptFor(key) ? 'valid' : 'invalid';
}
