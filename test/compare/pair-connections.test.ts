import { describe, expect, it } from 'vitest';
import { pairConnections } from '../../src/compare/pair-connections.ts';
import type { PairStrategy } from '../../src/compare/model.ts';
import type { ConnectionReport } from '../../src/report/model.ts';
import { sampleConnection, sampleUpgrade } from '../report/sample-report.ts';

/** "chat.example.com/ws" or "chat.example.com/ws at 10.0.0.1". */
function connections(...texts: string[]): ConnectionReport[] {
  return texts.map((text, id) => {
    const [url = '', address = '192.0.2.1'] = text.split(' at ');
    const [host = null, ...path] = url.split('/');
    return sampleConnection({
      id,
      server: { address, port: 80 },
      upgrade: url === '' ? null : sampleUpgrade({ host, target: `/${path.join('/')}` }),
    });
  });
}

function paired(good: ConnectionReport[], bad: ConnectionReport[], by: PairStrategy = 'auto') {
  const { pairs, leftGood, leftBad } = pairConnections(good, bad, by);
  return {
    pairs: pairs.map((pair) => `${pair.good.id}-${pair.bad.id} ${pair.pairedBy}`),
    left: `${leftGood.map(({ id }) => id).join()} | ${leftBad.map(({ id }) => id).join()}`,
  };
}

describe('pairConnections', () => {
  it('pairs by host and path first, whatever the order', () => {
    expect(paired(connections('a/x', 'b/x'), connections('b/x', 'a/x'))).toEqual({
      pairs: ['0-1 host-and-path', '1-0 host-and-path'],
      left: ' | ',
    });
  });

  it('pairs by path where the hosts differ, in order, without the query', () => {
    const good = connections('chat.example.com/ws?v=1', 'chat.example.com/feed', 'chat.example.com/ws?v=2');
    const bad = connections('beta.chat.example.com/ws', '10.0.0.7:8080/ws', 'beta.chat.example.com/feed');
    expect(paired(good, bad)).toEqual({ pairs: ['0-0 path', '2-1 path', '1-2 path'], left: ' | ' });
  });

  it('pairs paths that differ in ids alone', () => {
    const good = connections('a/rooms/17/socket', 'a/u/0b8e7b8c-5d0f-4d3e-9a55-0c6e3d9c1f00');
    const bad = connections('b/rooms/4/socket', 'b/u/9c1f0000-5d0f-4d3e-9a55-0c6e3d9c1fff', 'b/other');
    expect(paired(good, bad)).toEqual({ pairs: ['0-0 path-shape', '1-1 path-shape'], left: ' | 2' });
  });

  it('pairs what is left where each side has one path, but not beside other pairs', () => {
    expect(paired(connections('a/ws', 'a/ws'), connections('b/beta/ws'))).toEqual({
      pairs: ['0-0 elimination'],
      left: '1 | ',
    });
    expect(paired(connections('a/ws', 'a/x'), connections('b/ws', 'b/y')).left).toBe('1 | 1');
    expect(paired(connections('a/ws', 'a/x'), connections('b/y')).left).toBe('0,1 | 0');
    expect(paired(connections('a/ws'), connections('')).pairs).toEqual(['0-0 elimination']);
  });

  it('keeps the two legs of a proxy apart', () => {
    const good = connections('a/ws at front', 'a/ws at front', 'a/ws at back', 'a/ws at back');
    const bad = connections('b/ws at proxy', 'b/ws at app', 'b/ws at proxy', 'b/ws at app');
    expect(paired(good, bad).pairs).toEqual(['0-0 path', '1-2 path', '2-1 path', '3-3 path']);
  });

  it('goes by the strategy that is asked for', () => {
    const [good, bad] = [connections('a/x', 'a/y'), connections('b/y', 'b/z')];
    expect(paired(good, bad, 'host')).toEqual({ pairs: [], left: '0,1 | 0,1' });
    expect(paired(good, bad, 'path')).toEqual({ pairs: ['1-0 path'], left: '0 | 1' });
    expect(paired(good, bad, 'order')).toEqual({ pairs: ['0-0 order', '1-1 order'], left: ' | ' });
  });

  it('takes the pairs that it is told, and no others', () => {
    const [good, bad] = [connections('a/x', 'a/y'), connections('b/y', 'b/z')];
    const { pairs, leftGood, leftBad } = pairConnections(good, bad, 'auto', [[0, 1]]);
    expect(pairs.map((pair) => [pair.good.id, pair.bad.id, pair.pairedBy])).toEqual([[0, 1, 'asked']]);
    expect([...leftGood, ...leftBad]).toEqual([]);
    expect(() => pairConnections(good, bad, 'auto', [[0, 7]])).toThrow('the bad capture has no connection 7');
    expect(() =>
      pairConnections(good, bad, 'auto', [
        [0, 0],
        [0, 1],
      ]),
    ).toThrow('no connection 0');
  });
});
