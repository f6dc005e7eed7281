import { describe, expect, it } from 'vitest';
import { DetectingReader } from '../../src/capture/detecting-reader.ts';
import { concat, hex, pcapFile, PcapngBuilder } from '../helpers/pcap-builder.ts';
import { read } from './collect.ts';

const le = new PcapngBuilder();
const PCAPNG = concat([le.sectionHeader(), le.interface(), le.enhancedPacket({ data: hex('aabb') }, 1n)]);
const TEXT = Buffer.from('10:00:00.0 IP 1.1.1.1 > 2.2.2.2: tcp\n\t0x0000:  aabb\n');

describe('detecting reader', () => {
  it.each([
    ['pcap', pcapFile([{ data: hex('aabb') }])],
    ['pcapng', PCAPNG],
    ['tcpdump-text', TEXT],
  ])('hands %s to its reader, whatever the chunks', (format, file) => {
    for (let chunk = 1; chunk <= file.length; chunk++) {
      const { packets, facts } = read(DetectingReader, file, [chunk]);
      expect(packets.map(({ data }) => data)).toEqual(['aabb']);
      expect(facts.format).toBe(format);
    }
  });

  it('refuses what is not a capture, at the latest at the end', () => {
    expect(() => read(DetectingReader, new Uint8Array(0))).toThrow(/is empty \(0 bytes\)/);
    expect(() => read(DetectingReader, hex('d4c3'), [1])).toThrow(/is not a capture/);
    expect(() => read(DetectingReader, hex('d4c3b2a1'), [1])).toThrow(/cut short: 4 bytes/);
    expect(() => read(DetectingReader, hex('28b52ffd'), [1])).toThrow(/zstd/);
    expect(() => read(DetectingReader, hex('1f8b08'), [3])).toThrow(/gzip in gzip/);
  });
});
