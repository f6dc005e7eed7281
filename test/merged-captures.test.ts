/** One session captured at several points, and merged: it counts once, whatever their clocks and offloads are. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyze } from '../src/analyze.ts';
import type { ConnectionReport } from '../src/report/model.ts';
import { readCapture } from '../src/capture/source.ts';
import { FIXTURES } from './helpers/captures.ts';
import { concat, PcapngBuilder } from './helpers/pcap-builder.ts';

const SOURCE = join(FIXTURES, 'tcp/steady.pcap');
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wscap-merged-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Captured {
  readonly data: Uint8Array;
  readonly microseconds: number;
}

async function packetsOf(path: string): Promise<Captured[]> {
  const packets: Captured[] = [];
  await readCapture(path, {
    packet: (data, start, end, _length, seconds, nanoseconds) => {
      packets.push({ data: data.slice(start, end), microseconds: seconds * 1e6 + nanoseconds / 1e3 });
    },
    note: () => undefined,
  });
  return packets;
}

/** As mergecap writes it: an interface for each capture, packets by time. */
async function merged(laterMs: readonly number[], options: { spoil?: boolean } = {}): Promise<string> {
  const builder = new PcapngBuilder();
  const packets = await packetsOf(SOURCE);
  const all = laterMs.flatMap((later, point) =>
    packets.map(({ data, microseconds }) => {
      const copy = Uint8Array.from(data);
      // A checksum that the network card fills in differs from what leaves the host.
      if (options.spoil === true && point > 0) copy[14 + 20 + 16]! ^= 0x5a;
      return { data: copy, point, at: microseconds + later * 1000 };
    }),
  );
  all.sort((a, b) => a.at - b.at);
  const path = join(folder, `${laterMs.join('-')}.pcapng`);
  writeFileSync(
    path,
    concat([
      builder.sectionHeader(),
      ...laterMs.map(() => builder.interface()),
      ...all.map(({ data, at, point }) => builder.enhancedPacket({ data }, BigInt(Math.round(at)), point)),
    ]),
  );
  return path;
}

function factsOf({ verdict, close, traffic, upgrade, anomalies }: ConnectionReport): unknown {
  return {
    verdict,
    anomalies,
    status: upgrade?.status,
    accept: upgrade?.accept,
    close: [close?.firstBy, close?.how, close?.clientCode, close?.serverCode, close?.clean],
    traffic: [traffic.clientToServer, traffic.serverToClient].map(
      ({ frames, messages, payloadBytes, segments, retransmissions, gapBytes }) => ({
        frames,
        messages,
        payloadBytes,
        segments,
        retransmissions,
        gapBytes,
      }),
    ),
  };
}

describe('a session captured at several points', () => {
  it.each([
    ['two points 10 ms apart', [0, 10]],
    ['two points with clocks half a second apart', [0, 500]],
    ['three points', [0, 3, 40]],
  ])('counts once: %s', async (_, later) => {
    const alone = await analyze(SOURCE);
    for (const spoil of [false, true]) {
      const report = await analyze(await merged(later, { spoil }));
      expect(report.totals.tcpConnections).toBe(1);
      expect(report.connections.map(factsOf)).toEqual(alone.connections.map(factsOf));
      expect(report.connections[0]!.notes.map(({ code }) => code)).toContain('duplicate-packets');
    }
  });
});
