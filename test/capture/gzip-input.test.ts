import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { CaptureTarget } from '../../src/capture/capture-reader.ts';
import { GzipInput, isGzip } from '../../src/capture/gzip-input.ts';
import { PcapReader } from '../../src/capture/pcap-reader.ts';
import { hex, pcapFile } from '../helpers/pcap-builder.ts';
import { Collector } from './collect.ts';

const ZIPPED = gzipSync(pcapFile([{ data: hex('aabb') }, { data: hex('cc') }]));

function targetOf(collector: Collector): CaptureTarget {
  const reader = new PcapReader(collector, 'x');
  return {
    write: (chunk) => {
      reader.write(chunk);
    },
    note: (note) => {
      collector.note(note);
    },
    get finished() {
      return reader.finished;
    },
  };
}

describe('gzip input', () => {
  it('is told by its first two bytes', () => {
    expect(isGzip(ZIPPED)).toBe(true);
    expect(isGzip(hex('1f'))).toBe(false);
    expect(isGzip(hex('d4c3b2a1'))).toBe(false);
  });

  it('ends and says so wherever the data are cut', async () => {
    for (let length = 0; length < ZIPPED.length; length++) {
      const collector = new Collector();
      const gzip = new GzipInput(targetOf(collector));
      await gzip.write(ZIPPED.subarray(0, length));
      await gzip.end();
      gzip.close();
      expect(collector.noteCodes).toEqual(['truncated-file']);
    }
  });

  it('ends wherever a byte is damaged', async () => {
    for (let at = 0; at < ZIPPED.length; at++) {
      const damaged = Uint8Array.from(ZIPPED);
      damaged[at]! ^= 0x55;
      const collector = new Collector();
      const gzip = new GzipInput(targetOf(collector));
      await gzip.write(damaged).catch(() => undefined);
      await gzip.end().catch(() => undefined);
      gzip.close();
      expect(collector.packets.length).toBeLessThanOrEqual(2);
    }
  });
});
