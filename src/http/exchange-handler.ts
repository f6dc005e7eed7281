/** What an opening handshake reports to the code that follows it. */
import type { GapLength } from '../carrier/byte-stream.ts';
import type { Carrier, OpenCarrier } from '../carrier/carrier.ts';
import type { Direction } from '../basics/direction.ts';
import type { HttpHead, RequestHead, ResponseHead } from './head.ts';
import type { RefusalBody } from './refusal-body.ts';
import type { ProxyHeader } from './proxy-header.ts';
import type { NotHttpReason } from './sniff.ts';

/** How a head came. */
export interface HeadArrival {
  /** The packet with its first byte. */
  readonly firstPacket: number;
  /** How many segments brought it. */
  readonly segments: number;
  /** Its length, the empty line included; without what the capture lacks. */
  readonly bytes: number;
  /** Bytes of its sender right before it are not in the capture. */
  readonly followsGap: boolean;
}

/** A head and the packet that completed it. */
export interface SeenHead<T extends HttpHead> extends HeadArrival {
  readonly head: T;
  readonly packet: number;
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** The beginning of what a side sent where a head should be, and what is no whole head. */
export interface UnparsedBytes {
  /** At most {@link MAX_UNPARSED} bytes. */
  readonly bytes: Uint8Array;
  /** Where the first of them was captured. */
  readonly packet: number;
  readonly seconds: number;
  readonly nanoseconds: number;
}

/**
 * Enough to recognise a protocol, and to quote a line.
 * @bound bytes kept of what is no head: {bytes}
 */
export const MAX_UNPARSED = 256;

export type SeenRequest = SeenHead<RequestHead>;
export type SeenResponse = SeenHead<ResponseHead>;

export interface StrayMark {
  readonly packet: number;
  readonly seconds: number;
  readonly nanoseconds: number;
}

export interface ExchangeHandler {
  /** A request was read, whatever it asks for; called before anything else is said of it. */
  requestRead?(isUpgrade: boolean): void;
  /** A request asks for a WebSocket; its sender is the client. */
  upgradeRequested(from: Direction, request: SeenRequest): void;
  /**
   * The request was answered by something other than a 101, or by a 101 to another protocol than WebSocket
   * (`notWebSocket` then follows). `body` fills as more comes; null where nobody listens to it.
   */
  upgradeRefused(request: SeenRequest, response: SeenResponse, body: RefusalBody | null): void;
  /**
   * A plain request that names a session of Engine.IO was answered with a status of 400 to 499. `body` fills as more comes;
   * null where nobody listens to it.
   */
  sessionRequestRefused?(
    from: Direction,
    request: SeenRequest,
    response: SeenResponse,
    body: RefusalBody | null,
  ): void;
  /**
   * A 101 opens the WebSocket; `request` is null where it was not captured, or where reordering delays it.
   */
  upgraded(from: Direction, request: SeenRequest | null, response: SeenResponse): void;
  /**
   * Bytes that the server sent between an upgrade request and the head that answers it, and that are not
   * HTTP; `mark` is where the first one was captured. Called right before that answer's `upgraded` or
   * `upgradeRefused`.
   */
  bytesBeforeResponse(length: number, mark: StrayMark): void;
  /** The request of an upgrade that was already reported without it. */
  lateRequest(request: SeenRequest): void;
  /**
   * Bytes after the opening handshake that came in the same segment. The view is valid until the call
   * returns.
   */
  webSocketData(
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void;
  webSocketGap(
    direction: Direction,
    length: GapLength,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void;
  /** From the next segment on, a direction's bytes and gaps need not pass through here any more. */
  webSocketOpen(direction: Direction): void;
  proxyHeader(header: ProxyHeader): void;
  /**
   * A carrier begins, as the bytes of the direction `from` show. Opens it: the bytes of both directions go to it, from the
   * carrier's first byte on.
   *
   * @param isLate it began before the capture did
   */
  carrierBegins?(carrier: Carrier, from: Direction, isLate: boolean): OpenCarrier;
  /** This connection is not a WebSocket, or is one that can't be followed; `from`: whose bytes show it. */
  notWebSocket(reason: NotHttpReason | 'other-upgrade', from?: Direction): void;
}
