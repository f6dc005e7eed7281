/** Compares a report with what is expected of it. Pure; `wscap check` uses it, and matchers of test frameworks can. */
import type { Report } from '../report/model.ts';
import { judgeAssertions } from './assertions.ts';
import { connectionDifferences } from './connection-differences.ts';
import type { Difference } from './difference.ts';
import type { Expectation, RuleSeverities } from './expectation.ts';
import { observe, type Observation } from './observation.ts';
import { severityLine } from './print-expectation.ts';
import { sameSeverities, severityChanges } from './severity-changes.ts';

/** Empty if the report is as expected. */
export function compareReport(report: Report, expectation: Expectation): Difference[] {
  return compareObservation(observe(report), expectation);
}

export function compareObservation(observation: Observation, expectation: Expectation): Difference[] {
  const { connections, anomalies } = expectation;
  return [
    ...(connections === undefined ? [] : connectionDifferences(connections, observation.groups)),
    ...(anomalies === undefined ? [] : captureDifferences(anomalies, observation.anomalies)),
    ...judgeAssertions(expectation, observation),
  ];
}

/** Would `--update` save the same as is saved now? It doesn't save assertions, so they don't matter here. */
export function isSavedPartMet(observation: Observation, expectation: Expectation): boolean {
  const { connections, anomalies } = expectation;
  return (
    compareObservation(observation, {
      ...(connections === undefined ? {} : { connections }),
      ...(anomalies === undefined ? {} : { anomalies }),
    }).length === 0
  );
}

function captureDifferences(expected: RuleSeverities, actual: RuleSeverities): Difference[] {
  if (sameSeverities(expected, actual)) return [];
  return [
    {
      sentence: `over the whole capture: ${severityChanges(expected, actual).join('; ')}`,
      expected: [severityLine(expected)],
      actual: [severityLine(actual)],
    },
  ];
}
