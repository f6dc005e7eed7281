import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { RULES } from '../../src/rules/index.ts';
import type { Rule } from '../../src/rules/rule.ts';

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

function isRule(value: unknown): value is Rule {
  return (
    typeof value === 'object' && value !== null && 'id' in value && 'check' in value && 'requires' in value
  );
}

/** Every rule that a file of src/rules exports, by the file's name without its ending. */
async function exportedRules(): Promise<Map<string, Rule>> {
  const rules = new Map<string, Rule>();
  for (const file of readdirSync(at('src/rules/'))) {
    const module = (await import(at(`src/rules/${file}`).href)) as Record<string, unknown>;
    for (const value of Object.values(module)) if (isRule(value)) rules.set(file.replace(/\.ts$/, ''), value);
  }
  return rules;
}

test('every file that exports a rule is in the index, named by the id of the rule', async () => {
  const rules = await exportedRules();
  expect([...rules].map(([file, { id }]) => [file, id])).toEqual([...rules].map(([file]) => [file, file]));
  expect(new Set(RULES)).toEqual(new Set(rules.values()));
  expect(RULES).toHaveLength(rules.size);
});

describe.each(RULES.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  test('has a title and a specification', () => {
    expect(id).toMatch(/^[a-z]+(-[a-z0-9]+)*$/);
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
});

test('every page belongs to a rule', () => {
  const pages = readdirSync(at('docs/rules/')).filter((file) => file !== 'README.md');
  expect(pages.toSorted()).toEqual(RULES.map(({ id }) => `${id}.md`).toSorted());
});
