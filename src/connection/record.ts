/**
 * What wscap knows of one connection: facts only, no judgement. Rules and report read nothing else.
 * Client and server are the roles that the handshake proved; without one, the side that sent the SYN is the client.
 */
import type { SeenRequest, SeenResponse } from '../http/upgrade-exchange.ts';
import type { ProxyHeader } from '../http/proxy-header.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import type { TcpEndpoint } from '../tcp/tcp-connection.ts';
import type { UnfinishedFrame } from '../websocket/frame-parser.ts';
import type { OpcodeName } from '../websocket/frame.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { TimelineEvent } from './timeline.ts';

export type Role = 'client' | 'server';

/** Sec-WebSocket-Accept against the key of the request; "unknown" where one of them was not captured. */
export type AcceptState = 'valid' | 'invalid' | 'missing' | 'unknown';

export interface UpgradeFacts {
  /** null where it was not captured. */
  readonly request: SeenRequest | null;
  /** null where none came, or none was captured. */
  readonly response: SeenResponse | null;
  /** null where the response is no 101. */
  readonly accept: AcceptState | null;
}

/** A Close frame (RFC 6455 §5.5.1). */
export interface CloseFrame {
  /** null where the frame carries none, or a gap took it. */
  readonly code: number | null;
  readonly reason: string;
  /** The packet that completes the frame. */
  readonly mark: PacketMark;
  /** It came before the other side's first FIN or RST, by the order of capture or because that acknowledges it. */
  readonly isBeforePeerEnd: boolean;
}

/** One side of a connection: what it sent. */
export interface SideFacts {
  readonly role: Role;
  readonly frames: Readonly<Record<OpcodeName, number>>;
  readonly frameCount: number;
  /** Complete messages: final frames of text, binary or continuation. */
  readonly messages: number;
  readonly payloadBytes: number;
  /** This side's first Close frame. */
  readonly closeFrame: CloseFrame | null;
  /** Frames of this side that were complete when the other side's first FIN or RST was captured. */
  readonly framesBeforePeerEnd: number;
  /** The frame in which its bytes end. */
  readonly unfinished: UnfinishedFrame | null;
  /** A gap hid where frames begin: counts end there, and a Close may have been missed. */
  readonly isFramingLost: boolean;

  /** Bytes of its TCP stream, gaps included. */
  readonly streamBytes: number;
  /** A packet of this side was captured. */
  readonly isCaptured: boolean;
  readonly segments: number;
  readonly retransmissions: number;
  readonly outOfOrder: number;
  /** Bytes that are not in the capture, and how many of them because packets were cut (snapshot length). */
  readonly gapBytes: number;
  readonly cutBytes: number;
  readonly syn: PacketMark | null;
  readonly fin: PacketMark | null;
  readonly rst: PacketMark | null;
}

/** The first FIN or RST of a connection: by acknowledgements where capture put them in the wrong order. */
export interface FirstEnd {
  readonly by: Role;
  readonly how: 'fin' | 'rst';
  readonly mark: PacketMark;
  /** By then the other side had sent something that is not in the capture: a FIN of its own, for all we know. */
  readonly followsUnseen: boolean;
}

export interface ConnectionRecord {
  /** Wireshark's tcp.stream. */
  readonly id: number;
  readonly client: TcpEndpoint;
  readonly server: TcpEndpoint;
  readonly first: PacketMark;
  readonly last: PacketMark;
  /** Why nothing more is known: TCP ended, the capture did, or it was idle while room was needed. */
  readonly endedBy: 'closed' | 'capture-ended' | 'evicted';
  /** The last upgrade that was tried; null where there was none. */
  readonly upgrade: UpgradeFacts | null;
  /** Upgrades that were refused before it on the same connection. */
  readonly refusedBefore: readonly { readonly request: SeenRequest; readonly response: SeenResponse }[];
  readonly proxyHeader: ProxyHeader | null;
  readonly clientSide: SideFacts;
  readonly serverSide: SideFacts;
  readonly firstEnd: FirstEnd | null;
  /** Who sent the first Close frame; null where none was seen. */
  readonly closeFirstBy: Role | null;
  /** The same packet captured more than once: how often, and the first of them. */
  readonly duplicates: { readonly count: number; readonly firstPacket: number };
  readonly heartbeat: Heartbeat | null;
  /** Made anew by each call: the events are kept as numbers. */
  readonly timeline: () => TimelineEvent[];
}

/** The 101 of a connection that became a WebSocket; null for all others. */
export function upgradeResponse(record: ConnectionRecord): SeenResponse | null {
  const response = record.upgrade?.response ?? null;
  return response !== null && response.head.status === 101 ? response : null;
}
