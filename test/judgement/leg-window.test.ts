import { describe, expect, it } from 'vitest';
import { LegWindow } from '../../src/judgement/leg-window.ts';
import type { LegCandidate } from '../../src/judgement/proxy-legs.ts';
import { ACCEPT, lines } from '../helpers/handshakes.ts';
import { judgedConnections, mark, seenRequest, seenResponse } from '../helpers/record-builder.ts';

function leg(id: number, accept: string, request: number, response: number, end: number): LegCandidate {
  const head = lines(
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept}`,
  );
  return judgedConnections([
    {
      id,
      first: mark(request - 1, 0),
      last: mark(9999, 70_000),
      server: { address: '10.0.0.9', port: 8000 + id },
      upgrade: {
        request: seenRequest(undefined, mark(request, 0)),
        response: seenResponse(head, mark(response, 0)),
      },
      serverSide: { fin: mark(end, 1.5) },
    },
  ])[0]!;
}

const front = leg(0, ACCEPT, 4, 12, 16);
const back = leg(1, ACCEPT, 6, 8, 14);

function released(connections: readonly LegCandidate[], bound?: number): Map<number, string> {
  const seen = new Map<number, string>();
  const window = new LegWindow((connection: LegCandidate, anomalies) => {
    expect(seen.has(connection.record.id)).toBe(false);
    seen.set(connection.record.id, anomalies.map(({ message }) => message).join(' '));
  }, bound);
  for (const connection of connections) window.add(connection);
  window.flush();
  return seen;
}

const others = Array.from({ length: 20 }, (_, index) => leg(10 + index, `other ${index}`, 100, 101, 102));

describe('a window of legs', () => {
  it('names the origin on both legs of a WebSocket, in whatever order they end', () => {
    for (const order of [
      [front, back],
      [back, front],
    ]) {
      const seen = released(order);
      expect(seen.get(0)).toContain('It did not begin here');
      expect(seen.get(1)).toContain('the close began here');
    }
  });

  it('gives every connection back once, named or not, when it is full', () => {
    const seen = released([front, back, ...others], 4);
    expect(seen.size).toBe(22);
    expect(seen.get(0)).toContain('It did not begin here');
    expect(seen.get(10)).not.toContain('began here');
  });

  it('hands on, once it is full, as many connections as are added, and no others', () => {
    const seen: number[] = [];
    const window = new LegWindow(({ record }: LegCandidate) => {
      seen.push(record.id);
    }, 4);
    // Two legs of one WebSocket, which are handed on together, then others, each of them alone.
    const connections = [front, back, ...others];
    const releasedAfter = connections.map((connection) => {
      window.add(connection);
      return seen.length;
    });
    expect(releasedAfter.slice(0, 8)).toEqual([0, 0, 0, 0, 2, 2, 3, 4]);
    expect(releasedAfter.at(-1)).toBe(connections.length - 4);
    window.flush();
    expect(seen).toEqual(connections.map(({ record }) => record.id));
  });

  it('has room for as many again after it was emptied', () => {
    const seen: number[] = [];
    const window = new LegWindow(({ record }: LegCandidate) => {
      seen.push(record.id);
    }, 4);
    for (const connection of others.slice(0, 4)) window.add(connection);
    window.flush();
    expect(seen).toHaveLength(4);
    for (const connection of others.slice(4, 8)) window.add(connection);
    expect(seen).toHaveLength(4);
  });

  it('names no origin where the other leg comes after the first was handed on', () => {
    const seen = released([front, ...others, back], 4);
    expect(seen.size).toBe(22);
    expect(seen.get(0)).not.toContain('It did not begin here');
  });

  it('keeps apart those without an accept', () => {
    const without = [1, 2].map((id) => ({ ...back, record: { ...back.record, id, opening: null } }));
    expect(released(without, 1).size).toBe(2);
  });
});
