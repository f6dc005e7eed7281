/** The house of docs/architecture.md: who may import whom. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REPOSITORY } from './helpers/captures.ts';

const SOURCES = join(REPOSITORY, 'src');

/** Modules at the top of src/ that stand outside the house: words that several rooms share. */
const SHARED = [
  'direction.ts',
  'format-duration.ts',
  'ip-address.ts',
  'link-types.ts',
  'median.ts',
  'timestamp.ts',
  'version.ts',
  'view-of.ts',
];

/** For each room, the rooms (or single files of them) from which it may import; SHARED is open to all. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  capture: [],
  decode: [],
  tcp: ['decode/segment.ts', 'decode/capture-path.ts'],
  http: [],
  websocket: [],
  connection: ['tcp', 'http', 'websocket'],
  rules: ['connection', 'http/head.ts', 'http/upgrade-exchange.ts', 'tcp/packet-mark.ts', 'websocket'],
  report: ['report'],
  redact: ['report/model.ts'],
  'report/build.ts': ['connection', 'rules', 'http/head.ts', 'report/build-activity.ts'],
  'report/build-activity.ts': ['connection/activity-log.ts'],
  'report/html': ['report'],
  'report/markdown': ['report'],
  'report/html/client': ['report'],
  check: ['check', 'redact/token-shape.ts', 'report'],
  extract: [
    'capture/packet-handler.ts',
    'connection/upgrade-log.ts',
    'decode',
    'http',
    'redact',
    'report/escape.ts',
    'report/model.ts',
    'tcp',
    'websocket',
  ],
  'compare/print': ['compare/model.ts', 'report'],
  compare: ['redact', 'report/connection-text.ts', 'report/model.ts', 'rules/index.ts', 'rules/settings.ts'],
  cli: [
    'analyze.ts',
    'capture/capture-error.ts',
    'check',
    'cli',
    'compare',
    'extract',
    'extract.ts',
    'follow.ts',
    'redact',
    'report',
    'rules/index.ts',
    'rules/rule.ts',
    'rules/settings.ts',
  ],
  'packet-pipeline.ts': ['capture', 'decode'],
  'connection-judge.ts': [
    'tcp/packet-mark.ts',
    'connection',
    'http/http-budget.ts',
    'report',
    'rules',
    'websocket/inflate-budget.ts',
  ],
  'analyze.ts': [
    'capture',
    'connection',
    'connection-judge.ts',
    'packet-pipeline.ts',
    'report',
    'rules',
    'tcp',
  ],
  'extract.ts': [
    'analyze.ts',
    'capture',
    'extract',
    'http/http-budget.ts',
    'redact',
    'report/model.ts',
    'tcp/stream-consumer.ts',
    'websocket/inflate-budget.ts',
  ],
  'follow.ts': ['capture', 'connection', 'packet-pipeline.ts', 'report/conversation.ts', 'tcp', 'websocket'],
  library: ['analyze.ts', 'capture/file-chunks.ts', 'report/model.ts', 'rules/index.ts', 'rules/settings.ts'],
  'index.ts': ['capture/capture-error.ts', 'compare', 'library', 'report/model.ts'],
  'reporters.ts': ['compare', 'redact', 'report', 'rules'],
  vitest: ['library', 'report/connection-text.ts', 'report/escape.ts', 'report/model.ts', 'rules/index.ts'],
  'vitest.ts': ['vitest/matchers.ts'],
};

interface Import {
  readonly from: string;
  readonly to: string;
}

const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('.ts'),
);
const imports: Import[] = files.flatMap((from) =>
  [...readFileSync(join(SOURCES, from), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(
    (match) => ({
      from,
      to: relative(SOURCES, join(SOURCES, dirname(from), match[1]!)),
    }),
  ),
);

/** The file itself or the innermost folder around it that has a rule. */
function roomOf(path: string): string {
  for (let room = path; room !== '.'; room = dirname(room)) if (MAY_IMPORT[room] !== undefined) return room;
  return path;
}

function isAllowed({ from, to }: Import): boolean {
  const room = roomOf(from);
  if (SHARED.includes(to) || dirname(from) === dirname(to)) return true;
  return (MAY_IMPORT[room] ?? []).some((allowed) => to === allowed || to.startsWith(`${allowed}/`));
}

describe('the house', () => {
  it('has every import that the picture allows, and no other', () => {
    expect(imports.length).toBeGreaterThan(100);
    expect(imports.filter((entry) => !isAllowed(entry))).toEqual([]);
  });

  it('has a rule for every room', () => {
    const rooms = new Set(files.map((path) => path.split('/')[0]!));
    const unknown = [...rooms].filter((room) => MAY_IMPORT[room] === undefined && !SHARED.includes(room));
    expect(unknown).toEqual([]);
  });

  it('has no import cycle between files', () => {
    const next = new Map(
      files.map((file) => [file, imports.filter(({ from }) => from === file).map(({ to }) => to)]),
    );
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): string[] | null => {
      if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
      if (done.has(file)) return null;
      for (const target of next.get(file) ?? []) {
        const cycle = visit(target, [...path, file]);
        if (cycle !== null) return cycle;
      }
      done.add(file);
      return null;
    };
    expect(files.map((file) => visit(file, [])).filter((cycle) => cycle !== null)).toEqual([]);
  });
});
