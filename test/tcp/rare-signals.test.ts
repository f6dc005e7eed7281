/** What real TCP does now and then: both sides closing at once, 4-tuples used again, urgent data, window updates. */
import { describe, expect, it } from 'vitest';
import { Recording, type SegmentSpec } from '../helpers/segment-builder.ts';

const HANDSHAKE: readonly SegmentSpec[] = [
  { flags: 'S', seq: 999 },
  { from: 1, flags: 'SA', seq: 4999, ack: 1000 },
  { seq: 1000, ack: 5000 },
];

describe('both sides', () => {
  it('may open at once: two SYNs that cross, each acknowledged', () => {
    const recording = new Recording().play(
      { flags: 'S', seq: 999 },
      { from: 1, flags: 'S', seq: 4999 },
      { flags: 'SA', seq: 999, ack: 5000 },
      { from: 1, flags: 'SA', seq: 4999, ack: 1000 },
      { seq: 1000, ack: 5000, payload: 'hi' },
    );
    expect(recording.consumers).toHaveLength(1);
    expect(recording.transcript()).toEqual(['> syn', '< syn', '> hi #5']);
  });

  it('may close at once: two FINs that cross, and their ACKs', () => {
    const recording = new Recording().play(
      ...HANDSHAKE,
      { seq: 1000, ack: 5000, flags: 'FA' },
      { from: 1, seq: 5000, ack: 1000, flags: 'FA' },
      { seq: 1001, ack: 5001 },
      { from: 1, seq: 5001, ack: 1001 },
    );
    expect(recording.end().transcript().slice(2)).toEqual(['> fin', '< fin', 'end closed']);
    expect(recording.connection().streams.map(({ gapBytes }) => gapBytes)).toEqual([0, 0]);
  });
});

describe('a 4-tuple that is used again', () => {
  const next = HANDSHAKE.map((spec) => ({
    ...spec,
    seq: spec.seq! + 70_000,
    ...(spec.ack === undefined ? {} : { ack: spec.ack + 70_000 }),
  }));
  it.each<[string, SegmentSpec[], string]>([
    [
      'after FINs',
      [
        { seq: 1000, ack: 5000, flags: 'FA' },
        { from: 1, seq: 5000, ack: 1001, flags: 'FA' },
      ],
      'closed',
    ],
    ['after a RST', [{ from: 1, seq: 5000, flags: 'R' }], 'closed'],
    ['after neither', [], 'evicted'],
  ])('%s belongs to a new connection', (_, ending, reason) => {
    const recording = new Recording().play(...HANDSHAKE, ...ending, ...next, {
      seq: 71_000,
      ack: 75_000,
      payload: 'new',
    });
    expect(recording.consumers).toHaveLength(2);
    expect(recording.transcript(0).at(-1)).toBe(`end ${reason}`);
    const packet = 3 + ending.length + 4;
    expect(recording.transcript(1)).toEqual(['> syn', '< syn', `> new #${packet}`]);
  });
});

describe('signals that carry no new bytes', () => {
  it('urgent data stay in the stream', () => {
    const recording = new Recording().play(
      ...HANDSHAKE,
      { seq: 1000, ack: 5000, flags: 'UPA', payload: 'a!b' },
      { seq: 1003, ack: 5000, payload: 'c' },
    );
    expect(recording.transcript().slice(2)).toEqual(['> a!b #4', '> c #5']);
  });

  it('window updates and repeated ACKs are neither duplicates nor retransmissions', () => {
    const update = { from: 1, seq: 5000, ack: 1002 } as const;
    const recording = new Recording().play(
      ...HANDSHAKE,
      { seq: 1000, ack: 5000, payload: 'hi' },
      { ...update, window: 0 },
      { ...update, window: 100 },
      { ...update, window: 8000 },
      update,
      update,
    );
    const { duplicates, streams } = recording.connection();
    expect(duplicates).toBe(0);
    expect(streams.map(({ retransmissions }) => retransmissions)).toEqual([0, 0]);
    expect(streams[1].trouble.zeroWindow).toMatchObject({ count: 1, isReopened: true });
  });
});
