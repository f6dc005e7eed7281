/**
 * What wscap knows of one connection: facts only, no judgement. Rules and report read nothing else.
 * Client and server are the roles that the handshake proved; without one, the side that sent the SYN is the client.
 */
import type { Direction } from '../basics/direction.ts';
import type { SeenRequest, SeenResponse, UnparsedBytes } from '../http/upgrade-exchange.ts';
import type { ProxyHeader } from '../http/proxy-header.ts';
import type { BodyFacts } from '../http/refusal-body.ts';
import type { OverlapConflict } from '../tcp/overlap-conflict.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import type { ResetFacts } from '../tcp/reset-watch.ts';
import type { EndReason } from '../tcp/stream-consumer.ts';
import type { TcpEndpoint } from '../tcp/tcp-connection.ts';
import type { TlsFacts } from '../tls/facts.ts';
import type { ApplicationEnd, ApplicationFacts } from '../protocols/application-protocol.ts';
import type { ForeignBytes } from '../websocket/foreign-bytes.ts';
import type { UnfinishedFrame } from '../websocket/frame-events.ts';
import type { OpcodeName } from '../websocket/frame.ts';
import type { NeverReceived, TcpTrouble, Undelivered } from '../tcp/tcp-trouble.ts';
import type { DeflateParameters } from '../websocket/extensions.ts';
import type { Heartbeat, PingFacts } from './heartbeat.ts';
import type { FramePlace, Irregularity } from './irregularity.ts';
import type { Phase } from './lifecycle.ts';
import type { TimelineEvent } from './timeline.ts';

export type Role = 'client' | 'server';

/** Sec-WebSocket-Accept against the key of the request; "unknown" where one of them was not captured. */
export type AcceptState = 'valid' | 'invalid' | 'missing' | 'unknown';

/** How much of something a side had acknowledged by the time of its own first FIN or RST. */
export type SeenPart = 'none' | 'part' | 'all';

export interface UpgradeFacts {
  /** null where the request was not captured. */
  readonly request: SeenRequest | null;
  /** null where no response came, or none was captured, or the client had left before it came. */
  readonly response: SeenResponse | null;
  /** A 101 that came after the client's FIN or RST: it opens nothing. */
  readonly lateResponse: SeenResponse | null;
  /** What came from the server in place of an answer's head, or of the rest of it; null where a head came, or nothing. */
  readonly unparsed: UnparsedBytes | null;
  /** Of the answer that refused the upgrade; null where there is none, or it has none. */
  readonly body: BodyFacts | null;
  /** How much of the answer's head the client had when it ended; null without an answer, or without its end. */
  readonly answerAtClientEnd: SeenPart | null;
  /** How much of the request's head the server had when it ended; null without its end. */
  readonly requestAtServerEnd: SeenPart | null;
  /** Of the 101, a late one too; null where there is none. */
  readonly accept: AcceptState | null;
  /** Extensions that the 101 agrees to; null without a 101, or where the capture cut its head. */
  readonly extensions: ExtensionFacts | null;
  /** Bytes that the server sent between the request and the head that answers it, and that are not HTTP. */
  readonly bytesBeforeResponse: { readonly length: number; readonly mark: PacketMark } | null;
}

export interface ExtensionFacts {
  /**
   * The parameters of permessage-deflate; null where it was not agreed on, or has parameters that mean
   * nothing.
   */
  readonly deflate: DeflateParameters | null;
  /** The names of all extensions, in lower case and in order. */
  readonly names: readonly string[];
}

/** A Close frame (RFC 6455 §5.5.1). */
export interface CloseFrame {
  /** null where the frame has no code, or the code is missing in the capture. */
  readonly code: number | null;
  /** The frame is long enough for a code, and the capture lacks bytes of it. */
  readonly isCodeMissing: boolean;
  readonly reason: string;
  /** The packet that completes the frame. */
  readonly mark: PacketMark;
  /**
   * It came before the other side's first FIN or RST, by the order of capture or by that packet's
   * acknowledgement.
   */
  readonly isBeforePeerEnd: boolean;
  /**
   * The other side's first FIN or RST acknowledges less than this Close: it was sent before the Close had arrived. The two
   * crossed on the way, or the Close came later.
   */
  readonly isUnseenByPeerEnd: boolean;
  /** Its sender had a data message of the other side by then: the packet acknowledges one. */
  readonly acknowledgesData: boolean;
}

/** A fragmented message without its final frame. */
export interface UnfinishedMessage {
  readonly opcode: number;
  readonly frames: number;
  readonly payloadBytes: number;
  readonly firstPacket: number;
}

/** Messages that could not be inflated or read, and since when. */
export interface NotInflated {
  readonly messages: number;
  /**
   * "gap": bytes are missing that later messages refer to; "bound": more than wscap inflates; "late-block": the sender
   * ended its first deflate block so late that what later messages refer to was not kept; "unknown": changed by an
   * extension, and what was agreed on is not known.
   */
  readonly reason: 'gap' | 'bound' | 'late-block' | 'unknown';
  readonly firstPacket: number;
}

/** One side of a WebSocket: the frames and messages that it sent. */
export interface WebSocketSideFacts {
  readonly role: Role;
  readonly frames: Readonly<Record<OpcodeName, number>>;
  readonly frameCount: number;
  /** Complete messages: final frames of text, binary or continuation. */
  readonly messages: number;
  readonly payloadBytes: number;
  readonly firstFrame: FramePlace | null;
  readonly lastFrame: FramePlace | null;
  /** The last text, binary or continuation frame. */
  readonly lastDataFrame: FramePlace | null;
  /** The same, as it was when the other side's first FIN or RST was captured. */
  readonly lastDataBeforePeerEnd: FramePlace | null;
  /** Frames whose first byte was captured before the packet that completes the 101: how many, and the first. */
  readonly framesBeforeUpgrade: { readonly count: number; readonly first: FramePlace } | null;
  /** What RFC 6455 and 7692 do not allow, by kind, in the order in which the kinds came first. */
  readonly irregularities: readonly Irregularity[];
  /** The fragmented message that was not finished when the frames end. */
  readonly unfinishedMessage: UnfinishedMessage | null;
  /** Messages sent compressed. */
  readonly compressedMessages: number;
  readonly notInflated: NotInflated | null;
  /** The pings that this side sent. */
  readonly pings: PingFacts;
  /** This side's first Close frame. */
  readonly closeFrame: CloseFrame | null;
  /** Frames of this side that were complete when the other side's first FIN or RST was captured. */
  readonly framesBeforePeerEnd: number;
  /** Bytes in the place of a frame that are none; after them frames may go on. */
  readonly foreign: ForeignBytes | null;
  /** The frame that was not complete when the bytes end. */
  readonly unfinished: UnfinishedFrame | null;
  /** A gap hid where frames begin: counts end there, and a Close may have been missed. */
  readonly isFramingLost: boolean;
}

/** One side of a TCP connection: what it sent. */
export interface TcpSideFacts {
  readonly role: Role;
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
  /**
   * It sent something after the last byte captured, perhaps a FIN: an acknowledgement or its RST proves it.
   */
  readonly hasUnseenEnd: boolean;
  /** A packet of the other side that acknowledges all that it sent was captured. */
  readonly isAcknowledged: boolean;
  /**
   * The captured packet that brought the last byte of its stream, in the order of the stream; the byte itself may have been cut off.
   */
  readonly lastByte: PacketMark | null;
  /** SYNs, retransmitted ones included. */
  readonly syns: number;
  readonly trouble: TcpTrouble;
  /** What ICMP says of its packets that could not be delivered; null where it says nothing. */
  readonly undelivered: Undelivered | null;
  /** The first hole in what it sent that the other side never filled; null where there is none. */
  readonly neverReceived: NeverReceived | null;
  /** Of `gapBytes` those that the other side never received. */
  readonly neverReceivedBytes: number;
  /** Segments that overlap with other bytes than those seen first; null: none, as far as that can be seen. */
  readonly overlapConflict: OverlapConflict | null;
  readonly syn: PacketMark | null;
  readonly fin: PacketMark | null;
  readonly rst: PacketMark | null;
  /** The sequence number of its SYN, as a signed number of 32 bits; null where its SYN was not captured. */
  readonly initialSequence: number | null;
  /** TTL or hop limit of its packets, except of its RSTs; null where there are none. */
  readonly hopLimits: HopLimits | null;
  /** Its first RST, in detail; null where there is none. */
  readonly reset: ResetFacts | null;
}

/** TTL (IPv4) or hop limit (IPv6) of one side's packets at the point of capture. */
export interface HopLimits {
  readonly packets: number;
  readonly lowest: number;
  readonly highest: number;
}

/**
 * The first FIN or RST of a connection: acknowledgements decide where capture put packets in the wrong order.
 */
export interface FirstEnd {
  readonly by: Role;
  readonly how: 'fin' | 'rst';
  readonly mark: PacketMark;
  /** By then the other side had sent something that is not in the capture, perhaps a FIN of its own. */
  readonly followsUnseen: boolean;
  /**
   * Only of a RST. "certain": the side went on sending after it, which a host that has reset a connection doesn't, so
   * something between the two hosts sent it in the side's name. "suspected": its TTL or hop limit says so. null: no sign.
   */
  readonly forged: Forgery | null;
  /**
   * The other side's FIN, where it crossed this FIN on the way: neither side had seen the other's when it sent its own. null
   * where it did not.
   */
  readonly crossed: PacketMark | null;
  /**
   * Only of a RST: how many sequence numbers lie between the last byte captured of this side and the RST. The capture lacks
   * them: 1 is a FIN (or one byte), more are bytes. 0 where nothing is missing.
   */
  readonly missingBefore: number;
  /**
   * The id of the connection that shows the same TCP connection on the sender's side of an address translation, and lacks this
   * RST; null where there is none.
   */
  readonly absentFrom: number | null;
}

export type Forgery = 'certain' | 'suspected';

/** What the carrier of a WebSocket (here its TCP connection) says about itself. */
export interface CarrierFacts {
  readonly client: TcpEndpoint;
  readonly server: TcpEndpoint;
  readonly first: PacketMark;
  readonly last: PacketMark;
  /** Why nothing more is known: TCP ended, the capture did, or it was idle while room was needed. */
  readonly endedBy: EndReason;
  readonly firstEnd: FirstEnd | null;
}

/** What TCP knows of a connection, whatever its bytes mean. */
export interface TcpFacts {
  readonly client: TcpSideFacts;
  readonly server: TcpSideFacts;
  /** The same packet captured more than once: how often, and the first of them. */
  readonly duplicates: { readonly count: number; readonly firstPacket: number };
  /** By which routes packets were captured, as TCP numbers them, and whether they only repeat what another route shows. */
  readonly routes: readonly { readonly from: Role; readonly route: number; readonly isCopy: boolean }[];
  /** From the SYN to the packet that answers the SYN/ACK; null where TCP's handshake was not captured. */
  readonly roundTripMs: number | null;
  /** The id of another connection that began with the same two sequence numbers; null where there is none. */
  readonly twin: number | null;
}

/** The same TCP connection, captured on the other side of an address translation. */
export interface TranslatedFacts {
  /** The id of the connection that shows it. */
  readonly twin: number;
  /** On which side of the translation this record was captured: in front, where the client is, or behind it. */
  readonly side: 'front' | 'back';
  /** The server's address in front, where the client knows it, and behind. */
  readonly inFront: TcpEndpoint;
  readonly behind: TcpEndpoint;
}

/** What was tried before the first byte of a WebSocket. */
export interface HandshakeFacts {
  /** The last upgrade that was tried; null where there was none. */
  readonly upgrade: UpgradeFacts | null;
  /** Upgrades that were refused before it on the same connection. */
  readonly refusedBefore: readonly { readonly request: SeenRequest; readonly response: SeenResponse }[];
  readonly proxyHeader: ProxyHeader | null;
  /** The client began with TLS or HTTP/2, and the server answered in plain text. */
  readonly plainAnswer: PlainAnswer | null;
  /** Requests of Engine.IO's polling whose session the server does not know; null where there is none. */
  readonly sessionRefusals: SessionRefusalFacts | null;
}

/** Plain requests that were refused because the server does not know the session of Engine.IO that they name. */
export interface SessionRefusalFacts {
  readonly count: number;
  /** The first of them, and its answer. */
  readonly request: SeenRequest;
  readonly response: SeenResponse;
  /** With which their bodies say so. */
  readonly phrase: string;
  /** The packet that completes the head of the last of these answers. */
  readonly lastPacket: number;
}

export interface PlainAnswer {
  /** What the client's first bytes are. */
  readonly to: 'tls' | 'http2';
  /** The packet with them. */
  readonly hello: PacketMark;
  readonly answer: UnparsedBytes;
}

/** A data message that acknowledges a data message of the other side. */
export interface Reply {
  readonly by: Role;
  /** The packet that completes it. */
  readonly mark: PacketMark;
  /** The packet that completes the first data message of the other side. */
  readonly to: PacketMark;
}

/** The last data frame of either side before the first FIN or RST; the mark is the packet that completes it. */
export interface LastMessage extends PacketMark {
  readonly by: Role;
  readonly opcode: number;
  /** Bytes on the wire. */
  readonly payloadLength: number;
}

/** Whether, and until when, the two sides talked with each other. */
export interface ConversationFacts {
  /** The first one; null where no message of one side was certainly sent after one of the other had come. */
  readonly reply: Reply | null;
  /** null where nobody sent data. */
  readonly lastMessage: LastMessage | null;
  /** The last frame of either side, control frames too, before the first Close; null where there was no Close, or none before it. */
  readonly lastFrameBeforeClose: PacketMark | null;
  /** The same before the first FIN or RST. */
  readonly lastFrameBeforeEnd: PacketMark | null;
}

/** What passed over a WebSocket; where none opened, nothing did. */
export interface WebSocketFacts {
  /** How it is known to be a WebSocket: by its 101, or by frames alone; null where it isn't. */
  readonly opening: 'handshake' | 'inferred' | null;
  /** The 101, or the first frame seen; null where it is not a WebSocket. */
  readonly openedAt: PacketMark | null;
  readonly clientSide: WebSocketSideFacts;
  readonly serverSide: WebSocketSideFacts;
  /** Who sent the first Close frame; null where none was seen. */
  readonly closeFirstBy: Role | null;
  readonly conversation: ConversationFacts;
  readonly heartbeat: Heartbeat | null;
  /** What the application says, where its protocol is known. */
  readonly application: ApplicationFacts | null;
  /**
   * The last message of a side that reads like an application's goodbye, where the capture lacks what would name the application;
   * null where there is none.
   */
  readonly possibleGoodbye: ApplicationEnd | null;
}

/** One WebSocket, or one attempt at one. Others on the same TCP connection would share `tcp`. */
export interface ConnectionRecord extends CarrierFacts, HandshakeFacts, WebSocketFacts {
  /** Wireshark's tcp.stream. */
  readonly id: number;
  readonly tcp: TcpFacts;
  /** null where no TLS was spoken. */
  readonly tls: TlsFacts | null;
  /** null where no address translation shows it twice, or as long as that is not known. */
  readonly translated: TranslatedFacts | null;
  /** The states of {@link LIFECYCLE} that it went through; the last one is the one in which it was left. */
  readonly phases: readonly Phase[];
  /** Each call makes the list again: the events are kept as numbers. */
  readonly timeline: () => TimelineEvent[];
}

/** The 101 of a connection that became a WebSocket; null for all others. */
export function upgradeResponse(record: ConnectionRecord): SeenResponse | null {
  return record.opening === 'handshake' ? (record.upgrade?.response ?? null) : null;
}

export function roleOf(direction: Direction, client: Direction): Role {
  return direction === client ? 'client' : 'server';
}
