import { expect, test } from 'vitest';
import { opcodeName } from '../../src/websocket/frame.ts';

test('every opcode has a name', () => {
  expect(Array.from({ length: 16 }, (_, opcode) => opcodeName(opcode))).toEqual([
    'continuation',
    'text',
    'binary',
    ...new Array<string>(5).fill('reserved'),
    'close',
    'ping',
    'pong',
    ...new Array<string>(5).fill('reserved'),
  ]);
});
