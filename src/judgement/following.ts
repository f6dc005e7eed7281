/**
 * Which finding of a connection follows from which: a breach of the protocol makes the other side close with
 * 1002, and only the breach is worth looking at first. The rules say in their metadata what they may follow.
 */
import { compareSeverity } from '../basics/severity.ts';
import type { Anomaly, Section } from './rule.ts';

const BREACHES: Section = 'Frames and messages';

/** The same findings, each with the one that it follows from. Findings that have one already keep it. */
export function withRoots(anomalies: readonly Anomaly[], id: number): readonly Anomaly[] {
  if (anomalies.length < 2) return anomalies;
  return anomalies.map((anomaly) => {
    if (anomaly.follows !== undefined) return anomaly;
    const followed = followedBy(anomaly, anomalies);
    return followed === null ? anomaly : { ...anomaly, follows: { rule: followed.rule, id } };
  });
}

function followedBy(anomaly: Anomaly, anomalies: readonly Anomaly[]): Anomaly | null {
  const { meta } = anomaly;
  if (meta.followsBreach === true) {
    const breach = anomalies.find((other) => isBreachBefore(other, anomaly));
    if (breach !== undefined) return breach;
  }
  for (const rule of meta.follows ?? []) {
    const other = anomalies.find((each) => each.rule === rule && each !== anomaly);
    if (other !== undefined && !leads(anomaly, other, anomalies)) return other;
  }
  return null;
}

/** An error in what the other side sent, before the finding. */
export function isBreachBefore(breach: Anomaly, { evidence, at }: Anomaly): boolean {
  const isOfOther = isSide(breach.evidence['by']) && evidence['by'] !== breach.evidence['by'];
  return isBreach(breach) && isOfOther && isSide(evidence['by']) && breach.at.packet <= at.packet;
}

/** Whether a finding says that a side sent what RFC 6455 or 7692 does not allow. */
export function isBreach({ meta, severity }: Anomaly): boolean {
  return meta.section === BREACHES && severity === 'error';
}

function isSide(value: unknown): boolean {
  return value === 'client' || value === 'server';
}

/** Two findings may follow from each other: then the graver one leads, or the one whose rule comes first. */
function leads(one: Anomaly, other: Anomaly, anomalies: readonly Anomaly[]): boolean {
  if (other.meta.follows?.includes(one.rule) !== true) return false;
  const order = compareSeverity(one.severity, other.severity);
  return order < 0 || (order === 0 && anomalies.indexOf(one) < anomalies.indexOf(other));
}
