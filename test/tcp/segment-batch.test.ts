/** Segments that wait must give each connection the same result as segments that don't. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Segment } from '../../src/decode/segment.ts';
import { SegmentBatch } from '../../src/tcp/segment-batch.ts';
import { TcpTracker, type ConnectionListener } from '../../src/tcp/tcp-tracker.ts';
import { TupleState } from '../../src/tcp/tuple-state.ts';
import { RecordingConsumer, segmentOf, type SegmentSpec } from '../helpers/segment-builder.ts';

interface Placed extends SegmentSpec {
  readonly packets: number;
  /** What is held changes before this segment. */
  readonly isNewChunk: boolean;
}

/** All that a tracker says, with connections in the order in which they began, and in which they ended. */
function transcripts(specs: readonly Placed[], maxLive: number, batches: boolean, ignoredAfter: number) {
  const consumers: RecordingConsumer[] = [];
  const ended: number[] = [];
  const listener: ConnectionListener = {
    open(connection) {
      const consumer = new RecordingConsumer(connection, ({ transcript }) => {
        if (transcript.at(-1)?.startsWith('end') === true) ended.push(connection.id);
        else if (connection.id % 3 === 0 && transcript.length === ignoredAfter) connection.ignore();
      });
      consumers.push(consumer);
      return consumer;
    },
  };
  const tracker = new TcpTracker(listener, { maxLive, batches: () => batches });
  let chunk = new Uint8Array(specs.length * 20);
  let packet = 0;
  tracker.keepBytes(chunk);
  specs.forEach(({ packets, isNewChunk, ...spec }, index) => {
    packet += packets;
    if (isNewChunk) {
      tracker.freeBytes();
      // Nobody may look at it any more.
      chunk.fill(0x78);
      chunk = new Uint8Array(specs.length * 20);
      tracker.keepBytes(chunk);
    }
    const segment = segmentOf(spec, packet);
    const at = index * 20;
    chunk.set(segment.data, at);
    segment.data = chunk;
    segment.payloadStart = at;
    segment.payloadEnd += at;
    tracker.segment(segment);
  });
  tracker.end();
  return {
    connections: consumers.map(({ connection: { id, first, last, duplicates }, transcript }) => ({
      id,
      first,
      last,
      duplicates,
      transcript,
    })),
    ended,
    evicted: tracker.evictedCount,
  };
}

const nearby = fc.oneof(fc.integer({ min: 0, max: 60 }), fc.constantFrom(-1, -3000, 2 ** 30, -(2 ** 31)));
const placed: fc.Arbitrary<Placed> = fc.record({
  port: fc.integer({ min: 1, max: 4 }),
  ipVersion: fc.constantFrom(4 as const, 4 as const, 6 as const),
  from: fc.constantFrom(0 as const, 1 as const),
  flags: fc.constantFrom('A', 'A', 'A', 'PA', 'PA', 'PA', 'PA', 'S', 'SA', 'FA', 'RA', 'SF', ''),
  seq: nearby,
  ack: nearby,
  payload: fc.constantFrom('', 'a', 'bcd', 'efghijklmn', 'opqrstuvwxyz01234567'),
  packets: fc.constantFrom(1, 1, 1, 1, 1, 1, 1, 25_000),
  identification: fc.constantFrom(1, 2),
  isNewChunk: fc.constantFrom(false, false, false, false, false, true),
});

describe('segments that wait', () => {
  it('give each connection the same, and end connections in the same order', () => {
    fc.assert(
      fc.property(
        fc.array(placed, { maxLength: 200 }),
        fc.constantFrom(1, 2, 3, 100),
        fc.integer({ min: 2, max: 12 }),
        fc.constantFrom('one', 'one', 'several'),
        fc.constantFrom(0, 0, 5),
        (specs, maxLive, ignoredAfter, ways, route) => {
          const withPaths = specs.map((spec, index) => ({
            ...spec,
            route: ways === 'several' && index % 20 === 7 ? 3 : route,
          }));
          expect(transcripts(withPaths, maxLive, true, ignoredAfter)).toEqual(
            transcripts(withPaths, maxLive, false, ignoredAfter),
          );
        },
      ),
      { numRuns: 400 },
    );
  });

  it('are taken later: a connection has all of its bytes before the next one has any', () => {
    const order: string[] = [];
    const listener: ConnectionListener = {
      open: (connection) =>
        new RecordingConsumer(connection, ({ transcript }) => order.push(transcript.at(-1)!)),
    };
    const tracker = new TcpTracker(listener, { batches: () => true });
    const chunk = Buffer.from('abcdef');
    const send = (port: number, at: number, packet: number) => {
      const segment = segmentOf({ port, seq: packet, payload: chunk.subarray(at, at + 1) }, packet);
      segment.data = chunk;
      segment.payloadStart = at;
      segment.payloadEnd = at + 1;
      tracker.segment(segment);
    };
    send(1, 0, 1);
    send(2, 0, 2);
    tracker.keepBytes(chunk);
    send(1, 1, 2);
    send(2, 2, 3);
    send(1, 3, 3);
    send(2, 4, 4);
    expect(order).toEqual(['> a #1', '> a #2']);
    tracker.freeBytes();
    expect(order.slice(2)).toEqual(['> b #2', '> d #3', '> c #3', '> e #4']);
  });
});

describe('a batch', () => {
  it('gives back every number of a segment, of more of them than it had room for at first', () => {
    const taken: [number, 0 | 1, Segment][] = [];
    const bytes = new Uint8Array(10);
    const batch = new SegmentBatch((_, tuple, side, segment) =>
      taken.push([tuple, side, Object.assign(new Segment(), segment)]),
    );
    batch.route = 4;
    const state = new TupleState();
    const count = 1000;
    const added = Array.from({ length: count }, (_, index) => {
      const segment = segmentOf(
        { seq: -index, ack: 2 * index, window: index, checksum: 3 * index },
        index + 1,
      );
      segment.data = bytes;
      segment.seconds = 1 - index;
      segment.payloadStart = index % 10;
      segment.payloadEnd = 10;
      segment.payloadLength = 70_000;
      segment.route = 4;
      return segment;
    });
    added.forEach((segment, index) => {
      batch.add(state, index % 7, index % 2 === 0 ? 0 : 1, segment);
    });
    batch.takeAll(bytes);
    expect(taken.map(([, , { packet }]) => packet)).toEqual(
      [0, 1, 2, 3, 4, 5, 6].flatMap((tuple) =>
        added.filter((_, index) => index % 7 === tuple).map(({ packet }) => packet),
      ),
    );
    for (const [tuple, side, segment] of taken) {
      const index = segment.packet - 1;
      expect([tuple, side]).toEqual([index % 7, index % 2]);
      // The tuple says to which connection it belongs.
      const { addresses, sourcePort, destinationPort } = segment;
      expect(segment).toEqual(
        Object.assign(new Segment(), added[index], { addresses, sourcePort, destinationPort }),
      );
    }
    taken.length = 0;
    batch.takeAll(bytes);
    expect(taken).toEqual([]);
  });

  it('takes no segment that opens or ends a connection, nor one whose numbers are too large for it', () => {
    const batch = new SegmentBatch(() => undefined);
    const with_ = (change: Partial<Segment>) => batch.canTake(Object.assign(segmentOf({}, 1), change));
    expect(with_({})).toBe(true);
    expect(['S', 'SA', 'FA', 'R', 'PA', 'A'].map((flags) => batch.canTake(segmentOf({ flags }, 1)))).toEqual([
      false,
      false,
      false,
      false,
      true,
      true,
    ]);
    expect([
      with_({ packet: 2 ** 31 }),
      with_({ seconds: 2 ** 31 }),
      with_({ payloadLength: 2 ** 32 - 1 }),
    ]).toEqual([false, false, false]);
  });
});
