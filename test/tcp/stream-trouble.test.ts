import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { PacketMark } from '../../src/tcp/packet-mark.ts';
import type { TcpTrouble } from '../../src/tcp/tcp-trouble.ts';
import { Recording, type SegmentSpec } from '../helpers/segment-builder.ts';

const HANDSHAKE: readonly SegmentSpec[] = [
  { flags: 'S', seq: 999 },
  { from: 1, flags: 'SA', seq: 4999, ack: 1000 },
];
/** Packet 3: the client's first ten bytes, acknowledged in packet 4. */
const OPENING: readonly SegmentSpec[] = [...HANDSHAKE, data(0, 10), ack(10)];

/** Bytes of the client. */
function data(offset: number, length: number, more: SegmentSpec = {}): SegmentSpec {
  return { seq: 1000 + offset, ack: 5000, payload: 'x'.repeat(length), ...more };
}

/** The server acknowledges all of them before this offset. */
function ack(offset: number, more: SegmentSpec = {}): SegmentSpec {
  return { from: 1, seq: 5000, ack: 1000 + offset, ...more };
}

/** A keep-alive probe of the client, after this many bytes. */
function probe(after: number, length: 0 | 1 = 0): SegmentSpec {
  return data(after - 1, length);
}

function troubleOf(direction: 0 | 1, ...segments: readonly SegmentSpec[]): TcpTrouble {
  return new Recording()
    .play(...segments)
    .end()
    .connection().streams[direction].trouble;
}

/** Times it was sent again, first and last packet, whether it is a probe. */
function unacknowledged(...segments: readonly SegmentSpec[]): unknown[] | null {
  const facts = troubleOf(0, ...OPENING, ...segments).unacknowledged;
  return facts && [facts.retransmissions, facts.first.packet, facts.last.packet, facts.isProbe];
}

const numberOf = (mark: PacketMark | null) => mark?.packet ?? null;

describe('data sent again without an acknowledgement', () => {
  // The segments are packets 5 and on.
  it.each<[string, readonly SegmentSpec[], readonly [number, number, number]]>([
    ['counts each time', [data(10, 5), data(10, 5), data(10, 5), data(10, 5)], [3, 6, 8]],
    [
      'counts although older data are acknowledged again',
      [data(10, 5), data(10, 5), ack(10), data(10, 5)],
      [2, 6, 8],
    ],
    [
      'counts by its oldest bytes',
      [data(10, 5), data(15, 5), data(10, 5), data(15, 5), data(10, 5)],
      [2, 7, 9],
    ],
    [
      'counts whatever its segments are',
      [data(10, 5), data(15, 5), data(10, 5), data(10, 10), data(10, 2)],
      [3, 7, 9],
    ],
    [
      'does not count the tail sent before the oldest',
      [data(10, 5), data(15, 5), data(15, 5), data(10, 5), data(10, 5)],
      [2, 8, 9],
    ],
    [
      'counts from old bytes on as if from the first unacknowledged',
      [data(10, 5), data(5, 10), data(10, 5)],
      [2, 6, 7],
    ],
    ['counts with new bytes behind it', [data(10, 5), data(10, 9), data(10, 9)], [2, 6, 7]],
    ['counts that which waits for bytes not captured', [data(20, 5), data(20, 5), data(20, 5)], [2, 6, 7]],
    ['counts one byte', [data(10, 1), data(10, 1), data(10, 1)], [2, 6, 7]],
    ['counts anew after progress', [data(10, 5), data(10, 5), data(10, 5), ack(13), data(13, 2)], [1, 9, 9]],
    [
      'counts although the peer sends data',
      [data(10, 5), data(10, 5), ack(10, { payload: 'y' }), data(10, 5)],
      [2, 6, 8],
    ],
    [
      'counts up to a RST that acknowledges nothing',
      [data(10, 5), data(10, 5), data(10, 5), { from: 1, seq: 5000, ack: 1010, flags: 'RA' }],
      [2, 6, 7],
    ],
    [
      'counts behind the FIN',
      [data(10, 5), data(15, 0, { flags: 'FA' }), data(10, 5), data(10, 5)],
      [2, 7, 8],
    ],
  ])('%s', (_, segments, expected) => {
    expect(unacknowledged(...segments)).toEqual([...expected, false]);
  });

  it.each<[string, readonly SegmentSpec[]]>([
    ['sent once', [data(10, 5)]],
    ['acknowledged in the end', [data(10, 5), data(10, 5), data(10, 5), data(10, 5), ack(15)]],
    ['acknowledged in part after the last time', [data(10, 5), data(10, 5), data(10, 5), ack(12)]],
    ['acknowledged by data of the peer', [data(10, 5), data(10, 5), data(10, 5), ack(15, { payload: 'y' })]],
    ['acknowledged before it was sent again', [data(10, 5), ack(15), data(10, 5), data(10, 5), data(0, 15)]],
    [
      'captured twice',
      [data(10, 5, { packet: 5, time: 1 }), data(10, 5, { packet: 6, time: 1, identification: 5 })],
    ],
    ['that arrives in the wrong order', [data(20, 5), data(15, 5), data(10, 5)]],
  ])('is none where it was %s', (_, segments) => {
    expect(unacknowledged(...segments)).toBeNull();
  });

  it('is reported for the other direction too, across the wrap of sequence numbers', () => {
    const late = { from: 1, seq: 0xfffffffe, ack: 1000, payload: 'wrap' } as const;
    const { unacknowledged: facts } = troubleOf(
      1,
      { flags: 'S', seq: 999 },
      { from: 1, flags: 'SA', seq: 0xfffffff9, ack: 1000 },
      { from: 1, seq: 0xfffffffa, ack: 1000, payload: 'abcd' },
      { seq: 1000, ack: 0xfffffffe },
      late,
      late,
      late,
    );
    expect(facts).toMatchObject({ retransmissions: 2, first: { packet: 6 }, last: { packet: 7 } });
  });
});

describe('keep-alive probes', () => {
  it.each([0, 1] as const)('of %i bytes repeated without an answer count from the second on', (length) => {
    const probes = Array.from({ length: 4 }, () => probe(10, length));
    expect(unacknowledged(...probes)).toEqual([3, 6, 8, true]);
  });

  it('count from the last packet of the peer on, whatever it carries', () => {
    expect(unacknowledged(probe(10), probe(10), ack(10), probe(10), probe(10))).toEqual([1, 9, 9, true]);
  });

  it.each<[string, readonly SegmentSpec[]]>([
    ['each is answered', [probe(10), ack(10), probe(10), ack(10)]],
    ['the last is answered', [probe(10), probe(10), probe(10), ack(10)]],
    ['one waits', [probe(10)]],
    [
      'one is captured twice',
      [
        { ...probe(10), time: 1 },
        { ...probe(10), time: 1, identification: 5 },
      ],
    ],
    ['these are only acknowledgements', [data(10, 0), data(10, 0), data(10, 0)]],
  ])('are no trouble where %s', (_, segments) => {
    expect(unacknowledged(...segments)).toBeNull();
  });

  it('are data sent again while the byte is not acknowledged, and retransmissions too', () => {
    const recording = new Recording().play(...OPENING, data(10, 1), data(10, 1), data(10, 1)).end();
    expect(recording.connection().streams[0]).toMatchObject({
      retransmissions: 2,
      trouble: { unacknowledged: { isProbe: false } },
    });
  });

  it('of one byte are not retransmissions where nothing of the peer was captured', () => {
    const recording = new Recording().play({ flags: 'S', seq: 999 }, data(0, 5), probe(5, 1), probe(5, 1));
    expect(recording.connection().streams[0]).toMatchObject({
      retransmissions: 0,
      trouble: { unacknowledged: { retransmissions: 1, isProbe: true }, firstRetransmission: null },
    });
  });
});

describe('a window of 0', () => {
  const shut = (more: SegmentSpec = {}) => ack(10, { window: 0, ...more });

  /** Times shut, the longest time, its packets, whether it was opened; by a script from packet 5 on, one a second. */
  function windowOf(...segments: readonly SegmentSpec[]): unknown[] | null {
    const timed = segments.map((spec, index) => ({ time: 5 + index, ...spec }));
    const facts = troubleOf(1, ...OPENING, ...timed).zeroWindow;
    return facts && [facts.count, facts.longestMs, facts.from.packet, facts.until.packet, facts.isReopened];
  }

  it.each<[string, readonly SegmentSpec[], unknown[] | null]>([
    ['that is never advertised', [ack(10), ack(10)], null],
    ['that opens again', [shut(), probe(10), shut(), ack(10)], [1, 3000, 5, 8, true]],
    ['that opens with data', [shut(), ack(10, { payload: 'y' })], [1, 1000, 5, 6, true]],
    ['that does not open', [shut(), probe(10), shut(), probe(10)], [1, 2000, 5, 7, false]],
    ['told once', [shut(), probe(10)], [1, 0, 5, 5, false]],
    [
      'several times, of which the first is the longest',
      [shut(), probe(10), ack(10), shut(), ack(10)],
      [2, 2000, 5, 7, true],
    ],
    [
      'several times, of which the last is the longest',
      [shut(), ack(10), shut(), probe(10), shut()],
      [2, 2000, 7, 9, false],
    ],
    ['on data of its own', [shut({ payload: 'y' }), ack(10, { seq: 5001 })], [1, 1000, 5, 6, true]],
    ['of the other side', [data(10, 0, { window: 0 })], null],
    ['without ACK', [shut({ flags: '' })], null],
    ['on its FIN', [shut({ flags: 'FA' }), shut({ seq: 5001 })], null],
    ['on its RST', [shut({ flags: 'RA' }), shut({ flags: 'R' })], null],
    ['after the FIN of the other side', [data(10, 0, { flags: 'FA' }), shut({ ack: 1011 })], null],
    ['opened by its FIN', [shut(), probe(10), ack(10, { flags: 'FA' })], [1, 2000, 5, 7, true]],
    ['in an older packet that comes late', [data(10, 5), ack(15), shut()], null],
    [
      'opened by nothing but an older packet that comes late',
      [data(10, 5), ack(15, { window: 0 }), ack(10)],
      [1, 0, 6, 6, false],
    ],
  ])('%s', (_, segments, expected) => {
    expect(windowOf(...segments)).toEqual(expected);
  });

  it('on a SYN does not count', () => {
    const [syn, synAck] = HANDSHAKE as [SegmentSpec, SegmentSpec];
    expect(troubleOf(1, syn, { ...synAck, window: 0 }).zeroWindow).toBeNull();
  });

  it('counts no time that goes back', () => {
    expect(windowOf(shut({ time: 9 }), ack(10, { time: 5 }))).toEqual([1, 0, 5, 6, true]);
  });
});

describe('marks and counts of a stream', () => {
  test('the first retransmission, acknowledged or not', () => {
    expect(numberOf(troubleOf(0, ...OPENING, data(10, 5)).firstRetransmission)).toBeNull();
    const segments = [data(0, 10), data(10, 5), data(10, 5)];
    expect(numberOf(troubleOf(0, ...OPENING, ...segments).firstRetransmission)).toBe(5);
  });

  test('SYNs, retransmitted ones included, those captured twice not', () => {
    const syn: SegmentSpec = { flags: 'S', seq: 999, time: 1 };
    const recording = new Recording().play(
      syn,
      { ...syn, identification: 1 },
      { ...syn, time: 2 },
      { ...syn, time: 4 },
      { from: 1, flags: 'SA', seq: 4999, ack: 1000 },
      data(0, 5),
    );
    expect(recording.connection().streams.map(({ syns }) => syns)).toEqual([3, 1]);
  });

  test('the packet of the last byte, in the order of the stream', () => {
    const recording = new Recording().play(...HANDSHAKE);
    const lastByte = () => numberOf(recording.connection().streams[0].lastByte);
    expect(lastByte()).toBeNull();
    recording.play(data(0, 5));
    expect(lastByte()).toBe(3);
    recording.play(data(0, 5), ack(5), data(5, 0));
    expect(lastByte()).toBe(3);
    recording.play(data(10, 5), data(5, 5));
    expect(lastByte()).toBe(7);
    expect(recording.connection().streams[1].lastByte).toBeNull();
  });

  test('a stream without trouble has none', () => {
    expect(troubleOf(0, ...OPENING)).toEqual({
      unacknowledged: null,
      zeroWindow: null,
      firstRetransmission: null,
    });
  });
});

describe('any conversation', () => {
  const step = fc.record({
    offset: fc.nat(30),
    length: fc.integer({ min: 1, max: 10 }),
    acknowledges: fc.oneof({ weight: 2, arbitrary: fc.constant(false) }, fc.boolean()),
    window: fc.constantFrom(0, 100),
  });

  it('whose last packet acknowledges all has nothing unacknowledged, and its window is as that packet says', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.boolean(), (steps, isShut) => {
        const segments = steps.map(({ offset, length, acknowledges, window }) =>
          acknowledges ? ack(offset, { window }) : data(offset, length),
        );
        const recording = new Recording()
          .play(...OPENING, ...segments, ack(40, { window: isShut ? 0 : 9 }))
          .end();
        const [client, server] = recording.connection().streams;
        expect(client.trouble.unacknowledged).toBeNull();
        expect(server.isWindowShut).toBe(isShut);
      }),
    );
  });

  it('has no more unacknowledged than retransmissions, in order of its marks', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const segments = steps.map(({ offset, length, acknowledges, window }) =>
          acknowledges ? ack(offset, { window }) : data(offset, length),
        );
        const { trouble, retransmissions } = new Recording()
          .play(...OPENING, ...segments)
          .end()
          .connection().streams[0];
        const { unacknowledged: facts, firstRetransmission } = trouble;
        expect(firstRetransmission === null).toBe(retransmissions === 0);
        if (facts === null || facts.isProbe) return;
        expect(facts.retransmissions).toBeLessThanOrEqual(retransmissions);
        expect(facts.first.packet).toBeGreaterThanOrEqual(firstRetransmission!.packet);
        expect(facts.last.packet - facts.first.packet).toBeGreaterThanOrEqual(facts.retransmissions - 1);
      }),
    );
  });
});
