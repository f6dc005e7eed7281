import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { indentJson } from '../../../src/report/terminal/indent-json.ts';

describe('JSON is indented', () => {
  test.each([
    ['{}', '{}'],
    ['[]', '[]'],
    ['[ ]', '[]'],
    [' {"a":1} ', '{\n  "a": 1\n}'],
    ['{"a":[1,{"b":null}],"c":{}}', '{\n  "a": [\n    1,\n    {\n      "b": null\n    }\n  ],\n  "c": {}\n}'],
    ['[[],[{}]]', '[\n  [],\n  [\n    {}\n  ]\n]'],
    ['{"x":" [ , : ] \\" \\\\"}', '{\n  "x": " [ , : ] \\" \\\\"\n}'],
  ])('%s', (text, expected) => {
    expect(indentJson(text)).toBe(expected);
  });

  test('and nothing in it changes: long numbers, doubled keys, escapes', () => {
    const text = '{"id":12345678901234567890,"a":1.50,"a":1E5,"u":"\\u0041\\/"}';
    expect(indentJson(text)?.replace(/\s/g, '')).toBe(text);
  });

  test('any value as JSON.stringify does it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue())), (value) => {
        const plain = JSON.stringify(value);
        expect(indentJson(plain)).toBe(JSON.stringify(value, null, 2));
        expect(indentJson(JSON.stringify(value, null, '\t'))).toBe(JSON.stringify(value, null, 2));
      }),
      { numRuns: 500 },
    );
  });
});

describe('is left as it is:', () => {
  test.each(['', 'hello', '42', '"text"', 'null', '{', '{"a":1', '[1,]', '{a:1}', '[1] [2]', "['a']"])(
    '%j',
    (text) => {
      expect(indentJson(text)).toBeNull();
    },
  );

  test('every truncation of an object', () => {
    const text = '{"a":[1,"two",{"b":false}],"c":null}';
    for (let length = 0; length < text.length; length++) expect(indentJson(text.slice(0, length))).toBeNull();
  });

  test('what is nested deeper than sixty-four', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(indentJson(nested(64))?.split('\n')).toHaveLength(127);
    expect(indentJson(nested(65))).toBeNull();
  });
});

describe('large ones are done in time', () => {
  test.each([
    ['a long string', JSON.stringify({ a: 'x'.repeat(8_000_000) })],
    ['a long string of escapes', JSON.stringify({ a: '\n'.repeat(4_000_000) })],
    ['many empty objects', `[${'{},'.repeat(200_000)}{}]`],
  ])('%s', (_name, text) => {
    expect(indentJson(text)?.replace(/\n */g, '').replace(/: /g, ':').length).toBe(text.length);
  });
});
