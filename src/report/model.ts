/**
 * The report: what wscap says about a capture, as data. Every format prints this and nothing else.
 * Its JSON form is `wscap/report@1`, described by docs/report.schema.json; fields are added, never renamed.
 */

import type { Severity } from '../basics/severity.ts';
import type { Verdict } from '../basics/verdict.ts';

export type { Severity, Verdict };
export type Role = 'client' | 'server';

export interface ReportNote {
  code: string;
  message: string;
  /** The packet where it was noticed, if there is one. */
  packet?: number;
}

export interface CaptureReport {
  path: string;
  format: 'pcap' | 'pcapng' | 'tcpdump-text' | 'packet-list' | 'hex-dump' | 'followed-stream';
  compression: 'gzip' | null;
  /** DLT names without the prefix, as tcpdump prints them: "EN10MB", "LINUX_SLL2", … */
  linkTypes: string[];
  timestampResolution: string;
  packets: number;
  /** Sum of the packets' lengths on the wire, as capinfos counts data size. */
  bytes: number;
  /**
   * SHA-256 of the file as stored, in hexadecimal; null if it is not a regular file. Only present if it was asked
   * for.
   */
  sha256?: string | null;
  /** RFC 3339, nanoseconds, UTC; null without packets. */
  firstPacketAt: string | null;
  lastPacketAt: string | null;
  durationMs: number | null;
  notes: ReportNote[];
}

export interface Endpoint {
  address: string;
  port: number;
}

/** A header line: name as on the wire, value without the surrounding white space. */
export interface HeaderLine {
  readonly name: string;
  readonly value: string;
}

export interface UpgradeReport {
  /** The packet that completes the request's head; null if it was not captured. */
  requestPacket: number | null;
  /** The packet that completes the response's head; null if none was captured. */
  responsePacket: number | null;
  method: string | null;
  target: string | null;
  host: string | null;
  /** The version in the request, "1.1"; in the response if the request was not captured. */
  httpVersion: string | null;
  status: number | null;
  /** From the packet that completes the request's head to the one that completes the response's. */
  latencyMs: number | null;
  /** Sec-WebSocket-Accept checked against the request's key, RFC 6455 §4.2.2; null if the status is not 101. */
  accept: 'valid' | 'invalid' | 'missing' | 'unknown' | null;
  subprotocol: string | null;
  extensions: string | null;
  requestHeaders: readonly HeaderLine[];
  responseHeaders: readonly HeaderLine[];
  /** Of a refusal: the beginning of its body as text, its length in bytes, and how many characters of the text are left out. */
  body: { text: string; bytes: number; omitted: number } | null;
}

export interface FrameCounts {
  text: number;
  binary: number;
  continuation: number;
  close: number;
  ping: number;
  pong: number;
  reserved: number;
}

export interface DirectionTraffic {
  frames: FrameCounts;
  messages: number;
  /** Payload bytes of all complete frames. */
  payloadBytes: number;
  /** TCP segments with payload, over the whole connection. */
  segments: number;
  retransmissions: number;
  outOfOrder: number;
  gapBytes: number;
}

export interface CloseReport {
  /** Who sent the first Close frame; null if none was seen. */
  frameFirstBy: Role | null;
  /** Who sent the first FIN or RST. */
  firstBy: Role | null;
  how: 'fin' | 'rst' | null;
  packet: number | null;
  /** From the packet that completes the 101's head; null without a 101. */
  afterUpgradeMs: number | null;
  /**
   * Only of a RST: it was not sent by the side in whose name it comes. "certain": that side went on sending; "suspected": its
   * TTL or hop limit says so. null: no sign of that.
   */
  forged: 'certain' | 'suspected' | null;
  /**
   * Only of a RST without ACK flag whose number is what the other side had acknowledged: whoever sent it did not know the
   * connection, and may be the side in whose name it comes or something in between.
   */
  bareReset?: true;
  /** The first close_notify of TLS, by which a side says that it sends nothing more; null where none was seen. */
  notify: CloseNotifyReport | null;
  clientCode: number | null;
  clientReason: string | null;
  serverCode: number | null;
  serverReason: string | null;
  /** Both sides sent a Close frame before TCP ended (RFC 6455 §7.1.4). */
  clean: boolean;
}

export interface CloseNotifyReport {
  from: Role;
  packet: number;
  /** From the packet that completes the 101's head; null without a 101. */
  afterUpgradeMs: number | null;
}

/** What is known of the TLS around a connection, with or without its keys. */
export interface TlsReport {
  /** null before a ServerHello. */
  version: 'SSL 3.0' | '1.0' | '1.1' | '1.2' | '1.3' | null;
  /** IANA's name of the cipher suite; null before a ServerHello. */
  cipher: string | null;
  /** The name that the client asks for; null where it names none. */
  serverName: string | null;
  /** The protocol that the server chose; null where it chose none, or where that is not known (TLS 1.3 without keys). */
  alpn: string | null;
  alpnOffered: string[];
  /** The TLS versions that the client offers, the highest first. */
  versionsOffered: string[];
  /** null where that is not known. */
  resumed: boolean | null;
  /**
   * "found": what is inside was read; "missing": no key log has this connection; "wrong": the keys don't fit; "unsupported": nothing
   * of this suite, version or extension is decrypted (`unsupported` says what); "late": the handshake was not captured.
   */
  keys: 'found' | 'missing' | 'wrong' | 'unsupported' | 'late';
  unsupported: string | null;
  /** From the ClientHello to the end of the handshake; null where it did not come to that. */
  handshakeMs: number | null;
  /** The server's; null where it was not seen (TLS 1.3 without keys, resumption). Nothing of it is checked. */
  certificate: TlsCertificateReport | null;
  alerts: TlsAlertReport[];
  /** Records behind the handshake, and the bytes in them as their headers have it. */
  records: { clientToServer: TlsRecordCount; serverToClient: TlsRecordCount };
  /** A heartbeat that the sizes and times of records show; null where they show none, and with keys. */
  heartbeat: {
    /** Who asks. */
    from: Role;
    intervalMs: number | null;
    sent: number;
    answered: number;
    lastUnansweredPacket: number | null;
  } | null;
}

export interface TlsCertificateReport {
  subject: string;
  issuer: string;
  /** DNS names and addresses. */
  names: string[];
  /** RFC 3339, UTC. */
  notBefore: string;
  notAfter: string;
}

export interface TlsAlertReport {
  from: Role;
  level: 'warning' | 'fatal';
  /** "close_notify", "unknown_ca". */
  description: string;
  packet: number;
  at: string;
}

export interface TlsRecordCount {
  records: number;
  bytes: number;
}

/** What an application says over its WebSocket, by a protocol that is known. */
export interface ApplicationReport {
  protocol: 'engine.io' | 'mqtt';
  version: string | null;
  heartbeat: {
    /** Who must send it. */
    from: Role;
    intervalMs: number | null;
    timeoutMs: number | null;
    /** The two stand in the capture; otherwise they are the protocol's defaults. */
    stated: boolean;
    sent: number;
    answered: number;
    lastUnansweredPacket: number | null;
  } | null;
  /** How a side said goodbye with its last message. */
  end: { from: Role; kind: 'goodbye' | 'fault'; text: string; packet: number } | null;
}

export interface HeartbeatReport {
  pings: number;
  pongs: number;
  /** Median time between pings of the same side. */
  intervalMs: number | null;
  roundTripMs: { min: number; median: number; max: number } | null;
}

/** One line of the timeline. `event` names the kind; `detail` is a short text from us, or wire text. */
export interface TimelineEntry {
  at: string;
  packet: number;
  from: Role;
  event:
    | 'syn'
    | 'syn-ack'
    | 'request'
    | 'response'
    | 'frame'
    | 'gap'
    | 'fin'
    | 'rst'
    | 'tls-hello'
    | 'tls-established'
    | 'tls-alert'
    | 'close-notify'
    | 'omitted';
  /** Milliseconds since the connection's first packet. */
  offsetMs: number;
  /** "text", "close", … for a frame. */
  opcode?: string;
  /** Payload bytes of a frame, bytes of a gap. */
  length?: number;
  /** Close code of a close frame, HTTP status of a response, number of an alert. */
  code?: number;
  /** Wire text: request line, status line, close reason, server name; from us: version and cipher suite, an alert's level and name. */
  detail?: string;
  /** How many events were left out here. */
  count?: number;
}

/** What was sent over a connection. Present if it was asked for (`activity` of analyze). */
export interface ActivityReport {
  /** In the order of capture: the first and the last ones. */
  frames: FrameReport[];
  /** How many frames are left out, after the first `omittedAfter` of `frames`. */
  omitted: number;
  omittedAfter: number;
  /** All frames counted by time; null if `frames` has all of them, or if there was no room to count them. */
  density: DensityReport | null;
}

export interface FrameReport {
  packet: number;
  /** Milliseconds since the connection's first packet. */
  offsetMs: number;
  from: Role;
  opcode: keyof FrameCounts;
  /** Payload bytes on the wire. */
  length: number;
  final: boolean;
  /** The payload of a control frame; of a message, on the frame that completes it. */
  payload?: PayloadPreview;
}

/** The beginning of a payload, unmasked and inflated: wire text, or hexadecimal digits if it is not text. */
export interface PayloadPreview {
  encoding: 'text' | 'hex' | 'redacted';
  value: string;
  /** How many bytes are shown, and of how many. */
  bytes: number;
  of: number;
}

/** Frames in equal slices of time from `startMs` on. */
export interface DensityReport {
  /** Milliseconds since the connection's first packet. */
  startMs: number;
  sliceMs: number;
  counts: { slice: number; from: Role; opcode: keyof FrameCounts; frames: number }[];
}

export interface AnomalyReport {
  rule: string;
  /** Which of the rule's messages it is. Stable, while the wording may change. */
  kind: string;
  severity: Severity;
  /** Two or three plain sentences: who did what, when, in which packet, what to look at next. */
  message: string;
  /** What to look at next: the end of `message`, for formats that show it apart. */
  advice: string;
  /** The whole story in a clause, for a first line. Only present where a rule says one. */
  headline?: string;
  packets: number[];
  at: string;
  /** The command that explains the rule. */
  explain: string;
  evidence: Record<string, string | number | boolean | null | (string | number)[]>;
  /** The finding from which this one follows: without that one, this one would not be there. */
  follows: FollowedFinding | null;
}

/** Names a finding: its rule, and a WebSocket on which it stands. */
export interface FollowedFinding {
  rule: string;
  /** The reference of the WebSocket; of a finding over several connections, the first of its `refs`. */
  ref: string;
}

export interface CrossAnomalyReport extends AnomalyReport {
  /** Ids of the connections concerned. */
  connections: number[];
  /** Their references, in the same order. */
  refs: string[];
  /** Findings on single connections that follow from this one. */
  followers: FollowedFinding[];
}

export interface PhaseReport {
  state: string;
  packet: number;
  at: string;
}

/** A route by which one side's packets were captured: the tunnels around them, outermost first. */
export interface TunnelReport {
  from: Role;
  /** It repeats packets that were also captured by another route, outside this tunnel. */
  copy: boolean;
  layers: readonly TunnelLayer[];
}

export interface TunnelLayer {
  readonly type:
    | 'mpls'
    | 'pppoe'
    | 'gre'
    | 'erspan'
    | 'ip-in-ip'
    | 'vxlan'
    | 'geneve'
    | 'gtp-u'
    | 'mac-in-mac'
    | 'e-tag'
    | 'vn-tag'
    | 'ayiya'
    | 'l2tp'
    | 'teredo'
    | 'ether-ip';
  /** VNI, GRE key, ERSPAN session, GTP-U TEID, innermost MPLS label, PPPoE or L2TP session, I-SID, E-CID, VIF; null if the tunnel has no id. */
  readonly id: number | null;
  /** Addresses of the IP packet that carries the tunnel; null if no IP packet does. */
  readonly source: string | null;
  readonly destination: string | null;
}

export interface SameWebSocket {
  ref: string;
  /**
   * What the other connection is, seen from this one: the leg nearer to the client, the leg nearer to the backend, or the
   * same TCP connection on the other side of an address translation.
   */
  as: 'front' | 'back' | 'translated';
}

export interface ConnectionReport {
  /** Equal to Wireshark's tcp.stream. */
  id: number;
  /** Names this WebSocket, and no other of the capture: "3". */
  ref: string;
  /** Another connection of the capture that is the same WebSocket. Only present where there is one. */
  sameAs?: SameWebSocket | undefined;
  client: Endpoint;
  server: Endpoint;
  firstPacket: number;
  lastPacket: number;
  openedAt: string;
  durationMs: number;
  verdict: Verdict;
  /** Only present where TLS was spoken. */
  tls?: TlsReport;
  /** Only present if it was captured inside tunnels. */
  tunnels?: TunnelReport[];
  /**
   * How it was recognised as a WebSocket: by its 101, or by frames alone; null if it isn't one, or never became one.
   */
  opening: 'handshake' | 'inferred' | null;
  /** The states of its life, in the order of capture (docs/lifecycle.md). */
  lifecycle: PhaseReport[];
  upgrade: UpgradeReport | null;
  traffic: { clientToServer: DirectionTraffic; serverToClient: DirectionTraffic };
  close: CloseReport | null;
  heartbeat: HeartbeatReport | null;
  /** Absent where no protocol of an application is known. */
  application?: ApplicationReport;
  readonly timeline: readonly TimelineEntry[];
  activity?: ActivityReport;
  anomalies: AnomalyReport[];
  notes: ReportNote[];
}

/** What a server port speaks, as far as its first bytes say: "silent" where it sent none. */
export type ServerProtocol =
  'websocket' | 'http' | 'http2' | 'tls' | 'refused' | 'unanswered' | 'silent' | 'other' | 'unknown';

/** What one server port speaks. A port that speaks several protocols has an entry for each. */
export interface ServerReport {
  server: Endpoint;
  protocol: ServerProtocol;
  /** It speaks TLS, whatever may be inside. */
  tls: boolean;
  connections: number;
  /** Connections that were open before the capture began. */
  midStream: number;
  /** SYNs of the clients, repeated ones included. */
  syns: number;
  /** Some of these carried what looks like WebSocket frames, too few to be taken for a WebSocket unasked. */
  looksLikeWebSocket: boolean;
  /** HTTP/1.x requests, and how many of them asked for a WebSocket. */
  requests: number;
  upgrades: number;
  /** Of TLS: the names and the protocols (ALPN) that clients asked for. */
  serverNames: string[];
  alpn: string[];
  firstPacket: number;
  /** The last packet that was looked at: a connection that is of no interest is not followed to its end. */
  lastPacket: number;
}

export interface InventoryReport {
  /** By their first packets. */
  servers: ServerReport[];
  /** Connections to further servers, for which there was no room. */
  omitted: number;
}

export interface Report {
  schema: 'wscap/report@1';
  tool: { name: 'wscap'; version: string };
  options: ReportOptions;
  captures: CaptureReport[];
  totals: {
    packets: number;
    tcpConnections: number;
    upgradeRequests: number;
    /** Connections that became a WebSocket. */
    webSocketConnections: number;
    /** WebSockets: one that was captured on several connections (legs of a proxy, an address translation) counts once. */
    webSockets: number;
    anomalies: Record<Severity, number>;
  };
  /** What each server port of the capture speaks. Missing in reports of older versions. */
  inventory?: InventoryReport;
  connections: ConnectionReport[];
  anomalies: CrossAnomalyReport[];
  /** Notes that concern the whole capture rather than one file or connection. */
  notes: ReportNote[];
  /** How many connections are left out, for others were asked for; missing if all were. */
  choice?: { leftOut: number };
  /** What was hidden; missing if hiding was not asked for. */
  redaction?: RedactionReport;
}

/** A report without its connections, which were handed on one by one. */
export type ReportSummary = Omit<Report, 'connections'> & {
  /** The legs of WebSockets that were captured on both sides of a proxy; in a whole report each of them says so itself (`sameAs`). */
  readonly sameWebSocket?: readonly SamePairReport[];
};

export interface SamePairReport {
  /** The reference of the connection nearer to the client. */
  readonly front: string;
  readonly back: string;
}

export interface RedactionReport {
  /** Cookies, credentials, values of queries and the like appear as [redacted-…]; equal values have equal marks. */
  secrets: boolean;
  /** Addresses are replaced by addresses of the documentation ranges. */
  addresses: boolean;
  /** Marks are a keyed hash rather than numbers. */
  keyed: boolean;
  /** How many different values were hidden. */
  values: number;
}

/** The options that shape the result, as used. */
export interface ReportOptions {
  /** The handshake-close window. */
  windowMs: number;
  reader: 'wscap' | 'pcap-parser';
  /** Server ports that the user named as WebSocket ports. */
  ports: readonly number[];
  /** The user's settings of rules: severities and options, by rule id. */
  rules: Readonly<Record<string, RuleSettingReport>>;
}

export interface RuleSettingReport {
  readonly severity?: Severity | 'off';
  readonly options?: Readonly<Record<string, number>>;
}
