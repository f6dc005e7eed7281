/** Which connection a segment belongs to must not depend on who reads which of them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { throughTunnel } from '../../src/decode/capture-route.ts';
import type { StreamConsumer } from '../../src/tcp/stream-consumer.ts';
import { TcpTracker } from '../../src/tcp/tcp-tracker.ts';
import { Unread } from '../helpers/unread.ts';
import { segmentOf, type SegmentSpec } from '../helpers/segment-builder.ts';

const READ: StreamConsumer = {
  data: () => undefined,
  gap: () => undefined,
  flag: () => undefined,
  end: () => undefined,
};
const TUNNEL = throughTunnel(1, 0);
const TUNNEL_BACK = throughTunnel(2, 0);

/** A conversation of one tenant: each has sequence numbers of its own. */
function tenant(client: number, server: number, there: number, back: number): SegmentSpec[] {
  const specs: SegmentSpec[] = [
    { flags: 'S', seq: client },
    { from: 1, flags: 'SA', seq: server, ack: client + 1 },
    { seq: client + 1, ack: server + 1, payload: 'one' },
    { from: 1, seq: server + 1, ack: client + 4, payload: 'two' },
    { seq: client + 4, ack: server + 4, payload: 'three' },
    { from: 1, seq: server + 4, ack: client + 9 },
    { from: 1, seq: server + 4, ack: client + 9, payload: 'four' },
    { seq: client + 9, ack: server + 8, flags: 'FA' },
    { from: 1, seq: server + 8, ack: client + 10, flags: 'FA' },
    { seq: client + 10, ack: server + 9 },
    { from: 1, seq: server + 8, ack: client + 10, flags: 'FA' },
  ];
  return specs.map((spec) => ({ ...spec, route: spec.from === 1 ? back : there }));
}

/** @param reads who reads the connection of that number */
function numbersOf(
  specs: readonly SegmentSpec[],
  secondsBetween: number,
  reads: (id: number) => boolean,
): string[] {
  const tracker = new TcpTracker({
    open: (connection) => (reads(connection.id) ? READ : new Unread(connection)),
  });
  return specs.map((spec, index) => {
    const segment = segmentOf({ ...spec, time: index * secondsBetween }, index + 1);
    const { connectionId, direction } = tracker.segment(segment);
    return `${connectionId}.${direction}`;
  });
}

describe('whose a segment is', () => {
  const everybody = (): boolean => true;
  const nobody = (): boolean => false;

  it('is known for a second tenant in a tunnel whose handshake was not captured, even if nobody reads the first tenant', () => {
    const specs = [
      ...tenant(1000, 2000, 0, 0).slice(0, 5),
      ...tenant(5e8, 1e9, TUNNEL, TUNNEL_BACK).slice(3, 7),
      tenant(1000, 2000, 0, 0)[6]!,
    ];
    const expected = ['0.0', '0.1', '0.0', '0.1', '0.0', '1.0', '1.1', '1.0', '1.0', '0.1'];
    for (const reads of [everybody, nobody, (id: number) => id === 0, (id: number) => id === 1]) {
      expect(numbersOf(specs, 0.01, reads)).toEqual(expected);
    }
  });

  it('is the same whoever reads which connections, however two tenants mix and whatever is missing', () => {
    const kept = fc.array(fc.constantFrom(true, true, true, false), { minLength: 11, maxLength: 11 });
    const routes = fc.constantFrom([0, 0], [TUNNEL, TUNNEL_BACK], [TUNNEL, TUNNEL], [0, TUNNEL]);
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 22, maxLength: 22 }),
        kept,
        kept,
        routes,
        fc.constantFrom(0.01, 0.01, 11, 40),
        (order, ofFirst, ofSecond, [there, back], secondsBetween) => {
          const a = tenant(1000, 2000, there, back).filter((_, i) => ofFirst[i]);
          const b = tenant(5e8, 1e9, throughTunnel(3, 0), throughTunnel(4, 0)).filter((_, i) => ofSecond[i]);
          const specs = order.flatMap(
            (first) => (first ? (a.shift() ?? b.shift()) : (b.shift() ?? a.shift())) ?? [],
          );
          const expected = numbersOf(specs, secondsBetween, everybody);
          expect(numbersOf(specs, secondsBetween, nobody)).toEqual(expected);
          expect(numbersOf(specs, secondsBetween, (id) => id === 0)).toEqual(expected);
          expect(numbersOf(specs, secondsBetween, (id) => id === 1)).toEqual(expected);
        },
      ),
      { numRuns: 500 },
    );
  });
});
