/** Values for the places of messages. The compiler checks that none is missing (`npm run typecheck`). */
import { expect, test } from 'vitest';
import { fill, fillAny, fillChosen, type ChosenMessage } from '../../src/judgement/fill.ts';

test.each<[string, Record<string, string | number>, string]>([
  ['nothing to fill in', {}, 'nothing to fill in'],
  ['sent {how} in {packet}', { how: 'FIN', packet: 'packet 4' }, 'sent FIN in packet 4'],
  ['{count} and {count}', { count: 2 }, '2 and 2'],
  ['{a}{b}', { a: '', b: 0 }, '0'],
  ['what is not needed', { extra: 1 }, 'what is not needed'],
])('%s', (message, values, expected) => {
  expect(fillAny(message, values)).toBe(expected);
});

test('wire text is not taken for a template, nor for a pattern of replacement', () => {
  expect(fill('"{reason}" from the {side}', { reason: '{side} $& $1 $$', side: 'client' })).toBe(
    '"{side} $& $1 $$" from the client',
  );
});

test('braces without a name between them stay', () => {
  expect(fillAny('{} { a } {a-b}', { a: 1 })).toBe('{} { a } {a-b}');
});

test('a place that the rule does not fill is an error, also where no compiler looks', () => {
  expect(() => fillAny('sent {how}', {})).toThrow('a message wants "how", which its rule does not give');
  // @ts-expect-error "how" is missing
  expect(() => fill('sent {how}', {})).toThrow('a message wants "how"');
  // @ts-expect-error "packet" is missing
  expect(() => fill('sent {how} in {packet}', { how: 'FIN' })).toThrow('a message wants "packet"');
});

test('a value for which a message has no place is an error of types', () => {
  // @ts-expect-error there is no place "packet"
  expect(fill('sent {how}', { how: 'FIN', packet: 4 })).toBe('sent FIN');
});

test('a message that may be one of several needs the values of all of them', () => {
  const messages = { fin: '{who} sent FIN', rst: '{who} sent RST in {packet}' } as const;
  const kind: keyof typeof messages = Number('1') === 1 ? 'rst' : 'fin';
  expect(fill(messages[kind], { who: 'it', packet: 4 })).toBe('it sent RST in 4');
  // @ts-expect-error "packet" is missing
  expect(() => fill(messages[kind], { who: 'it' })).toThrow('"packet"');
});

test('a message whose type is only string can not be checked, and is refused', () => {
  const joined: string = ['sent {how}', ' in {packet}'].join('');
  // @ts-expect-error the places of a string are not known
  expect(fill(joined, { how: 'FIN', packet: 4 })).toBe('sent FIN in 4');
});

test('a message that was chosen needs only its own values and those that all have', () => {
  const messages = { fin: '{who} sent FIN', rst: '{who} sent RST in {packet}' } as const;
  const told = (choice: ChosenMessage<typeof messages, 'who'>): string =>
    fillChosen<typeof messages, 'who'>(messages, choice, { who: 'it' });
  expect(told({ kind: 'fin' })).toBe('it sent FIN');
  expect(told({ kind: 'rst', values: { packet: 4 } })).toBe('it sent RST in 4');
  // @ts-expect-error "packet" is missing
  expect(() => told({ kind: 'rst', values: {} })).toThrow('"packet"');
  // @ts-expect-error there are no values
  expect(() => told({ kind: 'rst' })).toThrow('"packet"');
});
