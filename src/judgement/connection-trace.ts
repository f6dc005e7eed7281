/**
 * What is kept of a connection for the rules over the whole capture, once the connection has been judged and
 * reported: who, where, when, and how it ended. Its record is released by then, because a capture may hold
 * millions of connections.
 */
import { clientProxyHeader } from './proxy-headers.ts';
import { upgradeResponse, type ConnectionRecord, type Role } from '../connection/record.ts';
import { headerValue } from '../http/head.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
import { endingOf } from './ending.ts';
import { ruleThatExplainsEnd } from './explains-end.ts';
import type { Anomaly } from './rule.ts';
import { silenceBeforeEnd } from './silence.ts';

/** The upgrade request. */
export interface RequestTrace extends PacketMark {
  /** As sent; null where there was none. */
  readonly host: string | null;
  /** The target without its query. */
  readonly path: string;
  /** Behind a proxy, for whom it asks: the forwarded address, else the User-Agent. null where the client asks for itself, or where
   * the proxy doesn't say. */
  readonly user: string | null;
}

/** Like `Ending`, but with only the code of a Close. */
export interface EndingTrace {
  readonly by: Role;
  readonly how: 'close' | 'fin' | 'rst';
  readonly mark: PacketMark;
  /** null where it was not a Close, or was a Close without a code. */
  readonly closeCode: number | null;
}

export interface ConnectionTrace {
  readonly id: number;
  readonly clientAddress: string;
  readonly server: ConnectionRecord['server'];
  readonly first: PacketMark;
  readonly last: PacketMark;
  /** The 101, or the first frame seen; null where the connection is not a WebSocket. */
  readonly openedAt: PacketMark | null;
  /** `openedAt` is the 101. */
  readonly hasResponse: boolean;
  /** null where the request was not captured whole. */
  readonly request: RequestTrace | null;
  /** The response that refused the upgrade. */
  readonly refusal: PacketMark | null;
  /** What certainly ended the connection. */
  readonly ending: EndingTrace | null;
  /** When the connection ended; where that isn't certain, when the first FIN or RST was captured. */
  readonly end: PacketMark | null;
  /** Who sent the first FIN or RST that was captured. */
  readonly firstEndBy: Role | null;
  /** Bytes are missing from the capture. */
  readonly hasGaps: boolean;
  /** The latest data frame of a WebSocket, of either side. */
  readonly lastData: PacketMark | null;
  /** The rule that explains the end, if one does. */
  readonly cause: string | null;
  /** The client is a proxy, by the headers of its request. */
  readonly isFromProxy: boolean;
  /** It ended in order after both sides had spoken, or its client left before it had an answer: nothing was wrong with it. */
  readonly endedWell: boolean;
  /**
   * For how long nobody had sent a byte before the FIN or RST that ended a WebSocket without a Close or goodbye, in whole
   * milliseconds; null where it ended in another way, or the capture doesn't show it.
   */
  readonly silentMs: number | null;
  /** A rule found that the connection was silent in both directions until its end. */
  readonly wasIdle: boolean;
}

/** The traces of all connections, in the order of their ids; they can be read several times. */
export interface ConnectionTraces extends Iterable<ConnectionTrace> {
  /** In the order of their requests; traces without a request come anywhere. */
  byRequest(): Iterable<ConnectionTrace>;
}

export function traceOf(record: ConnectionRecord, anomalies: readonly Anomaly[]): ConnectionTrace {
  const { upgrade, clientSide, serverSide, tcp, firstEnd } = record;
  const response = upgrade?.response ?? null;
  const ending = endingOf(record);
  return {
    id: record.id,
    clientAddress: record.client.address,
    server: record.server,
    first: record.first,
    last: record.last,
    openedAt: record.openedAt,
    hasResponse: upgradeResponse(record) !== null,
    request: requestOf(record),
    refusal: response === null || response.head.status === 101 ? null : response,
    ending:
      ending === null
        ? null
        : { by: ending.by, how: ending.how, mark: ending.mark, closeCode: ending.close?.code ?? null },
    end: ending?.mark ?? firstEnd?.mark ?? null,
    firstEndBy: firstEnd?.by ?? null,
    hasGaps: tcp.client.gapBytes + tcp.server.gapBytes > 0,
    lastData: later(clientSide.lastDataFrame, serverSide.lastDataFrame),
    cause: ruleThatExplainsEnd(anomalies),
    isFromProxy: clientProxyHeader(record) !== null,
    endedWell: endedWell(record, anomalies),
    silentMs: silentMsOf(record, ending, anomalies),
    wasIdle: anomalies.some(({ meta, kind }) => meta.silentKinds?.includes(kind) === true),
  };
}

function silentMsOf(
  record: ConnectionRecord,
  ending: ReturnType<typeof endingOf>,
  anomalies: readonly Anomaly[],
): number | null {
  if (record.openedAt === null || ending === null || ending.how === 'close') return null;
  const { client, server } = record.tcp;
  if (client.gapBytes + server.gapBytes > 0 || record.closeFirstBy !== null) return null;
  if (record.firstEnd?.forged === 'certain' || anomalies.some(({ meta }) => meta.verdict === 'closed'))
    return null;
  const silence = silenceBeforeEnd(record);
  return silence === null ? null : Math.round(silence.ms);
}

function requestOf({ upgrade }: ConnectionRecord): RequestTrace | null {
  const request = upgrade?.request ?? null;
  // Without the whole head it is not certain what the client asked for.
  if (request === null || request.head.isCut) return null;
  const { packet, seconds, nanoseconds, head } = request;
  const user =
    headerValue(head, 'x-forwarded-for') ??
    headerValue(head, 'x-real-ip') ??
    headerValue(head, 'forwarded') ??
    (headerValue(head, 'via') === null ? null : headerValue(head, 'user-agent'));
  return { packet, seconds, nanoseconds, host: headerValue(head, 'host'), path: pathOf(head.target), user };
}

/** Codes with which a WebSocket is closed in order. */
const IN_ORDER: ReadonlySet<number | null> = new Set([null, 1000, 1001]);

function endedWell(record: ConnectionRecord, anomalies: readonly Anomaly[]): boolean {
  const ending = endingOf(record);
  if (ending === null) return false;
  if (record.openedAt === null) {
    return ending.by === 'client' && (record.upgrade?.response ?? null) === null;
  }
  if (record.conversation.reply === null) return false;
  if (anomalies.some(({ meta }) => meta.verdict === 'closed')) return true;
  return ending.how === 'close' && IN_ORDER.has(ending.close?.code ?? null);
}

function pathOf(target: string): string {
  return target.split('?', 1)[0]!;
}

function later(a: PacketMark | null, b: PacketMark | null): PacketMark | null {
  if (a === null || b === null) return a ?? b;
  return millisecondsBetween(a, b) > 0 ? b : a;
}
