/**
 * Turns the report into the page's data: worst connections first, times as offsets, and only as many frames and
 * payloads as keep the file small enough to attach. What is left out is counted, never hidden.
 */
import { tlsLines } from '../tls-text.ts';
import { tunnelText } from '../tunnel-text.ts';
import { isProblem, rankConnections, type RankedConnection } from '../connection-rank.ts';
import type { AnomalyReport, CrossAnomalyReport, Report } from '../model.ts';
import type { Timestamp } from '../../basics/timestamp.ts';
import { StringTable, toColumn, type Json } from './columns.ts';
import { FrameAllowance } from './frame-allowance.ts';
import { parseInstant, sinceStart } from './instant.ts';
import type { PageConnection, PageData, PageEvent, PageFinding } from './page-data.ts';
import { sentencesOf } from './sentences.ts';
import { thinActivity } from './thin-activity.ts';

/**
 * Connections in the page, worst first.
 * @bound connections of an HTML report: {count}
 */
const MAX_CONNECTIONS = 20_000;
/** Of the connections of a finding across connections, this many are named. */
const MAX_ACROSS = 200;
const NO_CLOCK: ReadonlySet<string> = new Set([
  'no-timestamp',
  'invented-times',
  'relative-time',
  'no-date',
  'local-time',
]);

export function encodePage(report: Report): PageData {
  const ranked = rankConnections(report);
  const shown = ranked.slice(0, MAX_CONNECTIONS);
  const start = startOf(report);
  const origin = parseInstant(start);
  const allowance = new FrameAllowance(shown.length);
  const connections = shown.map((each) => pageConnection(each, origin, allowance));
  const table = new StringTable();
  return {
    captures: report.captures,
    start,
    hasClock: !report.captures.some(({ notes }) => notes.some(({ code }) => NO_CLOCK.has(code))),
    // Interfaces have no index signature, but their values are JSON.
    connections: toColumn(connections as unknown as Json[], table),
    strings: table.strings,
    connectionsLeftOut: ranked.length - shown.length,
  };
}

/** The earliest time that is shown. */
function startOf({ captures, connections }: Report): string {
  const times = [
    ...captures.map(({ firstPacketAt }) => firstPacketAt).filter((time) => time !== null),
    ...connections.map(({ openedAt }) => openedAt),
  ];
  return times.reduce((a, b) => (b < a ? b : a), times[0] ?? '1970-01-01T00:00:00.000000000Z');
}

function pageConnection(
  ranked: RankedConnection,
  origin: Timestamp,
  allowance: FrameAllowance,
): PageConnection {
  const { connection } = ranked;
  const { id, client, server, firstPacket, lastPacket, verdict, opening, upgrade } = connection;
  const { traffic, close, heartbeat, notes, timeline, activity } = connection;
  const startMs = sinceStart(origin, connection.openedAt);
  const opened = connection.lifecycle.find(({ state }) => state === 'open');
  const events = timeline.flatMap(({ event, packet, from, offsetMs, length, code, detail }): PageEvent[] =>
    event === 'frame' || event === 'omitted'
      ? []
      : [
          {
            event,
            packet,
            from,
            offsetMs,
            ...(length === undefined ? {} : { length }),
            ...(code === undefined ? {} : { code }),
            ...(detail === undefined ? {} : { detail }),
          },
        ],
  );
  return {
    id,
    client,
    server,
    firstPacket,
    lastPacket,
    startMs,
    durationMs: Math.max(0, connection.durationMs),
    openedMs: opened === undefined ? null : sinceStart(parseInstant(connection.openedAt), opened.at),
    verdict,
    mark: ranked.mark,
    opening,
    upgrade,
    traffic,
    close,
    heartbeat,
    events,
    ...thinActivity(activity, allowance, isProblem(ranked)),
    findings: ranked.anomalies.map((anomaly) => pageFinding(anomaly, origin)),
    notes,
    tunnels: tunnelText(connection),
    tlsLines: connection.tls === undefined ? [] : tlsLines(connection.tls, (text) => text),
  };
}

function pageFinding(
  { rule, severity, message, packets, at, evidence, ...rest }: AnomalyReport | CrossAnomalyReport,
  origin: Timestamp,
): PageFinding {
  return {
    rule,
    severity,
    sentences: sentencesOf(message),
    packets,
    atMs: sinceStart(origin, at),
    evidence,
    ...('connections' in rest ? { across: rest.connections.slice(0, MAX_ACROSS) } : {}),
  };
}
