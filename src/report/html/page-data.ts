/** The data of the page, as in its JSON. encode-page.ts writes it, the page's own code reads it. */
import type {
  CaptureReport,
  CloseReport,
  Endpoint,
  FrameCounts,
  FrameReport,
  HeartbeatReport,
  ReportNote,
  Role,
  Severity,
  TimelineEntry,
  UpgradeReport,
  Verdict,
  DirectionTraffic,
} from '../model.ts';
import type { Column } from './columns.ts';

/** A problem's severity; otherwise whether it closed cleanly. */
export type Mark = Severity | 'clean' | 'neutral';

export interface PageData {
  captures: CaptureReport[];
  /** The time from which `startMs` and `atMs` count: RFC 3339, nanoseconds. */
  start: string;
  /** Whether `start` is a real time of day in UTC. */
  hasClock: boolean;
  /** {@link PageConnection}, worst first. */
  connections: Column;
  strings: string[];
  /** Connections of the report that are not in the page. */
  connectionsLeftOut: number;
}

export interface PageConnection {
  id: number;
  client: Endpoint;
  server: Endpoint;
  firstPacket: number;
  lastPacket: number;
  /** Time of the first packet, since {@link PageData.start}. */
  startMs: number;
  /** Never negative. */
  durationMs: number;
  /** Time of the 101, or of the first frame, since `startMs`; null if it never became a WebSocket. */
  openedMs: number | null;
  verdict: Verdict;
  mark: Mark;
  opening: 'handshake' | 'inferred' | null;
  upgrade: UpgradeReport | null;
  traffic: { clientToServer: DirectionTraffic; serverToClient: DirectionTraffic };
  close: CloseReport | null;
  heartbeat: HeartbeatReport | null;
  /** All events but the frames. */
  events: PageEvent[];
  frames: PageFrame[];
  /** Frames left out after the first `omittedAfter`. */
  omitted: number;
  omittedAfter: number;
  density: PageDensity | null;
  findings: PageFinding[];
  notes: ReportNote[];
  /** The tunnels in which it was captured, in words; empty if there were none. */
  tunnels: string;
  /** What is known of its TLS, in lines of words; names in them come from the wire. */
  tlsLines: string[];
}

export type PageEvent = Pick<TimelineEntry, 'packet' | 'from' | 'offsetMs' | 'length' | 'code' | 'detail'> & {
  event: Exclude<TimelineEntry['event'], 'frame' | 'omitted'>;
};

export type PageFrame = Pick<FrameReport, 'packet' | 'from' | 'offsetMs' | 'length' | 'payload'> & {
  opcode: keyof FrameCounts;
  /** Only present if the frame is not the end of its message. */
  more?: true;
};

/** How many frames there were in equal slices of time: one digit per slice, see density-levels.ts. */
export interface PageDensity {
  startMs: number;
  sliceMs: number;
  levels: { from: Role; kind: FrameKind; digits: string }[];
}

export type FrameKind = 'text' | 'binary' | 'control' | 'close';

export interface PageFinding {
  rule: string;
  severity: Severity;
  /** The message, split into sentences: many findings share their last ones. */
  sentences: string[];
  packets: number[];
  /** Time since {@link PageData.start}. */
  atMs: number;
  evidence: Record<string, string | number | boolean | null | (string | number)[]>;
  /** For a finding across connections: the connections it concerns, or the first of them if there are many. */
  across?: number[];
}
