/** What an anonymized extract keeps of tunnels: nothing. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../src/analyze.ts';
import { FIXTURES } from '../helpers/captures.ts';
import { runExtract, upTo } from './run-extract.ts';

const paths = readdirSync(join(FIXTURES, 'tunnels'))
  .filter((name) => name.endsWith('.pcap'))
  .map((name) => join(FIXTURES, 'tunnels', name));

/** Changes the upper bits of the innermost sequence number of a packet of a classic pcap. */
function flipSequence(bytes: Buffer, packet: number): void {
  let at = 24;
  for (let number = 1; number < packet; number++) at += 16 + bytes.readUInt32LE(at + 8);
  const record = bytes.subarray(at + 16, at + 16 + bytes.readUInt32LE(at + 8));
  const tcp = record.lastIndexOf(Buffer.from([0x45, 0])) + 20;
  record[tcp + 4]! ^= 0x40;
}

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

  it.each([null, Buffer.from('key')])(
    'that is damaged numbers connections as analyze does',
    async (anonymizeKey) => {
      // Each packet was captured bare and inside the VXLAN. In one of them a bit of the sequence number is another one: without
      // what was read before, it looks like a packet of another connection.
      const bytes = readFileSync(join(FIXTURES, 'tunnels/vxlan-on-any.pcap'));
      flipSequence(bytes, 14);
      const folder = mkdtempSync(join(tmpdir(), 'wscap-damaged-'));
      try {
        const path = join(folder, 'damaged.pcap');
        writeFileSync(path, bytes);
        const source = await analyze(path);
        const { summary } = await runExtract([path], [0], { anonymizeKey });
        expect(source.totals.tcpConnections).toBe(1);
        expect(summary.report.totals.tcpConnections).toBe(1);
        const undamaged = await runExtract([join(FIXTURES, 'tunnels/vxlan-on-any.pcap')], [0], {
          anonymizeKey,
        });
        if (anonymizeKey === null) expect(summary.packets).toBe(undamaged.summary.packets);
        expect(summary.verdictChanges).toEqual([]);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );

  it('of packets that are copied as they are keeps them in their tunnels', async () => {
    const path = join(FIXTURES, 'tunnels/vxlan.pcap');
    const { summary } = await runExtract([path], [0], { anonymizeKey: null });
    const [source, extracted] = [await analyze(path), summary.report];
    expect(extracted.connections[0]!.tunnels).toEqual(source.connections[0]!.tunnels);
    expect(extracted.connections[0]!.tunnels).toHaveLength(2);
  });
});
