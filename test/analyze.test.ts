import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { analyze } from '../src/analyze.ts';
import { CaptureError } from '../src/capture/capture-error.ts';
import { VERSION } from '../src/basics/version.ts';
import { FIXTURES } from './helpers/captures.ts';

const fixture = (name: string) => join(FIXTURES, name);
const FOUNDING = fixture('founding/swoole-101-then-fin.pcap');

test('the founding case is found in three packets', async () => {
  const report = await analyze(FOUNDING);
  expect(report).toMatchObject({
    schema: 'wscap/report@1',
    tool: { name: 'wscap', version: VERSION },
    options: { windowMs: 100, reader: 'wscap' },
    captures: [{ path: FOUNDING, format: 'pcap', compression: null, packets: 3 }],
    totals: {
      packets: 3,
      tcpConnections: 1,
      upgradeRequests: 0,
      webSocketConnections: 1,
      anomalies: { error: 1, warning: 0, info: 0 },
    },
    connections: [
      {
        verdict: 'handshake-close',
        close: { firstBy: 'server', how: 'fin', afterUpgradeMs: 0.657 },
        anomalies: [{ rule: 'handshake-close', severity: 'error' }],
      },
    ],
    anomalies: [],
    notes: [],
  });
});

test('the window is an option, and is written down', async () => {
  const report = await analyze(FOUNDING, { windowMs: 0.5 });
  expect(report.options.windowMs).toBe(0.5);
  expect(report.connections[0]).toMatchObject({
    verdict: 'abnormal',
    anomalies: [{ rule: 'abnormal-closure' }],
  });
});

test('the same capture gives the same report, byte for byte, by either reader', async () => {
  const path = fixture('clean/text-binary-ping.pcap');
  const [first, again, other] = await Promise.all([
    analyze(path),
    analyze(path),
    analyze(path, { reader: 'pcap-parser' }),
  ]);
  expect(JSON.stringify(again)).toBe(JSON.stringify(first));
  expect(other.connections).toEqual(first.connections);
});

test('parts of a capture are one capture: packets count on from file to file', async () => {
  const parts = [1, 2, 3].map((part) => fixture(`formats/rotated-${part}.pcap`));
  const whole = await analyze(fixture('formats/pcap-ns.pcap'));
  const report = await analyze(parts);
  expect(report.captures.map(({ packets }) => packets).reduce((sum, packets) => sum + packets)).toBe(
    report.totals.packets,
  );
  expect(report.captures.map(({ path }) => path)).toEqual(parts);
  expect(report.connections).toEqual(whole.connections);
});

test('both legs of a proxy: the one behind it is named as the origin', async () => {
  const { connections } = await analyze(fixture('handshake-close/nginx-both-legs.pcap'));
  const [front, back] = connections;
  expect(connections).toHaveLength(2);
  expect(front?.anomalies[0]).toMatchObject({
    rule: 'handshake-close',
    evidence: { originConnection: back?.id },
  });
  expect(front?.anomalies[0]?.message).toContain('It did not begin here');
  expect(back?.anomalies[0]?.message).toContain('the close began here');
});

test('a connection that TLS hides is told as what can be seen, and counted in the notes', async () => {
  const { connections, notes, totals } = await analyze(fixture('other/wss-encrypted.pcap'));
  expect(connections).toMatchObject([{ verdict: 'encrypted', anomalies: [], tls: { keys: 'missing' } }]);
  expect(totals.tcpConnections).toBeGreaterThan(0);
  expect(notes).toMatchObject([{ code: 'encrypted' }]);
  expect(notes[0]?.message).toMatch(/^\d+ connections? encrypted by TLS/);
});

test.each(['wscap', 'pcap-parser'] as const)(
  'an overlap that brings other bytes is noted, one that repeats them is not (reader %s)',
  async (reader) => {
    const conflictsOf = async (name: string) =>
      (await analyze(fixture(name), { reader })).connections[0]!.notes.filter(
        ({ code }) => code === 'overlap-differs',
      );
    expect(await conflictsOf('tcp/overlap.pcap')).toEqual([]);
    const [note, ...others] = await conflictsOf('tcp/overlap-differs.pcap');
    expect(note).toMatchObject({
      packet: 14,
      message: expect.stringContaining('sent 4 bytes again') as string,
    });
    expect(others).toEqual([]);
  },
);

describe('a connection that falls silent while others go on', () => {
  const silent = join(FIXTURES, 'silent-after-upgrade', 'capture-ends.pcap');
  const later = join(FIXTURES, 'half-open', 'client-vanishes.pcap');
  const rulesOf = ({ connections }: Awaited<ReturnType<typeof analyze>>) =>
    connections.map(({ anomalies }) => anomalies.map(({ rule }) => rule));

  test('is watched until the capture ends', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'wscap-'));
    try {
      const both = join(folder, 'both.pcap');
      const records = (await readFile(later)).subarray(24);
      await writeFile(both, Buffer.concat([await readFile(silent), records]));
      const report = await analyze(both);
      expect(rulesOf(report)).toEqual([['silent-after-upgrade'], ['half-open']]);
      expect(report.connections[0]!.anomalies[0]!.message).toContain(
        'the last packet of the capture (packet 35)',
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('is not watched over a pause between two files: nobody may have captured then', async () => {
    expect(rulesOf(await analyze([silent, later]))).toEqual([[], ['half-open']]);
  });
});

describe('what can not be read', () => {
  test.each(['no/such/file.pcap', 'other'])('%s is refused with an error of its own', async (name) => {
    await expect(analyze(fixture(name))).rejects.toThrow(CaptureError);
  });

  test('a file that is not a capture is refused too', async () => {
    await expect(analyze(fixture('README.md'))).rejects.toThrow(CaptureError);
  });
});

test('an aborted analysis rejects with the reason', async () => {
  const reason = new Error('enough');
  await expect(analyze(FOUNDING, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

test('progress goes up to the end', async () => {
  const seen: (number | undefined)[] = [];
  await analyze([FOUNDING, FOUNDING], { onProgress: (fraction) => seen.push(fraction) });
  expect(seen).toEqual(seen.toSorted());
  expect(seen.every((fraction) => fraction !== undefined && fraction > 0 && fraction <= 1)).toBe(true);
});
