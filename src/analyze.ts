/**
 * The composition root: wires capture -> decode -> tcp -> connection -> rules -> report. Parses nothing itself.
 *
 * Connections are judged and handed on as they end: of one that is over nothing is kept here but its trace.
 */
import { CaptureError } from './capture/capture-error.ts';
import { fileDigest } from '#platform/file-digest';
import type { CaptureBytes } from './capture/capture-bytes.ts';
import { readCapture, type CaptureSourceSummary } from './capture/source.ts';
import { CaptureScope } from './connection/capture-scope.ts';
import { ConnectionTracker } from './connection/connection-tracker.ts';
import { formatTimestamp, millisecondsBetween } from './basics/timestamp.ts';
import { linkTypeName } from './basics/link-types.ts';
import { PacketPipeline, type FileFacts } from './analysis/packet-pipeline.ts';
import { buildCaptureAnomaly } from './report/build.ts';
import type { CaptureReport, ConnectionReport, Report, ReportNote, ReportSummary } from './report/model.ts';
import { DEFAULT_WINDOW_MS, type RuleSettings } from './judgement/settings.ts';
import type { PacketMark } from './tcp/packet-mark.ts';
import { TcpTracker } from './tcp/tcp-tracker.ts';
import { VERSION } from './basics/version.ts';
import { ConnectionJudge, MAX_UNOPENED, type CountsOnly } from './analysis/connection-judge.ts';

/** Notes by which a capture's last packet may not be its latest. */
const OUT_OF_ORDER: readonly string[] = ['time-went-back', 'no-timestamp'];
/**
 * With so many zlib streams open their windows don't fit into the processor's cache: taken connection by connection,
 * messages find them there. Of other segments none would be taken sooner for it (docs/benchmarks.md).
 */
const BATCHES_FROM = 100;
/** Between two files that are parts of one capture; after a longer pause nobody may have captured in between. */
const MAX_PAUSE_MS = 5000;

/** The path of a file (`-` is standard input), or the bytes of one. */
export type CaptureInput = string | CaptureBytes;

export interface AnalyzeOptions {
  /** A server FIN or RST within this many milliseconds of its 101 is a handshake-close. Default 100. */
  readonly windowMs?: number;
  /** Server ports on which frames are taken for a WebSocket where its handshake is not in the capture. */
  readonly ports?: readonly number[];
  /** Severities and options of rules, by id. */
  readonly rules?: RuleSettings;
  /** Which code reads classic pcap files. Default "wscap". */
  readonly reader?: 'wscap' | 'pcap-parser';
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

/** @param connections by id */
export function wholeReport(summary: ReportSummary, connections: ConnectionReport[]): Report {
  const { schema, tool, options, captures, totals, anomalies, notes } = summary;
  return { schema, tool, options, captures, totals, connections, anomalies, notes };
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
  const { ports = [], rules = {} } = options;
  const files = isList(paths) ? paths : [paths];
  checkOptions(files, windowMs, reader);
  const scope = new CaptureScope(ports);
  const judge: ConnectionJudge = new ConnectionJudge(
    {
      windowMs,
      ports,
      rules,
      activity: options.activity ?? false,
      tunnelsOf: (route) => pipeline.tunnelsOf(route),
      ...(counts === undefined ? {} : { counts }),
    },
    onConnection,
  );
  const tcp = new TcpTracker(
    { open: (connection) => new ConnectionTracker(connection, scope, judge.events()) },
    { batches: () => scope.inflateBudget.openCount >= BATCHES_FROM },
  );
  const pipeline: PacketPipeline = new PacketPipeline(tcp, (note) => {
    if (note.code === 'no-timestamp') judge.lacksTimes();
  });

  const captures: CaptureReport[] = [];
  const parts: FileFacts[] = [];
  const emptyFiles: string[] = [];
  const notRead: string[] = [];
  for (const [index, path] of files.entries()) {
    if (index > 0 && stop?.aborted === true) {
      notRead.push(nameOf(path));
      continue;
    }
    const reading = readCapture(path, pipeline, {
      reader,
      ...(signal === undefined ? {} : { signal }),
      ...(stop === undefined ? {} : { stop }),
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
    if (summary === null) emptyFiles.push(nameOf(path));
    else {
      const digest =
        options.sha256 === true && stop?.aborted !== true ? { sha256: await digestOf(path, signal) } : {};
      const part = pipeline.finishFile();
      parts.push(part);
      captures.push(buildCapture(summary, part, digest));
    }
  }
  if (captures.length === 0)
    throw new CaptureError(nameOf(files[0]!), 'is empty (0 bytes), and so are the others');
  judge.captureEnded(endsOf(captures, parts));
  tcp.end();
  const anomalies = judge.end();
  return {
    schema: 'wscap/report@1',
    tool: { name: 'wscap', version: VERSION },
    options: { windowMs, reader, ports: [...ports], rules },
    captures,
    totals: {
      packets: pipeline.packetCount,
      tcpConnections: tcp.connectionCount,
      upgradeRequests: judge.upgradeRequests,
      webSocketConnections: judge.webSocketConnections,
      anomalies: { ...judge.anomalies },
    },
    anomalies: anomalies.map(buildCaptureAnomaly),
    notes: [
      ...emptyFiles.map((path) => ({
        code: 'no-packets',
        message: `${path} is empty (0 bytes) and was left out`,
      })),
      ...pipeline.end(),
      ...notRead.map((path) => ({
        code: 'interrupted',
        message: `${path} was not read: reading was interrupted before it`,
      })),
      ...captureNotes(judge, tcp.evictedCount, tcp.overlappingCount),
    ],
  };
}

function isList(paths: CaptureInput | readonly CaptureInput[]): paths is readonly CaptureInput[] {
  return Array.isArray(paths);
}

function nameOf(input: CaptureInput): string {
  return typeof input === 'string' ? input : input.name;
}

async function digestOf(input: CaptureInput, signal: AbortSignal | undefined): Promise<string | null> {
  const file = typeof input === 'string' ? input : input.file;
  return file === undefined ? null : fileDigest(file, signal);
}

function checkOptions(files: readonly CaptureInput[], windowMs: number, reader: string): void {
  if (files.length === 0) throw new TypeError('analyze: no capture given');
  if (!Number.isFinite(windowMs) || windowMs < 0) {
    throw new RangeError(`analyze: windowMs must be a number of milliseconds from 0 up, not ${windowMs}`);
  }
  if (reader !== 'wscap' && reader !== 'pcap-parser') {
    throw new TypeError(`analyze: reader must be "wscap" or "pcap-parser", not "${reader}"`);
  }
}

function buildCapture(
  summary: CaptureSourceSummary,
  file: FileFacts,
  digest: Pick<CaptureReport, 'sha256'>,
): CaptureReport {
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
    ...digest,
    firstPacketAt: first === null ? null : formatTimestamp(first),
    lastPacketAt: last === null ? null : formatTimestamp(last),
    durationMs: first === null || last === null ? null : millisecondsBetween(first, last),
    notes: notes.map((note) => ({ ...note })),
  };
}

/** Of the parts of a capture, those that end in a pause, or the whole of it: see {@link RuleContext}. */
function endsOf(captures: readonly CaptureReport[], files: readonly FileFacts[]): PacketMark[] {
  if (captures.some(({ notes }) => notes.some(({ code }) => OUT_OF_ORDER.includes(code)))) return [];
  const ends: PacketMark[] = [];
  let packet = 0;
  let previous: PacketMark | null = null;
  for (const { packets, first, last } of files) {
    if (first === null || last === null) continue;
    const pauseMs = previous === null ? 0 : millisecondsBetween(previous, first);
    if (previous !== null && (pauseMs < 0 || pauseMs > MAX_PAUSE_MS)) ends.push(previous);
    packet += packets;
    previous = { packet, ...last };
  }
  return previous === null ? ends : [...ends, previous];
}

/** What limits the analysis of the capture as a whole. */
function captureNotes(
  { skips, unopenedOmitted }: ConnectionJudge,
  evicted: number,
  overlapping: number,
): ReportNote[] {
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
  add(
    'overlapping-networks',
    overlapping,
    (n) =>
      `${n} with the addresses and ports of another one that was open at the same time, in another tunnel: counted apart, which Wireshark does not do`,
  );
  add('idle-too-long', evicted, (n) => `${n} not followed to the end: too many were open at once`);
  return notes;
}
