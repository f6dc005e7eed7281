/**
 * `--format json`: the report as it is, two spaces of indent, a line feed at the end. Its strings come from the wire,
 * so what a terminal would obey is written as \uXXXX. In chunks, because a report of many connections can be
 * longer than the longest string V8 allows.
 */
import { escapeJson } from './escape.ts';

/** Together the same text as JSON.stringify(report, null, 2), escaped. A report, or what is made of two. */
export function* renderJson(report: object): Generator<string> {
  let before = '{\n';
  for (const [key, value] of Object.entries(report) as [string, unknown][]) {
    if (value === undefined) continue;
    yield `${before}  ${JSON.stringify(key)}: `;
    before = ',\n';
    if (Array.isArray(value) && value.length > 0) yield* renderItems(value);
    else yield indented(value, '  ');
  }
  yield '\n}\n';
}

function* renderItems(items: readonly unknown[]): Generator<string> {
  let before = '[\n';
  for (const item of items) {
    yield `${before}    ${indented(item, '    ')}`;
    before = ',\n';
  }
  yield '\n  ]';
}

function indented(value: unknown, indent: string): string {
  // Every line feed in JSON text is layout: those within strings are written as \n.
  return escapeJson(JSON.stringify(value, null, 2)).replaceAll('\n', `\n${indent}`);
}
