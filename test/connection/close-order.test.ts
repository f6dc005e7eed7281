import { describe, expect, test } from 'vitest';
import { CloseOrder } from '../../src/connection/close-order.ts';
import { TcpLife } from '../../src/connection/tcp-life.ts';
import { connectionWith } from '../helpers/connection-with.ts';

test('nobody has sent a Close', () => {
  expect(new CloseOrder(new TcpLife(connectionWith())).firstCloser).toBeNull();
});

describe('the first Close', () => {
  test('is the first that was captured', () => {
    const closes = new CloseOrder(new TcpLife(connectionWith()));
    closes.close(1, 7);
    closes.close(0, 8);
    closes.close(1, 9);
    expect(closes.firstCloser).toBe(1);
  });

  test('is one of an earlier packet, whenever it could be read', () => {
    const closes = new CloseOrder(new TcpLife(connectionWith()));
    closes.close(1, 7);
    closes.close(0, 6);
    expect(closes.firstCloser).toBe(0);
  });

  test('is one that the Close captured before it acknowledges', () => {
    const tcp = connectionWith([100, 100], [100, 0]);
    const closes = new CloseOrder(new TcpLife(tcp));
    tcp.lastPacket = 7;
    closes.close(1, 7);
    closes.close(0, 8);
    expect(closes.firstCloser).toBe(0);
  });

  test('is not, where that had to wait and what it acknowledged is not known', () => {
    const tcp = connectionWith([100, 100], [100, 0]);
    const closes = new CloseOrder(new TcpLife(tcp));
    tcp.lastPacket = 9;
    closes.close(1, 7);
    closes.close(0, 8);
    expect(closes.firstCloser).toBe(1);
  });

  test.each([
    ['no end', null, 0, true],
    ['an end captured later', 9, 0, true],
    ['an end on the same packet', 8, 0, true],
    ['an end captured before it', 7, 0, false],
    ['an end captured before it that acknowledges it', 7, 100, true],
    ['an end that acknowledges a part of it', 7, 99, false],
  ])('came before the end of the other side or not: %s', (_name, endPacket, acknowledged, expected) => {
    const tcp = connectionWith([100, 100], [acknowledged, 0]);
    const life = new TcpLife(tcp);
    if (endPacket !== null) {
      tcp.streams[1].fin = { packet: endPacket, seconds: endPacket, nanoseconds: 0 };
      life.flag(1, 'fin');
    }
    const closes = new CloseOrder(life);
    expect(closes.close(0, 8)).toBe(expected);
  });
});

describe('a Close that the end of the other side had not seen', () => {
  test.each([
    ['its FIN acknowledges less', 99, 'fin', true],
    ['its FIN acknowledges it', 100, 'fin', false],
    ['its RST does not say what it acknowledges', 0, 'rst', false],
  ] as const)('%s', (_name, acknowledged, how, expected) => {
    const tcp = connectionWith([100, 100], [acknowledged, 0]);
    const life = new TcpLife(tcp);
    const closes = new CloseOrder(life);
    closes.close(0, 8);
    expect(closes.isUnseenByEnd(0)).toBe(false);
    tcp.streams[1][how] = { packet: 9, seconds: 9, nanoseconds: 0 };
    life.flag(1, how);
    expect([closes.isUnseenByEnd(0), closes.isUnseenByEnd(1)]).toEqual([expected, false]);
  });
});
