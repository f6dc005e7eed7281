import { describe, expect, test } from 'vitest';
import { reservedBits } from '../../src/rules/reserved-bits.ts';
import { check, frame, irregular, type RecordSpec, told } from '../helpers/record-builder.ts';

const DEFLATE = {
  extensions: {
    deflate: {
      client: { noContextTakeover: false, windowBits: 15 },
      server: { noContextTakeover: false, windowBits: 15 },
    },
    names: ['permessage-deflate'],
  },
};
const bits = (detail: number, opcode = 1): RecordSpec => ({
  clientSide: {
    frames: 3,
    irregularities: [irregular('reserved-bits', [{ ...frame(opcode, 9, 12), detail }])],
  },
});

describe('raised', () => {
  test.each<[string, RecordSpec, string, string]>([
    ['RSV1, nothing agreed on', bits(4), 'not-negotiated', 'RSV1'],
    ['RSV2', bits(2), 'not-negotiated', 'RSV2'],
    ['RSV1 and RSV3', bits(5), 'not-negotiated', 'RSV1 RSV3'],
    ['RSV2 where deflate is agreed on', { ...bits(2), upgrade: DEFLATE }, 'not-negotiated', 'RSV2'],
    ['RSV1 on a continuation', { ...bits(4, 0), upgrade: DEFLATE }, 'misplaced', 'RSV1'],
    ['RSV1 on a ping', { ...bits(4, 9), upgrade: DEFLATE }, 'misplaced', 'RSV1'],
  ])('%s', (_name, spec, kind, names) => {
    expect(check(reservedBits, spec)).toMatchObject({
      kind,
      severity: 'error',
      evidence: { reservedBits: names },
    });
  });
});

test('not raised where no bit is out of place', () => {
  expect(check(reservedBits, { clientSide: { frames: 3 } })).toBeNull();
});

test('the message names the bits', () => {
  expect(told(check(reservedBits, bits(4)))).toBe(
    'The client sent a text frame (5 bytes) with RSV1 set 12 ms after the 101 (packet 9), and no extension that was ' +
      'agreed on uses it. The receiver must close the connection, with code 1002 (RFC 6455 §5.2). RSV1 marks a ' +
      'compressed message: compare Sec-WebSocket-Extensions in the request and in the 101, here and in front of any ' +
      'proxy, which may have dropped the header on the way.',
  );
  expect(check(reservedBits, bits(3))?.message).toContain('with RSV2 and RSV3 set');
  expect(check(reservedBits, bits(3))?.message).toContain('agreed on uses them.');
});

test('with permessage-deflate it says where the bit belongs', () => {
  expect(check(reservedBits, { ...bits(4, 9), upgrade: DEFLATE })?.message).toBe(
    'The client sent a ping (5 bytes) with RSV1 set 12 ms after the 101 (packet 9); permessage-deflate sets it on the ' +
      'first frame of a message only.',
  );
});
