import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fillAny } from '../../src/judgement/fill.ts';
import { ALL_RULES, CAPTURE_RULES, RULES } from '../../src/rules/index.ts';
import type { RuleMeta } from '../../src/judgement/rule.ts';

const ROOT = new URL('../../', import.meta.url);
const at = (path: string) => new URL(path, ROOT);
const HEADINGS = [
  'What it means',
  'How it is decided',
  'Why it matters',
  'What to look at next',
  'False positives',
  'Options',
  'Seen in',
];

type Kind = 'connection' | 'capture';

interface ExportedRule {
  readonly kind: Kind;
  readonly rule: RuleMeta;
}

function kindOf(value: unknown): Kind | null {
  if (typeof value !== 'object' || value === null || !('id' in value)) return null;
  if ('check' in value && 'requires' in value) return 'connection';
  return 'checkCapture' in value ? 'capture' : null;
}

/** Every rule that a file of src/rules exports, by the file's name without its ending. */
async function exportedRules(): Promise<Map<string, ExportedRule>> {
  const rules = new Map<string, ExportedRule>();
  for (const file of readdirSync(at('src/rules/'))) {
    const module = (await import(at(`src/rules/${file}`).href)) as Record<string, unknown>;
    for (const value of Object.values(module)) {
      const kind = kindOf(value);
      if (kind !== null) rules.set(file.replace(/\.ts$/, ''), { kind, rule: value as RuleMeta });
    }
  }
  return rules;
}

interface Facts {
  readonly connections?: readonly { readonly anomalies?: readonly { readonly rule: string }[] }[];
  readonly captureAnomalies?: readonly { readonly rule: string }[];
}

/** The rules that captures under fixtures/ are known to raise. */
function rulesWithFixture(): Set<string> {
  const paths = readdirSync(at('fixtures/'), { recursive: true, encoding: 'utf8' });
  return new Set(
    paths
      .filter((path) => path.endsWith('.facts.json'))
      .map((path) => JSON.parse(readFileSync(at(`fixtures/${path}`), 'utf8')) as Facts)
      .flatMap(({ connections = [], captureAnomalies = [] }) => [
        ...captureAnomalies,
        ...connections.flatMap(({ anomalies = [] }) => anomalies),
      ])
      .map(({ rule }) => rule),
  );
}

const RULES_WITH_FIXTURE = rulesWithFixture();

test('every file that exports a rule is in the index, named by the id of the rule', async () => {
  const rules = await exportedRules();
  const ofKind = (wanted: Kind) =>
    new Set([...rules.values()].filter(({ kind }) => kind === wanted).map(({ rule }) => rule));
  for (const [file, { rule }] of rules) expect(rule.id).toBe(file);
  expect(new Set<RuleMeta>(RULES)).toEqual(ofKind('connection'));
  expect(new Set<RuleMeta>(CAPTURE_RULES)).toEqual(ofKind('capture'));
  expect(ALL_RULES).toHaveLength(rules.size);
});

describe.each(ALL_RULES.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  test('has a title and a specification', () => {
    expect(id).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
    expect(rule.title).toMatch(/^[A-Z].*[^.]$/);
    expect(rule.spec).not.toBe('');
  });

  test('has a test of its own', () => {
    expect(existsSync(at(`test/rules/${id}.test.ts`))).toBe(true);
  });

  test('has a page with the fixed headings, each with something under it', () => {
    const page = readFileSync(at(`docs/rules/${id}.md`), 'utf8');
    expect(page.startsWith(`# ${id}\n`)).toBe(true);
    const sections = page.split(/^## /m).slice(1);
    expect(sections.map((section) => section.split('\n', 1)[0])).toEqual(HEADINGS);
    for (const section of sections) expect(section.split('\n').slice(1).join('').trim()).not.toBe('');
    expect(page).toContain(rule.title);
    expect(page).toContain(rule.severity);
  });

  test('has messages whose places have names', () => {
    const messages = Object.entries(rule.messages);
    expect(messages).not.toEqual([]);
    for (const [kind, template] of messages) {
      expect(kind).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      const places = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name!, 'x']);
      expect(fillAny(template, Object.fromEntries(places) as Record<string, string>)).not.toMatch(/[{}]/);
    }
  });

  test('has options with a default and a description', () => {
    for (const [name, spec] of Object.entries(rule.options)) {
      expect(name).toMatch(/^[a-z]+([A-Z][a-z]*)*$/);
      expect(Number.isFinite(spec.default)).toBe(true);
      expect(spec.description).toMatch(/^[a-z].*[^.]$/);
    }
  });

  test('has a page whose section on options names each with its default', () => {
    const [, options = ''] = readFileSync(at(`docs/rules/${id}.md`), 'utf8').split('\n## Options\n');
    // An item of the list may run over several lines.
    const items = options.split('\n## ', 1)[0]!.split(/^- /m);
    for (const [name, spec] of Object.entries(rule.options)) {
      const item = items.find((text) => text.includes(`\`${name}\``)) ?? '';
      // 15000, or 15,000
      expect(item.replace(/(\d),(\d{3})/g, '$1$2'), name).toMatch(new RegExp(`\\b${spec.default}\\b`));
    }
  });

  test('is raised by a capture under fixtures/', () => {
    expect(RULES_WITH_FIXTURE).toContain(id);
  });
});

test('every page belongs to a rule', () => {
  const pages = readdirSync(at('docs/rules/')).filter((file) => file !== 'README.md');
  expect(pages.toSorted()).toEqual(ALL_RULES.map(({ id }) => `${id}.md`).toSorted());
});
