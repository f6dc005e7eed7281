import { expect, test } from 'vitest';
import { forgeryOf } from '../../src/connection/forgery.ts';
import type { ResetFacts } from '../../src/tcp/reset-watch.ts';

const RESET: ResetFacts = {
  hopLimit: 64,
  identification: 0,
  window: 0,
  hasAcknowledgement: false,
  isOfUnknown: false,
  answersUnseen: false,
  missing: 0,
  afterSilence: null,
  sentAfter: null,
};
const MARK = { packet: 9, seconds: 0, nanoseconds: 0 };

test.each([
  ['the TTL of the other packets', 64, 10, 64, 64, null],
  ['one router more', 63, 10, 64, 64, null],
  ['two routers more', 62, 10, 64, 64, 'suspected'],
  ['fewer routers', 243, 10, 64, 64, 'suspected'],
  ['within what the other packets have', 60, 10, 58, 64, null],
  ['too few other packets', 243, 2, 64, 64, null],
])('%s', (_name, hopLimit, packets, lowest, highest, expected) => {
  expect(forgeryOf({ ...RESET, hopLimit }, { packets, lowest, highest })).toBe(expected);
});

test('a host that goes on sending did not send the RST, whatever its TTL', () => {
  const sentAfter = { segments: 1, first: MARK, last: MARK };
  expect(forgeryOf({ ...RESET, sentAfter }, { packets: 1, lowest: 64, highest: 64 })).toBe('certain');
});
