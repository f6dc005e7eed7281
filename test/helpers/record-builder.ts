/**
 * Connection records for tests of rules and report. Times are milliseconds from the packet that completes the 101
 * (packet 6); the request is packet 4, 2 ms before. Unless a test says otherwise the handshake is valid and nobody
 * has sent a frame or ended anything.
 */
import type {
  CloseFrame,
  ConnectionRecord,
  ConversationFacts,
  FirstEnd,
  Role,
  TcpFacts,
  TcpSideFacts,
  WebSocketSideFacts,
} from '../../src/connection/record.ts';
import { parseHead, type RequestHead, type ResponseHead } from '../../src/http/head.ts';
import type { HeadArrival, SeenRequest, SeenResponse } from '../../src/http/exchange-handler.ts';
import type { CaptureFinding, CaptureRule } from '../../src/judgement/capture-rule.ts';
import { traceOf, type ConnectionTraces } from '../../src/judgement/connection-trace.ts';
import { NO_NEIGHBOURS } from '../../src/judgement/neighbours.ts';
import { NO_TLS_NEIGHBOURS } from '../../src/judgement/tls-neighbours.ts';
import type { LegCandidate } from '../../src/judgement/proxy-legs.ts';
import { TraceStore } from '../../src/judgement/trace-store.ts';
import type { Anomaly, Finding, OptionValues, Rule, RuleOptionSpecs } from '../../src/judgement/rule.ts';
import { RuleEngine, type RuleSet } from '../../src/judgement/engine.ts';
import type { Judgement } from '../../src/judgement/judgement.ts';
import type { RuleContext } from '../../src/judgement/rule-context.ts';
import type { FramePlace, Irregularity, IrregularityKind } from '../../src/connection/irregularity.ts';
import { optionValues, type RuleSettings } from '../../src/judgement/settings.ts';
import { CAPTURE_RULES, RULES } from '../../src/rules/index.ts';
import { markOf, type PacketMark } from '../../src/tcp/packet-mark.ts';
import { switchingProtocols, upgradeRequest } from './handshakes.ts';

export const CONTEXT: RuleContext = {
  windowMs: 100,
  hasTimes: true,
  lacksBytes: false,
  webSocketPorts: new Set([80]),
  namedPorts: new Set(),
  captureEnds: [],
  neighbours: NO_NEIGHBOURS,
  tlsNeighbours: NO_TLS_NEIGHBOURS,
  otherLeg: () => undefined,
};
export const NO_TIMES: RuleContext = { ...CONTEXT, hasTimes: false };

/** 2026-01-01T00:00:00Z, when the 101 is complete. */
const UPGRADED_AT = 1_767_225_600;

export function mark(packet: number, ms: number): PacketMark {
  const nanoseconds = Math.round(ms * 1e6);
  const seconds = Math.floor(nanoseconds / 1e9);
  return { packet, seconds: UPGRADED_AT + seconds, nanoseconds: nanoseconds - seconds * 1e9 };
}

export function close(code: number | null, packet: number, ms: number, reason = ''): CloseFrame {
  return {
    code,
    isCodeMissing: false,
    reason,
    mark: mark(packet, ms),
    isBeforePeerEnd: true,
    isUnseenByPeerEnd: false,
    acknowledgesData: false,
  };
}

export function seenRequest(
  text: string = upgradeRequest(),
  at: PacketMark = mark(4, -2),
  isCut = false,
): SeenRequest {
  return { head: parseHead(text, isCut) as RequestHead, ...at, ...arrival(text, at) };
}

export function seenResponse(
  text: string = switchingProtocols(),
  at: PacketMark = mark(6, 0),
  isCut = false,
): SeenResponse {
  return { head: parseHead(text, isCut) as ResponseHead, ...at, ...arrival(text, at) };
}

/** In one segment. */
function arrival(text: string, { packet }: PacketMark): HeadArrival {
  return { firstPacket: packet, segments: 1, bytes: text.length, followsGap: false };
}

/** What a test says of a conversation goes on top of this. */
export const NO_CONVERSATION: ConversationFacts = {
  reply: null,
  lastMessage: null,
  lastFrameBeforeClose: null,
  lastFrameBeforeEnd: null,
};

const NO_FRAMES = { text: 0, binary: 0, continuation: 0, close: 0, ping: 0, pong: 0, reserved: 0 };

/**
 * What a test says of one side's WebSocket and TCP. `frames: 3` means three texts; a Close counts in
 * addition.
 */
export interface SideSpec extends Partial<Omit<WebSocketSideFacts, 'frames'> & TcpSideFacts> {
  readonly frames?: number;
  /** The number of pongs in addition. */
  readonly pongs?: number;
}

function sideOf(role: Role, spec: SideSpec): WebSocketSideFacts {
  const { frames = 0, pongs = 0, closeFrame = null, ...rest } = webSocketPartOf(spec);
  const closes = closeFrame === null ? 0 : 1;
  return {
    role,
    frames: { ...NO_FRAMES, text: frames, close: closes, pong: pongs },
    frameCount: frames + closes + pongs,
    messages: frames,
    payloadBytes: 5 * frames,
    framesBeforePeerEnd: frames + closes + pongs,
    foreign: null,
    unfinished: null,
    isFramingLost: false,
    firstFrame: firstFrameOf(frames, closeFrame),
    lastFrame: null,
    lastDataFrame: null,
    lastDataBeforePeerEnd: rest.lastDataFrame ?? null,
    framesBeforeUpgrade: null,
    irregularities: [],
    unfinishedMessage: null,
    compressedMessages: 0,
    notInflated: null,
    pings: { sent: 0, unanswered: null, slowest: null, otherPong: null, pongAfterEnd: null },
    closeFrame,
    ...rest,
  };
}

function tcpSideOf(role: Role, spec: SideSpec): TcpSideFacts {
  const facts: TcpSideFacts = {
    role,
    streamBytes: 150,
    isCaptured: true,
    segments: 1,
    retransmissions: 0,
    outOfOrder: 0,
    gapBytes: 0,
    cutBytes: 0,
    hasUnseenEnd: false,
    isAcknowledged: true,
    syn: role === 'client' ? mark(1, -4) : mark(2, -3),
    fin: null,
    rst: null,
    lastByte: lastByteOf(spec),
    syns: 1,
    undelivered: null,
    neverReceived: null,
    neverReceivedBytes: 0,
    trouble: { unacknowledged: null, zeroWindow: null, firstRetransmission: null },
    overlapConflict: null,
    initialSequence: role === 'client' ? 1000 : 2000,
    hopLimits: { packets: 10, lowest: 64, highest: 64 },
    reset: null,
  };
  const told = Object.entries(spec).filter(([name]) => name in facts);
  return { ...facts, ...Object.fromEntries(told) };
}

/** What a test says of a side without what it says of its TCP. */
function webSocketPartOf(spec: SideSpec): Omit<SideSpec, Exclude<keyof TcpSideFacts, 'role'>> {
  const tcp = tcpSideOf('client', {});
  return Object.fromEntries(Object.entries(spec).filter(([name]) => name === 'role' || !(name in tcp)));
}

/** Texts begin right after the 101. */
function firstFrameOf(frames: number, closeFrame: CloseFrame | null): FramePlace | null {
  if (frames > 0) return frame(1, 7, 0.5);
  return closeFrame === null
    ? null
    : { ...frame(8, closeFrame.mark.packet, 0), ...closeFrame.mark, payloadLength: 2 };
}

/** The side's last byte comes with its last frame, if the test says when that was. */
function lastByteOf({ frames = 0, closeFrame = null, ...rest }: SideSpec): PacketMark | null {
  const lastFrame = rest.lastFrame ?? rest.lastDataFrame ?? null;
  if (lastFrame !== null) return markOf(lastFrame);
  return closeFrame?.mark ?? (frames > 0 ? mark(7, 0.5) : null);
}

/** A frame of a side: `frame(1, 7, 12.5)` is a text in packet 7. */
export function frame(
  opcode: number,
  packet: number,
  ms: number,
  more: Partial<FramePlace> = {},
): FramePlace {
  return {
    ...mark(packet, ms),
    firstPacket: packet,
    opcode,
    reservedBits: 0,
    payloadLength: 5,
    number: 1,
    ...more,
  };
}

/** An irregularity with these examples; its count is their number unless given. */
export function irregular(
  kind: IrregularityKind,
  examples: readonly (FramePlace & { readonly detail?: string | number | null })[],
  count: number = examples.length,
): Irregularity {
  return { kind, count, examples: examples.map((example) => ({ detail: null, ...example })) };
}

export interface RecordSpec
  extends
    Partial<Omit<ConnectionRecord, 'clientSide' | 'serverSide' | 'tcp' | 'upgrade' | 'firstEnd'>>,
    Partial<Pick<TcpFacts, 'duplicates' | 'routes' | 'roundTripMs'>> {
  /** What is not said of it: nothing speaks against it. */
  readonly firstEnd?: (Pick<FirstEnd, 'by' | 'how' | 'mark'> & Partial<FirstEnd>) | null;
  readonly clientSide?: SideSpec;
  readonly serverSide?: SideSpec;
  /** `null`: no upgrade was tried. */
  readonly upgrade?: Partial<NonNullable<ConnectionRecord['upgrade']>> | null;
}

/** The first end is the earliest FIN or RST of the sides, unless given. */
export function recordOf(spec: RecordSpec = {}): ConnectionRecord {
  const { upgrade = {}, duplicates, routes, roundTripMs = 0.2, ...rest } = spec;
  const clientSide = sideOf('client', spec.clientSide ?? {});
  const serverSide = sideOf('server', spec.serverSide ?? {});
  const tcp: TcpFacts = {
    client: tcpSideOf('client', spec.clientSide ?? {}),
    server: tcpSideOf('server', spec.serverSide ?? {}),
    duplicates: duplicates ?? { count: 0, firstPacket: 0 },
    routes: routes ?? [],
    roundTripMs,
    twin: null,
  };
  const end = spec.firstEnd ?? earliestEnd(tcp.client, tcp.server);
  const firstEnd = end === null ? null : { ...ORDINARY_END, ...end };
  return {
    id: 0,
    client: { address: '192.0.2.1', port: 50_000 },
    server: { address: '198.51.100.2', port: 80 },
    first: mark(1, -4),
    last: firstEnd?.mark ?? mark(7, 1),
    endedBy: firstEnd === null ? 'capture-ended' : 'closed',
    refusedBefore: [],
    proxyHeader: null,
    plainAnswer: null,
    sessionRefusals: null,
    heartbeat: null,
    application: null,
    possibleGoodbye: null,
    closeFirstBy: firstCloser(clientSide, serverSide),
    conversation: NO_CONVERSATION,
    opening: isOpen(spec) ? 'handshake' : null,
    openedAt: isOpen(spec) ? mark(6, 0) : null,
    tls: null,
    translated: null,
    phases: [],
    timeline: () => [],
    ...rest,
    upgrade:
      upgrade === null
        ? null
        : {
            request: seenRequest(),
            response: seenResponse(),
            accept: 'valid',
            extensions: { deflate: null, names: [] },
            bytesBeforeResponse: null,
            lateResponse: null,
            unparsed: null,
            body: null,
            answerAtClientEnd: null,
            requestAtServerEnd: null,
            ...upgrade,
          },
    tcp,
    clientSide: beforeEndOf(tcp.server, clientSide),
    serverSide: beforeEndOf(tcp.client, serverSide),
    firstEnd,
  };
}

/** Unless a test says otherwise, the response is a 101. */
function isOpen({ upgrade }: RecordSpec): boolean {
  if (upgrade === null) return false;
  const response = upgrade?.response === undefined ? seenResponse() : upgrade.response;
  return response?.head.status === 101;
}

function firstCloser(
  { closeFrame: client }: WebSocketSideFacts,
  { closeFrame: server }: WebSocketSideFacts,
): Role | null {
  if (client === null) return server === null ? null : 'server';
  return server === null || client.mark.packet < server.mark.packet ? 'client' : 'server';
}

/** A side, where the order of packets says whether its Close came before the other side's end. */
function beforeEndOf({ fin, rst }: TcpSideFacts, side: WebSocketSideFacts): WebSocketSideFacts {
  if (side.closeFrame === null) return side;
  const ends = [fin, rst].flatMap((end) => (end === null ? [] : [end.packet]));
  const isBeforePeerEnd = side.closeFrame.mark.packet <= Math.min(...ends, Infinity);
  return { ...side, closeFrame: { ...side.closeFrame, isBeforePeerEnd } };
}

const ORDINARY_END = {
  followsUnseen: false,
  forged: null,
  crossed: null,
  missingBefore: 0,
  absentFrom: null,
};

function earliestEnd(...sides: readonly TcpSideFacts[]): FirstEnd | null {
  const ends = sides.flatMap(({ role, fin, rst }): FirstEnd[] => [
    ...(fin === null ? [] : [{ ...ORDINARY_END, by: role, how: 'fin' as const, mark: fin }]),
    ...(rst === null ? [] : [{ ...ORDINARY_END, by: role, how: 'rst' as const, mark: rst }]),
  ]);
  return ends.toSorted((a, b) => a.mark.packet - b.mark.packet)[0] ?? null;
}

/** What a rule says of a record, whether or not the engine would withhold it. */
export function checkAll<O extends RuleOptionSpecs>(
  rule: Rule<O>,
  spec: RecordSpec,
  context: RuleContext = CONTEXT,
  options: Partial<OptionValues<O>> = {},
): readonly Finding[] {
  const values = { ...optionValues(rule, {}), ...options } as OptionValues<O>;
  const found = rule.check(recordOf(spec), context, values);
  if (found === null) return [];
  const findings: readonly Finding[] = Array.isArray(found)
    ? (found as readonly Finding[])
    : [found as Finding];
  for (const { kind } of findings) {
    if (rule.messages[kind] === undefined) throw new Error(`${rule.id} has no message "${kind}"`);
  }
  return findings;
}

/** The same, where a test is about the first one. */
export function check<O extends RuleOptionSpecs>(
  rule: Rule<O>,
  spec: RecordSpec,
  context: RuleContext = CONTEXT,
  options: Partial<OptionValues<O>> = {},
): Finding | null {
  return checkAll(rule, spec, context, options)[0] ?? null;
}

/** Every rule of wscap. */
export const EVERY_RULE: RuleSet = { rules: RULES, captureRules: CAPTURE_RULES };

export function engineOf(settings: RuleSettings = {}, rules: RuleSet = EVERY_RULE): RuleEngine {
  return new RuleEngine(rules, settings);
}

/** All findings for a record after the engine has judged it, each as "rule severity". */
export function judged(
  spec: RecordSpec,
  context: RuleContext = CONTEXT,
): { raised: string[]; withheld: string[] } {
  const { anomalies, withheld } = engineOf().judge(recordOf(spec), context);
  return {
    raised: anomalies.map(({ rule, severity }) => `${rule} ${severity}`),
    withheld: withheld.map(({ rule }) => rule),
  };
}

export function judgementOf(
  anomalies: readonly Anomaly[] = [],
  withheld: Judgement['withheld'] = [],
): Judgement {
  return { anomalies, withheld, omitted: [] };
}

/** What a finding says, as the report puts it together; nothing where there is none. */
export function told(finding: Pick<Finding, 'message' | 'advice'> | null | undefined): string {
  return finding ? `${finding.message} ${finding.advice}` : '';
}

/** One of several connections. */
export interface CaptureSpec extends RecordSpec {
  /**
   * How many ms its 101 is later than that of a connection without this. Packets shift too: one for each ms.
   */
  readonly startMs?: number;
  /** The anomalies of the connection, where the test gives them instead of letting the rules find them. */
  readonly anomalies?: readonly Anomaly[];
}

/** Several connections and what the rules say of each; their ids are 0, 1, 2 … unless given. */
export function judgedConnections(
  specs: readonly CaptureSpec[],
  context: RuleContext = CONTEXT,
): LegCandidate[] {
  const engine = engineOf();
  return specs.map(({ startMs = 0, anomalies, ...spec }, id): LegCandidate => {
    const record = later(recordOf({ id, ...spec }), startMs);
    const judgement = anomalies === undefined ? engine.judge(record, context) : judgementOf(anomalies);
    return { record, anomalies: judgement.anomalies };
  });
}

/** The same traces as rules over a capture get them: packed, and made again when read. */
export function tracesOf(connections: readonly LegCandidate[]): ConnectionTraces {
  const store = new TraceStore();
  for (const { record, anomalies } of connections) store.add(traceOf(record, anomalies));
  return store;
}

/** What a rule over the whole capture says of these connections. */
export function checkCapture<O extends RuleOptionSpecs>(
  rule: CaptureRule<O>,
  specs: readonly CaptureSpec[],
  context: RuleContext = CONTEXT,
  options: Partial<OptionValues<O>> = {},
): readonly CaptureFinding[] {
  const values = { ...optionValues(rule, {}), ...options } as OptionValues<O>;
  const findings = rule.checkCapture(tracesOf(judgedConnections(specs, context)), context, values);
  for (const { kind } of findings) {
    if (rule.messages[kind] === undefined) throw new Error(`${rule.id} has no message "${kind}"`);
  }
  return findings;
}

/** Facts in which all marks are this many milliseconds, and as many packets, later. */
function later<T>(facts: T, ms: number): T {
  if (typeof facts !== 'object' || facts === null || ms === 0) return facts;
  if (Array.isArray(facts)) return facts.map((entry: unknown) => later(entry, ms)) as T;
  const moved = Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, later(value, ms)]));
  if ('seconds' in facts && 'nanoseconds' in facts && 'packet' in facts) {
    const { packet, seconds, nanoseconds } = facts as unknown as PacketMark;
    const sinceOpened = (seconds - UPGRADED_AT) * 1000 + nanoseconds / 1e6;
    Object.assign(moved, mark(packet + Math.round(ms), sinceOpened + ms));
  }
  return moved as T;
}
