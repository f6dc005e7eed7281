import { describe, expect, it } from 'vitest';
import { LINK_TYPE_INSIDE } from '../../src/decode/rare-link-layer.ts';
import {
  ANY_IP,
  CUT,
  DEEPER_THAN_READ,
  LayerCursor,
  NOTHING,
  UNREADABLE,
} from '../../src/decode/layer-cursor.ts';

/** Six bytes, 01 to 06, amid others that are ff. */
function onSixBytes(wireLength = 6): LayerCursor {
  const cursor = new LayerCursor();
  cursor.set(Uint8Array.of(0xff, 0xff, 1, 2, 3, 4, 5, 6, 0xff, 0xff, 0xff, 0xff), 2, 8, 2 + wireLength);
  return cursor;
}

const READS: readonly (readonly [string, number, (cursor: LayerCursor, offset: number) => number, number])[] =
  [
    ['a byte', 1, (cursor, offset) => cursor.byte(offset), 6],
    ['16 bits', 2, (cursor, offset) => cursor.uint16(offset), 0x0506],
    ['24 bits', 3, (cursor, offset) => cursor.uint24(offset), 0x040506],
    ['32 bits', 4, (cursor, offset) => cursor.uint32(offset), 0x03040506],
    ['32 bits with a sign', 4, (cursor, offset) => cursor.int32(offset), 0x03040506],
    ['32 bits of a little-endian machine', 4, (cursor, offset) => cursor.uint32LE(offset), 0x06050403],
  ];

describe('a cursor in the layers of a packet', () => {
  it.each(READS)('reads %s up to the last captured one, and notes no overrun', (_, width, read, value) => {
    const cursor = onSixBytes();
    expect([read(cursor, 6 - width), cursor.isOverrun]).toEqual([value, false]);
  });

  it.each(READS)('gives 0 for what of %s lies behind the end, and notes the overrun', (_, width, read) => {
    for (let offset = 6 - width + 1; offset <= 8; offset++) {
      const cursor = onSixBytes();
      const whole = onSixBytes();
      whole.set(Uint8Array.of(1, 2, 3, 4, 5, 6, ...new Array<number>(12).fill(0)), 0, 18, 18);
      expect([offset, read(cursor, offset)]).toEqual([offset, read(whole, offset)]);
      expect([cursor.isOverrun, whole.isOverrun]).toEqual([true, false]);
    }
  });

  it('remembers an overrun until it is set on other bytes', () => {
    const cursor = onSixBytes();
    cursor.byte(6);
    expect([cursor.byte(0), cursor.isOverrun]).toEqual([1, true]);
    cursor.set(Uint8Array.of(9), 0, 1, 1);
    expect([cursor.byte(0), cursor.isOverrun]).toEqual([9, false]);
  });

  it('reads nothing behind the end of a layer that has a length of its own', () => {
    const cursor = onSixBytes();
    cursor.skip(1);
    cursor.limit(3);
    expect([cursor.has(3), cursor.has(4), cursor.byte(2), cursor.isOverrun]).toEqual([true, false, 4, false]);
    expect([cursor.byte(3), cursor.isOverrun]).toEqual([0, true]);
  });

  it('ends a layer no later than what carries it, whatever its length says', () => {
    const cursor = onSixBytes(9);
    cursor.limit(1000);
    expect([cursor.end, cursor.wireEnd]).toEqual([8, 11]);
    cursor.limit(2);
    cursor.limit(7);
    expect([cursor.end, cursor.wireEnd]).toEqual([4, 4]);
  });

  it('never counts bytes as captured that were not on the wire', () => {
    const cursor = onSixBytes(4);
    expect([cursor.end, cursor.has(4), cursor.has(5), cursor.byte(4)]).toEqual([6, true, false, 0]);
  });

  it('reads nothing once it is moved behind the end, however far', () => {
    const cursor = onSixBytes();
    cursor.skip(0xffffffff);
    expect([cursor.has(0), cursor.uint32(0), cursor.isOverrun]).toEqual([false, 0, true]);
  });
});

it('no other answer of a reader about the next layer can be mistaken for an EtherType', () => {
  for (const word of [ANY_IP, CUT, NOTHING, UNREADABLE, DEEPER_THAN_READ, LINK_TYPE_INSIDE]) {
    expect(word < 0 || word > 0xffff).toBe(true);
  }
});
