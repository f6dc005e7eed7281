import { expect, test } from 'vitest';
import { styleText as ofNode, type StyleName } from '../../src/platform/node/style-text.ts';
import { styleText as ofWeb } from '../../src/platform/web/style-text.ts';

test.each<StyleName[]>([
  ['bold'],
  ['dim'],
  ['red'],
  ['green'],
  ['yellow'],
  ['cyan'],
  ['red', 'bold'],
  ['yellow', 'bold'],
])('text in %s %s', (...styles) => {
  expect(ofWeb(styles, 'text')).toBe(ofNode(styles, 'text'));
});
