import { expect, test } from 'vitest';
import { closeCodeName, isSendableCloseCode, parseClosePayload } from '../../src/websocket/close-payload.ts';
import { hex } from '../helpers/pcap-builder.ts';

test.each([
  ['', null, ''],
  ['03', null, ''],
  ['03e8', 1000, ''],
  ['03f3 626f6f6d', 1011, 'boom'],
  ['0fa0 e282ac', 4000, '€'],
  ['ffff', 65535, ''],
  ['03e8 efbbbf61', 1000, '\ufeffa'],
  ['03e8 61ff62', 1000, 'a\ufffdb'],
])('payload %j has code %s and reason %j', (bytes, code, reason) => {
  expect(parseClosePayload(hex(bytes))).toMatchObject({ code, reason });
});

test.each([
  ['03e8', true],
  ['03e8 e282ac', true],
  ['03e8 61ff62', false],
  ['03e8 e282', false],
])('the reason of payload %j is UTF-8: %s', (bytes, isReasonUtf8) => {
  expect(parseClosePayload(hex(bytes)).isReasonUtf8).toBe(isReasonUtf8);
});

test('codes that a Close may carry', () => {
  const codes = Array.from({ length: 65536 }, (_, code) => code).filter(isSendableCloseCode);
  expect(codes).toEqual([
    1000,
    1001,
    1002,
    1003,
    ...[1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014],
    ...Array.from({ length: 2000 }, (_, index) => 3000 + index),
  ]);
});

test.each([
  [1000, 'normal closure'],
  [1006, 'abnormal closure'],
  [1011, 'internal error'],
  [1015, 'TLS handshake'],
  [1016, 'unassigned'],
  [2999, 'unassigned'],
  [3000, 'registered by a library'],
  [3999, 'registered by a library'],
  [4000, 'private use'],
  [4999, 'private use'],
  [5000, 'unassigned'],
  [0, 'unassigned'],
])('code %d is called "%s"', (code, name) => {
  expect(closeCodeName(code)).toBe(name);
});
