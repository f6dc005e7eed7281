/**
 * Connection records for tests of rules and report. Times are milliseconds from the packet that completes the 101
 * (packet 6); the request is packet 4, 2 ms before. Unless a test says otherwise the handshake is valid and nobody
 * has sent a frame or ended anything.
 */
import type { CloseFrame, ConnectionRecord, FirstEnd, Role, SideFacts } from '../../src/connection/record.ts';
import { parseHead, type RequestHead, type ResponseHead } from '../../src/http/head.ts';
import type { SeenRequest, SeenResponse } from '../../src/http/upgrade-exchange.ts';
import type { Anomaly, Finding, Rule } from '../../src/rules/rule.ts';
import type { RuleOptions } from '../../src/rules/rule-options.ts';
import { judge, type Judgement } from '../../src/rules/engine.ts';
import type { PacketMark } from '../../src/tcp/packet-mark.ts';
import { switchingProtocols, upgradeRequest } from './handshakes.ts';

export const OPTIONS: RuleOptions = { windowMs: 100, hasTimes: true };
export const NO_TIMES: RuleOptions = { windowMs: 100, hasTimes: false };

/** 2026-01-01T00:00:00Z, when the 101 is complete. */
const UPGRADED_AT = 1_767_225_600;

export function mark(packet: number, ms: number): PacketMark {
  const nanoseconds = Math.round(ms * 1e6);
  const seconds = Math.floor(nanoseconds / 1e9);
  return { packet, seconds: UPGRADED_AT + seconds, nanoseconds: nanoseconds - seconds * 1e9 };
}

export function close(code: number | null, packet: number, ms: number, reason = ''): CloseFrame {
  return { code, reason, mark: mark(packet, ms), isBeforePeerEnd: true };
}

export function seenRequest(
  text: string = upgradeRequest(),
  at: PacketMark = mark(4, -2),
  isCut = false,
): SeenRequest {
  return { head: parseHead(text, isCut) as RequestHead, ...at };
}

export function seenResponse(
  text: string = switchingProtocols(),
  at: PacketMark = mark(6, 0),
  isCut = false,
): SeenResponse {
  return { head: parseHead(text, isCut) as ResponseHead, ...at };
}

const NO_FRAMES = { text: 0, binary: 0, continuation: 0, close: 0, ping: 0, pong: 0, reserved: 0 };

/** What a test says of one side. `frames: 3` are three texts; its Close counts besides. */
export interface SideSpec extends Partial<Omit<SideFacts, 'frames'>> {
  readonly frames?: number;
}

function sideOf(role: Role, spec: SideSpec): SideFacts {
  const { frames = 0, closeFrame = null, ...rest } = spec;
  const closes = closeFrame === null ? 0 : 1;
  return {
    role,
    frames: { ...NO_FRAMES, text: frames, close: closes },
    frameCount: frames + closes,
    messages: frames,
    payloadBytes: 5 * frames,
    framesBeforePeerEnd: frames + closes,
    unfinished: null,
    isFramingLost: false,
    streamBytes: 150,
    isCaptured: true,
    segments: 1,
    retransmissions: 0,
    outOfOrder: 0,
    gapBytes: 0,
    cutBytes: 0,
    syn: role === 'client' ? mark(1, -4) : mark(2, -3),
    fin: null,
    rst: null,
    closeFrame,
    ...rest,
  };
}

export interface RecordSpec extends Partial<Omit<ConnectionRecord, 'clientSide' | 'serverSide' | 'upgrade'>> {
  readonly clientSide?: SideSpec;
  readonly serverSide?: SideSpec;
  /** `null`: no upgrade was tried. */
  readonly upgrade?: Partial<NonNullable<ConnectionRecord['upgrade']>> | null;
}

/** The first end is the earliest FIN or RST of the sides, unless given. */
export function recordOf(spec: RecordSpec = {}): ConnectionRecord {
  const { upgrade = {}, ...rest } = spec;
  const clientSide = sideOf('client', spec.clientSide ?? {});
  const serverSide = sideOf('server', spec.serverSide ?? {});
  const firstEnd = spec.firstEnd ?? earliestEnd(clientSide, serverSide);
  return {
    id: 0,
    client: { address: '192.0.2.1', port: 50_000 },
    server: { address: '198.51.100.2', port: 80 },
    first: mark(1, -4),
    last: firstEnd?.mark ?? mark(7, 1),
    endedBy: firstEnd === null ? 'capture-ended' : 'closed',
    refusedBefore: [],
    proxyHeader: null,
    duplicates: { count: 0, firstPacket: 0 },
    heartbeat: null,
    closeFirstBy: firstCloser(clientSide, serverSide),
    timeline: () => [],
    ...rest,
    upgrade:
      upgrade === null
        ? null
        : { request: seenRequest(), response: seenResponse(), accept: 'valid', ...upgrade },
    clientSide: beforeEndOf(serverSide, clientSide),
    serverSide: beforeEndOf(clientSide, serverSide),
    firstEnd,
  };
}

function firstCloser({ closeFrame: client }: SideFacts, { closeFrame: server }: SideFacts): Role | null {
  if (client === null) return server === null ? null : 'server';
  return server === null || client.mark.packet < server.mark.packet ? 'client' : 'server';
}

/** A side whose Close came before the other's end, or not, by the order of packets. */
function beforeEndOf({ fin, rst }: SideFacts, side: SideFacts): SideFacts {
  if (side.closeFrame === null) return side;
  const ends = [fin, rst].flatMap((end) => (end === null ? [] : [end.packet]));
  const isBeforePeerEnd = side.closeFrame.mark.packet <= Math.min(...ends, Infinity);
  return { ...side, closeFrame: { ...side.closeFrame, isBeforePeerEnd } };
}

function earliestEnd(...sides: readonly SideFacts[]): FirstEnd | null {
  const ends = sides.flatMap(({ role, fin, rst }): FirstEnd[] => [
    ...(fin === null ? [] : [{ by: role, how: 'fin' as const, mark: fin, followsUnseen: false }]),
    ...(rst === null ? [] : [{ by: role, how: 'rst' as const, mark: rst, followsUnseen: false }]),
  ]);
  return ends.toSorted((a, b) => a.mark.packet - b.mark.packet)[0] ?? null;
}

/** What a rule says of a record, whether or not the engine would withhold it. */
export function check(rule: Rule, spec: RecordSpec, options: RuleOptions = OPTIONS): Finding | null {
  return rule.check(recordOf(spec), options);
}

/** What all rules and the engine make of a record, as "rule severity". */
export function judged(
  spec: RecordSpec,
  options: RuleOptions = OPTIONS,
): { raised: string[]; withheld: string[] } {
  const { anomalies, withheld } = judge(recordOf(spec), options);
  return {
    raised: anomalies.map(({ rule, severity }) => `${rule} ${severity}`),
    withheld: withheld.map(({ rule }) => rule),
  };
}

export function judgementOf(
  anomalies: readonly Anomaly[] = [],
  withheld: Judgement['withheld'] = [],
): Judgement {
  return { anomalies, withheld };
}

/** What a finding says, as the report puts it together; nothing where there is none. */
export function told(finding: Pick<Finding, 'message' | 'advice'> | null | undefined): string {
  return finding ? `${finding.message} ${finding.advice}` : '';
}
