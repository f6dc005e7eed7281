import { describe, expect, it } from 'vitest';
import { BoundedNotes } from '../../src/capture/bounded-notes.ts';
import { isReadBlock, PcapngSection } from '../../src/capture/pcapng-section.ts';
import { hex, PcapngBuilder } from '../helpers/pcap-builder.ts';
import { Collector } from './collect.ts';

describe('pcapng section', () => {
  it('needs sections, interfaces and packets, and no other block', () => {
    const read = [0x0a0d0d0a, 1, 2, 3, 6];
    expect(read.every(isReadBlock)).toBe(true);
    expect([0, 4, 5, 7, 10, 0xbad, 0x40000bad].some(isReadBlock)).toBe(false);
  });

  it('reads no packet out of a block that is too short for one, at any length', () => {
    const make = new PcapngBuilder();
    for (const [packet, fixed] of [
      [make.enhancedPacket({ data: hex('') }, 1n), 32],
      [make.obsoletePacket({ data: hex('') }, 1n), 32],
      [make.simplePacket(hex('')), 16],
    ] as const) {
      for (let length = 12; length <= fixed; length += 4) {
        const collector = new Collector();
        const section = new PcapngSection(collector, new BoundedNotes(collector), 'x');
        const idb = make.interface();
        section.readBlock(1, idb, 0, idb.length, true, 28);
        section.readBlock(packet[0]!, packet, 0, length, true, 48);
        expect(collector.packets).toHaveLength(length === fixed ? 1 : 0);
        expect(collector.noteCodes).toEqual(length === fixed ? [] : ['corrupt-block']);
      }
    }
  });

  it('names the finest resolution of all interfaces', () => {
    const make = new PcapngBuilder();
    const collector = new Collector();
    const section = new PcapngSection(collector, new BoundedNotes(collector), 'x');
    const labels = [3, 0x80 + 10, 6, 9, 6].map((tsresol) => {
      const idb = make.interface(1, 0, [make.tsresol(tsresol)]);
      section.readBlock(1, idb, 0, idb.length, true, 28);
      return section.resolutionLabel;
    });
    expect(labels).toEqual(['ms', '2^-10 s', 'us', 'ns', 'ns']);
  });
});
