import { describe, expect, test } from 'vitest';
import type { Severity } from '../../src/basics/severity.ts';
import type { RuleMeta } from '../../src/judgement/rule.ts';
import { isOff, optionValues, severityOf, type RuleSetting } from '../../src/judgement/settings.ts';

const RULE: RuleMeta = {
  id: 'slow-thing',
  title: 'A thing was slow',
  severity: 'warning',
  section: 'TCP',
  place: 1,
  spec: 'experience',
  options: {
    waitMs: { default: 1000, unit: 'ms', description: 'longer than this is slow' },
    times: { default: 3, unit: 'count', description: 'so often' },
  },
  messages: {},
};

test('a rule is off where the user says so', () => {
  expect(isOff(RULE.id, { 'slow-thing': { severity: 'off' } })).toBe(true);
  expect(isOff(RULE.id, { 'slow-thing': { severity: 'info' } })).toBe(false);
  expect(isOff(RULE.id, { 'slow-thing': {} })).toBe(false);
  expect(isOff(RULE.id, { 'other-thing': { severity: 'off' } })).toBe(false);
});

test('options have their defaults unless the user says otherwise', () => {
  expect(optionValues(RULE, {})).toEqual({ waitMs: 1000, times: 3 });
  expect(optionValues(RULE, { 'slow-thing': { options: { waitMs: 0 } } })).toEqual({ waitMs: 0, times: 3 });
  expect(optionValues(RULE, { 'other-thing': { options: { waitMs: 5 } } })).toEqual({
    waitMs: 1000,
    times: 3,
  });
});

test('a value that no option has is not passed on', () => {
  expect(optionValues(RULE, { 'slow-thing': { options: { wait: 5 } } })).toEqual({ waitMs: 1000, times: 3 });
});

describe('the severity of a finding', () => {
  test.each<[Severity, RuleSetting['severity'], Severity, Severity]>([
    ['error', undefined, 'error', 'error'],
    ['error', undefined, 'info', 'info'],
    // The gravest severity of the rule becomes the one that was set; milder ones stay,
    ['error', 'warning', 'error', 'warning'],
    ['error', 'warning', 'warning', 'warning'],
    ['error', 'warning', 'info', 'info'],
    // or become as mild as the one that was set.
    ['error', 'info', 'error', 'info'],
    ['error', 'info', 'warning', 'info'],
    // A rule may be made graver: its gravest findings only.
    ['warning', 'error', 'warning', 'error'],
    ['warning', 'error', 'info', 'info'],
    ['info', 'error', 'info', 'error'],
    // A rule that is off still judges, with its own severity.
    ['error', 'off', 'error', 'error'],
  ])('of a rule that gives %s, set to %s: %s becomes %s', (gravest, wanted, found, expected) => {
    const settings = wanted === undefined ? {} : { 'slow-thing': { severity: wanted } };
    expect(severityOf({ ...RULE, severity: gravest }, found, settings)).toBe(expected);
  });
});
