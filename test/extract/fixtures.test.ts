/** Every fixture, extracted and anonymized, says what it said before. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../src/analyze.ts';
import { FIXTURES } from '../helpers/captures.ts';
import { factsOf, runExtract, upTo } from './run-extract.ts';

const AREAS = readdirSync(FIXTURES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'record')
  .map(({ name }) => name);

function capturesIn(area: string): string[] {
  return readdirSync(join(FIXTURES, area))
    .filter((name) => /\.(?:pcap|pcapng|txt)(?:\.gz)?$/.test(name))
    .map((name) => join(FIXTURES, area, name));
}

describe('an anonymized extract of all connections', () => {
  let withFindings = 0;

  it.each(AREAS)('has the findings, verdicts and facts of the fixture: %s', async (area) => {
    for (const path of capturesIn(area)) {
      // Whoever gets an anonymized extract has no keys, not even those that the source carries.
      const source = await analyze(path, { keys: null });
      if (source.totals.tcpConnections === 0) continue;
      const { summary } = await runExtract([path], upTo(source.totals.tcpConnections));
      if (path.includes('two-networks')) {
        // Without their tunnels both connections have the same addresses and ports: the summary says what that costs.
        expect(summary.verdictChanges, path).not.toEqual([]);
        continue;
      }
      if (path.includes('icmp-')) {
        // ICMP messages are not copied: the summary names what they alone had proved.
        expect(
          summary.differences.map(({ kind }) => kind),
          path,
        ).toContain('lost');
        continue;
      }
      expect(summary.differences, path).toEqual([]);
      expect(summary.verdictChanges, path).toEqual([]);
      expect(summary.report.totals.anomalies, path).toEqual(source.totals.anomalies);
      // Packets that came in pieces are written whole, and copies (in tunnels, by another interface of a router) are left
      // out, so packet numbers change.
      // A byte is replaced by the same byte in whichever segment it comes, so overlaps don't differ any more.
      if (!/fragment|tunnels.vxlan|overlap-differs|firewall-at-router/.test(path))
        expect(factsOf(summary.report), path).toEqual(factsOf(source));
      if (source.connections.some(({ anomalies }) => anomalies.length > 0)) withFindings++;
    }
  });

  it('was tried where there are findings', () => {
    expect(withFindings).toBeGreaterThan(200);
  });
});

describe('an extract of one connection', () => {
  it('has its findings, under the numbers that it has there', async () => {
    const path = join(FIXTURES, 'handshake-close/chromium-reconnects.pcap');
    const { summary } = await runExtract([path], [2], { anonymizeKey: null });
    expect(summary.connections).toEqual([2]);
    expect(summary.differences).toEqual([]);
    const [only] = summary.report.connections;
    expect(only?.id).toBe(0);
    expect(only?.anomalies.map(({ rule }) => rule)).toEqual(['handshake-close']);
    expect(only?.anomalies[0]?.packets.every((packet) => packet <= summary.packets)).toBe(true);
  });

  it('names a finding that it does not show', async () => {
    // What refused it is an ICMP message, which belongs to no connection and is not copied.
    const path = join(FIXTURES, 'connection-refused/icmp-admin-prohibited.pcap');
    const { summary } = await runExtract([path], [0]);
    expect(summary.differences.map(({ kind, rule }) => `${kind} ${rule}`)).toContain(
      'lost connection-refused',
    );
  });
});
