/**
 * The composition root of the analysis: has every connection that the Analyzer opens followed, judged and reported.
 *
 * Each connection is judged and handed on when it is over. Afterwards nothing is kept of it here but its trace.
 */
import { Analyzer } from './analysis/analyzer.ts';
import { CaptureKeys } from './analysis/capture-keys.ts';
import { captureNotes } from './analysis/capture-notes.ts';
import { buildCapture, captureEnds } from './analysis/capture-report.ts';
import { ConnectionJudge, type CountsOnly } from './analysis/connection-judge.ts';
import { Inventory } from './analysis/inventory/inventory.ts';
import { readCaptures } from './analysis/read-captures.ts';
import type { CaptureInput } from './capture/capture-bytes.ts';
import type { Carrier } from './carrier/carrier.ts';
import { CaptureScope } from './connection/capture-scope.ts';
import { ConnectionTracker } from './connection/connection-tracker.ts';
import { buildCaptureAnomaly, buildSamePair } from './report/build.ts';
import { linkFollowers, linkSame } from './report/link-followers.ts';
import type { ConnectionReport, Report, ReportSummary } from './report/model.ts';
import { tlsCarrier } from './tls/tls-carrier.ts';
import { DEFAULT_WINDOW_MS, type RuleSettings } from './judgement/settings.ts';
import type { NamedKeys } from './tls/key-source.ts';
import { VERSION } from './basics/version.ts';

/**
 * With so many zlib streams open, or connections that are decrypted, what they need doesn't fit into the processor's cache: taken
 * connection by connection, segments find it there. Batching does not pay for other segments (docs/benchmarks.md).
 */
const BATCHES_FROM = 100;

export interface AnalyzeOptions {
  /** A server FIN or RST within this many milliseconds of its 101 is a handshake-close. Default 100. */
  readonly windowMs?: number;
  /** Server ports on which frames are taken for a WebSocket where its handshake is not in the capture. */
  readonly ports?: readonly number[];
  /** Severities and options of rules, by id. */
  readonly rules?: RuleSettings;
  /** Which code reads classic pcap files. Default "wscap". */
  readonly reader?: 'wscap' | 'pcap-parser';
  /** What may stand between TCP and HTTP. Default: nothing. */
  readonly carriers?: readonly Carrier[];
  /**
   * Keys of TLS connections, beside those that the capture carries; or what keeps them, where the caller asks it afterwards what was used.
   * null: TLS is seen from outside, whatever the capture carries. Default: none.
   */
  readonly keys?: readonly NamedKeys[] | CaptureKeys | null;
  /** Put the SHA-256 of each file into the report; it is read a second time for that. Default false. */
  readonly sha256?: boolean;
  /** Also collect what passed over each WebSocket, for reports that draw it. Default false. */
  readonly activity?: boolean;
  /**
   * Called now and then while reading: the part of the input that was read (0 to 1, undefined where its size is
   * not known), and the packets so far.
   */
  readonly onProgress?: (fraction: number | undefined, packets: number) => void;
  /** Ends the analysis early; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * Ends the reading early, and the analysis with what was read until then: the report has a note `interrupted`. The
   * connections that were open count as open when the capture ended.
   */
  readonly stop?: AbortSignal;
}

/**
 * Analyses one capture: a path, or several that are its parts in order (rotated files); `-` is standard input.
 * Rejects with a {@link CaptureError} where the input can't be read at all; what can be read of a damaged file is
 * reported, with a note.
 */
export async function analyze(
  paths: CaptureInput | readonly CaptureInput[],
  options: AnalyzeOptions = {},
): Promise<Report> {
  const connections: ConnectionReport[] = [];
  const summary = await analyzeEach(paths, options, (connection) => connections.push(connection));
  connections.sort((a, b) => a.id - b.id);
  return wholeReport(summary, connections);
}

/** @param connections by id; their findings learn here what they follow from, where that is a finding over the whole capture */
export function wholeReport(summary: ReportSummary, connections: ConnectionReport[]): Report {
  const { schema, tool, options, captures, totals, inventory, anomalies, notes } = summary;
  linkFollowers(anomalies, connections);
  linkSame(summary.sameWebSocket ?? [], connections);
  return {
    schema,
    tool,
    options,
    captures,
    totals,
    ...(inventory === undefined ? {} : { inventory }),
    connections,
    anomalies,
    notes,
  };
}

/**
 * The same for captures of any size: hands each connection on when it is over, in that order, which is the same
 * whenever the same capture is read. Where most are only counted, `counts` says of which no report need be made.
 */
export async function analyzeEach(
  paths: CaptureInput | readonly CaptureInput[],
  options: AnalyzeOptions,
  onConnection: (connection: ConnectionReport) => void,
  counts?: CountsOnly,
): Promise<ReportSummary> {
  const { windowMs = DEFAULT_WINDOW_MS, reader = 'wscap', onProgress, signal, stop } = options;
  const { ports = [], rules = {}, carriers = [] } = options;
  const inputs = isList(paths) ? paths : [paths];
  checkOptions(inputs, windowMs, reader);
  const keys = captureKeys(options.keys, inputs);
  const scope = new CaptureScope(ports, [tlsCarrier(keys), ...carriers]);
  const inventory = new Inventory();
  const judge: ConnectionJudge = new ConnectionJudge(
    {
      windowMs,
      ports,
      rules,
      activity: options.activity ?? false,
      tunnelsOf: (route) => analyzer.tunnelsOf(route),
      areTimesInvented: () => analyzer.areTimesInvented,
      lacksBytes: () => analyzer.lacksBytes,
      lacksEnds: () => analyzer.lacksEnds,
      ...(counts === undefined ? {} : { counts }),
      // The time zone of printed text is anybody's.
      zone: () => (analyzer.isText ? '' : 'UTC'),
    },
    onConnection,
  );
  const analyzer: Analyzer = new Analyzer({
    open: (connection) =>
      new ConnectionTracker(connection, scope, judge.events(), inventory.look(connection)),
    batches: () => scope.inflateBudget.openCount + scope.decrypted >= BATCHES_FROM,
    onNote: (note) => {
      if (note.code === 'no-timestamp') judge.lacksTimes();
      if (note.code === 'relative-time') judge.lacksClock();
    },
    onSecrets: (type, bytes) => {
      keys?.take(type, bytes);
    },
  });
  const sha256 = options.sha256 ?? false;
  const files = await readCaptures(inputs, analyzer, { reader, sha256, onProgress, signal, stop });
  const readFiles = files.filter((file) => file.kind === 'read');
  judge.captureEnded(captureEnds(readFiles));
  const notes = analyzer.end();
  const anomalies = judge.end();
  return {
    schema: 'wscap/report@1',
    tool: { name: 'wscap', version: VERSION },
    options: { windowMs, reader, ports: [...ports], rules },
    captures: readFiles.map(buildCapture),
    totals: {
      packets: analyzer.packetCount,
      tcpConnections: analyzer.connectionCount,
      upgradeRequests: judge.upgradeRequests,
      webSocketConnections: judge.webSocketConnections,
      webSockets: judge.webSockets,
      anomalies: { ...judge.anomalies },
    },
    inventory: inventory.report(),
    anomalies: anomalies.map((anomaly) => buildCaptureAnomaly(anomaly, judge.zone)),
    ...(judge.samePairs.length === 0 ? {} : { sameWebSocket: judge.samePairs.map(buildSamePair) }),
    notes: [...captureNotes(files, notes, judge, analyzer), ...(keys?.notes() ?? [])],
  };
}

function captureKeys(keys: AnalyzeOptions['keys'], inputs: readonly CaptureInput[]): CaptureKeys | null {
  return keys === null || keys instanceof CaptureKeys ? keys : new CaptureKeys(keys ?? [], inputs);
}

function isList(paths: CaptureInput | readonly CaptureInput[]): paths is readonly CaptureInput[] {
  return Array.isArray(paths);
}

function checkOptions(inputs: readonly CaptureInput[], windowMs: number, reader: string): void {
  if (inputs.length === 0) throw new TypeError('analyze: no capture given');
  if (!Number.isFinite(windowMs) || windowMs < 0) {
    throw new RangeError(`analyze: windowMs must be a number of milliseconds from 0 up, not ${windowMs}`);
  }
  if (reader !== 'wscap' && reader !== 'pcap-parser') {
    throw new TypeError(`analyze: reader must be "wscap" or "pcap-parser", not "${reader}"`);
  }
}
