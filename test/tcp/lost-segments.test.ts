/** Data that does not arrive: what the receiver's packets say about it, at the sender's end and at the receiver's. */
import { describe, expect, test } from 'vitest';
import { Recording, segmentOf, type SegmentSpec } from '../helpers/segment-builder.ts';

/** NOP, NOP, SACK with these blocks of sequence numbers. */
function sack(...blocks: readonly (readonly [number, number])[]): readonly number[] {
  const numbers = blocks
    .flat()
    .flatMap((number) => [number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255]);
  return [1, 1, 5, 2 + 8 * blocks.length, ...numbers];
}

const HANDSHAKE: readonly SegmentSpec[] = [
  { flags: 'S', seq: 100, time: 1 },
  { flags: 'SA', from: 1, seq: 100, ack: 101, time: 1.01 },
  { seq: 101, ack: 101, time: 1.02 },
];
const BIG = 'B'.repeat(1448);

/** The server sends a large segment in vain, and a small one behind it. */
const LARGE_LOST: readonly SegmentSpec[] = [
  ...HANDSHAKE,
  { from: 1, seq: 101, ack: 101, payload: 'small', time: 2 },
  { seq: 101, ack: 106, time: 2.01 },
  { from: 1, seq: 106, ack: 101, payload: BIG, time: 3 },
  { from: 1, seq: 1554, ack: 101, payload: 'tail', time: 3 },
  { from: 1, seq: 106, ack: 101, payload: BIG, time: 3.5 },
];

function troubleOf(...segments: readonly SegmentSpec[]) {
  return new Recording()
    .play(...segments)
    .end()
    .connection().stream1.trouble.unacknowledged;
}

describe('at the sender', () => {
  test('nothing of the other side came after the first retransmission', () => {
    expect(troubleOf(...LARGE_LOST)).toMatchObject({ peerPackets: 0, peerSegments: 0, lostSize: null });
  });

  test('packets of the other side are counted, and those with data', () => {
    expect(
      troubleOf(
        ...LARGE_LOST,
        { seq: 101, ack: 106, time: 4 },
        { seq: 101, ack: 106, payload: 'hi', time: 5 },
      ),
    ).toMatchObject({ peerPackets: 2, peerSegments: 1, lostSize: null });
  });

  test('a smaller segment that was sent later is acknowledged selectively', () => {
    expect(
      troubleOf(...LARGE_LOST, { seq: 101, ack: 106, options: sack([1554, 1558]), time: 4 })?.lostSize,
    ).toEqual({
      smallestLost: 1448,
      largestAcknowledged: 5,
    });
  });

  test.each<[string, readonly number[]]>([
    ['a block before what is acknowledged', sack([101, 106])],
    ['a block as large as what is lost', sack([1554, 1554 + 1448])],
    ['options that are damaged', [5, 40, 0]],
    ['an option of no length', [8, 0, 0, 0]],
    ['options that end', [0, ...sack([1554, 1558])]],
  ])('no size tells: %s', (_name, options) => {
    expect(troubleOf(...LARGE_LOST, { seq: 101, ack: 106, options, time: 4 })?.lostSize).toBeNull();
  });
});

describe('at the receiver', () => {
  const BEHIND: SegmentSpec = { from: 1, seq: 1554, ack: 101, payload: 'tail', time: 3 };
  const hole = (...segments: readonly SegmentSpec[]) =>
    new Recording()
      .play(...LARGE_LOST.slice(0, 5), BEHIND, ...segments)
      .end()
      .connection().stream1;

  test('acknowledgements that stand still before a hole say that it was never received', () => {
    const stream = hole({ seq: 101, ack: 106, time: 4 }, { seq: 101, ack: 106, time: 9 });
    expect(stream.neverReceived).toMatchObject({ bytes: 1448, offset: 5, acknowledgements: 2 });
    expect(stream.neverReceivedBytes).toBe(1448);
  });

  test('without an acknowledgement nobody knows', () => {
    expect(hole().neverReceived).toBeNull();
  });

  test('a hole that is acknowledged was not captured', () => {
    const stream = hole({ seq: 101, ack: 106, time: 4 }, { seq: 101, ack: 1558, time: 5 });
    expect([stream.neverReceived, stream.neverReceivedBytes, stream.gapBytes]).toEqual([null, 0, 1448]);
  });

  test('a hole that is filled is none', () => {
    expect(
      hole({ seq: 101, ack: 106, time: 4 }, { from: 1, seq: 106, ack: 101, payload: BIG, time: 5 })
        .neverReceived,
    ).toBeNull();
  });
});

describe('what ICMP says', () => {
  const error = { from: '10.0.0.9', reason: 'host unreachable', mtu: null } as const;
  const quoting = (spec: SegmentSpec) => segmentOf({ ...spec, time: 5 }, 77);

  test('is kept for the side whose packet it quotes', () => {
    const recording = new Recording().play(...HANDSHAKE);
    recording.tracker.undelivered(quoting({ seq: 101 }), error);
    recording.tracker.undelivered(quoting({ seq: 101 }), { ...error, reason: 'port unreachable' });
    expect(recording.connection().stream0.undelivered).toMatchObject({
      ...error,
      count: 2,
      mark: { packet: 77 },
    });
    expect(recording.connection().stream1.undelivered).toBeNull();
  });

  test.each<[string, SegmentSpec]>([
    ['another connection', { seq: 101, port: 4000 }],
    ['a number that is far from the stream', { seq: 101 + 2 ** 31 - 1 }],
  ])('is not, where it quotes %s', (_name, spec) => {
    const recording = new Recording().play(...HANDSHAKE);
    recording.tracker.undelivered(quoting(spec), error);
    expect(recording.connection().stream0.undelivered).toBeNull();
    expect(recording.tracker.connectionCount).toBe(1);
  });
});
