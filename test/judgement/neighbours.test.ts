import { describe, expect, test } from 'vitest';
import { NeighbourLog } from '../../src/judgement/neighbours.ts';
import { mark, recordOf, type RecordSpec } from '../helpers/record-builder.ts';

const FRONT = recordOf({ id: 9, upgrade: null });
const refused = (port: number, synMs: number, rstMs: number): RecordSpec => ({
  upgrade: null,
  server: { address: '127.0.0.1', port },
  clientSide: { syn: mark(1, synMs), streamBytes: 0 },
  serverSide: { syn: null, rst: mark(5, rstMs), streamBytes: 0 },
});
const logOf = (...specs: readonly RecordSpec[]): NeighbourLog => {
  const log = new NeighbourLog();
  for (const [id, spec] of specs.entries()) log.add(recordOf({ id, ...spec }));
  return log;
};

describe('a refused leg', () => {
  test('between the first packet and the end is found', () => {
    const log = logOf(refused(9001, -3, -2.5));
    expect(log.refusedLeg(FRONT, mark(6, -2))).toMatchObject({
      server: { port: 9001 },
      refusal: { packet: 5 },
    });
  });

  test.each<[string, RecordSpec]>([
    ['began before the connection', refused(9001, -5, -2.5)],
    ['was refused after the end', refused(9001, -3, 1)],
    ['is another try at the same port', refused(80, -3, -2.5)],
    ['was accepted', { upgrade: null, serverSide: { rst: mark(5, -2.5), streamBytes: 0 } }],
  ])('that %s is none', (_name, spec) => {
    expect(logOf(spec).refusedLeg(FRONT, mark(6, -2))).toBeNull();
  });

  test('long before the end is none', () => {
    expect(logOf(refused(9001, -3, -2.5)).refusedLeg(FRONT, mark(6, 400))).toBeNull();
  });

  test('of several the last counts', () => {
    const log = logOf(refused(9001, -3, -2.5), refused(9002, -2.4, -2.2));
    expect(log.refusedLeg(FRONT, mark(6, -2))).toMatchObject({ server: { port: 9002 } });
  });
});

describe('another connection of the client that was served', () => {
  test('counts while it was open', () => {
    const log = logOf({ serverSide: { fin: mark(9, 500) } });
    expect(log.wasServed(FRONT, mark(6, 100))).toBe(true);
    expect(log.wasServed(FRONT, mark(6, 600))).toBe(false);
    expect(log.wasServed(FRONT, mark(6, -10))).toBe(false);
  });

  test('is not the connection itself, and not one of another client or port', () => {
    const log = logOf(
      { id: 9, serverSide: { fin: mark(9, 500) } },
      { client: { address: '192.0.2.7', port: 1 }, serverSide: { fin: mark(9, 500) } },
      { server: { address: '198.51.100.2', port: 81 }, serverSide: { fin: mark(9, 500) } },
    );
    expect(log.wasServed(FRONT, mark(6, 100))).toBe(false);
  });
});
