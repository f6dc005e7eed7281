/** The house of docs/architecture.md: who may import whom. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ALL_RULES } from '../src/rules/index.ts';
import { REPOSITORY } from './helpers/captures.ts';
import { idleAllowances, isAllowed, type Import, type Picture } from './helpers/house.ts';

const SOURCES = join(REPOSITORY, 'src');

/** For each room, the rooms (or single files of them) from which it may import; basics/ is open to all. */
const MAY_IMPORT: Picture = {
  basics: [],
  capture: ['platform/gunzip.ts', 'capture/paste/printed-text-reader.ts'],
  // What programs print of packets.
  'capture/paste': [
    'capture/bounded-notes.ts',
    'capture/capture-error.ts',
    'capture/capture-limits.ts',
    'capture/capture-reader.ts',
    'capture/packet-handler.ts',
    'capture/pcap-file-header.ts',
    'capture/pcap-reader.ts',
    'capture/pcapng-reader.ts',
    'capture/text-lines.ts',
  ],
  // What the core declares and a platform does.
  platform: ['capture', 'platform'],
  decode: [],
  carrier: [],
  tcp: ['carrier/byte-stream.ts', 'decode/segment.ts', 'decode/capture-route.ts', 'decode/icmp-error.ts'],
  http: ['carrier', 'platform/raw-inflate.ts'],
  websocket: ['carrier/byte-stream.ts', 'platform/raw-inflate.ts'],
  // What applications say in their messages; it knows no WebSocket and no rules.
  protocols: [],
  // Records, handshakes and keys of TLS; it knows no TCP and nothing of what is inside.
  tls: ['carrier'],
  connection: ['carrier', 'tcp', 'tls', 'http', 'protocols', 'websocket'],
  'connection/activity': ['connection', 'tcp', 'websocket'],
  rules: [
    'connection',
    'http/head.ts',
    'http/upgrade-exchange.ts',
    'judgement',
    'tcp/packet-mark.ts',
    'tls/facts.ts',
    'websocket',
  ],
  judgement: [
    'protocols/application-protocol.ts',
    'connection',
    'http/head.ts',
    'http/upgrade-exchange.ts',
    'tcp/packet-mark.ts',
    'tls/facts.ts',
    'tls/record-heartbeat.ts',
    'tls/record-look.ts',
    'websocket',
  ],
  report: ['report', 'rules/relations.ts'],
  'report/notes': ['connection/record.ts', 'tcp', 'websocket'],
  redact: ['report/model.ts'],
  'report/build.ts': ['connection', 'judgement', 'http/head.ts', 'report/notes'],
  'report/build-tls.ts': ['tls/facts.ts', 'tls/record-heartbeat.ts'],
  'report/build-activity.ts': ['connection/activity/activity-log.ts'],
  'report/terminal': ['report', 'rules/relations.ts'],
  'report/html': ['report'],
  'report/markdown': ['report'],
  'report/html/client': ['report'],
  check: ['check', 'redact/token-shape.ts', 'report'],
  extract: [
    'analysis/packet-tap.ts',
    'carrier',
    'connection/reserved-bits.ts',
    'connection/upgrade-log.ts',
    'decode',
    'http',
    'protocols/mqtt.ts',
    'redact',
    'report/escape.ts',
    'report/model.ts',
    'tcp',
    'websocket',
  ],
  'extract/plain': ['carrier', 'decode/segment.ts', 'extract', 'http', 'tcp', 'tls/tls-stream.ts'],
  'extract/tls': ['carrier', 'extract', 'tls', 'websocket/foreign-bytes.ts'],
  'compare/print': ['compare/model.ts', 'report', 'rules/relations.ts'],
  compare: ['redact', 'report/connection-text.ts', 'report/model.ts', 'rules', 'judgement/settings.ts'],
  cli: [
    'analyze.ts',
    'capture/capture-error.ts',
    'capture/capture-bytes.ts',
    'check',
    'cli',
    'compare',
    'extract',
    'extract.ts',
    'follow.ts',
    'redact',
    'report',
    'rules/index.ts',
    'rules/relations.ts',
    'judgement/rule.ts',
    'judgement/rule-failure.ts',
    'judgement/settings.ts',
    'tls/key-source.ts',
  ],
  analysis: ['capture', 'connection', 'decode', 'judgement', 'report', 'rules/index.ts', 'tcp', 'tls'],
  'analysis/inventory': ['connection', 'http/sniff.ts', 'report', 'tcp', 'tls/client-hello.ts', 'websocket'],
  'analyze.ts': [
    'analysis',
    'capture',
    'carrier/carrier.ts',
    'connection',
    'judgement/settings.ts',
    'report',
    'tls',
  ],
  'extract.ts': [
    'analysis',
    'analyze.ts',
    'capture',
    'connection/capture-scope.ts',
    'connection/only-counted.ts',
    'extract',
    'http/http-budget.ts',
    'redact',
    'report/model.ts',
    'tcp/stream-consumer.ts',
    'tls',
    'websocket/inflate-budget.ts',
  ],
  'follow.ts': [
    'capture/capture-bytes.ts',
    'analysis',
    'carrier/carrier.ts',
    'connection',
    'report/conversation.ts',
    'report/notes',
    'tcp',
    'tls',
    'websocket',
  ],
  library: [
    'analyze.ts',
    'capture/capture-bytes.ts',
    'report/model.ts',
    'rules/index.ts',
    'judgement/rule-failure.ts',
    'judgement/settings.ts',
    'tls/key-source.ts',
  ],
  'index.ts': [
    'capture/capture-error.ts',
    'compare',
    'judgement/rule-failure.ts',
    'library',
    'report/model.ts',
  ],
  'reporters.ts': ['compare', 'judgement', 'redact', 'report', 'rules'],
  vitest: [
    'library',
    'report/connection-text.ts',
    'report/escape.ts',
    'report/fit-text.ts',
    'report/model.ts',
    'rules',
  ],
  'vitest.ts': ['vitest/matchers.ts'],
};

/**
 * Files outside of rules/ with a string that is the id of a rule, and why. What a rule has to do with anything else is its own
 * metadata (RuleRelations in judgement/rule.ts); rules/relations.ts answers questions about it.
 */
const NAME_RULES: Readonly<Record<string, string>> = {
  'basics/verdict.ts': 'handshake-close is a verdict as well',
  'check/assertions.ts': 'handshake-close is a verdict as well',
  'check/story.ts': 'handshake-close is a verdict as well',
  'cli/check/parse-expectation.ts': 'an example of an assertion, in a message',
  'connection/irregularity.ts':
    'kinds of irregular frames, some of which are named as the rules that tell them',
  'connection/side-tracker.ts': 'kinds of irregular frames',
  'judgement/verdict.ts': 'handshake-close is a verdict as well',
  'report/notes/left-over.ts': 'a kind of irregular frame, and the code of a note',
  'report/html/client/detail-traffic.ts': 'a row of the table of traffic, which counts retransmissions',
};

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

/** What stands between quotation marks, except in comments. An example within a sentence of a help text is not meant. */
function textsOf(code: string): string[] {
  const withoutComments = code.replace(/\/\*[^]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');
  return [...withoutComments.matchAll(/(['"`])([\w-]+)\1/g)].map((match) => match[2]!);
}

describe('the house', () => {
  it('has every import that the picture allows, and no other', () => {
    expect(imports.length).toBeGreaterThan(100);
    expect(imports.filter((entry) => !isAllowed(entry, MAY_IMPORT))).toEqual([]);
  });

  it('has a rule for every room', () => {
    const rooms = new Set(files.map((path) => path.split('/')[0]!));
    expect([...rooms].filter((room) => MAY_IMPORT[room] === undefined)).toEqual([]);
  });

  it('has no allowance that decides nothing', () => {
    expect(idleAllowances(imports, MAY_IMPORT)).toEqual([]);
  });

  it('names rules as text only where that is said', () => {
    const ids = new Set(ALL_RULES.map(({ id }) => id));
    const naming = files
      .filter((file) => !file.startsWith('rules/'))
      .filter((file) => textsOf(readFileSync(join(SOURCES, file), 'utf8')).some((text) => ids.has(text)));
    expect(naming.toSorted()).toEqual(Object.keys(NAME_RULES).toSorted());
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
