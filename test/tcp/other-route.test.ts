/** The same connection by several routes, and several connections with the same addresses and ports. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { throughTunnel } from '../../src/decode/capture-route.ts';
import type { StreamConsumer } from '../../src/tcp/stream-consumer.ts';
import { TcpTracker } from '../../src/tcp/tcp-tracker.ts';
import { Recording, segmentOf, type SegmentSpec } from '../helpers/segment-builder.ts';

const SESSION: readonly SegmentSpec[] = [
  { flags: 'S', seq: 999 },
  { from: 1, flags: 'SA', seq: 4999, ack: 1000 },
  { seq: 1000, ack: 5000 },
  { seq: 1000, ack: 5000, payload: 'one' },
  { from: 1, seq: 5000, ack: 1003, payload: 'two' },
  { seq: 1003, ack: 5003, payload: 'three' },
  { from: 1, seq: 5003, ack: 1008 },
  { seq: 1008, ack: 5003, flags: 'FA' },
  { from: 1, seq: 5003, ack: 1009, flags: 'FA' },
  { seq: 1009, ack: 5004 },
];
const STREAMS = ['> syn', '< syn', '> one', '< two', '> three', '> fin', '< fin', 'end closed'];
const TUNNEL = throughTunnel(1, 0);
const TUNNEL_BACK = throughTunnel(2, 0);
const OTHER_TUNNEL = throughTunnel(3, 0);
/** Another connection with the same addresses and ports: other numbers, other words. */
const OTHER = SESSION.map((spec) => ({
  ...spec,
  seq: spec.seq! + (spec.from === 1 ? 1e9 : 5e8),
  ...(spec.ack === undefined ? {} : { ack: spec.ack + (spec.from === 1 ? 5e8 : 1e9) }),
  ...(typeof spec.payload === 'string' ? { payload: spec.payload.toUpperCase() } : {}),
}));

function withoutPackets(transcript: readonly string[]): string[] {
  return transcript.map((line) => line.replace(/ #\d+$/, ''));
}

function bothWays(specs: readonly SegmentSpec[], first: number, second: number): SegmentSpec[] {
  // An outgoing packet is seen first by the one, an incoming one first by the other. Checksums differ by offload.
  return specs.flatMap((spec) => {
    const ways = spec.from === 1 ? [second, first] : [first, second];
    return ways.map((route, i) => ({ ...spec, route, checksum: i }));
  });
}

describe('a connection captured by two routes', () => {
  it.each([
    ['inside and outside of a tunnel', 0, TUNNEL],
    ['on two interfaces', 3, 4],
    ['in two tunnels', TUNNEL, OTHER_TUNNEL],
  ])('counts once: %s', (_, first, second) => {
    const recording = new Recording().play(...bothWays(SESSION, first, second)).end();
    expect(recording.consumers).toHaveLength(1);
    expect(withoutPackets(recording.transcript())).toEqual(STREAMS);
    const { streams, duplicates, firstDuplicate } = recording.connection();
    expect([duplicates, firstDuplicate]).toEqual([7, 2]);
    expect(
      streams.map(({ retransmissions, outOfOrder, syns }) => [retransmissions, outOfOrder, syns]),
    ).toEqual([
      [0, 0, 1],
      [0, 0, 1],
    ]);
    const ways = recording.connection().routes();
    expect(ways.map(({ direction, route, isCopy }) => [direction, route, isCopy])).toEqual([
      [0, first, false],
      [1, second, false],
      [0, second, true],
      [1, first, true],
    ]);
  });

  it('counts once although one route cuts segments that the other has whole', () => {
    const cut: SegmentSpec[] = [
      ...SESSION.slice(0, 3),
      { seq: 1000, ack: 5000, payload: 'one' + 'three' },
      { seq: 1000, ack: 5000, payload: 'one', route: TUNNEL },
      { seq: 1003, ack: 5000, payload: 'three', route: TUNNEL },
    ];
    const recording = new Recording().play(...cut);
    expect(withoutPackets(recording.transcript())).toEqual(['> syn', '< syn', '> onethree']);
    expect(recording.connection().streams[0].retransmissions).toBe(0);
  });

  it('takes from each route what the other lacks', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 1, 2), { minLength: 10, maxLength: 10 }), (lost) => {
        const specs = bothWays(SESSION, 0, TUNNEL).filter((_, i) => lost[i >> 1] !== (i & 1));
        const recording = new Recording().play(...specs).end();
        expect(withoutPackets(recording.transcript())).toEqual(STREAMS);
        expect(recording.connection().streams.map(({ retransmissions }) => retransmissions)).toEqual([0, 0]);
      }),
    );
  });

  it('still counts what is sent again by its own route', () => {
    const again: SegmentSpec = { seq: 1000, ack: 5000, payload: 'one', time: 3 };
    const recording = new Recording().play(
      ...bothWays(SESSION.slice(0, 4), 0, TUNNEL),
      ...bothWays([again, { ...again, time: 4 }], 0, TUNNEL),
    );
    expect(recording.connection().streams[0].retransmissions).toBe(2);
  });

  it('goes on where its route changes', () => {
    const moved = SESSION.map((spec, i) => ({ ...spec, route: i < 5 ? TUNNEL : OTHER_TUNNEL }));
    const recording = new Recording().play(...moved).end();
    expect(withoutPackets(recording.transcript())).toEqual(STREAMS);
    expect(recording.consumers).toHaveLength(1);
  });
});

describe('a connection whose directions go by different routes', () => {
  it.each([
    ['through a tunnel and straight back', TUNNEL, 0],
    ['by a tunnel whose ends are the other way round', TUNNEL, TUNNEL_BACK],
  ])('is one: %s', (_, there, back) => {
    const specs = SESSION.map((spec) => ({ ...spec, route: spec.from === 1 ? back : there }));
    for (const from of [0, 2, 4]) {
      const recording = new Recording().play(...specs.slice(from)).end();
      expect(recording.consumers).toHaveLength(1);
      expect(recording.connection().duplicates).toBe(0);
      if (from === 0) expect(withoutPackets(recording.transcript())).toEqual(STREAMS);
    }
  });
});

describe('connections with the same addresses and ports in different tunnels', () => {
  const inTunnels = (specs: readonly SegmentSpec[], there: number, back: number) =>
    specs.map((spec) => ({ ...spec, route: spec.from === 1 ? back : there }));
  const first = inTunnels(SESSION, TUNNEL, TUNNEL_BACK);
  const second = inTunnels(OTHER, OTHER_TUNNEL, throughTunnel(4, 0));

  it('are kept apart, however their packets are mixed', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }), (order) => {
        const [a, b] = [[...first], [...second]];
        const mixed = order.flatMap(
          (fromFirst) => (fromFirst ? (a.shift() ?? b.shift()) : (b.shift() ?? a.shift()))!,
        );
        const recording = new Recording().play(...mixed).end();
        const transcripts = recording.consumers.map(({ transcript }) => withoutPackets(transcript));
        expect(transcripts).toHaveLength(2);
        expect(transcripts).toContainEqual(STREAMS);
        expect(transcripts).toContainEqual(
          STREAMS.map((line) => line.replace(/(one|two|three)/, (word) => word.toUpperCase())),
        );
      }),
    );
  });

  it('are kept apart where both began before the capture', () => {
    const mixed = [3, 4, 5, 6].flatMap((i) => [first[i]!, second[i]!]);
    const recording = new Recording().play(...mixed).end();
    expect(recording.consumers.map(({ transcript }) => withoutPackets(transcript))).toEqual([
      ['> one', '< two', '> three', 'end capture-ended'],
      ['> ONE', '< TWO', '> THREE', 'end capture-ended'],
    ]);
    expect(recording.tracker.overlappingCount).toBe(1);
  });

  it('take a number each, and take no more numbers once nobody wants them', () => {
    let opened = 0;
    const tracker = new TcpTracker({
      open(connection): StreamConsumer {
        opened++;
        const ignore = () => {
          connection.ignore();
        };
        return {
          data: connection.id === 0 ? () => undefined : ignore,
          gap: ignore,
          flag: () => undefined,
          end: () => undefined,
        };
      },
    });
    const again = Array.from({ length: 50 }, (_, i) => ({
      ...second[3]!,
      seq: second[3]!.seq! + 3 * (i + 1),
    }));
    [...first.slice(0, 5), ...second.slice(0, 5), ...again].forEach((spec, i) => {
      tracker.segment(segmentOf(spec, i + 1));
    });
    expect(opened).toBe(2);
    expect(tracker.connectionCount).toBe(2);
  });

  it('that come after one another are numbered as Wireshark does', () => {
    const recording = new Recording().play(...first, ...second).end();
    expect(withoutPackets(recording.transcript(1)).map((line) => line.toLowerCase())).toEqual(STREAMS);
    expect(recording.tracker.overlappingCount).toBe(0);
  });

  it('are bounded: beyond 64 of a 4-tuple they count as one', () => {
    const many = Array.from({ length: 200 }, (_, i) => ({
      flags: 'S',
      seq: (i + 1) * 20_000_003,
      route: throughTunnel(i + 1, 0),
    }));
    const recording = new Recording().play(...many).end();
    expect(recording.tracker.overlappingCount).toBe(64);
  });
});
