/** Compares the findings on two connections, and their verdicts. */
import type { AnomalyReport, ConnectionReport } from '../report/model.ts';
import { isAtLeast } from '../basics/severity.ts';
import type { Comparison } from './comparison.ts';
import type { NewFinding } from './model.ts';
import { isOpen } from './watched.ts';

export function compareVerdicts(good: ConnectionReport, bad: ConnectionReport, comparison: Comparison): void {
  const unknown = [good, bad].map(({ verdict }) => verdict === 'unknown');
  if (unknown.includes(true)) {
    comparison.notCompared(
      'verdict',
      `nothing can be said of the ${unknown[0] === true ? 'good' : 'bad'} one: see its notes in wscap analyze`,
    );
    return;
  }
  const verdicts = [good.verdict, bad.verdict];
  // Compared as the end already: one of them was still open.
  const isHalfOpen =
    isOpen(good) !== isOpen(bad) && verdicts.every((verdict) => verdict === 'open' || verdict === 'clean');
  comparison.compare('verdict', 'verdict', good.verdict, bad.verdict, {
    good: good.close?.packet ?? null,
    bad: bad.close?.packet ?? null,
    noise: isHalfOpen ? 'one was still open when its capture ended' : null,
  });
}

export function compareFindings(good: ConnectionReport, bad: ConnectionReport, comparison: Comparison): void {
  const [ours, theirs] = [byRule(good), byRule(bad)];
  for (const rule of new Set([...ours.keys(), ...theirs.keys()])) {
    const [one, other] = [ours.get(rule), theirs.get(rule)];
    const lacking = one === undefined ? good : other === undefined ? bad : null;
    if (lacking !== null && isWithheld(rule, lacking)) {
      comparison.notCompared(
        'findings',
        `${rule} could not be judged in the ${lacking === good ? 'good' : 'bad'} capture`,
      );
      continue;
    }
    comparison.compare('findings', `rule ${rule}`, findingText(one), findingText(other), {
      good: one?.packets[0] ?? null,
      bad: other?.packets[0] ?? null,
      noise: [one, other].every((each) => each === undefined || each.severity === 'info')
        ? 'information only'
        : null,
    });
  }
}

/** Errors and warnings of the bad connection whose rules have no finding as severe on the good one. */
export function newFindings(good: ConnectionReport, bad: ConnectionReport): NewFinding[] {
  const known = byRule(good);
  const isKnown = (rule: string, severity: AnomalyReport['severity']) => {
    const found = known.get(rule);
    return found !== undefined && isAtLeast(found.severity, severity);
  };
  return bad.anomalies
    .filter(
      ({ rule, severity }) => severity !== 'info' && !isWithheld(rule, good) && !isKnown(rule, severity),
    )
    .map(({ rule, severity, message, advice, packets, explain }) => ({
      rule,
      severity,
      message,
      advice,
      packets: [...packets],
      explain,
    }));
}

/** The first finding of each rule, which is the one that counts. */
function byRule({ anomalies }: ConnectionReport): ReadonlyMap<string, AnomalyReport> {
  return new Map(anomalies.toReversed().map((anomaly) => [anomaly.rule, anomaly]));
}

function findingText(anomaly: AnomalyReport | undefined): string | null {
  return anomaly === undefined ? null : `${anomaly.severity} (${anomaly.kind})`;
}

function isWithheld(rule: string, { notes }: ConnectionReport): boolean {
  return notes.some(({ code, message }) => code === 'rule-withheld' && message.startsWith(`${rule} `));
}
