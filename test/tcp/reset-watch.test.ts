/** What is known of a RST: how it looks, what it answers, and what its sender does after it. */
import { describe, expect, test } from 'vitest';
import { Recording, type SegmentSpec } from '../helpers/segment-builder.ts';

/** TCP's handshake with a round trip of 20 ms; both sides then stand at 101. */
const HANDSHAKE: readonly SegmentSpec[] = [
  { flags: 'S', seq: 100, time: 1 },
  { flags: 'SA', from: 1, seq: 100, ack: 101, time: 1.01 },
  { seq: 101, ack: 101, time: 1.02 },
];

const TALK: readonly SegmentSpec[] = [
  { seq: 101, ack: 101, payload: 'abcde', time: 2 },
  { from: 1, seq: 101, ack: 106, payload: 'ABCDE', time: 2.01, identification: 77, checksum: 7 },
];

/** The server's RST in this capture. */
function resetIn(...segments: readonly SegmentSpec[]) {
  return new Recording()
    .play(...HANDSHAKE, ...segments)
    .end()
    .connection().stream1.resetFacts;
}

test('a side without a RST', () => {
  expect(resetIn(...TALK)).toBeNull();
});

test('the round trip is that of the handshake', () => {
  expect(new Recording().play(...HANDSHAKE).connection().roundTripMs).toBe(20);
});

test('the round trip is not known where the SYN was sent twice', () => {
  const segments: SegmentSpec[] = [HANDSHAKE[0]!, { ...HANDSHAKE[0], time: 1.005 }, ...HANDSHAKE.slice(1)];
  expect(new Recording().play(...segments).connection().roundTripMs).toBeNull();
});

describe('what came after it', () => {
  const RESET: SegmentSpec = { from: 1, flags: 'R', seq: 106, time: 3 };

  test.each<[string, SegmentSpec, boolean]>([
    ['new data', { from: 1, seq: 106, ack: 106, payload: 'more', time: 3.3 }, true],
    [
      'data sent again that nobody had acknowledged',
      { from: 1, seq: 101, ack: 106, payload: 'ABCDE', time: 3.3 },
      true,
    ],
    ['new data within 200 ms', { from: 1, seq: 106, ack: 106, payload: 'more', time: 3.19 }, false],
    ['an acknowledgement', { from: 1, seq: 106, ack: 106, time: 3.3 }, false],
    ['another RST', { from: 1, flags: 'R', seq: 106, payload: 'text', time: 3.3 }, false],
    ['data of the other side', { seq: 106, ack: 106, payload: 'more', time: 3.3 }, false],
    [
      'the packet before it once more, captured late',
      { from: 1, seq: 101, ack: 106, payload: 'ABCDE', time: 3.3, identification: 77, checksum: 7 },
      false,
    ],
  ])('%s', (_name, after, counts) => {
    expect(resetIn(...TALK, RESET, after)?.sentAfter?.segments ?? 0).toBe(counts ? 1 : 0);
  });

  test('is nothing new where the other side had acknowledged it', () => {
    const acknowledged: SegmentSpec = { seq: 106, ack: 106, time: 2.02 };
    const again: SegmentSpec = { from: 1, seq: 101, ack: 106, payload: 'ABCDE', time: 3.3 };
    expect(resetIn(...TALK, acknowledged, RESET, again)?.sentAfter).toBeNull();
  });

  test('has to be a second later where the round trip is not known', () => {
    const at = (time: number) =>
      new Recording()
        .play(...TALK, RESET, { from: 1, seq: 106, ack: 106, payload: 'more', time })
        .end()
        .connection().stream1.resetFacts?.sentAfter;
    expect([at(3.9), at(4.1)?.segments]).toEqual([null, 1]);
  });
});

describe('the silence before it', () => {
  const QUESTION: SegmentSpec = { seq: 106, ack: 106, payload: 'still there?', time: 200 };

  test.each<[string, SegmentSpec, boolean]>([
    ['a bare RST with the number that the data acknowledges', { seq: 106, time: 200.001 }, true],
    ['another number', { seq: 107, time: 200.001 }, false],
    ['a RST that acknowledges', { seq: 106, ack: 118, flags: 'RA', time: 200.001 }, false],
    ['too late for an answer', { seq: 106, time: 200.3 }, false],
  ])('%s', (_name, reset, isAnswer) => {
    const facts = resetIn(...TALK, QUESTION, { from: 1, flags: 'R', ...reset });
    const { from, until } = facts?.afterSilence ?? {};
    expect([from?.packet, until?.packet]).toEqual(isAnswer ? [5, 6] : [undefined, undefined]);
  });

  test('is none where the other direction carried something', () => {
    const news: SegmentSpec = { from: 1, seq: 106, ack: 106, payload: 'news', time: 100 };
    const question: SegmentSpec = { ...QUESTION, ack: 110 };
    expect(
      resetIn(...TALK, news, question, { from: 1, flags: 'R', seq: 110, time: 200.001 })?.afterSilence,
    ).toBeNull();
  });
});

test.each([
  [106, 0],
  [107, 1],
  [116, 10],
])('a RST with number %i shows %i missing sequence numbers', (seq, missing) => {
  expect(resetIn(...TALK, { from: 1, flags: 'R', seq, time: 3 })?.missing).toBe(missing);
});

describe('a bare RST with the number that the other side acknowledged', () => {
  const ack: SegmentSpec = { seq: 106, ack: 106, time: 2.02 };
  test.each<[string, readonly SegmentSpec[], boolean]>([
    ['is of a host that has no such connection', [ack, { from: 1, flags: 'R', seq: 106, time: 3 }], true],
    ['is not, where it acknowledges', [ack, { from: 1, flags: 'RA', seq: 106, ack: 106, time: 3 }], false],
    ['is not, where it has another number', [ack, { from: 1, flags: 'R', seq: 107, time: 3 }], false],
    [
      'is not, where its side had ended',
      [
        ack,
        { from: 1, flags: 'FA', seq: 106, ack: 106, time: 2.5 },
        { from: 1, flags: 'R', seq: 106, time: 3 },
      ],
      false,
    ],
  ])('%s', (_name, segments, expected) => {
    expect(resetIn(...TALK, ...segments)?.isOfUnknown).toBe(expected);
  });
});

test('nothing is missing where the FIN was captured', () => {
  const fin: SegmentSpec = { from: 1, flags: 'FA', seq: 106, ack: 106, time: 2.5 };
  expect(resetIn(...TALK, fin, { from: 1, flags: 'R', seq: 107, time: 3 })?.missing).toBe(0);
});

test('TTLs of RSTs do not count as those of a side', () => {
  const stream = new Recording()
    .play(...HANDSHAKE, { from: 1, flags: 'R', seq: 101, hopLimit: 243 })
    .end()
    .connection().stream1;
  expect([stream.packets, stream.lowestHopLimit, stream.highestHopLimit]).toEqual([1, 64, 64]);
});

describe('what a RST without acknowledgement answers', () => {
  const RESET: SegmentSpec = { from: 1, flags: 'R', seq: 106, time: 30 };
  const asked = (time: number): SegmentSpec => ({ seq: 106, ack: 106, payload: 'there?', time });

  test.each<[string, readonly SegmentSpec[], boolean]>([
    ['a packet right before it', [asked(29.9), RESET], false],
    ['nothing that the capture has', [asked(29.7), RESET], true],
    ['nothing where it acknowledges', [asked(29.7), { ...RESET, flags: 'RA', ack: 112 }], false],
    ['nothing where its number is another', [asked(29.7), { ...RESET, seq: 101 }], false],
  ])('%s', (_name, segments, isUnseen) => {
    expect(resetIn(...TALK, ...segments)?.answersUnseen).toBe(isUnseen);
  });
});
