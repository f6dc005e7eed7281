import { expect, test } from 'vitest';
import { fill } from '../../src/judgement/fill.ts';

test.each<[string, Record<string, string | number>, string]>([
  ['nothing to fill in', {}, 'nothing to fill in'],
  ['sent {how} in {packet}', { how: 'FIN', packet: 'packet 4' }, 'sent FIN in packet 4'],
  ['{count} and {count}', { count: 2 }, '2 and 2'],
  ['{a}{b}', { a: '', b: 0 }, '0'],
  ['what is not needed', { extra: 1 }, 'what is not needed'],
])('%s', (template, values, expected) => {
  expect(fill(template, values)).toBe(expected);
});

test('wire text is not taken for a template, nor for a pattern of replacement', () => {
  expect(fill('"{reason}" from the {side}', { reason: '{side} $& $1 $$', side: 'client' })).toBe(
    '"{side} $& $1 $$" from the client',
  );
});

test('braces without a name between them stay', () => {
  expect(fill('{} { a } {a-b}', { a: 1 })).toBe('{} { a } {a-b}');
});

test('a place that the rule does not fill is an error', () => {
  expect(() => fill('sent {how}', {})).toThrow('a message wants "how", which its rule does not give');
});
