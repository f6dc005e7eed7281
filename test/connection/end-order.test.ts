import { describe, expect, test } from 'vitest';
import { EndOrder } from '../../src/connection/end-order.ts';
import { ReassemblyBudget } from '../../src/tcp/reassembly-budget.ts';
import { TcpConnection } from '../../src/tcp/tcp-connection.ts';
import { segmentOf } from '../helpers/segment-builder.ts';

const at = (packet: number) => ({ packet, seconds: packet, nanoseconds: 0 });

/** Direction 0 is the client; so much of each stream has come, and is acknowledged. */
function connection(
  sent: readonly [number, number] = [100, 100],
  acknowledged: readonly [number, number] = [0, 0],
): TcpConnection {
  const tcp = new TcpConnection(0, segmentOf({ flags: 'S' }, 1), new ReassemblyBudget());
  tcp.streams.forEach((stream, direction) => {
    stream.nextOffset = sent[direction]!;
    stream.finOffset = sent[direction]!;
    stream.lastAcknowledgedOffset = acknowledged[direction]!;
  });
  return tcp;
}

test('nobody has ended anything', () => {
  const ending = new EndOrder(connection());
  expect([ending.firstEnder, ending.firstEnd(0), ending.firstCloser(0)]).toEqual([null, null, null]);
});

describe('the first end', () => {
  test.each(['fin', 'rst'] as const)('is the first that was captured: %s', (how) => {
    const ending = new EndOrder(connection());
    ending.end(1, how, at(7));
    ending.end(0, 'fin', at(8));
    ending.end(0, 'rst', at(9));
    expect(ending.firstEnder).toBe(1);
    expect(ending.firstEnd(0)).toEqual({ by: 'server', how, mark: at(7), followsUnseen: false });
    expect(ending.firstEnd(1)?.by).toBe('client');
  });

  test('is the FIN that was acknowledged by the end captured before it', () => {
    const tcp = connection([100, 100], [0, 101]);
    const ending = new EndOrder(tcp);
    ending.end(0, 'fin', at(7));
    ending.end(1, 'fin', at(8));
    expect(ending.firstEnd(0)).toMatchObject({ by: 'server', mark: at(8) });
  });

  test('stays where no more than the bytes before the other FIN were acknowledged', () => {
    const ending = new EndOrder(connection([100, 100], [0, 100]));
    ending.end(0, 'fin', at(7));
    ending.end(1, 'fin', at(8));
    expect(ending.firstEnd(0)).toMatchObject({ by: 'client', mark: at(7) });
  });

  test("is not moved by the same side's RST", () => {
    const ending = new EndOrder(connection([100, 100], [101, 101]));
    ending.end(0, 'fin', at(7));
    ending.end(0, 'rst', at(8));
    expect(ending.firstEnd(0)).toMatchObject({ how: 'fin', mark: at(7) });
  });

  test.each([
    ['acknowledges it', 101, true],
    ['does not', 100, false],
  ])(
    'may follow something of the other side that is not in the capture: it %s',
    (_name, acknowledged, expected) => {
      const tcp = connection([100, 100], [0, acknowledged]);
      const ending = new EndOrder(tcp);
      ending.end(0, 'fin', at(7));
      tcp.streams[1].unseenFrom = 100;
      expect(ending.firstEnd(0)?.followsUnseen).toBe(expected);
    },
  );
});

describe('the first Close', () => {
  test('is the first that was captured', () => {
    const ending = new EndOrder(connection());
    ending.close(1, 7);
    ending.close(0, 8);
    ending.close(1, 9);
    expect(ending.firstCloser(0)).toBe('server');
    expect(ending.firstCloser(1)).toBe('client');
  });

  test('is one of an earlier packet, whenever it could be read', () => {
    const ending = new EndOrder(connection());
    ending.close(1, 7);
    ending.close(0, 6);
    expect(ending.firstCloser(0)).toBe('client');
  });

  test('is one that the Close captured before it acknowledges', () => {
    const tcp = connection([100, 100], [100, 0]);
    const ending = new EndOrder(tcp);
    tcp.lastPacket = 7;
    ending.close(1, 7);
    ending.close(0, 8);
    expect(ending.firstCloser(0)).toBe('client');
  });

  test('is not, where that had to wait and what it acknowledged is not known', () => {
    const tcp = connection([100, 100], [100, 0]);
    const ending = new EndOrder(tcp);
    tcp.lastPacket = 9;
    ending.close(1, 7);
    ending.close(0, 8);
    expect(ending.firstCloser(0)).toBe('server');
  });

  test.each([
    ['no end', null, 0, true],
    ['an end captured later', 9, 0, true],
    ['an end on the same packet', 8, 0, true],
    ['an end captured before it', 7, 0, false],
    ['an end captured before it that acknowledges it', 7, 100, true],
    ['an end that acknowledges a part of it', 7, 99, false],
  ])('came before the end of the other side or not: %s', (_name, endPacket, acknowledged, expected) => {
    const ending = new EndOrder(connection([100, 100], [acknowledged, 0]));
    if (endPacket !== null) ending.end(1, 'fin', at(endPacket));
    expect(ending.close(0, 8)).toBe(expected);
  });
});
