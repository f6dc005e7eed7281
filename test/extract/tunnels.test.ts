/** What an anonymized extract keeps of tunnels: nothing. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../src/analyze.ts';
import { FIXTURES } from '../helpers/captures.ts';
import { runExtract, upTo } from './run-extract.ts';

const paths = readdirSync(join(FIXTURES, 'tunnels'))
  .filter((name) => name.endsWith('.pcap'))
  .map((name) => join(FIXTURES, 'tunnels', name));

describe('an anonymized extract of a capture of tunnels', () => {
  it.each(paths)('%s', async (path) => {
    const source = await analyze(path);
    if (source.totals.tcpConnections === 0) return;
    const { bytes, summary } = await runExtract([path], upTo(source.totals.tcpConnections));
    expect(summary.packets).toBeGreaterThan(4);
    expect(summary.report.connections.flatMap(({ tunnels = [] }) => tunnels)).toEqual([]);
    const text = bytes.toString('latin1');
    // Addresses of both ends of the recorded tunnels and inside them, and what PKTAP says of the program.
    for (const address of [
      [10, 9, 0, 1],
      [10, 9, 0, 2],
      [10, 1, 0, 1],
      [10, 1, 0, 2],
    ]) {
      expect(text.includes(String.fromCharCode(...address)), address.join('.')).toBe(false);
    }
    for (const word of ['node\0', 'message 0', 'and more of it']) expect(text).not.toContain(word);
  });

  it('of packets that are copied as they are keeps them in their tunnels', async () => {
    const path = join(FIXTURES, 'tunnels/vxlan.pcap');
    const { summary } = await runExtract([path], [0], { anonymizeKey: null });
    const [source, extracted] = [await analyze(path), summary.report];
    expect(extracted.connections[0]!.tunnels).toEqual(source.connections[0]!.tunnels);
    expect(extracted.connections[0]!.tunnels).toHaveLength(2);
  });
});
