/** zlib's handle and pako, compared with each other: bytes, results, and zlib's error messages. */
import { constants, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openHandle, openRawInflate } from '../../src/platform/node/raw-inflate.ts';
import { room, unread, type OpenRawInflate } from '../../src/platform/raw-inflate.ts';
import { openRawInflate as openPako } from '../../src/platform/web/raw-inflate.ts';
import { Inflater, type InflateResult } from '../../src/websocket/inflater.ts';
import { concat, hex } from '../helpers/pcap-builder.ts';

interface Told {
  readonly result: InflateResult;
  readonly error: string | null;
  readonly bytes: string;
  readonly reopened: number;
}

interface Message {
  readonly compressed: Uint8Array;
  /** Its context is a new one. */
  readonly isReset: boolean;
}

/**
 * The result for messages in pieces of this size. After an error a reset begins again, as message-reader.ts
 * does.
 */
function tell(open: OpenRawInflate, windowBits: number, messages: readonly Message[], size: number): Told[] {
  let chunks: Uint8Array[] = [];
  let reopened = 0;
  let wanted = 100_000;
  const output = {
    inflated: (bytes: Uint8Array, end: number): boolean => {
      chunks.push(bytes.slice(0, end));
      wanted -= end;
      return wanted > 0;
    },
    reopened: () => ++reopened < 200,
  };
  const inflater = new Inflater(windowBits, output, open);
  const told = messages.map(({ compressed, isReset }): Told => {
    if (isReset) inflater.reset();
    let result: InflateResult = 'ok';
    for (let at = 0; at < compressed.length && result === 'ok'; at += size) {
      result = inflater.write(compressed, at, Math.min(compressed.length, at + size));
    }
    if (result === 'ok') result = inflater.finish();
    const { error } = inflater;
    if (result !== 'ok') inflater.reset();
    const bytes = Buffer.concat(chunks).toString('hex');
    chunks = [];
    return { result, error, bytes, reopened };
  });
  inflater.close();
  return told;
}

const words = fc.constantFrom('heartbeat ', 'EURUSD', '1.0821', '{"type":"tick"}', '\n');
const content = fc.oneof(
  { weight: 6, arbitrary: fc.array(words, { maxLength: 60 }).map((parts) => Buffer.from(parts.join(''))) },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.integer({ min: 30_000, max: 70_000 }).map((length) => noise(length)) },
  { weight: 1, arbitrary: fc.nat(255).map((byte) => Buffer.alloc(100_000, byte)) },
);

/** Bytes that no deflate makes shorter, the same for the same length. */
function noise(length: number): Buffer {
  let state = length;
  return Buffer.from(
    Uint8Array.from({ length }, () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24),
  );
}

const sent = fc.record({
  content,
  isFinal: fc.boolean(),
  isReset: fc.boolean(),
  strategy: fc.constantFrom(constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED, constants.Z_HUFFMAN_ONLY),
  level: fc.constantFrom(0, 1, 9),
  /** Where a bit of it is turned over, as a part of its length; null: it stays as it is. */
  damageAt: fc.option(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { freq: 4 }),
  /** The part of it that is captured. */
  kept: fc.oneof(
    { weight: 6, arbitrary: fc.constant(1) },
    { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
  ),
});

test('random messages give the same bytes, results and errors, whole or damaged', () => {
  const seen = { ok: 0, failed: 0, stopped: 0, 'not-kept': 0 };
  fc.assert(
    fc.property(
      fc.array(sent, { maxLength: 6 }),
      fc.constantFrom(9, 10, 15),
      fc.constantFrom(8, 9, 12, 15),
      fc.constantFrom(1, 7, 1448, 100_000),
      (all, sendersBits, windowBits, size) => {
        let before = Buffer.alloc(0);
        const messages = all.map((each): Message => {
          if (each.isReset) before = Buffer.alloc(0);
          const compressed = deflateRawSync(each.content, {
            windowBits: sendersBits,
            strategy: each.strategy,
            level: each.level,
            finishFlush: each.isFinal ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
            ...(before.length === 0 ? {} : { dictionary: before }),
          });
          before = Buffer.concat([before, each.content]).subarray(-(2 ** sendersBits));
          if (each.damageAt !== null) {
            compressed[Math.floor(each.damageAt * compressed.length)]! ^=
              1 << (Math.floor(each.damageAt * 800) % 8);
          }
          return {
            compressed: compressed.subarray(0, Math.round(each.kept * compressed.length)),
            isReset: each.isReset,
          };
        });
        const told = tell(openHandle, windowBits, messages, size);
        for (const { result } of told) seen[result]++;
        expect(tell(openPako, windowBits, messages, size)).toEqual(told);
      },
    ),
    { numRuns: 150 },
  );
  expect(Object.entries(seen).filter(([result, count]) => count === 0 && result !== 'not-kept')).toEqual([]);
});

describe.each([
  ['the zlib of Node', openHandle],
  ['pako', openPako],
] as const)('%s', (_, open) => {
  test.each([
    ['5e81', 'invalid block type'],
    ['406c97d63c', 'invalid stored block lengths'],
    ['4c1c2a9c', 'invalid code lengths set'],
    ['f5d613', 'too many length or distance symbols'],
    ['9d138280d1', 'invalid bit length repeat'],
    ['1bcf', 'invalid literal/length code'],
    ['837e', 'invalid distance code'],
    ['c344', 'invalid distance too far back'],
  ])('says of %s in zlib’s words: %s', (digits, words) => {
    const stream = open(15);
    const bytes = hex(digits);
    stream.run(bytes, 0, bytes.length, new Uint8Array(300));
    expect(stream.error).toBe(words);
    stream.reset();
    expect(stream.error).toBeNull();
    stream.close();
  });

  test('says how much of input and output it left', () => {
    const stream = open(15);
    const compressed = concat([hex('f248cdc9c90700'), hex('0000ffff')]);
    stream.run(compressed, 0, compressed.length, new Uint8Array(3));
    expect(room()).toBe(0);
    stream.run(compressed, compressed.length - unread(), compressed.length, new Uint8Array(8));
    expect({ room: room(), unread: unread() }).toEqual({ room: 6, unread: 0 });
    stream.close();
  });

  test('leaves what follows a final block unread, and reports no error for it', () => {
    const stream = open(15);
    const compressed = concat([hex('f348cdc9c90700'), hex('ffffff')]);
    stream.run(compressed, 0, compressed.length, new Uint8Array(64));
    expect(stream.error).toBeNull();
    const rest = unread();
    expect(rest).toBeGreaterThanOrEqual(3);
    stream.run(compressed, compressed.length - rest, compressed.length, new Uint8Array(64));
    expect({ error: stream.error, unread: unread(), room: room() }).toEqual({
      error: null,
      unread: rest,
      room: 64,
    });
    stream.close();
  });

  test('a reset after bytes that left the window part full begins with an empty one', () => {
    const stream = open(9);
    const output = new Uint8Array(4096);
    for (const length of [100, 511, 512, 513, 2000]) {
      const compressed = deflateRawSync(noise(length), { finishFlush: constants.Z_SYNC_FLUSH });
      stream.run(compressed, 0, compressed.length, output);
      expect(output.length - room()).toBe(length);
      stream.reset();
      const again = hex('f200110000');
      stream.run(again, 0, again.length, output);
      expect(stream.error).toBe('invalid distance too far back');
      stream.reset();
    }
    stream.close();
  });
});

test('this Node has the expected zlib handle', () => {
  const ofNode = openHandle(15);
  const chosen = openRawInflate(15);
  expect(chosen.constructor).toBe(ofNode.constructor);
  ofNode.close();
  chosen.close();
});
