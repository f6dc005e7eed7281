import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../../src/analyze.ts';
import type { ConnectionReport, Report } from '../../../src/report/model.ts';
import { isOnlyCounted, TableKeeper } from '../../../src/report/terminal/table-keeper.ts';
import { renderTable } from '../../../src/report/terminal/table.ts';
import { FIXTURES } from '../../helpers/captures.ts';

const fixture = (name: string) => join(FIXTURES, name);

const OPTIONS = { columns: 100, color: false, ascii: false, all: false };

function kept(connections: readonly ConnectionReport[], bound?: number): ConnectionReport[] {
  const keeper = new TableKeeper(bound);
  for (const connection of connections) keeper.add(connection);
  return keeper.connections();
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item, index) => ({ item, key: (index * 7919) % 1009 }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

/** The connections of a real report, many times over. */
function multiplied({ connections, ...report }: Report, times: number): Report {
  const many = Array.from({ length: times }, (_, round) =>
    connections.map((connection) => {
      const id = round * connections.length + connection.id;
      return { ...connection, id, ref: String(id) };
    }),
  ).flat();
  return { ...report, connections: many };
}

describe('the table of what was kept', () => {
  const NAMES = [
    'founding/swoole-reconnects.pcap',
    'mass-disconnect/server-killed.pcap',
    'fixed-lifetime/aiohttp-3s.pcap',
    'clean/text-binary-ping.pcap',
    'reconnect-loop/ws-1008.pcap',
  ];

  it.each(NAMES)('is that of the whole report: %s', async (name) => {
    const report = await analyze(fixture(name));
    for (const times of [1, 40]) {
      const many = multiplied(report, times);
      const thrifty = { ...many, connections: kept(shuffled(many.connections)) };
      expect(renderTable(thrifty, OPTIONS)).toBe(renderTable(many, OPTIONS));
    }
  });

  it('counts what it does not keep, and shows none of it', async () => {
    const report = multiplied(await analyze(fixture('clean/text-binary-ping.pcap')), 60);
    const connections = kept(report.connections, 20);
    expect(connections.filter(isOnlyCounted)).toHaveLength(40);
    const table = renderTable({ ...report, connections }, OPTIONS);
    expect(table).toBe(renderTable(report, OPTIONS));
    expect(table).toContain('55 clean connections');
  });
});

describe('what is kept', () => {
  it('is whole for the first of each rule, whatever the order in which they end', async () => {
    const report = multiplied(await analyze(fixture('founding/swoole-reconnects.pcap')), 30);
    const connections = kept(shuffled(report.connections));
    expect(connections.map(({ id }) => id)).toEqual(report.connections.map(({ id }) => id));
    const whole = connections.filter(({ timeline }) => timeline.length > 0).map(({ id }) => id);
    expect(whole).toEqual(Array.from({ length: 12 }, (_, id) => id));
  });

  it('has every finding', async () => {
    const report = multiplied(await analyze(fixture('founding/swoole-reconnects.pcap')), 30);
    const findings = kept(report.connections, 0).flatMap(({ anomalies }) => anomalies);
    expect(findings).toEqual(report.connections.flatMap(({ anomalies }) => anomalies));
  });

  it('counts a connection without a report only where it would keep nothing of the report', async () => {
    const report = multiplied(await analyze(fixture('clean/text-binary-ping.pcap')), 60);
    const keeper = new TableKeeper(20);
    let reports = 0;
    for (const connection of shuffled(report.connections)) {
      const { anomalies, notes, id, verdict } = connection;
      if (anomalies.length + notes.length === 0 && keeper.counts(id, verdict)) continue;
      keeper.add(connection);
      reports++;
    }
    expect(reports).toBeGreaterThan(12);
    expect(reports).toBeLessThan(60);
    expect(keeper.connections()).toEqual(kept(shuffled(report.connections), 20));
  });
});
