/**
 * What is expected of a capture, as data: the file beside it (dump.pcap.wscap.json). docs/check.md explains it;
 * docs/expectation.schema.json is generated from cli/check/expectation-schema.ts.
 *
 * It holds what stays the same when the same scenario is recorded again: no port, time, packet number, connection
 * number or payload size, nothing about TCP alone, and no findings of severity "info".
 */
import type { Severity, Verdict } from '../report/model.ts';

export const EXPECTATION_SCHEMA = 'wscap/expectation@1';

/** What is compared of a connection. */
export interface ConnectionShape {
  /** Host and path, "ws.example/chat"; null if the request was not captured. Wire text. */
  readonly target: string | null;
  readonly verdict: Verdict;
  /** "101", "101, subprotocol chat", "403", "no answer", "not captured". Holds wire text. */
  readonly upgrade: string;
  /** "client Close 1000, answered", "server FIN right after the 101", "still open". */
  readonly closed: string;
  /** Number of whole messages that each side sent. */
  readonly messages: Readonly<Record<'client' | 'server', number>>;
  /** The worst severity of each rule's findings; severity "info" is left out. */
  readonly anomalies: RuleSeverities;
}

export type RuleSeverities = Readonly<Record<string, Exclude<Severity, 'info'>>>;

/** A count, or its bounds. */
export type CountBound = number | { readonly min?: number; readonly max?: number };

/** Fields that are missing are not compared. */
export interface ExpectedConnection {
  readonly target?: string | null;
  /** How many connections look like this; default 1. */
  readonly times?: number;
  readonly verdict?: Verdict;
  readonly upgrade?: string;
  readonly closed?: string;
  readonly messages?: { readonly client?: CountBound; readonly server?: CountBound };
  readonly anomalies?: RuleSeverities;
}

/** Keyed by what is counted: a rule, a verdict, "connections", "errors", "warnings". */
export type Assertions = Readonly<Record<string, CountBound>>;

export interface Expectation {
  /** The address of the JSON Schema, for editors. */
  readonly $schema?: string;
  readonly schema?: typeof EXPECTATION_SCHEMA;
  /** Saved by `--update`: all connections. */
  readonly connections?: readonly ExpectedConnection[];
  /** Findings over the whole capture. */
  readonly anomalies?: RuleSeverities;
  /** Written by people; `--update` doesn't change it. */
  readonly expect?: Assertions;
  /** The same for hosts or paths that match a pattern. */
  readonly hosts?: Readonly<Record<string, Assertions>>;
  readonly paths?: Readonly<Record<string, Assertions>>;
}
