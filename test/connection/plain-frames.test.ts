/** Plain frames are only added up; that changes none of the facts in the end. */
import { TimelineRoom } from '../../src/connection/timeline-room.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NO_PINGS } from '../../src/connection/heartbeat.ts';
import { SideTracker } from '../../src/connection/side-tracker.ts';
import { Timeline } from '../../src/connection/timeline.ts';
import { FrameParser } from '../../src/websocket/frame-parser.ts';
import { OPCODE_CLOSE } from '../../src/websocket/frame.ts';
import { InflateBudget } from '../../src/websocket/inflate-budget.ts';
import { MessageReader } from '../../src/websocket/message-reader.ts';
import { frameOf, playPieces } from '../helpers/frame-log.ts';
import { concat, hex } from '../helpers/pcap-builder.ts';

interface Played {
  /** Frames that the handler got one by one. */
  readonly told: number;
  readonly facts: unknown;
  readonly timeline: unknown;
}

/** The side of a server, as ConnectionTracker puts it together. */
function play(
  pieces: readonly (Uint8Array | number)[],
  segmentation: (length: number) => number[],
  isTallied: boolean,
  { keep = 0, earlyUntilPacket = 0 } = {},
): Played {
  const side = new SideTracker();
  const timeline = new Timeline(new TimelineRoom());
  const reader = new MessageReader(side, {
    deflate: null,
    budget: new InflateBudget(),
    opaqueBits: 0,
    isFromStart: true,
    keep,
  });
  side.open({
    role: 'server',
    reader,
    knownReservedBits: 0,
    isFromStart: true,
    earlyUntilPacket,
    messages: null,
  });
  let told = 0;
  const parser: FrameParser = new FrameParser(
    1,
    {
      frame(direction, frame) {
        told++;
        side.frame(frame);
        if (frame.opcode === OPCODE_CLOSE) side.close(frame, true, false);
        const { packet, seconds, nanoseconds, opcode, payloadLength } = frame;
        timeline.addFrame(direction, packet, seconds, nanoseconds, opcode, payloadLength);
        if (isTallied && side.isSteady) parser.tallyPlain(timeline, side.isMaskExpected);
      },
      plainFrames(_direction, sum) {
        side.plainFrames(sum);
      },
    },
    reader,
  );
  playPieces(parser, pieces, segmentation);
  parser.settle();
  timeline.end();
  return { told, facts: side.facts('server', parser, NO_PINGS), timeline: timeline.events(0) };
}

const payload = fc.oneof(
  { weight: 4, arbitrary: fc.string({ maxLength: 40 }).map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('x'.repeat(700), 'é'.repeat(400)).map((text) => Buffer.from(text)),
  },
);
const frame = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.constantFrom(1, 2), payload).map(([opcode, bytes]) => frameOf(opcode, bytes)),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(0, 1, 2, 3, 9, 10), payload, fc.boolean())
      .map(([opcode, bytes, isFinal]) => frameOf(opcode, bytes.subarray(0, 100), isFinal)),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      hex('8800'),
      hex('8183 01020304 606260'), // masked, by a server
      hex('c103 616263'), // a reserved bit
      hex('827e 0003 616263'), // a length that is too long
    ),
  },
);
const pieces = fc.array(
  fc.oneof({ weight: 12, arbitrary: frame }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 60 }) }),
  {
    maxLength: 40,
  },
);
/** Lengths of segments, in turn. */
const segmentations = fc
  .array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 })
  .map((lengths) => (total: number): number[] => {
    const cut: number[] = [];
    for (let left = total, turn = 0; left > 0; turn++) {
      const length = Math.min(left, lengths[turn % lengths.length]!);
      cut.push(length);
      left -= length;
    }
    return cut;
  });

/** Several frames a piece: otherwise none would share a segment. */
function joined(each: readonly (Uint8Array | number)[]): (Uint8Array | number)[] {
  const all: (Uint8Array | number)[] = [];
  for (const piece of each) {
    const last = all.at(-1);
    if (typeof piece !== 'number' && last instanceof Uint8Array) all[all.length - 1] = concat([last, piece]);
    else all.push(piece);
  }
  return all;
}

test('frames added up and frames told one by one come to the same', () => {
  fc.assert(
    fc.property(pieces, segmentations, (each, segmentation) => {
      const stream = joined(each);
      const tallied = play(stream, segmentation, true);
      const told = play(stream, segmentation, false);
      expect(tallied.facts).toEqual(told.facts);
      expect(tallied.timeline).toEqual(told.timeline);
      expect(tallied.told).toBeLessThanOrEqual(told.told);
    }),
    { numRuns: 500 },
  );
});

test('what is met is the same where messages are kept, and so looked at as a whole', () => {
  fc.assert(
    fc.property(pieces, segmentations, (each, segmentation) => {
      const stream = joined(each);
      const { facts } = play(stream, segmentation, true);
      expect(facts).toEqual(play(stream, segmentation, true, { keep: 100 }).facts);
    }),
    { numRuns: 500 },
  );
});

test('plain frames are told no more after the first frame, until one comes that is not plain', () => {
  const whole = (length: number) => [length];
  const stream = [
    frameOf(1, 'a'),
    frameOf(2, 'b'),
    frameOf(1, 'c'),
    frameOf(9),
    frameOf(1, 'd'),
    frameOf(2, 'é'),
  ];
  expect(play(stream, whole, true).told).toBe(2);
  expect(play([...stream, Uint8Array.of(0x81, 1, 0xff), frameOf(1, 'e')], whole, true).told).toBe(3);
  expect(play([...stream, hex('8800'), frameOf(1, 'late'), frameOf(1, 'later')], whole, true).told).toBe(5);
});

test('a side with frames from before the upgrade has something to note of each', () => {
  const stream = [frameOf(1, 'a'), frameOf(1, 'b'), frameOf(1, 'c')];
  const { told, facts } = play(stream, (length) => [length], true, { earlyUntilPacket: 2 });
  expect(told).toBe(3);
  expect(facts).toMatchObject({ framesBeforeUpgrade: { count: 2 }, frameCount: 3 });
});
