/**
 * What two captures differ in, as data: every output of `wscap diff` prints this and nothing else. Its JSON form is
 * `wscap/diff@1`, described by docs/diff.schema.json; fields are added, never renamed.
 */
import type { CaptureReport, ConnectionReport, Endpoint, RedactionReport, Verdict } from '../report/model.ts';

export type Side = 'good' | 'bad';

/** The parts of a connection, in the order in which they are told. */
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

/** What one side has to say of a field. */
export interface Fact {
  /** Wire text or a short text of ours; null where this side has none. */
  value: string | null;
  /** Where it stands in that side's capture. */
  packet: number | null;
}

export interface Difference {
  section: Section;
  /** Stable, in lower case: "status", "header origin", "first by", "rule handshake-close". */
  field: string;
  good: Fact;
  bad: Fact;
  /** Why it doesn't count; null where it does. */
  noise: string | null;
}

/** What could not be compared, because one of the captures doesn't show it. */
export interface NotCompared {
  section: Section;
  reason: string;
}

/** Enough of a connection to find it again. */
export interface ConnectionReference {
  id: number;
  client: Endpoint;
  server: Endpoint;
  host: string | null;
  target: string | null;
  verdict: Verdict;
  firstPacket: number;
}

/** How two connections were found to belong together. */
export type PairedBy = 'asked' | 'host-and-path' | 'path' | 'path-shape' | 'order' | 'elimination';

/** What a rule says of the bad connection and not of the good one, for whoever has to act on it. */
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
  /** In substance. */
  differs: boolean;
  differences: Difference[];
  /** "status 101", "subprotocol chat": what counts and is the same. */
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

/** A rule over several connections that speaks in one of the captures only. */
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
  /** Pairs that were asked for: ids of the good and the bad one. */
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
  /** Whether they differ in substance. */
  differs: boolean;
  totals: {
    pairs: number;
    differingPairs: number;
    /** Differences that count, and those that don't, of all pairs. */
    differences: number;
    noise: number;
    unpairedGood: number;
    unpairedBad: number;
  };
  /** Those that differ first, then in the order of the good capture. */
  pairs: Pair[];
  unpaired: Unpaired[];
  captureFindings: CaptureFinding[];
  /** What was taken out; only where something was asked to be. */
  redaction?: RedactionReport;
}

export interface DiffSide {
  captures: CaptureReport[];
  connections: number;
}
