import { describe, expect, test } from 'vitest';
import { EndOrder } from '../../src/connection/end-order.ts';
import { connectionWith as connection } from '../helpers/connection-with.ts';

const at = (packet: number) => ({ packet, seconds: packet, nanoseconds: 0 });

test('nobody has ended anything', () => {
  const ending = new EndOrder(connection());
  expect([ending.firstEnder, ending.firstEnd(0), ending.endOf(0), ending.endOf(1)]).toEqual([
    null,
    null,
    null,
    null,
  ]);
});

describe('the first end', () => {
  test.each(['fin', 'rst'] as const)('is the first that was captured: %s', (how) => {
    const ending = new EndOrder(connection());
    ending.end(1, how, at(7));
    ending.end(0, 'fin', at(8));
    ending.end(0, 'rst', at(9));
    expect(ending.firstEnder).toBe(1);
    expect(ending.firstEnd(0)).toMatchObject({
      by: 'server',
      how,
      mark: at(7),
      followsUnseen: false,
      forged: null,
    });
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

describe('two FINs', () => {
  test.each([
    ['cross where neither acknowledges the other', 100, at(8)],
    ['do not where the second one acknowledges the first', 101, null],
  ])('%s', (_name, acknowledged, crossed) => {
    const tcp = connection([100, 100], [0, 0]);
    const ending = new EndOrder(tcp);
    ending.end(1, 'fin', at(7));
    tcp.streams[1].lastAcknowledgedOffset = acknowledged;
    ending.end(0, 'fin', at(8));
    expect(ending.firstEnd(0)).toMatchObject({ by: 'server', crossed });
  });

  test('do not cross where the other end is a RST', () => {
    const ending = new EndOrder(connection());
    ending.end(1, 'fin', at(7));
    ending.end(0, 'rst', at(8));
    expect(ending.firstEnd(0)?.crossed).toBeNull();
  });
});
