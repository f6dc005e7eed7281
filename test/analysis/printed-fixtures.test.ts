import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Severity } from '../../src/basics/severity.ts';
import { analyze } from '../../src/library/analyze.ts';
import type { Report } from '../../src/report/model.ts';

/**
 * What a text states must agree with the capture that it was printed from; what it does not show must be unknown. tcpdump and tshark print;
 * where they are not installed, nothing is tested.
 */

const FIXTURES = [
  'clean/chromium-close.pcap',
  'handshake-close/aiohttp-handler-raises.pcap',
  'handshake-close/fin-on-101.pcap',
  'handshake-close/server-close-1011.pcap',
  'handshake-close/client-message-then-fin.pcap',
  'close-frame-invalid/code-1005.pcap',
  'connection-refused/near-miss-two-syns.pcap',
] as const;
/** tcpdump prints HTTP on this port. */
const HTTP_PORT = 8080;
const STYLES: readonly (readonly [command: string, ...options: string[]])[] = [
  ['tcpdump', '-n'],
  ['tcpdump', '-n', '-S', '-tttt'],
  ['tcpdump', '-n', '-v', '-tt'],
  ['tcpdump', '-n', '-e'],
  ['tcpdump', '-n', '-t'],
  ['tcpdump', '-n', '-A'],
  ['tcpdump', '-n', '-X', '-ttttt'],
  ['tshark', '-n'],
  ['tshark', '-n', '-P', '-x'],
];
const RANK: Readonly<Record<Severity, number>> = { info: 1, warning: 2, error: 3 };
const directory = mkdtempSync(join(tmpdir(), 'wscap-printed-'));

afterAll(() => {
  rmSync(directory, { recursive: true });
});

function isInstalled(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The capture (Ethernet, IPv4) with its server on a port on which tcpdump prints what HTTP says. */
function onHttpPort(path: string): Buffer {
  const bytes = Buffer.from(readFileSync(join('fixtures', path)));
  for (let at = 24; at + 16 <= bytes.length; at += 16 + bytes.readUInt32LE(at + 8)) {
    const tcp = at + 16 + 14 + (bytes[at + 16 + 14]! & 0x0f) * 4;
    const [from, to] = [bytes.readUInt16BE(tcp), bytes.readUInt16BE(tcp + 2)];
    bytes.writeUInt16BE(HTTP_PORT, from < to ? tcp : tcp + 2);
  }
  return bytes;
}

function expectAgreement(printed: Report, capture: Report): void {
  expect(printed.totals.packets).toBe(capture.totals.packets);
  expect(printed.totals.tcpConnections).toBe(capture.totals.tcpConnections);
  for (const connection of printed.connections) {
    const real = capture.connections.find(({ id }) => id === connection.id)!;
    expect(connection).toMatchObject({ client: real.client, server: real.server });
    if (connection.verdict !== 'unknown' && connection.verdict !== 'abnormal')
      expect(connection.verdict).toBe(real.verdict);
    const { close } = connection;
    if (close !== null && close.firstBy !== null)
      expect(close).toMatchObject({ firstBy: real.close?.firstBy, how: real.close?.how });
    if (typeof close?.afterUpgradeMs === 'number')
      expect(close.afterUpgradeMs).toBeCloseTo(real.close!.afterUpgradeMs!, 2);
    if (typeof connection.upgrade?.status === 'number')
      expect(connection.upgrade.status).toBe(real.upgrade?.status);
    for (const { rule, severity } of connection.anomalies) {
      const told = real.anomalies.find((each) => each.rule === rule);
      // A bare end in place of a rule that covers it: both say that the end was not in order.
      if (rule === 'abnormal-closure') expect(real.anomalies.length).toBeGreaterThan(0);
      else expect(RANK[severity]).toBeLessThanOrEqual(RANK[told?.severity ?? 'info']);
    }
  }
}

for (const [command, ...options] of STYLES) {
  describe.skipIf(!isInstalled(command))(`what ${command} ${options.join(' ')} prints`, () => {
    it.each(FIXTURES)('states nothing that %s does not say', async (path) => {
      const file = join(directory, path.replace('/', '-'));
      writeFileSync(file, onHttpPort(path));
      const text = execFileSync(command, [...options, '-r', file], {
        stdio: ['ignore', 'pipe', 'ignore'],
        env: { ...process.env, TZ: 'UTC' },
      });
      expectAgreement(await analyze(text), await analyze(file));
    });
  });
}
