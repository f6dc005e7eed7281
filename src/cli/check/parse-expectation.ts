/**
 * Checks what an expectation file holds, and throws the first thing that is wrong, with its place in the
 * file.
 */
import { VERDICTS } from '../../basics/verdict.ts';
import { COUNTED, COUNTED_VERDICTS } from '../../check/assertions.ts';
import {
  EXPECTATION_SCHEMA,
  type Assertions,
  type CountBound,
  type Expectation,
  type ExpectedConnection,
  type RuleSeverities,
} from '../../check/expectation.ts';
import { ALL_RULES } from '../../rules/index.ts';
import { ConfigError } from '../config/config-error.ts';
import { describeValue, meant, Place } from '../config/place.ts';
import { parseJson } from '../config/read.ts';
import { closestTo } from '../did-you-mean.ts';
import { nearestRule } from '../nearest-rule.ts';

type Check<T> = (value: unknown, place: Place) => T;

export const SEVERITIES = ['error', 'warning'] as const;
const RULE_IDS: readonly string[] = ALL_RULES.map(({ id }) => id);
/** What can be asserted: how many connections, of which kind, with which finding. */
export const ASSERTABLE: readonly string[] = [...COUNTED, ...COUNTED_VERDICTS, ...RULE_IDS];
/** More entries than wscap ever writes. */
export const MAX_CONNECTIONS = 2000;

const FILE_CHECKS: Readonly<Record<keyof Expectation, Check<unknown>>> = {
  $schema: checkText,
  schema: (value, place) => {
    if (value === EXPECTATION_SCHEMA) return value;
    throw place.error(
      `${describeValue(value)} is not the format that this wscap reads: "${EXPECTATION_SCHEMA}"`,
    );
  },
  connections: checkConnections,
  anomalies: checkSeverities,
  expect: checkAssertions,
  hosts: (value, place) => checkScopes(value, place, hostFault),
  paths: (value, place) => checkScopes(value, place, pathFault),
};

const CONNECTION_CHECKS: Readonly<Record<keyof ExpectedConnection, Check<unknown>>> = {
  target: (value, place) => (value === null ? null : checkText(value, place)),
  times: (value, place) => checkTimes(value, place),
  verdict: (value, place) => place.oneOf(value, VERDICTS),
  upgrade: checkText,
  closed: checkText,
  messages: (value, place) => checkMessages(value, place),
  anomalies: checkSeverities,
};
const SIDES = ['client', 'server'] as const;
const BOUNDS = ['min', 'max'] as const;

/** @param name the file as messages call it */
export function parseExpectation(text: string, name: string): Expectation {
  const place = new Place(name);
  const value = parseJson(text.replace(/^\ufeff/, ''), name);
  const checked = checkKeys(value, place, FILE_CHECKS, 'An expectation has');
  const { connections, anomalies, expect, hosts, paths } = checked as Expectation;
  // An empty list says that no connection is expected. An object without keys asks for nothing.
  const asks = [expect, hosts, paths].some((part) => part !== undefined && Object.keys(part).length > 0);
  if (connections === undefined && anomalies === undefined && !asks) {
    throw new ConfigError(name, 'expects nothing: give it "connections" (wscap check -u does) or "expect"');
  }
  return checked as Expectation;
}

function checkKeys(
  value: unknown,
  place: Place,
  checks: Readonly<Record<string, Check<unknown>>>,
  has: string,
): unknown {
  const known = Object.keys(checks);
  const entries = place.object(
    value,
    known,
    (key) =>
      `unknown key${meant(closestTo(key, known))} ${has} ${known.filter((each) => each !== '$schema').join(', ')}`,
  );
  const checked = entries.map(([key, content]) => [key, checks[key]!(content, place.at(key))] as const);
  return Object.fromEntries(checked);
}

function checkConnections(value: unknown, place: Place): ExpectedConnection[] {
  if (!Array.isArray(value)) throw place.error(`must be a list, not ${describeValue(value)}`);
  if (value.length > MAX_CONNECTIONS) throw place.error(`has more than ${MAX_CONNECTIONS} entries`);
  return value.map(
    (entry: unknown, index) =>
      checkKeys(entry, place.at(index), CONNECTION_CHECKS, 'A connection has') as ExpectedConnection,
  );
}

function checkText(value: unknown, place: Place): string {
  if (typeof value === 'string') return value;
  throw place.error(`must be a text, not ${describeValue(value)}`);
}

function checkTimes(value: unknown, place: Place): number {
  const times = place.number(value, { isWhole: true, example: '2' });
  if (times > 0) return times;
  throw place.error('must be 1 or more: leave the connection out instead');
}

function checkMessages(value: unknown, place: Place): Record<string, CountBound> {
  const entries = place.object(value, SIDES, () => 'unknown key. There are client, server');
  return Object.fromEntries(entries.map(([side, bound]) => [side, checkBound(bound, place.at(side))]));
}

function checkBound(value: unknown, place: Place): CountBound {
  if (typeof value !== 'object' || value === null) {
    if (typeof value === 'number') return place.number(value, { isWhole: true, example: '0' });
    throw place.error(
      `must be a whole number from 0 up, or { "min": 1, "max": 3 }, not ${describeValue(value)}`,
    );
  }
  const entries = place.object(value, BOUNDS, () => 'unknown key. There are min, max');
  const bound = Object.fromEntries(
    entries.map(([key, number]) => [key, place.at(key).number(number, { isWhole: true, example: '0' })]),
  ) as { min?: number; max?: number };
  if (entries.length === 0) throw place.error('says nothing: give it min or max, or both');
  if ((bound.min ?? 0) > (bound.max ?? Infinity)) throw place.error('its min is above its max');
  return bound;
}

function checkSeverities(value: unknown, place: Place): RuleSeverities {
  const entries = place.object(value, RULE_IDS, unknownRule);
  return Object.fromEntries(
    entries.map(([rule, severity]) => [rule, place.at(rule).oneOf(severity, SEVERITIES)]),
  );
}

function unknownRule(id: string): string {
  return `no such rule${meant(nearestRule(id))} "wscap explain" lists them`;
}

function checkAssertions(value: unknown, place: Place): Assertions {
  const entries = place.object(value, ASSERTABLE, (name) => {
    const near = closestTo(name, [...COUNTED, ...VERDICTS]) ?? nearestRule(name);
    return `nothing is counted under this name${meant(near)} There are ${[...COUNTED, ...VERDICTS].join(', ')} and the rules that "wscap explain" lists`;
  });
  return Object.fromEntries(entries.map(([name, bound]) => [name, checkBound(bound, place.at(name))]));
}

/** Why no host can match; null where one can. */
function hostFault(pattern: string): string | null {
  if (/^(?:\[.*\]|\d{1,3}(?:\.\d{1,3}){3})(?::\d+)?$/.test(pattern)) {
    return 'is an address, and addresses are not compared: put the assertion under "paths"';
  }
  if (/:\d+$/.test(pattern)) return 'names a port, and ports are not compared: leave it out';
  if (pattern.includes('/')) return 'holds a path: "hosts" takes only hosts, put paths under "paths"';
  return !/[A-Z]/.test(pattern) ? null : 'must be in lower case, as hosts are compared';
}

function pathFault(pattern: string): string | null {
  if (!/^[/*]/.test(pattern)) return 'must begin with / (or *), as paths do';
  return pattern.includes('?') ? 'holds a query, and queries are not compared: leave it out' : null;
}

function checkScopes(
  value: unknown,
  place: Place,
  faultOf: (pattern: string) => string | null,
): Record<string, Assertions> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw place.error(
      `must be an object, as in { "/chat": { "handshake-close": 0 } }, not ${describeValue(value)}`,
    );
  }
  return Object.fromEntries(
    Object.entries(value).map(([pattern, assertions]) => {
      const fault = faultOf(pattern);
      if (fault !== null) throw place.at(pattern).error(fault);
      return [pattern, checkAssertions(assertions, place.at(pattern))];
    }),
  );
}
