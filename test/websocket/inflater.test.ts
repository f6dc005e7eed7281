import { constants, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OpenRawInflate } from '../../src/platform/raw-inflate.ts';
import { openHandle } from '../../src/platform/node/raw-inflate.ts';
import { openRawInflate as openPako } from '../../src/platform/web/raw-inflate.ts';
import { Inflater, type InflateOutput, type InflateResult } from '../../src/websocket/inflater.ts';
import { concat, hex } from '../helpers/pcap-builder.ts';

class Collector {
  readonly inflater: Inflater;
  #chunks: Buffer[] = [];
  reopened = 0;

  /** @param limit bytes wanted */
  constructor(open: OpenRawInflate, windowBits = 15, limit = Infinity, maxReopened = Infinity) {
    let left = limit;
    const output: InflateOutput = {
      inflated: (bytes, end) => {
        this.#chunks.push(Buffer.from(bytes.subarray(0, end)));
        left -= end;
        return left > 0;
      },
      reopened: () => ++this.reopened <= maxReopened,
    };
    this.inflater = new Inflater(windowBits, output, open);
  }

  /** A message in pieces of this size; the caller says which piece is the last, or does not. */
  message(compressed: Uint8Array, size = Infinity, isLastKnown = false): InflateResult {
    for (let at = 0; at < compressed.length; at += size) {
      const end = Math.min(compressed.length, at + size);
      const isLast = isLastKnown && end === compressed.length;
      const result = isLast
        ? this.inflater.writeLast(compressed, at, end)
        : this.inflater.write(compressed, at, end);
      if (result !== 'ok' || isLast) return result;
    }
    return this.inflater.finish();
  }

  /** All that came since the last time. */
  take(): Buffer {
    const bytes = Buffer.concat(this.#chunks);
    this.#chunks = [];
    return bytes;
  }
}

/** Messages of one sender, in one context or each in its own (RFC 7692 §7.2.1). */
function compressAll(messages: readonly Buffer[], windowBits: number, takeover: boolean): Buffer[] {
  return messages.map((message, index) => {
    const before = takeover
      ? Buffer.concat(messages.slice(0, index)).subarray(-(2 ** windowBits))
      : Buffer.alloc(0);
    const compressed = deflateRawSync(message, {
      windowBits,
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(before.length === 0 ? {} : { dictionary: before }),
    });
    return compressed.subarray(0, -4);
  });
}

const words = fc.constantFrom('heartbeat ', 'EURUSD', '1.0821', '{"type":"tick"}', '\n');
const message = fc.oneof(
  { weight: 6, arbitrary: fc.array(words, { maxLength: 60 }).map((parts) => Buffer.from(parts.join(''))) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.nat(255).map((byte) => Buffer.alloc(200_000, byte)) },
);

describe.each([
  ['the zlib of Node', openHandle],
  ['pako', openPako],
])('inflated by %s', (_, open) => {
  describe.each([
    [15, true],
    [15, false],
    [9, true],
    [10, false],
  ] as const)('windows of %d bits, context takeover %s', (windowBits, takeover) => {
    test('messages come out as they went in, in pieces of any size', () => {
      fc.assert(
        fc.property(
          fc.array(message, { maxLength: 6 }),
          fc.constantFrom(1, 7, 1448, Infinity),
          fc.boolean(),
          (messages, size, isLastKnown) => {
            const collector = new Collector(open, windowBits);
            compressAll(messages, windowBits, takeover).forEach((compressed, index) => {
              if (!takeover) collector.inflater.reset();
              expect(collector.message(compressed, size, isLastKnown)).toBe('ok');
              expect(Buffer.compare(collector.take(), messages[index]!)).toBe(0);
            });
            collector.inflater.close();
          },
        ),
        { numRuns: 60 },
      );
    });
  });

  test('every truncation of a message gives a beginning of it, and no error', () => {
    const text = Buffer.from('the quick brown fox jumps over the lazy dog, the quick brown fox');
    const compressed = deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH });
    for (let length = 0; length <= compressed.length; length++) {
      const collector = new Collector(open);
      expect(collector.inflater.write(compressed, 0, length)).toBe('ok');
      const beginning = collector.take();
      expect(text.subarray(0, beginning.length).equals(beginning)).toBe(true);
      collector.inflater.close();
    }
  });

  test('random bytes end in a result, never in an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(1, Infinity), (bytes, size) => {
        const collector = new Collector(open);
        const result = collector.message(bytes, size);
        expect(['ok', 'failed']).toContain(result);
        expect(collector.inflater.error !== null).toBe(result === 'failed');
        collector.inflater.close();
      }),
      { numRuns: 500 },
    );
  });

  test('after an error a reset makes it as new', () => {
    const collector = new Collector(open);
    expect(collector.message(hex('ffffff'))).toBe('failed');
    collector.inflater.reset();
    expect(collector.inflater.error).toBeNull();
    expect(collector.message(hex('f248cdc9c90700'))).toBe('ok');
    expect(collector.take().toString()).toBe('Hello');
  });

  describe('a final block', () => {
    const FINAL_HELLO = hex('f348cdc9c90700');
    const AGAIN = hex('f200110000');

    test.each([
      [1, false],
      [1, true],
      [Infinity, false],
      [Infinity, true],
    ])(
      'ends no context: the next message refers to what was before (in pieces of %d, last known %s)',
      (size, isLastKnown) => {
        const collector = new Collector(open);
        for (const compressed of [FINAL_HELLO, AGAIN, FINAL_HELLO, AGAIN]) {
          expect(collector.message(compressed, size, isLastKnown)).toBe('ok');
        }
        expect(collector.take().toString()).toBe('HelloHelloHelloHello');
      },
    );

    test('may be followed by a byte of padding (RFC 7692 §7.2.3.4)', () => {
      for (const isLastKnown of [false, true]) {
        const collector = new Collector(open);
        expect(collector.message(concat([FINAL_HELLO, hex('00')]), Infinity, isLastKnown)).toBe('ok');
        expect(collector.message(AGAIN, Infinity, isLastKnown)).toBe('ok');
        expect(collector.take().toString()).toBe('HelloHello');
      }
    });

    test('that ends in what the sender left out of the message is one all the same', () => {
      // A stored final block without bytes; the message holds only its header.
      for (const isLastKnown of [false, true]) {
        const collector = new Collector(open);
        expect(collector.message(hex('f248cdc9c90700'), Infinity, isLastKnown)).toBe('ok');
        expect(collector.message(hex('01'), Infinity, isLastKnown)).toBe('ok');
        expect(collector.message(AGAIN, Infinity, isLastKnown)).toBe('ok');
        expect(collector.take().toString()).toBe('HelloHello');
        expect(collector.reopened).toBe(1);
      }
    });

    test('after many messages without one cuts off what was before, and nobody is blamed for that', () => {
      const collector = new Collector(open);
      expect(collector.message(hex('f248cdc9c90700'))).toBe('ok');
      for (let i = 0; i < 100; i++) expect(collector.message(AGAIN)).toBe('ok');
      collector.take();
      expect(collector.message(FINAL_HELLO)).toBe('ok');
      expect(collector.message(hex('f248cdc9c90700'))).toBe('ok');
      expect(collector.message(AGAIN)).toBe('ok');
      expect(collector.message(FINAL_HELLO)).toBe('ok');
      expect(collector.message(AGAIN)).toBe('ok');
      expect(collector.take().toString()).toBe('HelloHelloHelloHelloHello');
    });

    test('after which a message refers too far back for what is kept stops it', () => {
      const collector = new Collector(open);
      for (let i = 0; i < 100; i++) expect(collector.message(hex('f248cdc9c90700'))).toBe('ok');
      expect(collector.message(hex('0300'))).toBe('ok');
      expect(collector.message(AGAIN)).toBe('not-kept');
      collector.inflater.reset();
      expect(collector.message(AGAIN)).toBe('failed');
    });

    test('may stand in the middle of a message', () => {
      const collector = new Collector(open);
      expect(collector.message(concat([FINAL_HELLO, AGAIN]))).toBe('ok');
      expect(collector.take().toString()).toBe('HelloHello');
    });

    test('is forgotten by a reset', () => {
      const collector = new Collector(open);
      collector.message(FINAL_HELLO);
      collector.inflater.reset();
      expect(collector.message(AGAIN)).toBe('failed');
    });

    test('costs the receiver time: who counts them may stop', () => {
      const collector = new Collector(open, 15, Infinity, 100);
      const empty = concat(Array<Uint8Array>(5000).fill(hex('0300')));
      expect(collector.message(empty)).toBe('stopped');
      expect(collector.reopened).toBe(101);
    });
  });

  test('it stops where its output wants no more', () => {
    const bomb = deflateRawSync(new Uint8Array(10_000_000), { finishFlush: constants.Z_SYNC_FLUSH });
    const collector = new Collector(open, 15, 200_000);
    expect(collector.message(bomb)).toBe('stopped');
    expect(collector.take().length).toBeLessThan(400_000);
  });
});
