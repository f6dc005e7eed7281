/** What FrameParser gives to the sink of payloads, and what not. */
import { describe, expect, test } from 'vitest';
import type { PayloadSink } from '../../src/websocket/frame-events.ts';
import { BYTE_BY_BYTE, inSegmentsOf, WHOLE, type Segmentation } from '../helpers/exchange-log.ts';
import { frameOf, FrameSpanLog, playFrames } from '../helpers/frame-log.ts';
import { hex } from '../helpers/pcap-builder.ts';

/** Writes down all that it gets, payload as `<byte> at <index>`, and wants the payload of texts and their continuations. */
class SinkLog implements PayloadSink {
  readonly calls: string[] = [];

  begin(opcode: number, isFinal: boolean, reservedBits: number, payloadLength: number): boolean {
    this.calls.push(`begin ${opcode} ${isFinal ? 'final' : 'more'} ${reservedBits} of ${payloadLength}`);
    return opcode < 2;
  }

  payload(bytes: Uint8Array, start: number, end: number, mask: number, index: number): void {
    if (start >= end) throw new Error('an empty piece');
    for (let at = start; at < end; at++) {
      this.calls.push(`${bytes[at]!.toString(16)} at ${index + at - start}, key ${mask.toString(16)}`);
    }
  }

  payloadGap(): void {
    this.calls.push('gap');
  }
}

function callsOf(pieces: readonly (Uint8Array | number)[], segmentation: Segmentation): readonly string[] {
  const sink = new SinkLog();
  playFrames(pieces, segmentation, sink);
  const asked = new SinkLog();
  playFrames(pieces, segmentation, asked, new FrameSpanLog());
  expect(asked.calls).toEqual(sink.calls);
  return sink.calls;
}

describe.each([
  ['whole', WHOLE],
  ['byte by byte', BYTE_BY_BYTE],
  ['in segments of 2 and 3', inSegmentsOf(2, 3)],
] as const)('the sink, for frames that come %s', (_how, segmentation) => {
  test('gets a wanted payload still masked, with its key and indexes', () => {
    expect(callsOf([hex('8183 37fa213d 7f9f4d')], segmentation)).toEqual([
      'begin 1 final 0 of 3',
      '7f at 0, key 37fa213d',
      '9f at 1, key 37fa213d',
      '4d at 2, key 37fa213d',
    ]);
  });

  test('is asked for each part of a message, and gets no empty piece', () => {
    expect(callsOf([hex('4100 0001 61 8000')], segmentation)).toEqual([
      'begin 1 more 4 of 0',
      'begin 0 more 0 of 1',
      '61 at 0, key 0',
      'begin 0 final 0 of 0',
    ]);
  });

  test('gets no byte of a payload that it does not want, and nothing of frames that are not data', () => {
    expect(
      callsOf([frameOf(2, 'abc'), frameOf(9, 'abc'), frameOf(8), frameOf(11, 'a')], segmentation),
    ).toEqual(['begin 2 final 0 of 3']);
  });

  test('hears of bytes that are missing in data, wanted or not, and of none in a ping', () => {
    const pieces = [hex('8103 61'), 1, hex('63 8202'), 2, hex('8902'), 2];
    expect(callsOf(pieces, segmentation)).toEqual([
      'begin 1 final 0 of 3',
      '61 at 0, key 0',
      'gap',
      '63 at 2, key 0',
      'begin 2 final 0 of 2',
      'gap',
    ]);
  });

  test('hears of no gap between frames', () => {
    expect(callsOf([frameOf(2, 'a'), 3, frameOf(2, 'b')], segmentation)).toEqual(['begin 2 final 0 of 1']);
  });
});
