/**
 * What is expected of a capture: the file that lies beside it (dump.pcap.wscap.json), as data. docs/check.md explains it,
 * docs/expectation.schema.json is made of cli/check/expectation-schema.ts.
 *
 * It holds what stays the same when the same scenario is recorded again: no port, time, packet number or connection number, no
 * size of a payload, nothing that TCP alone did, no finding that is only information.
 */
import type { Severity, Verdict } from '../report/model.ts';

export const EXPECTATION_SCHEMA = 'wscap/expectation@1';

/** What a connection came to. */
export interface ConnectionShape {
  /** Host and path, "ws.example/chat"; null where the request was not captured. Wire text. */
  readonly target: string | null;
  readonly verdict: Verdict;
  /** "101", "101, subprotocol chat", "403", "no answer", "not captured". Holds wire text. */
  readonly upgrade: string;
  /** "client Close 1000, answered", "server FIN right after the 101", "still open". */
  readonly closed: string;
  /** Whole messages that each side sent. */
  readonly messages: Readonly<Record<'client' | 'server', number>>;
  /** The worst severity of each rule's findings, without those that are only information. */
  readonly anomalies: RuleSeverities;
}

export type RuleSeverities = Readonly<Record<string, Exclude<Severity, 'info'>>>;

/** A count, or its bounds. */
export type CountBound = number | { readonly min?: number; readonly max?: number };

/** What is left out is not compared. */
export interface ExpectedConnection {
  readonly target?: string | null;
  /** So many alike; default 1. */
  readonly times?: number;
  readonly verdict?: Verdict;
  readonly upgrade?: string;
  readonly closed?: string;
  readonly messages?: { readonly client?: CountBound; readonly server?: CountBound };
  readonly anomalies?: RuleSeverities;
}

/** By what is counted: a rule, a verdict, "connections", "errors", "warnings". */
export type Assertions = Readonly<Record<string, CountBound>>;

export interface Expectation {
  /** Where the JSON Schema lies, for the editor of who wrote it. */
  readonly $schema?: string;
  readonly schema?: typeof EXPECTATION_SCHEMA;
  /** Saved by `--update`: all connections. */
  readonly connections?: readonly ExpectedConnection[];
  /** Findings over the whole capture. */
  readonly anomalies?: RuleSeverities;
  /** Written by hand, and left alone by `--update`. */
  readonly expect?: Assertions;
  /** The same, by patterns of host or path. */
  readonly hosts?: Readonly<Record<string, Assertions>>;
  readonly paths?: Readonly<Record<string, Assertions>>;
}
