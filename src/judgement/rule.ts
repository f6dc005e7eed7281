/** What a rule is. Rules are pure functions of a {@link ConnectionRecord}: facts in, findings out. */
import type { Severity } from '../basics/severity.ts';
import type { Verdict } from '../basics/verdict.ts';
import type { ConnectionRecord } from '../connection/record.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import type { RequirementId } from './requirements.ts';
import type { RuleContext } from './rule-context.ts';

export type EvidenceValue = string | number | boolean | null;

export interface Finding {
  /** Which of the rule's messages it is: a key of `messages`. It never changes, although the wording may. */
  readonly kind: string;
  readonly severity: Severity;
  /** A sentence or two: who did what, when, in which packet. May hold wire text. */
  readonly message: string;
  /** A sentence or two: what to look at next. */
  readonly advice: string;
  /** The whole story in a clause, for a first line, where the id of the rule says too little; at most about 100 characters. May hold wire text. */
  readonly headline?: string;
  /** The finding from which this one follows, where the rule itself knows it. */
  readonly follows?: FollowedAnomaly;
  /** The packets that prove it, in order. */
  readonly packets: readonly number[];
  /** When it happened. */
  readonly at: PacketMark;
  readonly evidence: Readonly<Record<string, EvidenceValue>>;
}

export interface Anomaly extends Finding {
  /** The id of the rule that found it. */
  readonly rule: string;
  /** That rule. */
  readonly meta: RuleMeta;
}

/** Names a finding by its rule and its connection. */
export interface FollowedAnomaly {
  readonly rule: string;
  /** The number of the connection on which it stands. */
  readonly id: number;
}

/** A threshold that users may set. */
export interface RuleOptionSpec {
  readonly default: number;
  readonly unit: 'ms' | 'count' | 'percent';
  /** A clause: "a request that waits longer than this counts as slow". */
  readonly description: string;
}

export type RuleOptionSpecs = Readonly<Record<string, RuleOptionSpec>>;

/** A phase in the life of a connection: where a person looks for a rule. */
export type Section =
  'Opening handshake' | 'Frames and messages' | 'Closing' | 'Liveness' | 'TCP' | 'Across connections';

/** In the order in which they are shown. */
export const SECTIONS: readonly Section[] = [
  'Opening handshake',
  'Frames and messages',
  'Closing',
  'Liveness',
  'TCP',
  'Across connections',
];

/** A rule that need not speak where another one does. */
export interface CoveredRule {
  /** Its id. */
  readonly rule: string;
  /** Only by findings of this severity; by all of them where it is not given. */
  readonly at?: Severity;
  /** Only by findings of these kinds; by all of them where it is not given. */
  readonly kinds?: readonly string[];
}

/**
 * What a rule has to do with verdicts, with the end of a connection and with other rules. The rule itself says it, so that no
 * other place needs a list of ids. `rules/relations.ts` answers questions about it by id.
 */
export interface RuleRelations {
  /** The verdict of a connection on which the rule finds something (a finding that is only information does not count). */
  readonly verdict?: Verdict;
  /** Only findings of these kinds lead to the verdict; all of them where it is not given. */
  readonly verdictKinds?: readonly string[];
  /**
   * The rule says no more than its verdict does, so a short line need not name both. Where such a finding is withheld the
   * verdict is not known either. At most one rule for each verdict.
   */
  readonly isVerdict?: true;
  /** After a finding that is more than information nobody can say that the upgrade went well. */
  readonly spoilsUpgrade?: true;
  /** The finding explains why the connection ended. Of findings of one severity the lowest number explains most. */
  readonly explainsEnd?: number;
  /**
   * The finding says who ended the connection ("sender"), or whose time limit did ("time-limit"). If another leg of a
   * proxied WebSocket shows that the end began elsewhere, the finding must say so too.
   */
  readonly aboutEnd?: 'sender' | 'time-limit';
  /** The kinds of its findings that say: neither direction carried anything until the end. */
  readonly silentKinds?: readonly string[];
  /** Rules that are left out where this one speaks, because it says all that they would. */
  readonly covers?: readonly CoveredRule[];
  /**
   * Ids of rules whose findings this rule's findings follow from, where both speak on one connection: the first of them that
   * speaks. Such a finding is shown under the other one. Where two rules name each other, the milder finding follows
   * (`judgement/following.ts`).
   */
  readonly follows?: readonly string[];
  /**
   * A finding about one side (`evidence.by`) follows from a breach of the protocol by the other side: an error of the section
   * "Frames and messages" that came before it.
   */
  readonly followsBreach?: true;
  /**
   * The finding says that a side did not answer a ping or a heartbeat: `evidence.by` is the side that asked. A Close with which
   * that side then gives up is an error.
   */
  readonly missesAnswer?: true;
  /**
   * It speaks of TLS itself. Findings of all other rules are information where TLS hides the contents and nothing shows that
   * they are a WebSocket's (`judgement/sealed.ts`).
   */
  readonly isAboutTls?: true;
  /** It speaks only of connections to ports that are known to be a WebSocket server's. */
  readonly needsKnownPort?: true;
}

/** What rules over one connection and rules over the whole capture have in common. */
export interface RuleMeta<Options extends RuleOptionSpecs = RuleOptionSpecs> extends RuleRelations {
  /** Never changes: people keep it in configurations and saved expectations. */
  readonly id: string;
  readonly title: string;
  /** The severity that its findings have by default, or the gravest of several. */
  readonly severity: Severity;
  readonly section: Section;
  /** Where it stands in the list of its section, from 1: what people look for most often comes first. */
  readonly place: number;
  /** What it rests on: RFC and section, or experience. */
  readonly spec: string;
  readonly options: Options;
  /** All that the rule can say, by kind; `{name}` is filled in (see `fill`). Each is one literal, for its type. */
  readonly messages: Readonly<Record<string, string>>;
}

/** The options' values, by name: those of the specs unless the user says otherwise. */
export type OptionValues<Options extends RuleOptionSpecs = RuleOptionSpecs> = {
  readonly [Name in keyof Options]: number;
};

export interface Rule<Options extends RuleOptionSpecs = RuleOptionSpecs> extends RuleMeta<Options> {
  /** What the capture must show for a finding to count; the engine withholds it otherwise, and says so. */
  readonly requires: readonly RequirementId[];
  check(
    record: ConnectionRecord,
    context: RuleContext,
    options: OptionValues<Options>,
  ): Finding | readonly Finding[] | null;
}
