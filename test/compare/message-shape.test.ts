import { expect, it } from 'vitest';
import { messageShape } from '../../src/compare/message-shape.ts';

it.each([
  ['{"type":"welcome","at":17}', '{at, type: "welcome"}'],
  ['{"at":18,"type":"welcome"}', '{at, type: "welcome"}'],
  ['{"type":"error","code":4001,"text":"no"}', '{code: 4001, text, type: "error"}'],
  ['0{"sid":"x","pingInterval":25000}', '0{pingInterval, sid}'],
  ['42["message",{"a":1}]', '42["message"]'],
  ['[{"a":1}]', '[object]'],
  ['[]', '[undefined]'],
  ['hello', null],
  ['{"cut":', null],
  ['', null],
])('tells the kind of %s', (text, shape) => {
  expect(messageShape(text)).toBe(shape);
});
