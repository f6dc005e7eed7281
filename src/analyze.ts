/**
 * The composition root: wires capture -> decode -> tcp -> connection -> rules -> report. Parses nothing itself.
 */
import { CaptureError } from './capture/capture-error.ts';
import { readCapture, type CaptureSourceSummary } from './capture/source.ts';
import { ActivityCollector } from './connection/activity-collector.ts';
import { ConnectionTracker, type ConnectionSink, type SkipReason } from './connection/connection-tracker.ts';
import type { ConnectionRecord } from './connection/record.ts';
import { formatTimestamp, millisecondsBetween } from './timestamp.ts';
import { HttpBudget } from './http/http-budget.ts';
import { InflateBudget } from './websocket/inflate-budget.ts';
import { linkTypeName } from './link-types.ts';
import { PacketPipeline, type FileFacts } from './packet-pipeline.ts';
import { buildCaptureAnomaly, buildConnection } from './report/build.ts';
import type { CaptureReport, ConnectionReport, Report, ReportNote } from './report/model.ts';
import type { CaptureAnomaly } from './rules/capture-rule.ts';
import { RuleEngine } from './rules/engine.ts';
import type { Judgement } from './rules/judgement.ts';
import { nameOrigins } from './rules/proxy-legs.ts';
import { DEFAULT_WINDOW_MS, type RuleSettings } from './rules/settings.ts';
import { verdictOf, type Verdict } from './rules/verdict.ts';
import { TcpTracker } from './tcp/tcp-tracker.ts';
import { VERSION } from './version.ts';

/** Connections without a byte of which the record is kept. */
const MAX_UNOPENED = 20_000;

export interface AnalyzeOptions {
  /** A server FIN or RST within this many milliseconds of its 101 is a handshake-close. Default 100. */
  readonly windowMs?: number;
  /** Server ports on which frames are taken for a WebSocket where its handshake is not in the capture. */
  readonly ports?: readonly number[];
  /** Severities and options of rules, by id. */
  readonly rules?: RuleSettings;
  /** Which code reads classic pcap files. Default "wscap". */
  readonly reader?: 'wscap' | 'pcap-parser';
  /** Also collect what passed over each WebSocket, for reports that draw it. Default false. */
  readonly activity?: boolean;
  /**
   * Called now and then while reading: the part of the input that was read (0 to 1, undefined where its size is
   * not known), and the packets so far.
   */
  readonly onProgress?: (fraction: number | undefined, packets: number) => void;
  /** Ends the analysis early; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

interface Judged {
  readonly record: ConnectionRecord;
  readonly judgement: Judgement;
  readonly verdict: Verdict;
}

/** Collects what the layers say while packets go through them. */
class Collector implements ConnectionSink {
  readonly records: ConnectionRecord[] = [];
  readonly skips = new Map<SkipReason, number>();
  readonly httpBudget = new HttpBudget();
  readonly inflateBudget = new InflateBudget();
  readonly ports: ReadonlySet<number>;
  upgradeRequests = 0;

  /** Connections without a byte that were left out for want of room. */
  unopenedOmitted = 0;
  #unopened = 0;

  constructor(ports: readonly number[]) {
    this.ports = new Set(ports);
  }

  record(record: ConnectionRecord): void {
    // Whether a connection that never sent a byte matters is known only at the end: those of a scan could be millions.
    if (record.upgrade === null && record.opening === null && ++this.#unopened > MAX_UNOPENED) {
      this.unopenedOmitted++;
    } else {
      this.records.push(record);
    }
  }

  skipped(reason: SkipReason): void {
    this.skips.set(reason, (this.skips.get(reason) ?? 0) + 1);
  }

  upgradeRequested(): void {
    this.upgradeRequests++;
  }
}

/**
 * Analyses one capture: a path, or several that are its parts in order (rotated files); `-` is standard input.
 * Rejects with a {@link CaptureError} where the input can't be read at all; what can be read of a damaged file is
 * reported, with a note.
 */
export async function analyze(
  paths: string | readonly string[],
  options: AnalyzeOptions = {},
): Promise<Report> {
  const { windowMs = DEFAULT_WINDOW_MS, reader = 'wscap', onProgress, signal } = options;
  const { ports = [], rules = {} } = options;
  const files = typeof paths === 'string' ? [paths] : paths;
  checkOptions(files, windowMs, reader);
  const collector = new Collector(ports);
  const activities = options.activity === true ? new ActivityCollector(collector) : null;
  const tcp = new TcpTracker({
    open: (connection) => new ConnectionTracker(connection, activities?.sink() ?? collector),
  });
  const pipeline = new PacketPipeline(tcp);

  const captures: CaptureReport[] = [];
  const emptyFiles: string[] = [];
  for (const [index, path] of files.entries()) {
    const reading = readCapture(path, pipeline, {
      reader,
      ...(signal === undefined ? {} : { signal }),
      ...(onProgress === undefined
        ? {}
        : {
            onProgress: (read: number, total: number | undefined) => {
              const fraction = total === undefined ? undefined : (index + read / total) / files.length;
              onProgress(fraction, pipeline.packetCount);
            },
          }),
    });
    const summary = await reading.catch((error: unknown) => {
      // The file that tcpdump is about to write when it rotates.
      if (files.length > 1 && error instanceof CaptureError && error.isEmptyFile) return null;
      throw error;
    });
    if (summary === null) emptyFiles.push(path);
    else captures.push(buildCapture(summary, pipeline.finishFile()));
  }
  if (captures.length === 0) throw new CaptureError(files[0]!, 'is empty (0 bytes), and so are the others');
  tcp.end();

  // Only now is it known what the capture lacks.
  const hasTimes = !captures.some(({ notes }) => notes.some(({ code }) => code === 'no-timestamp'));
  const webSocketPorts = new Set([...ports, ...portsWithUpgrade(collector.records)]);
  const engine = new RuleEngine({ windowMs, hasTimes, webSocketPorts }, rules);
  const judged = judgeAll(collector.records, engine);
  const connections = judged.map(({ record, judgement, verdict }) =>
    buildConnection(record, engine.present(judgement), verdict, activities?.of(record.id)),
  );
  const anomalies = engine.judgeCapture(
    judged.map(({ record, judgement, verdict }) => ({ record, verdict, anomalies: judgement.anomalies })),
  );
  return {
    schema: 'wscap/report@1',
    tool: { name: 'wscap', version: VERSION },
    options: { windowMs, reader, ports: [...ports], rules },
    captures,
    totals: {
      packets: pipeline.packetCount,
      tcpConnections: tcp.connectionCount,
      upgradeRequests: collector.upgradeRequests,
      webSocketConnections: connections.filter(({ opening }) => opening !== null).length,
      anomalies: countAnomalies(connections, anomalies),
    },
    connections,
    anomalies: anomalies.map(buildCaptureAnomaly),
    notes: [
      ...emptyFiles.map((path) => ({
        code: 'no-packets',
        message: `${path} is empty (0 bytes) and was left out`,
      })),
      ...captureNotes(collector, tcp.evictedCount),
    ],
  };
}

function checkOptions(files: readonly string[], windowMs: number, reader: string): void {
  if (files.length === 0) throw new TypeError('analyze: no capture given');
  if (!Number.isFinite(windowMs) || windowMs < 0) {
    throw new RangeError(`analyze: windowMs must be a number of milliseconds from 0 up, not ${windowMs}`);
  }
  if (reader !== 'wscap' && reader !== 'pcap-parser') {
    throw new TypeError(`analyze: reader must be "wscap" or "pcap-parser", not "${reader}"`);
  }
}

function buildCapture(summary: CaptureSourceSummary, file: FileFacts): CaptureReport {
  const { path, facts, compression } = summary;
  const { packets, bytes, first, last, notes } = file;
  return {
    path,
    format: facts.format,
    compression,
    linkTypes: facts.linkTypes.map(linkTypeName),
    timestampResolution: facts.timestampResolution,
    packets,
    bytes,
    firstPacketAt: first === null ? null : formatTimestamp(first),
    lastPacketAt: last === null ? null : formatTimestamp(last),
    durationMs: first === null || last === null ? null : millisecondsBetween(first, last),
    notes: notes.map((note) => ({ ...note })),
  };
}

/** Server ports of connections that were, or tried to be, a WebSocket. */
function portsWithUpgrade(records: readonly ConnectionRecord[]): number[] {
  return records
    .filter(({ upgrade, opening }) => upgrade !== null || opening !== null)
    .map(({ server }) => server.port);
}

/** The connections that belong into the report, by id, with what the rules make of each. */
function judgeAll(records: readonly ConnectionRecord[], engine: RuleEngine): Judged[] {
  const judged = records
    .map((record) => ({ record, judgement: engine.judge(record) }))
    .filter(
      ({ record, judgement }) =>
        record.upgrade !== null || record.opening !== null || judgement.anomalies.length > 0,
    )
    .sort((a, b) => a.record.id - b.record.id);
  const named = nameOrigins(
    judged.map(({ record, judgement }) => ({ record, anomalies: judgement.anomalies })),
  );
  return judged.map(({ record, judgement }) => {
    const anomalies = named.get(record.id) ?? judgement.anomalies;
    return { record, judgement: { ...judgement, anomalies }, verdict: verdictOf(record, judgement) };
  });
}

function countAnomalies(
  connections: readonly ConnectionReport[],
  ofCapture: readonly CaptureAnomaly[],
): Report['totals']['anomalies'] {
  const totals = { error: 0, warning: 0, info: 0 };
  for (const { severity } of [...connections.flatMap(({ anomalies }) => anomalies), ...ofCapture]) {
    totals[severity]++;
  }
  return totals;
}

/** What limits the analysis of the capture as a whole. */
function captureNotes({ skips, unopenedOmitted }: Collector, evicted: number): ReportNote[] {
  const notes: ReportNote[] = [];
  const add = (code: string, number: number, message: (connections: string) => string) => {
    if (number > 0)
      notes.push({ code, message: message(number === 1 ? '1 connection' : `${number} connections`) });
  };
  add('encrypted', skips.get('tls') ?? 0, (n) => `${n} encrypted by TLS: what is inside can not be seen`);
  add('http2', skips.get('http2') ?? 0, (n) => `${n} speaking HTTP/2: WebSockets inside are not followed`);
  add(
    'head-too-long',
    skips.get('head-too-long') ?? 0,
    (n) => `${n} left alone: an HTTP head of over 64 KiB or 1024 lines`,
  );
  add(
    'other-upgrade',
    skips.get('other-upgrade') ?? 0,
    (n) => `${n} upgraded to something else than WebSocket`,
  );
  add(
    'not-opened',
    unopenedOmitted,
    (n) => `${n} that never sent a byte left out: only the first ${MAX_UNOPENED} of them were judged`,
  );
  add('idle-too-long', evicted, (n) => `${n} not followed to the end: too many were open at once`);
  return notes;
}
