/** What FrameParser says each byte is: all of them, once, in order; and that it reads the same whether or not it is asked. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PayloadSink } from '../../src/websocket/frame-events.ts';
import { BYTE_BY_BYTE, inSegmentsOf, WHOLE } from '../helpers/exchange-log.ts';
import { frameOf, FrameSpanLog, MISSING, playFrames } from '../helpers/frame-log.ts';
import { concat, hex } from '../helpers/pcap-builder.ts';

const SEGMENTATIONS = [
  ['whole', WHOLE],
  ['byte by byte', BYTE_BY_BYTE],
  ['in segments of 2 and 3', inSegmentsOf(2, 3)],
] as const;

describe('what each byte of a frame is', () => {
  test.each(SEGMENTATIONS)('a masked text, a Close and a ping %s', (_how, segmentation) => {
    const spans = new FrameSpanLog();
    const bytes = concat([hex('8185 37fa213d 7f9f4d5158'), hex('8802 03e8'), hex('0900')]);
    playFrames(bytes, segmentation, null, spans);
    expect(spans.covered).toEqual([...bytes]);
    expect(spans.headers).toEqual([
      { opcode: 1, isFinal: true, payloadLength: 5, isMasked: true, mask: 0x37fa213d, length: 6 },
      { opcode: 8, isFinal: true, payloadLength: 2, isMasked: false, mask: 0, length: 2 },
      { opcode: 9, isFinal: false, payloadLength: 0, isMasked: false, mask: 0, length: 2 },
    ]);
    expect(spans.indexes).toEqual([0, 1, 2, 3, 4, 0, 1]);
  });

  test('bytes that are missing within a payload, and payload behind them', () => {
    const spans = new FrameSpanLog();
    playFrames([hex('8205 01'), 3, hex('05 8100')], WHOLE, null, spans);
    expect(spans.covered).toEqual([0x82, 5, 1, MISSING, MISSING, MISSING, 5, 0x81, 0]);
    expect(spans.indexes).toEqual([0, 4]);
    expect(spans.headers).toHaveLength(2);
  });

  test('where a gap hides the next frame, half a header before it and all behind it are not read', () => {
    const spans = new FrameSpanLog();
    playFrames([hex('8100 82'), 2, hex('8100')], WHOLE, null, spans);
    expect(spans.covered).toEqual([0x81, 0, 0x82, MISSING, MISSING, 0x81, 0]);
    expect(spans.unreadBytes).toEqual([0x82, 0x81, 0]);
  });

  test('a header that is not complete at the end is not reported', () => {
    const spans = new FrameSpanLog();
    const { parser } = playFrames(hex('8100 827e 01'), BYTE_BY_BYTE, null, spans);
    expect(spans.covered).toEqual([0x81, 0]);
    expect(parser.unfinished?.received).toBe(3);
  });
});

const FRAME = fc
  .record({
    opcode: fc.constantFrom(0, 1, 1, 2, 3, 8, 9, 10),
    isFinal: fc.boolean(),
    length: fc.oneof(fc.nat(20), fc.constantFrom(125, 126, 130, 300)),
    mask: fc.option(fc.uint8Array({ minLength: 4, maxLength: 4 })),
  })
  .map(({ opcode, isFinal, length, mask }) => {
    const bytes = frameOf(opcode, new Uint8Array(length).fill(0x61), isFinal);
    if (mask === null) return bytes;
    const headerLength = bytes.length - length;
    bytes[1]! |= 0x80;
    return concat([bytes.subarray(0, headerLength), mask, bytes.subarray(headerLength)]);
  });
const PIECES = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: FRAME },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 40 }) },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 6 }) },
  ),
  { maxLength: 12 },
);
const SEGMENTATION = fc.oneof(
  fc.constantFrom(WHOLE, BYTE_BY_BYTE),
  fc
    .array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 })
    .map((sizes) => inSegmentsOf(...sizes)),
);

/** Wants every other payload, and writes down all that it gets. */
class HalfSink implements PayloadSink {
  readonly events: string[] = [];
  #count = 0;

  begin(opcode: number, isFinal: boolean, reservedBits: number, payloadLength: number): boolean {
    this.events.push(`begin ${opcode} ${isFinal} ${reservedBits} ${payloadLength}`);
    return this.#count++ % 2 === 0;
  }

  payload(bytes: Uint8Array, start: number, end: number, mask: number, index: number): void {
    for (let at = start; at < end; at++) this.events.push(`${bytes[at]!} ${mask} ${index + at - start}`);
  }

  payloadGap(): void {
    this.events.push('gap');
  }
}

describe('whatever is sent, and however it is cut', () => {
  test('every byte is reported once, in order, but for a header that is not complete', () => {
    fc.assert(
      fc.property(PIECES, SEGMENTATION, (pieces, segmentation) => {
        const spans = new FrameSpanLog();
        const { parser } = playFrames(pieces, segmentation, null, spans);
        const sent = pieces.flatMap((piece): (number | string)[] =>
          typeof piece === 'number' ? Array.from({ length: piece }, () => MISSING) : [...piece],
        );
        const { unfinished } = parser;
        const isHeader = !parser.isLost && unfinished?.opcode === null;
        expect(spans.covered).toEqual(isHeader ? sent.slice(0, -unfinished.received) : sent);
      }),
      { numRuns: 1000, seed: 6455 },
    );
  });

  test('frames and payloads are the same as where nobody asks', () => {
    fc.assert(
      fc.property(PIECES, SEGMENTATION, (pieces, segmentation) => {
        const [withSpans, without] = [new HalfSink(), new HalfSink()];
        const asked = playFrames(pieces, segmentation, withSpans, new FrameSpanLog());
        const unasked = playFrames(pieces, segmentation, without);
        expect(asked.frames).toEqual(unasked.frames);
        expect(withSpans.events).toEqual(without.events);
        expect(asked.parser.unfinished).toEqual(unasked.parser.unfinished);
        expect(asked.parser.isLost).toBe(unasked.parser.isLost);
      }),
      { numRuns: 1000, seed: 6455 },
    );
  });
});
