import { expect, test } from 'vitest';
import { IrregularityLog, placeOf } from '../../src/connection/irregularity.ts';
import type { Frame } from '../../src/websocket/frame.ts';

function frameIn(packet: number): Frame {
  return {
    opcode: 1,
    isFinal: true,
    reservedBits: 4,
    isMasked: false,
    payloadLength: 5,
    isShortestLength: true,
    controlPayload: null,
    firstPacket: packet - 1,
    packet,
    seconds: packet * 10,
    nanoseconds: 7,
  };
}

test('a place is where the frame was captured, and which of its side it is', () => {
  expect(placeOf(frameIn(8), 3)).toEqual({
    packet: 8,
    seconds: 80,
    nanoseconds: 7,
    firstPacket: 7,
    opcode: 1,
    reservedBits: 4,
    payloadLength: 5,
    number: 3,
  });
});

test('nothing met is nothing listed', () => {
  expect(new IrregularityLog().list()).toEqual([]);
});

test('kinds stand in the order in which they were met first, each with its frames', () => {
  const log = new IrregularityLog();
  log.add('masking', frameIn(4), 1);
  log.add('close-code-not-sendable', frameIn(5), 2, 1006);
  log.add('masking', frameIn(6), 3);
  expect(log.list()).toMatchObject([
    {
      kind: 'masking',
      count: 2,
      examples: [
        { packet: 4, number: 1, detail: null },
        { packet: 6, number: 3, detail: null },
      ],
    },
    { kind: 'close-code-not-sendable', count: 1, examples: [{ packet: 5, number: 2, detail: 1006 }] },
  ]);
});

test('the first three of a kind are kept, all are counted', () => {
  const log = new IrregularityLog();
  for (let packet = 1; packet <= 1000; packet++) log.add('reserved-bits', frameIn(packet), packet);
  const [entry, ...others] = log.list();
  expect(others).toEqual([]);
  expect(entry?.count).toBe(1000);
  expect(entry?.examples.map(({ packet }) => packet)).toEqual([1, 2, 3]);
});
