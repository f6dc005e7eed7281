import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../../src/analyze.ts';
import { compareReports } from '../../../src/compare/compare-reports.ts';
import type { DiffReport } from '../../../src/compare/model.ts';
import { renderDiffMarkdown } from '../../../src/compare/print/markdown.ts';
import { renderDiffTable } from '../../../src/compare/print/table.ts';
import { displayWidth } from '../../../src/report/display-width.ts';
import { renderJson } from '../../../src/report/json.ts';
import type { ConnectionReport } from '../../../src/report/model.ts';
import { HOSTILE_ALL } from '../../report/hostile-text.ts';
import { render } from '../../report/markdown/rendered.ts';
import {
  handshakeClose,
  sampleAcross,
  sampleAnomaly,
  sampleClose,
  sampleConnection,
  sampleReport,
  sampleUpgrade,
} from '../../report/sample-report.ts';

const table = (diff: DiffReport, columns = 100, all = false) =>
  renderDiffTable(diff, { columns, all, color: false, ascii: false });
const markdown = (diff: DiffReport, maxLength?: number) => renderDiffMarkdown(diff, { maxLength });
const compare = (good: ConnectionReport[], bad: ConnectionReport[]) =>
  compareReports(sampleReport(good), sampleReport(bad));
const times = (count: number, make: (id: number) => ConnectionReport) =>
  Array.from({ length: count }, (_, id) => make(id));
const firstLine = (text: string) => text.split('\n')[0]!;

/** Everything that comes from the wire is this. */
function hostileConnection(text: string, id = 0): ConnectionReport {
  return sampleConnection({
    id,
    upgrade: sampleUpgrade({
      target: `/x?${text}=${text}`,
      host: text,
      subprotocol: text,
      extensions: text,
      requestHeaders: [{ name: text, value: text }],
      responseHeaders: [{ name: 'Server', value: `${text}${id}` }],
    }),
    close: sampleClose({
      clientReason: text,
      serverReason: `${text}${id}`,
      frameFirstBy: 'client',
      clientCode: 1000,
    }),
    anomalies: [sampleAnomaly({ message: `${text} happened. ${text}`, advice: text, severity: 'error' })],
  });
}

describe('the table of wscap diff', () => {
  it('answers in its first line', () => {
    const chat = (changes: Partial<ConnectionReport> = {}) => sampleConnection(changes);
    expect(firstLine(table(compare([chat()], [handshakeClose()])))).toBe(
      '✖ /chat: clean in good, handshake-close in bad (server FIN 0.657 ms after the 101)',
    );
    expect(firstLine(table(compare([chat()], [chat()])))).toBe(
      '✔ 1 pair of connections, no difference that counts',
    );
    const ports = compare([chat()], [chat({ client: { address: '127.0.0.1', port: 1 } })]);
    expect(firstLine(table(ports))).toBe(
      '✔ 1 pair of connections, no difference that counts (1 that is only noise)',
    );
    const slow = compare([chat()], [chat({ upgrade: sampleUpgrade({ latencyMs: 2000, subprotocol: 'x' }) })]);
    expect(firstLine(table(slow))).toBe(
      '! /chat: clean in both, but 2 differences: negotiated: subprotocol and timing: answer',
    );
    expect(firstLine(table(compare([chat()], [])))).toBe(
      '! no WebSocket and no upgrade request in the bad capture, 1 connection in the other',
    );
    const two = compare([chat(), chat({ id: 1 })], [chat()]);
    expect(firstLine(table(two))).toBe('! 1 connection only in the good capture');
    expect(
      firstLine(
        table(
          compare(
            times(3, (id) => chat({ id })),
            [chat(), handshakeClose({ id: 1 }), chat({ id: 2 })],
          ),
        ),
      ),
    ).toMatch(/^✖ 1 of 3 pairs differs; \/chat: clean in good/);
  });

  it('tells pairs that differ alike once, and folds those that do not', () => {
    const text = table(
      compare(
        times(40, (id) => sampleConnection({ id })),
        [
          ...times(30, (id) => handshakeClose({ id })),
          ...times(10, (id) => sampleConnection({ id: id + 30 })),
        ],
      ),
    );
    expect(text).toContain('Differ in the same way: #1 and #1, #2 and #2');
    expect(text).toContain('10 pairs without a difference that counts');
    expect(text.split('\n').length).toBeLessThan(50);
  });

  it('fits the terminal, whatever is in it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.integer({ min: 40, max: 160 }),
        (text, columns) => {
          const diff = compare([hostileConnection(text)], [hostileConnection(`${text}!`, 1)]);
          for (const line of table(diff, columns, true).split('\n')) {
            expect(displayWidth(line), line).toBeLessThanOrEqual(columns);

            expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is ASCII where it is to be', () => {
    const diff = compare([sampleConnection()], [hostileConnection('ü\u001b\u202e')]);
    const text = renderDiffTable(diff, { columns: 80, all: true, color: false, ascii: true });
    expect(text).toMatch(/^[\n\x20-\x7e]*$/);
  });
});

describe('the Markdown of wscap diff', () => {
  it('begins with the answer and ends with where it comes from', async () => {
    const options = { activity: true, sha256: true };
    const diff = compareReports(
      await analyze('fixtures/diff/production.pcap', options),
      await analyze('fixtures/diff/beta.pcap', options),
    );
    const text = markdown(diff);
    expect(firstLine(text)).toBe(
      '### ❌ /chat: clean in good, handshake-close in bad (server FIN 0.169 ms after the 101)',
    );
    expect(text).toContain('| end: after the 101 | `between 100 ms and 15 s` (16) | `within 100 ms` (8) |');
    expect(text).toMatch(/good: `production\.pcap`: .* SHA-256 `[\da-f]{64}`/);
    expect(text).toContain('Nothing is redacted');
  });

  it('lets nothing hostile through', () => {
    const diff = compare([hostileConnection(HOSTILE_ALL)], [hostileConnection(`${HOSTILE_ALL} 2`, 1)]);
    const html = render(markdown(diff));
    expect(html).not.toMatch(/<(?:script|img|iframe|a)\b/);

    expect(markdown(diff)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  it('stays within its length, and says what it left out', () => {
    const differing = times(300, (id) =>
      handshakeClose({ id, upgrade: sampleUpgrade({ target: `/room-${id}` }) }),
    );
    const good = times(300, (id) =>
      sampleConnection({ id, upgrade: sampleUpgrade({ target: `/room-${id}` }) }),
    );
    for (const length of [1000, 3000, 60_000]) {
      const text = markdown(compare(good, differing), length);
      expect(text.length).toBeLessThanOrEqual(length);
      if (length > 1000) expect(text).toMatch(/Left out to stay under|more pairs that differ in other ways/);
    }
    const long = compare([hostileConnection('x'.repeat(20_000))], [hostileConnection('y'.repeat(20_000), 1)]);
    expect(markdown(long, 2000).length).toBeLessThanOrEqual(2000);
  });
});

describe('docs/diff.schema.json', () => {
  interface Schema {
    properties?: Record<string, Schema>;
    items?: Schema;
    $defs?: Record<string, Schema>;
    additionalProperties?: boolean;
    description?: string;
    $ref?: string;
  }
  const schema = JSON.parse(readFileSync('docs/diff.schema.json', 'utf8')) as Schema;

  /** Consumers may meet new fields; here none may go undescribed. */
  function closed(node: Schema): Schema {
    const mapped = (nodes: Record<string, Schema>) =>
      Object.fromEntries(Object.entries(nodes).map(([name, child]) => [name, closed(child)]));
    return {
      ...node,
      ...(node.properties === undefined
        ? {}
        : { properties: mapped(node.properties), additionalProperties: false }),
      ...(node.$defs === undefined ? {} : { $defs: mapped(node.$defs) }),
      ...(node.items === undefined ? {} : { items: closed(node.items) }),
    };
  }
  const validate = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).compile(
    closed(schema),
  );
  const errorsOf = (diff: DiffReport): unknown => {
    validate(JSON.parse([...renderJson(diff)].join('')));
    return validate.errors ?? [];
  };

  it('describes what is printed of pairs that differ in everything', async () => {
    const loop = sampleAcross([0, 1], { rule: 'reconnect-loop' });
    const bad = sampleReport([hostileConnection('x', 1), handshakeClose({ id: 2 })], { anomalies: [loop] });
    expect(errorsOf(compareReports(sampleReport([sampleConnection()]), bad))).toEqual([]);
    expect(
      errorsOf({
        ...compareReports(bad, bad),
        redaction: { secrets: true, addresses: false, keyed: false, values: 1 },
      }),
    ).toEqual([]);
    const pair = [
      await analyze('fixtures/diff/production.pcap'),
      await analyze('fixtures/diff/beta.pcap'),
    ] as const;
    expect(errorsOf(compareReports(...pair, { pairs: [[0, 1]], ignore: ['server'] }))).toEqual([]);
  });

  it('describes every field', () => {
    const undescribed: string[] = [];
    const walk = (node: Schema, path: string): void => {
      for (const [name, child] of Object.entries(node.properties ?? {})) {
        if (child.description === undefined) undescribed.push(`${path}.${name}`);
        walk(child, `${path}.${name}`);
      }
      for (const [name, child] of Object.entries(node.$defs ?? {})) walk(child, name);
      if (node.items !== undefined) walk(node.items, path);
    };
    walk(schema, 'diff');
    expect(undescribed).toEqual([]);
  });
});
