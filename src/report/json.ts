/**
 * `--format json`: the report as it is, indented by two spaces, with a line feed at the end. Its strings come from
 * the wire, so control characters that a terminal would execute are written as \uXXXX. In chunks, because the report
 * of many connections can be longer than the longest string that V8 allows.
 */
import { escapeJson } from './escape.ts';

/** The chunks together are JSON.stringify(report, null, 2), escaped. Takes a report, or a comparison of two. */
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
  // Every line feed in JSON text is layout: a line feed inside a string is written as \n.
  return escapeJson(JSON.stringify(value, null, 2)).replaceAll('\n', `\n${indent}`);
}
