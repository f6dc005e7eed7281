import { expect, test } from 'vitest';
import { joinBytes } from '../../src/basics/join-bytes.ts';

test('bytes are joined in their order, and copied', () => {
  const second = Buffer.from([3]);
  const joined = joinBytes(Uint8Array.of(1, 2), second);
  second[0] = 9;
  expect(joined).toEqual(Uint8Array.of(1, 2, 3));
  expect(joinBytes(new Uint8Array(0), new Uint8Array(0))).toEqual(new Uint8Array(0));
});
