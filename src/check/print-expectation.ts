/**
 * Writes an expectation as the text of its file: keys in a fixed order, one connection field per line, so that a pull
 * request shows what changed. Prettier would not change it. Wire text is escaped as in all JSON that wscap writes.
 */
import { escapeJson } from '../report/escape.ts';
import type { Expectation, ExpectedConnection, RuleSeverities } from './expectation.ts';

export type Field = Exclude<keyof ExpectedConnection, 'times'>;

const FIELDS: readonly (keyof ExpectedConnection)[] = [
  'target',
  'times',
  'verdict',
  'upgrade',
  'closed',
  'messages',
  'anomalies',
];
/** With its key, a line of 80 characters. */
const MAX_INLINE = 60;
const KEYS: readonly (keyof Expectation)[] = [
  '$schema',
  'schema',
  'connections',
  'anomalies',
  'expect',
  'hosts',
  'paths',
];

/** The whole file, with a line feed at the end. */
export function printExpectation(expectation: Expectation): string {
  const members = KEYS.filter((key) => expectation[key] !== undefined).map(
    (key) => `  ${JSON.stringify(key)}: ${memberText(key, expectation)}`,
  );
  return escapeJson(`{\n${members.join(',\n')}\n}\n`);
}

function memberText(key: keyof Expectation, expectation: Expectation): string {
  if (key === 'connections') return connectionList(expectation.connections!);
  const short = inline(expectation[key]);
  return short.length <= MAX_INLINE && !/\{.*\{/.test(short) ? short : indented(expectation[key], '  ');
}

/** An entry of the list of connections, as lines. */
export function entryLines(entry: ExpectedConnection, times: number): string[] {
  return fieldLines({ ...entry, times }, FIELDS);
}

/** `"verdict": "clean"`, one per line. */
export function fieldLines(
  entry: ExpectedConnection,
  fields: readonly (keyof ExpectedConnection)[],
): string[] {
  return fields
    .filter((field) => entry[field] !== undefined && !(field === 'times' && entry.times === 1))
    .map((field) => `${JSON.stringify(field)}: ${inline(entry[field])}`);
}

export function severityLine(anomalies: RuleSeverities): string {
  return `"anomalies": ${inline(anomalies)}`;
}

function connectionList(connections: readonly ExpectedConnection[]): string {
  if (connections.length === 0) return '[]';
  const entries = connections.map((entry) => {
    const lines = fieldLines(entry, FIELDS);
    return lines.length === 0
      ? '    {}'
      : `    {\n${lines.map((line) => `      ${line}`).join(',\n')}\n    }`;
  });
  return `[\n${entries.join(',\n')}\n  ]`;
}

/** On one line, with spaces as people write them. */
export function inline(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${inline(member)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

function indented(value: unknown, indent: string): string {
  return JSON.stringify(value, null, 2).replaceAll('\n', `\n${indent}`);
}
