/**
 * Follows one TCP connection from its first packet to its last: hands TCP's bytes and flags to the parts that
 * they concern ({@link TcpLife}, {@link OpeningHandshake}, {@link WebSocketLife}), and puts the parts' facts
 * together to a record.
 */
import type { Direction } from '../basics/direction.ts';
import type { EndReason, StreamConsumer } from '../tcp/stream-consumer.ts';
import type { TcpConnection } from '../tcp/tcp-connection.ts';
import type { CaptureScope } from './capture-scope.ts';
import { conversationOf } from './conversation-log.ts';
import type { ConnectionEvents, SkipReason } from './connection-events.ts';
import type { KeptEvents } from './kept-events.ts';
import { Lifecycle } from './lifecycle.ts';
import type { Onlooker } from './onlooker.ts';
import { OpeningHandshake, type HandshakeSurroundings } from './opening-handshake.ts';
import type { ConnectionRecord, HandshakeFacts } from './record.ts';
import { TcpLife } from './tcp-life.ts';
import { Timeline } from './timeline.ts';
import { NO_WEB_SOCKET, WebSocketLife, type WebSocketOpening } from './web-socket-life.ts';

const NO_HANDSHAKE: HandshakeFacts = {
  upgrade: null,
  refusedBefore: [],
  proxyHeader: null,
  plainAnswer: null,
  sessionRefusals: null,
};

export class ConnectionTracker implements StreamConsumer, HandshakeSurroundings {
  readonly #connection: TcpConnection;
  readonly scope: CaptureScope;
  readonly events: ConnectionEvents;
  readonly lifecycle: Lifecycle = new Lifecycle();
  readonly timeline: Timeline;
  readonly carrier: TcpLife;
  /** Made with the first bytes: connections without any are many (scans, half-open ones). */
  #handshake: OpeningHandshake | null = null;
  #webSocket: WebSocketLife | null = null;
  /** null where nobody looks on, or has seen enough. */
  #onlooker: Onlooker | null;
  /** Nobody but the onlooker wants its bytes any more. */
  #isSkipped = false;

  constructor(
    connection: TcpConnection,
    scope: CaptureScope,
    events: ConnectionEvents,
    onlooker: Onlooker | null = null,
  ) {
    this.#onlooker = onlooker;
    this.#connection = connection;
    this.scope = scope;
    this.events = events;
    this.carrier = new TcpLife(connection);
    this.timeline = new Timeline(scope.timelineRoom);
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
    if (this.#onlooker?.wantsMore === true) this.#onlooker.data(direction, bytes, start, end);
    if (this.#isSkipped) {
      if (this.#onlooker?.wantsMore !== true) this.#leaveAlone();
      return;
    }
    this.lifecycle.advance('bytes', packet, seconds, nanoseconds);
    this.#handshake ??= this.#begin();
    this.#handshake.data(direction, bytes, start, end, packet, seconds, nanoseconds);
  }

  gap(direction: Direction, length: number, packet: number, seconds: number, nanoseconds: number): void {
    if (this.#isSkipped) return;
    this.#handshake ??= this.#begin();
    this.#handshake.gap(direction, length, packet, seconds, nanoseconds);
    // Where the gap showed that nobody wants the connection, its timeline is over.
    if (!this.#wasSkipped()) this.timeline.add('gap', direction, packet, seconds, nanoseconds, { length });
  }

  flag(direction: Direction, flag: 'syn' | 'fin' | 'rst'): void {
    if (this.#isSkipped) return;
    const { event, mark } = this.carrier.flag(direction, flag);
    const { packet, seconds, nanoseconds } = mark;
    this.timeline.add(event, direction, packet, seconds, nanoseconds);
    const isEnd = event === 'fin' || event === 'rst';
    this.lifecycle.advance(isEnd ? 'end' : event, packet, seconds, nanoseconds);
    if (isEnd) this.#webSocket?.sideEnded(direction);
  }

  end(reason: EndReason): void {
    this.#handshake?.end();
    this.#webSocket?.end();
    this.timeline.end();
    if (!this.#isSkipped && this.#isOfNote) this.events.record(this.snapshot(reason));
    this.#tellOnlooker();
  }

  /**
   * What is known by now, as a record that later packets don't change. `endedBy` is the reason that the
   * record gives for the end. A snapshot changes nothing in the tracker.
   */
  snapshot(endedBy: EndReason): ConnectionRecord {
    const connection = this.#connection;
    const client = this.#handshake?.client ?? connection.originator ?? guessedClient(connection);
    const { opened, phases } = this.lifecycle;
    // Field by field: there are many records, and one object shape is quicker than three objects spread into
    // one.
    const carried = this.carrier.carrierFacts(client, endedBy);
    const handshake = this.#handshake?.facts() ?? NO_HANDSHAKE;
    const webSocket = this.#webSocket?.facts() ?? NO_WEB_SOCKET;
    return {
      id: connection.id,
      client: carried.client,
      server: carried.server,
      first: carried.first,
      last: carried.last,
      endedBy,
      firstEnd: carried.firstEnd,
      tcp: this.carrier.facts(client),
      tls: this.#handshake?.tlsFacts(client) ?? null,
      translated: null,
      upgrade: handshake.upgrade,
      refusedBefore: handshake.refusedBefore,
      proxyHeader: handshake.proxyHeader,
      plainAnswer: handshake.plainAnswer,
      sessionRefusals: handshake.sessionRefusals,
      opening: opened?.how ?? null,
      openedAt: opened?.at ?? null,
      clientSide: webSocket.clientSide,
      serverSide: webSocket.serverSide,
      closeFirstBy: webSocket.closeFirstBy,
      conversation: conversationOf(webSocket, carried.firstEnd),
      heartbeat: webSocket.heartbeat,
      application: webSocket.application,
      possibleGoodbye: webSocket.possibleGoodbye,
      phases,
      timeline: eventsOf(this.timeline.kept(), client),
    };
  }

  // HandshakeSurroundings. The tracker implements them itself: an extra object would cost memory for each
  // connection.

  open(opening: WebSocketOpening): WebSocketLife {
    this.#webSocket = new WebSocketLife(opening, this);
    return this.#webSocket;
  }

  skip(reason: SkipReason): void {
    this.events.skipped(reason);
    this.timeline.end();
    this.#isSkipped = true;
    if (this.#onlooker?.wantsMore !== true) this.#leaveAlone();
  }

  requested(isUpgrade: boolean): void {
    this.#onlooker?.requested(isUpgrade);
  }

  /** A method, because this changes inside calls. */
  #wasSkipped(): boolean {
    return this.#isSkipped;
  }

  #leaveAlone(): void {
    this.#tellOnlooker();
    this.#connection.ignore();
  }

  #begin(): OpeningHandshake {
    this.events.carriesBytes?.();
    return new OpeningHandshake(this, this.carrier.originator);
  }

  #tellOnlooker(): void {
    const client = this.#handshake?.client ?? this.#connection.originator;
    this.#onlooker?.over({ client, isWebSocket: this.lifecycle.opened !== null });
    this.#onlooker = null;
  }

  /** The connection tried to be a WebSocket, or was one, or a rule may have something to say about it. */
  get #isOfNote(): boolean {
    const { isTried, opened } = this.lifecycle;
    const { isAnsweredInPlain = false, isSessionRefused = false, isTls = false } = this.#handshake ?? {};
    const isOpening = isTried || opened !== null || isAnsweredInPlain || isSessionRefused;
    return isOpening || isTls || this.carrier.isUnopenedOfNote || this.carrier.mayBeAnswerThenEnd;
  }
}

/** Where nothing shows who opened the connection: servers have the lower ports. */
function guessedClient(connection: TcpConnection): Direction {
  return connection.endpoint(0).port < connection.endpoint(1).port ? 1 : 0;
}

/** Outside of the tracker: a closure inside it would keep the whole tracker, with its parsers and streams. */
function eventsOf(kept: KeptEvents, client: Direction): ConnectionRecord['timeline'] {
  return () => kept.events(client);
}
