/** Turns records and anomalies into the report: names, texts and units as docs/report-format.md describes them. */
import type { Activity } from '../connection/activity/activity-log.ts';
import { connectionNotes } from './notes/connection-notes.ts';
import {
  upgradeResponse,
  type ConnectionRecord,
  type TcpSideFacts,
  type WebSocketSideFacts,
} from '../connection/record.ts';
import type { TimelineEvent } from '../connection/timeline.ts';
import { clockOf } from '../basics/clock.ts';
import { formatTimestamp, millisecondsBetween, type Timestamp } from '../basics/timestamp.ts';
import { headerValue } from '../http/head.ts';
import { sealedHeartbeat } from '../judgement/sealed-heartbeat.ts';
import type { Judgement } from '../judgement/judgement.ts';
import type { CaptureAnomaly } from '../judgement/capture-rule.ts';
import type { SamePair } from '../judgement/same-web-socket.ts';
import type { Anomaly } from '../judgement/rule.ts';
import { buildActivity } from './build-activity.ts';
import { buildTls, firstCloseNotify } from './build-tls.ts';
import type {
  AnomalyReport,
  CloseReport,
  ConnectionReport,
  CrossAnomalyReport,
  DirectionTraffic,
  ReportNote,
  SamePairReport,
  TimelineEntry,
  TunnelLayer,
  TunnelReport,
  UpgradeReport,
  Verdict,
  ApplicationReport,
} from './model.ts';

/** Looks up the tunnels that a route's number stands for, outermost first. */
export type TunnelsOf = (route: number) => readonly TunnelLayer[];

const NO_TUNNELS: readonly TunnelReport[] = [];

export function buildConnection(
  record: ConnectionRecord,
  judgement: Judgement,
  verdict: Verdict,
  activity?: Activity,
  tunnelsOf: TunnelsOf = () => [],
  zone: string | null = null,
  hasTimes = true,
  lacksBytes = false,
): ConnectionReport {
  const { client, server, first, last } = record;
  const tunnels = buildTunnels(record, tunnelsOf);
  return {
    id: record.id,
    ref: refOf(record.id),
    // Its place: which other connection it is may be known only when the capture is over.
    sameAs: record.translated === null ? undefined : { ref: refOf(record.translated.twin), as: 'translated' },
    client: { ...client },
    server: { ...server },
    firstPacket: first.packet,
    lastPacket: last.packet,
    openedAt: formatTimestamp(first),
    durationMs: millisecondsBetween(first, last),
    verdict,
    ...(record.tls === null ? {} : { tls: buildTls(record.tls, sealedHeartbeat(record), hasTimes) }),
    ...(tunnels.length === 0 ? {} : { tunnels: [...tunnels] }),
    opening: record.opening,
    // A getter, like `timeline`: a table shows neither.
    get lifecycle() {
      return record.phases.map((phase) => ({
        state: phase.state,
        packet: phase.packet,
        at: formatTimestamp(phase),
      }));
    },
    upgrade: buildUpgrade(record, hasTimes),
    traffic: {
      clientToServer: buildTraffic(record.clientSide, record.tcp.client),
      serverToClient: buildTraffic(record.serverSide, record.tcp.server),
    },
    close: buildClose(record, hasTimes),
    heartbeat: record.heartbeat,
    ...(record.application === null ? {} : { application: buildApplication(record.application) }),
    // A getter: the timeline is most of a report's size, and a table doesn't show it.
    get timeline() {
      return record.timeline().map((event) => buildTimelineEntry(event, first));
    },
    ...(activity === undefined ? {} : { activity: buildActivity(activity, first) }),
    anomalies: judgement.anomalies.map((anomaly) => buildAnomaly(anomaly, zone)),
    notes: buildNotes(record, judgement, lacksBytes),
  };
}

/** Is there nothing to report but the traffic itself: no finding, no note? */
export function isUneventful(record: ConnectionRecord, judgement: Judgement): boolean {
  const { anomalies, withheld, omitted } = judgement;
  return (
    anomalies.length === 0 &&
    withheld.length === 0 &&
    omitted.length === 0 &&
    connectionNotes(record).length === 0
  );
}

/** Interfaces are not tunnels: routes that differ only in their interface are the same route here. */
function buildTunnels({ tcp: { routes } }: ConnectionRecord, tunnelsOf: TunnelsOf): readonly TunnelReport[] {
  // True for nearly every connection.
  if (routes.every(({ route }) => tunnelsOf(route).length === 0)) return NO_TUNNELS;
  const tunnels = new Map<string, TunnelReport>();
  for (const { from, route, isCopy } of routes) {
    const layers = tunnelsOf(route);
    const key = JSON.stringify([from, layers]);
    if (layers.length > 0 && !tunnels.has(key)) tunnels.set(key, { from, copy: isCopy, layers });
  }
  const inOrder = [...tunnels.values()];
  return [...inOrder.filter(({ copy }) => !copy), ...inOrder.filter(({ copy }) => copy)];
}

function buildUpgrade({ upgrade }: ConnectionRecord, hasTimes: boolean): UpgradeReport | null {
  if (upgrade === null) return null;
  const { request, accept } = upgrade;
  // An answer that came when the client had left is shown too; the verdict says that it opened nothing.
  const response = upgrade.response ?? upgrade.lateResponse;
  return {
    requestPacket: request?.packet ?? null,
    responsePacket: response?.packet ?? null,
    method: request?.head.method ?? null,
    target: request?.head.target ?? null,
    host: request === null ? null : headerValue(request.head, 'host'),
    httpVersion: request?.head.version ?? response?.head.version ?? null,
    status: response?.head.status ?? null,
    latencyMs:
      request === null || response === null || !hasTimes ? null : millisecondsBetween(request, response),
    accept,
    subprotocol: response === null ? null : headerValue(response.head, 'sec-websocket-protocol'),
    extensions: response === null ? null : headerValue(response.head, 'sec-websocket-extensions'),
    requestHeaders: request?.head.headers ?? [],
    responseHeaders: response?.head.headers ?? [],
    body: upgrade.body,
  };
}

function buildTraffic(side: WebSocketSideFacts, tcp: TcpSideFacts): DirectionTraffic {
  const { frames, messages, payloadBytes } = side;
  const { segments, retransmissions, outOfOrder, gapBytes } = tcp;
  return { frames: { ...frames }, messages, payloadBytes, segments, retransmissions, outOfOrder, gapBytes };
}

/** null as long as no Close frame, close_notify, FIN or RST was seen. */
function buildClose(record: ConnectionRecord, hasTimes: boolean): CloseReport | null {
  const { firstEnd, clientSide, serverSide } = record;
  const clientClose = clientSide.closeFrame;
  const serverClose = serverSide.closeFrame;
  const notify = firstCloseNotify(record.tls);
  if (firstEnd === null && clientClose === null && serverClose === null && notify === null) return null;
  const response = upgradeResponse(record);
  return {
    frameFirstBy: record.closeFirstBy,
    firstBy: firstEnd?.by ?? null,
    how: firstEnd?.how ?? null,
    packet: firstEnd?.mark.packet ?? null,
    afterUpgradeMs:
      firstEnd === null || response === null || !hasTimes
        ? null
        : millisecondsBetween(response, firstEnd.mark),
    forged: firstEnd?.forged ?? null,
    ...(firstEnd?.how === 'rst' && record.tcp[firstEnd.by].reset?.isOfUnknown === true
      ? { bareReset: true as const }
      : {}),
    notify:
      notify === null
        ? null
        : {
            ...notify,
            afterUpgradeMs:
              response === null || !hasTimes
                ? null
                : millisecondsBetween(response, record.tls!.closeNotify[notify.from]!),
          },
    clientCode: clientClose?.code ?? null,
    clientReason: clientClose?.reason ?? null,
    serverCode: serverClose?.code ?? null,
    serverReason: serverClose?.reason ?? null,
    clean: clientClose !== null && serverClose !== null,
  };
}

/** What the application says, where its protocol is known. */
function buildApplication({
  protocol,
  version,
  heartbeat,
  end,
}: NonNullable<ConnectionRecord['application']>): ApplicationReport {
  return {
    protocol,
    version,
    heartbeat:
      heartbeat === null
        ? null
        : {
            from: heartbeat.from,
            intervalMs: heartbeat.intervalMs,
            timeoutMs: heartbeat.timeoutMs,
            stated: heartbeat.isStated,
            sent: heartbeat.sent,
            answered: heartbeat.answered,
            lastUnansweredPacket: heartbeat.unanswered?.last.packet ?? null,
          },
    end: end === null ? null : { from: end.from, kind: end.kind, text: end.text, packet: end.packet },
  };
}

function buildTimelineEntry(event: TimelineEvent, start: Timestamp): TimelineEntry {
  const { packet, from, event: kind, opcode, length, code, detail, count } = event;
  return {
    at: formatTimestamp(event),
    packet,
    from,
    event: kind,
    offsetMs: millisecondsBetween(start, event),
    ...(opcode === null ? {} : { opcode }),
    ...(length === null ? {} : { length }),
    ...(code === null ? {} : { code }),
    ...(detail === null ? {} : { detail }),
    ...(count === null ? {} : { count }),
  };
}

/** An anomaly that concerns several connections. */
export function buildCaptureAnomaly(anomaly: CaptureAnomaly, zone: string | null = null): CrossAnomalyReport {
  return {
    ...buildAnomaly(anomaly, zone),
    connections: [...anomaly.connections],
    refs: anomaly.connections.map(refOf),
    followers: (anomaly.followers ?? []).map(({ rule, id }) => ({ rule, ref: refOf(id) })),
  };
}

/** Two connections that are the same WebSocket. */
export function buildSamePair({ front, back }: SamePair): SamePairReport {
  return { front: refOf(front), back: refOf(back) };
}

/** How people name a WebSocket. */
function refOf(id: number): string {
  return String(id);
}

/** @param zone of the capture's clock, as sentences name it; null where packets carry no time */
function buildAnomaly(anomaly: Omit<Anomaly, 'meta'>, zone: string | null): AnomalyReport {
  const { rule, kind, severity, message, headline, packets, at, evidence, follows } = anomaly;
  const advice = zone === null ? anomaly.advice : withClockTime(anomaly.advice, formatTimestamp(at), zone);
  return {
    rule,
    kind,
    severity,
    message: `${message} ${advice}`,
    advice,
    ...(headline === undefined ? {} : { headline }),
    packets: [...packets],
    at: formatTimestamp(at),
    explain: `wscap explain ${rule}`,
    evidence: { ...evidence },
    follows: follows === undefined ? null : { rule: follows.rule, ref: refOf(follows.id) },
  };
}

/** Rules say "at that time" or "moment"; whoever looks into a log needs the time itself. */
function withClockTime(advice: string, at: string, zone: string): string {
  return advice.replaceAll(
    /at that (?:time|moment)/g,
    `at ${clockOf(at).time}${zone === '' ? '' : ` ${zone}`}`,
  );
}

function buildNotes(
  record: ConnectionRecord,
  { withheld, omitted }: Judgement,
  lacksBytes: boolean,
): ReportNote[] {
  return [
    ...connectionNotes(record, lacksBytes),
    ...withheld.map(({ rule, reason }) => ({
      code: 'rule-withheld',
      message: `${rule} was not judged: ${reason}`,
    })),
    ...omitted.map(({ rule, count }) => ({
      code: 'more-findings',
      message: `${rule} has ${count} more findings on this connection`,
    })),
  ];
}
