/**
 * What the rules say of themselves in their metadata, by rule id: for code that has only a report, which
 * names rules by their ids. A report may name rules that are not wscap's own; about these nothing is known.
 */
import type { Severity } from '../basics/severity.ts';
import type { Verdict } from '../basics/verdict.ts';
import type { RuleMeta } from '../judgement/rule.ts';
import { ALL_RULES } from './index.ts';

const BY_ID: ReadonlyMap<string, RuleMeta> = new Map(ALL_RULES.map((rule) => [rule.id, rule]));

/** The verdict that says as much as a finding of the rule; null where a finding says more. */
export function verdictThatSaysAsMuch(id: string): Verdict | null {
  const rule = BY_ID.get(id);
  return rule?.isVerdict === true ? (rule.verdict ?? null) : null;
}

/** Whether a finding of the rule says who ended the connection. */
export function saysWhoEnded(id: string): boolean {
  return BY_ID.get(id)?.aboutEnd === 'sender';
}

/** Whether the upgrade did not go well where the rule has a finding of this severity. */
export function spoilsUpgrade(id: string, severity: Severity): boolean {
  return severity !== 'info' && BY_ID.get(id)?.spoilsUpgrade === true;
}

/**
 * Whether a finding of the rule is about how a WebSocket opened or ended, as its verdict is. Of rules that are not wscap's own
 * nothing is known; their findings count.
 */
export function isAboutOpeningOrEnd(id: string): boolean {
  const rule = BY_ID.get(id);
  if (rule === undefined || rule.explainsEnd !== undefined || rule.verdict !== undefined) return true;
  return rule.section === 'Opening handshake' || rule.section === 'Closing';
}

/** Whether the rule speaks only of connections to ports that are known to be a WebSocket server's. */
export function needsKnownPort(id: string): boolean {
  return BY_ID.get(id)?.needsKnownPort === true;
}
