import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { packetFilters } from '../../src/report/packet-filter.ts';
import { sampleCapture } from './sample-report.ts';

const CAPTURE = 'fixtures/handshake-close/tornado-open-raises.pcap';
const one = [sampleCapture()];
const filterOf = (packets: number[], width = 80) => packetFilters(packets, one, width)[0]?.filter;

describe('packetFilters', () => {
  it('names a single packet', () => {
    expect(filterOf([8])).toBe('frame.number == 8');
  });

  it('names several in order and once', () => {
    expect(filterOf([9, 6, 9])).toBe('frame.number in {6, 9}');
  });

  it('joins three or more neighbours', () => {
    expect(filterOf([1, 2, 4, 5, 6, 7, 9])).toBe('frame.number in {1, 2, 4..7, 9}');
    expect(filterOf([4, 5, 6])).toBe('frame.number in {4..6}');
  });

  it('leaves packets out rather than growing over the line', () => {
    expect(filterOf([100, 200, 300, 400], 30)).toBe('frame.number in {100, 200}');
  });

  it('gives none without packets', () => {
    expect(packetFilters([], one, 80)).toEqual([]);
  });

  it('counts from 1 in each file where the capture is several', () => {
    const captures = [
      sampleCapture({ path: 'a.pcap', packets: 10 }),
      sampleCapture({ path: 'b.pcap', packets: 0 }),
      sampleCapture({ path: 'c.pcap', packets: 10 }),
    ];
    expect(packetFilters([10, 11, 13], captures, 80)).toEqual([
      { path: 'a.pcap', filter: 'frame.number == 10' },
      { path: 'c.pcap', filter: 'frame.number in {1, 3}' },
    ]);
  });

  const hasTshark = spawnSync('tshark', ['--version']).status === 0;
  it.skipIf(!hasTshark)('is understood by Wireshark', () => {
    for (const packets of [[2], [1, 3], [1, 2, 3, 5]]) {
      const args = ['-r', CAPTURE, '-Y', filterOf(packets)!, '-T', 'fields', '-e', 'frame.number'];
      const output = execFileSync('tshark', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
      expect(output.trim().split('\n').map(Number)).toEqual(packets);
    }
  });
});
