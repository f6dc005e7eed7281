import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../src/analyze.ts';
import { redactReport } from '../../src/redact/redactor.ts';
import type { ConnectionReport, TunnelLayer, TunnelReport } from '../../src/report/model.ts';
import { renderTable } from '../../src/report/terminal/table.ts';
import { tunnelLines, tunnelText } from '../../src/report/tunnel-text.ts';
import { FIXTURES } from '../helpers/captures.ts';

function layer(
  type: TunnelLayer['type'],
  id: number | null,
  source: string | null,
  destination: string | null,
): TunnelLayer {
  return { type, id, source, destination };
}

function way(from: 'client' | 'server', ...layers: readonly TunnelLayer[]): TunnelReport {
  return { from, copy: false, layers };
}

const THERE = layer('vxlan', 42, '10.0.0.1', '10.0.0.2');
const BACK = layer('vxlan', 42, '10.0.0.2', '10.0.0.1');

describe('the tunnels of a connection', () => {
  it.each<[string, TunnelReport[], string]>([
    ['none', [], ''],
    ['there and back', [way('client', THERE), way('server', BACK)], 'vxlan vni 42 10.0.0.1 ↔ 10.0.0.2'],
    [
      'one way',
      [way('client', layer('ip-in-ip', null, '10.0.0.1', '10.0.0.2'))],
      'ip-in-ip 10.0.0.1 → 10.0.0.2 (from the client)',
    ],
    [
      'two chains of tunnels that are not the reverse of each other',
      [way('client', THERE), way('server', { ...BACK, id: 43 })],
      'vxlan vni 42 10.0.0.1 → 10.0.0.2 (from the client) and vxlan vni 43 10.0.0.2 → 10.0.0.1 (from the server)',
    ],
    [
      'ids that differ by direction',
      [way('client', layer('gtp-u', 1, 'a::1', 'a::2')), way('server', layer('gtp-u', 2, 'a::2', 'a::1'))],
      'gtp-u teid 1/2 a::1 ↔ a::2',
    ],
    [
      'in each other',
      [way('client', layer('gre', null, '1.1.1.1', '2.2.2.2'), layer('mpls', 16, null, null))],
      'gre 1.1.1.1 → 2.2.2.2, in it mpls label 16 (from the client)',
    ],
    [
      'beside another chain',
      [way('client', THERE), { ...way('server', BACK), copy: true }],
      'vxlan vni 42 10.0.0.1 ↔ 10.0.0.2, and captured a second time by another route: counted once',
    ],
  ])('are said: %s', (_, tunnels, text) => {
    expect(tunnelText({ tunnels })).toBe(text);
  });

  it('are listed by chain, each with its connections, and bounded', () => {
    const connections = Array.from({ length: 30 }, (_, id) => ({
      id,
      tunnels: [way('client', layer('vxlan', id % 10, '10.0.0.1', '10.0.0.2'))],
    })) as unknown as ConnectionReport[];
    const lines = tunnelLines(connections);
    expect(lines).toHaveLength(7);
    expect(lines[1]).toBe('#1, #11 and #21 in vxlan vni 1 10.0.0.1 → 10.0.0.2 (from the client)');
    expect(lines[6]).toContain('4 more routes');
  });
});

describe('the ASCII table', () => {
  it('says tunnels in ASCII', async () => {
    const report = await analyze(join(FIXTURES, 'tunnels/vxlan.pcap'));
    const table = renderTable(report, { color: false, ascii: true, columns: 100, all: false });
    expect(table).toContain('#0 in vxlan vni 42 10.9.0.2 <-> 10.9.0.1');
    expect(table).toMatch(/^[\n\x20-\x7e]*$/);
  });
});

describe('a redacted report', () => {
  it('has other addresses for the ends of tunnels, the same for the same', async () => {
    const report = await analyze(join(FIXTURES, 'tunnels/vxlan.pcap'));
    expect(JSON.stringify(report)).toContain('10.9.0.1');
    const redacted = redactReport(report, { secrets: true, addresses: true, key: null });
    expect(JSON.stringify(redacted)).not.toMatch(/10\.[19]\.0\./);
    const [client, server] = redacted.connections[0]!.tunnels!;
    expect(client!.layers[0]).toMatchObject({
      type: 'vxlan',
      id: 42,
      source: server!.layers[0]!.destination,
    });
  });
});
