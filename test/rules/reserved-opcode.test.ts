import { describe, expect, test } from 'vitest';
import { reservedOpcode } from '../../src/rules/reserved-opcode.ts';
import { check, frame, irregular, told } from '../helpers/record-builder.ts';

const sent = (opcode: number) => ({
  serverSide: { frames: 3, irregularities: [irregular('reserved-opcode', [frame(opcode, 9, 12)])] },
});

describe('raised', () => {
  test.each([0x3, 0x7, 0xb, 0xf])('opcode %i', (opcode) => {
    expect(check(reservedOpcode, sent(opcode))).toMatchObject({ severity: 'error', evidence: { opcode } });
  });
});

test('not raised where all are known', () => {
  expect(check(reservedOpcode, { serverSide: { frames: 3 } })).toBeNull();
});

test('the message names the opcode', () => {
  expect(told(check(reservedOpcode, sent(0xb)))).toBe(
    'The server sent a frame with opcode 0xB (5 bytes), which is reserved, 12 ms after the 101 (packet 9). ' +
      'The receiver must close the connection, with code 1002 (RFC 6455 §5.2). Look at the frame before it: a wrong ' +
      'length, or two writers on one connection, leave frames out of step, and payload is then read as a header.',
  );
});
