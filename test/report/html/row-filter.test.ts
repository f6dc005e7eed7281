import { describe, expect, it } from 'vitest';
import { filterRows, isFiltering, NO_FILTER, orderRows } from '../../../src/report/html/row-filter.ts';
import { encodePage } from '../../../src/report/html/encode-page.ts';
import { Rows } from '../../../src/report/html/rows.ts';
import { handshakeClose, sampleConnection, sampleReport, sampleUpgrade } from '../sample-report.ts';

const rows = new Rows(
  encodePage(
    sampleReport([
      sampleConnection({ id: 0, client: { address: '10.0.0.1', port: 5000 } }),
      handshakeClose({ id: 1, client: { address: '10.0.0.2', port: 5001 } }),
      sampleConnection({
        id: 2,
        verdict: 'abnormal',
        durationMs: 9,
        upgrade: sampleUpgrade({ target: '/Feed' }),
      }),
    ]),
  ),
);
const ids = (changes: Partial<typeof NO_FILTER>) =>
  filterRows(rows.all, { ...NO_FILTER, ...changes }, (row) => rows.searchText(row)).map(({ id }) => id);

describe('filterRows', () => {
  it('shows all without a filter, worst first', () => {
    expect(ids({})).toEqual([1, 2, 0]);
    expect(isFiltering(NO_FILTER)).toBe(false);
  });

  it('finds words in any order and case, in targets, rules and messages', () => {
    expect(ids({ text: 'feed' })).toEqual([2]);
    expect(ids({ text: 'AIOHTTP upgrade handshake-close' })).toEqual([1]);
    expect(ids({ text: '#2' })).toEqual([2]);
    expect(ids({ text: 'nowhere' })).toEqual([]);
  });

  it('knows rules, addresses and severities', () => {
    expect(ids({ rule: 'handshake-close' })).toEqual([1]);
    expect(ids({ address: '10.0.0.2:5001' })).toEqual([1]);
    expect(ids({ address: '10.0.0.' })).toEqual([1, 0]);
    expect(ids({ severities: new Set(['error']) })).toEqual([1]);
    expect(ids({ severities: new Set(['none']) })).toEqual([0]);
    // A bad verdict whose rule was withheld.
    expect(ids({ severities: new Set(['warning']) })).toEqual([2]);
  });

  it('orders by what was asked for', () => {
    expect(orderRows(rows.all, 'longest').map(({ id }) => id)).toEqual([0, 2, 1]);
    expect(orderRows(rows.all, 'number').map(({ id }) => id)).toEqual([0, 1, 2]);
  });
});
