/**
 * Checks assertions that people write: how many connections with a rule's finding, a verdict and so on the whole
 * capture, a host or a path may have.
 */
import { VERDICTS, type Verdict } from '../basics/verdict.ts';
import { wildcard } from '../basics/wildcard.ts';
import { formatCount, listOf } from '../report/format-count.ts';
import { boundText, isWithin } from './count-bound.ts';
import type { Difference } from './difference.ts';
import type { Assertions, CountBound, Expectation } from './expectation.ts';
import { MORE, type Observation, type ObservedGroup } from './observation.ts';
import { inline } from './print-expectation.ts';

/** Rules that are also a verdict: the count is that of the findings. */
const RULE_OR_VERDICT: ReadonlySet<string> = new Set<Verdict>(['handshake-close']);
/** Verdicts that count connections. */
export const COUNTED_VERDICTS: readonly Verdict[] = VERDICTS.filter(
  (verdict) => !RULE_OR_VERDICT.has(verdict),
);
const SHOWN_IDS = 5;
/** Names that count something other than a rule or a verdict. */
export const COUNTED = ['connections', 'errors', 'warnings'] as const;

interface Scope {
  /** " to /chat", or nothing. */
  readonly where: string;
  readonly groups: readonly ObservedGroup[];
  /** Findings over the whole capture; a host or path has none. */
  readonly captureAnomalies: Observation['anomalies'];
}

export function judgeAssertions(expectation: Expectation, { groups, anomalies }: Observation): Difference[] {
  const differences = judge(expectation.expect ?? {}, { where: '', groups, captureAnomalies: anomalies });
  const scopes = [
    ...Object.entries(expectation.hosts ?? {}).map(
      ([pattern, assertions]) => [pattern, assertions, hostOf] as const,
    ),
    ...Object.entries(expectation.paths ?? {}).map(
      ([pattern, assertions]) => [pattern, assertions, pathOf] as const,
    ),
  ];
  for (const [pattern, assertions, partOf] of scopes) {
    const matches = wildcard(pattern);
    const chosen = groups.filter(({ shape }) => shape.target !== null && matches(partOf(shape.target)));
    const where = ` to ${pattern}`;
    if (groups.some(({ shape }) => shape.target === MORE)) {
      differences.push(
        plain(`connections${where} can't be counted: the capture has too many different ones`),
      );
    } else if (chosen.length === 0 && assertions['connections'] === undefined) {
      // Without this, an assertion about a misspelt path would always hold.
      differences.push(plain(`no connection${where} in the capture`));
    } else {
      differences.push(...judge(assertions, { where, groups: chosen, captureAnomalies: {} }));
    }
  }
  return differences;
}

function judge(assertions: Assertions, scope: Scope): Difference[] {
  return Object.entries(assertions).flatMap(([name, bound]) => {
    const found = scope.groups.filter((group) => isCounted(name, group));
    const ofCapture = Object.entries(scope.captureAnomalies).filter(([rule, severity]) =>
      name === 'errors' || name === 'warnings' ? `${severity}s` === name : rule === name,
    ).length;
    const count = found.reduce((sum, group) => sum + group.count, 0) + ofCapture;
    return isWithin(count, bound)
      ? []
      : [assertionDifference(name, bound, { count, found, ofCapture }, scope)];
  });
}

/** A connection counts once, however many findings a rule has on it. */
function isCounted(name: string, { shape }: ObservedGroup): boolean {
  if (name === 'connections') return true;
  if (name === 'errors' || name === 'warnings') {
    return Object.values(shape.anomalies).some((severity) => `${severity}s` === name);
  }
  return shape.verdict === name || shape.anomalies[name] !== undefined;
}

function assertionDifference(
  name: string,
  bound: CountBound,
  {
    count,
    found,
    ofCapture,
  }: { readonly count: number; readonly found: readonly ObservedGroup[]; readonly ofCapture: number },
  { where }: Scope,
): Difference {
  const ids = found
    .flatMap(({ members }) => members.map(({ id }) => id))
    .sort((a, b) => a - b)
    .map(String);
  const hidden = found.reduce((sum, group) => sum + group.count, 0) - Math.min(ids.length, SHOWN_IDS);
  const shown = ids.slice(0, SHOWN_IDS);
  if (hidden > 0) shown.push(`${formatCount(hidden)} more`);
  const places = [
    ...(ids.length === 0 || name === 'connections'
      ? []
      : [`connection${ids.length === 1 ? '' : 's'} ${listOf(shown)}`]),
    ...(ofCapture > 0 ? ['the capture as a whole'] : []),
  ];
  const on = places.length === 0 ? '' : `: ${places.join(', ')}`;
  return {
    sentence: `expected ${boundText(bound)} ${nameText(name, bound)}${where}, found ${count === 0 ? 'none' : formatCount(count)}${on}`,
    expected: [`${JSON.stringify(name)}: ${inline(bound)}`],
    actual: [`${JSON.stringify(name)}: ${count}`],
  };
}

/** "connection with an error", "clean connections", "handshake-close". */
function nameText(name: string, bound: CountBound): string {
  const noun = bound === 1 ? 'connection' : 'connections';
  if (name === 'connections') return noun;
  if (name === 'errors' || name === 'warnings') return `${noun} with ${name}`;
  return (COUNTED_VERDICTS as readonly string[]).includes(name) ? `${name} ${noun}` : name;
}

function plain(sentence: string): Difference {
  return { sentence, expected: [], actual: [] };
}

function hostOf(target: string): string {
  return target.slice(0, target.indexOf('/'));
}

function pathOf(target: string): string {
  return target.slice(target.indexOf('/'));
}
