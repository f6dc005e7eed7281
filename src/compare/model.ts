/**
 * The differences between two captures, as data: every output of `wscap diff` prints this and nothing else. Its JSON
 * form is `wscap/diff@1`, described by docs/diff.schema.json; fields are added, never renamed.
 */
import type { CaptureReport, ConnectionReport, Endpoint, RedactionReport, Verdict } from '../report/model.ts';

export type Side = 'good' | 'bad';

/** The parts of a connection, in the order in which they are printed. */
export const SECTIONS = [
  'verdict',
  'addresses',
  'request',
  'response',
  'negotiated',
  'timing',
  'frames',
  'end',
  'findings',
] as const;
export type Section = (typeof SECTIONS)[number];

/** The value of a field on one side. */
export interface Fact {
  /** Wire text or a short text of ours; null if this side has no value. */
  value: string | null;
  /** The packet that shows it, in that side's capture. */
  packet: number | null;
}

export interface Difference {
  section: Section;
  /** Stable, in lower case: "status", "header origin", "first by", "rule handshake-close". */
  field: string;
  good: Fact;
  bad: Fact;
  /** Why the difference doesn't count; null if it does. */
  noise: string | null;
}

/** Something that could not be compared, because one of the captures doesn't show it. */
export interface NotCompared {
  section: Section;
  reason: string;
}

/** Enough about a connection to find it again. */
export interface ConnectionReference {
  id: number;
  client: Endpoint;
  server: Endpoint;
  host: string | null;
  target: string | null;
  verdict: Verdict;
  firstPacket: number;
}

/** Why two connections are a pair. */
export type PairedBy = 'asked' | 'host-and-path' | 'path' | 'path-shape' | 'order' | 'elimination';

/** A finding on the bad connection that the good one doesn't have: the one to act on. */
export interface NewFinding {
  rule: string;
  severity: ConnectionReport['anomalies'][number]['severity'];
  message: string;
  advice: string;
  packets: number[];
  explain: string;
}

export interface Pair {
  good: ConnectionReference;
  bad: ConnectionReference;
  pairedBy: PairedBy;
  /** True if a difference counts. */
  differs: boolean;
  differences: Difference[];
  /** Values that count and are equal: "status 101", "subprotocol chat". */
  same: { section: Section; field: string; value: string }[];
  notCompared: NotCompared[];
  newFindings: NewFinding[];
  /** How the bad one ended, in a few words, for the headline. */
  outcome: { good: string; bad: string };
}

export interface Unpaired {
  side: Side;
  connection: ConnectionReference;
}

/** A finding of a rule about several connections, in one of the captures only. */
export interface CaptureFinding {
  side: Side;
  rule: string;
  severity: NewFinding['severity'];
  message: string;
  connections: number[];
}

export type PairStrategy = 'auto' | 'host' | 'path' | 'order';

export interface DiffOptions {
  /** How connections are paired. */
  by: PairStrategy;
  /** Pairs that were asked for: ids of the good and of the bad connection. */
  pairs: (readonly [good: number, bad: number])[];
  /** Fields that count as noise, in lower case: names of headers, or fields of differences. */
  ignore: string[];
  windowMs: number;
}

export interface DiffReport {
  schema: 'wscap/diff@1';
  tool: { name: 'wscap'; version: string };
  options: DiffOptions;
  good: DiffSide;
  bad: DiffSide;
  /** True if a difference counts. */
  differs: boolean;
  totals: {
    pairs: number;
    differingPairs: number;
    /** Differences that count, and those that don't, summed over all pairs. */
    differences: number;
    noise: number;
    unpairedGood: number;
    unpairedBad: number;
  };
  /** Those that differ first, then in the order of the good capture. */
  pairs: Pair[];
  unpaired: Unpaired[];
  captureFindings: CaptureFinding[];
  /** What was hidden; missing if hiding was not asked for. */
  redaction?: RedactionReport;
}

export interface DiffSide {
  captures: CaptureReport[];
  connections: number;
}
