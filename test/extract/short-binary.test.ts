import { expect, test } from 'vitest';
import { ShortBinaryFiller } from '../../src/extract/short-binary.ts';

function rewritten(...messages: readonly (readonly number[])[]): number[][] {
  const filler = new ShortBinaryFiller();
  return messages.map((each) => [...filler.rewrite(Uint8Array.from(each))]);
}

test.each([
  [[[0xe0, 0]]],
  [[[0xe0], [0]]],
  [[[0xe0, 1, 4]]],
  [[[0xe0], [2], [0, 0]]],
  [[[0xe0], [2], [0], [0]]],
])('a DISCONNECT stays: %j', (messages) => {
  expect(rewritten(...messages)).toEqual(messages);
});

test.each([[[[7]]], [[[1], [2], [4]]], [[[0xc0, 1]]], [[[0xe0, 9]]], [[[0xe0, 0, 7]]], [[[0xe0, 1, 0x82]]]])(
  'of other bytes nothing stays: %j',
  (messages) => {
    expect(rewritten(...messages)).toEqual(messages.map((each) => each.map(() => 0)));
  },
);

test('another message between its bytes ends it', () => {
  const filler = new ShortBinaryFiller();
  filler.rewrite(Uint8Array.of(0xe0));
  filler.interrupt();
  expect([...filler.rewrite(Uint8Array.of(1))]).toEqual([0]);
});
