/** Files that our own readers and Wireshark's programs read back as they were written. */
import fc from 'fast-check';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PcapReader } from '../../src/capture/pcap-reader.ts';
import { PcapngReader } from '../../src/capture/pcapng-reader.ts';
import { FormatError, type PacketWriter, type WrittenPacket } from '../../src/extract/packet-writer.ts';
import { PcapWriter } from '../../src/extract/pcap-writer.ts';
import { PcapngWriter } from '../../src/extract/pcapng-writer.ts';
import { read } from '../capture/collect.ts';
import { HAS_TSHARK } from '../helpers/tshark.ts';

const HAS_CAPINFOS = spawnSync('capinfos', ['--version']).status === 0;

const PACKET = fc
  .record({
    bytes: fc.uint8Array({ maxLength: 200 }),
    missing: fc.oneof(fc.constant(0), fc.nat(70_000)),
    seconds: fc.oneof(
      fc.integer({ min: 0, max: 0xffffffff }),
      fc.integer({ min: 1_600_000_000, max: 1_800_000_000 }),
    ),
    nanoseconds: fc.nat(999_999_999),
    linkType: fc.constantFrom(1, 101, 113, 276),
  })
  .map(({ missing, ...packet }) => ({ ...packet, originalLength: packet.bytes.length + missing }));
/** Before 1970 too, and long after. */
const ANY_TIME = fc
  .record({ packet: PACKET, seconds: fc.integer({ min: -4_000_000_000, max: 8_000_000_000 }) })
  .map(({ packet, seconds }) => ({ ...packet, seconds }));
const COMMENTS = fc.array(fc.string({ maxLength: 40 }), { maxLength: 3 });

function written(
  make: (sink: (bytes: Uint8Array) => void) => PacketWriter,
  packets: readonly WrittenPacket[],
  comments: readonly string[] = [],
): Buffer {
  const chunks: Buffer[] = [];
  const writer = make((bytes) => chunks.push(Buffer.from(bytes)));
  for (const packet of packets) writer.packet(packet, comments);
  writer.end();
  return Buffer.concat(chunks);
}

function expected(packets: readonly WrittenPacket[], isFine: boolean) {
  return packets.map(({ bytes, nanoseconds, ...rest }) => ({
    data: Buffer.from(bytes).toString('hex'),
    nanoseconds: isFine ? nanoseconds : Math.floor(nanoseconds / 1000) * 1000,
    ...rest,
  }));
}

describe('PcapWriter', () => {
  it('writes what PcapReader reads, to the microsecond or the nanosecond', () => {
    fc.assert(
      fc.property(
        fc.array(PACKET, { maxLength: 8 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 300 }),
        (packets, nanoseconds, chunk) => {
          const same = packets.map((packet) => ({ ...packet, linkType: 101 }));
          const file = written((sink) => new PcapWriter(sink, { nanoseconds }), same);
          expect(read(PcapReader, file, [chunk]).packets).toEqual(expected(same, nanoseconds));
        },
      ),
    );
  });

  it('refuses a second link type, and a time before 1970', () => {
    const packet = { bytes: new Uint8Array(4), originalLength: 4, seconds: 1, nanoseconds: 0, linkType: 1 };
    const writer = new PcapWriter(() => undefined, { nanoseconds: true });
    writer.packet(packet);
    expect(() => {
      writer.packet({ ...packet, linkType: 101 });
    }).toThrow(FormatError);
    expect(() => {
      writer.packet({ ...packet, linkType: 101 });
    }).toThrow('link types EN10MB and RAW');
    expect(() => {
      writer.packet({ ...packet, seconds: -1 });
    }).toThrow('before 1970');
  });

  it('writes a file without packets that can be read', () => {
    const file = written((sink) => new PcapWriter(sink, { nanoseconds: true }), []);
    expect(read(PcapReader, file).noteCodes).toEqual(['no-packets']);
  });
});

const OPTIONS = { application: 'wscap test', comments: ['about it all'] };

describe('PcapngWriter', () => {
  it('writes what PcapngReader reads: any times, several link types, comments or none', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(PACKET, ANY_TIME), { maxLength: 8 }),
        fc.boolean(),
        COMMENTS,
        fc.integer({ min: 1, max: 300 }),
        (packets, nanoseconds, comments, chunk) => {
          const file = written(
            (sink) => new PcapngWriter(sink, { ...OPTIONS, nanoseconds }),
            packets,
            comments,
          );
          const result = read(PcapngReader, file, [chunk]);
          expect(result.packets).toEqual(expected(packets, nanoseconds));
          expect(result.noteCodes).toEqual(packets.length === 0 ? ['no-packets'] : []);
        },
      ),
    );
  });

  it('writes packets without a time as such', () => {
    const packets = [1, 2].map((length) => ({
      bytes: new Uint8Array(length),
      originalLength: length,
      seconds: 5,
      nanoseconds: 0,
      linkType: 1,
    }));
    const file = written(
      (sink) => new PcapngWriter(sink, { ...OPTIONS, nanoseconds: false, withoutTimes: true }),
      packets,
    );
    const result = read(PcapngReader, file);
    expect(result.noteCodes).toEqual(['no-timestamp']);
    expect(result.packets.map(({ data }) => data)).toEqual(['00', '0000']);
  });

  it('cuts a comment that an option can not hold between characters', () => {
    const packet = { bytes: new Uint8Array(4), originalLength: 4, seconds: 1, nanoseconds: 0, linkType: 1 };
    const file = written(
      (sink) => new PcapngWriter(sink, { ...OPTIONS, nanoseconds: true }),
      [packet],
      ['é'.repeat(40_000)],
    );
    expect(read(PcapngReader, file).packets).toHaveLength(1);
    expect(file.includes(Buffer.from('é'.repeat(32_767)))).toBe(true);
  });
});

describe.skipIf(!HAS_TSHARK || !HAS_CAPINFOS)('to Wireshark', () => {
  const packets: WrittenPacket[] = fc
    .sample(PACKET, { numRuns: 40, seed: 7 })
    .map((packet) => ({ ...packet, linkType: 1 }));
  const times = packets.map(
    ({ seconds, nanoseconds }) => `${seconds}.${String(nanoseconds).padStart(9, '0')}`,
  );

  it.each([
    ['pcap', (sink: (bytes: Uint8Array) => void) => new PcapWriter(sink, { nanoseconds: true })],
    [
      'pcapng',
      (sink: (bytes: Uint8Array) => void) => new PcapngWriter(sink, { ...OPTIONS, nanoseconds: true }),
    ],
  ] as const)('times and lengths of a %s are what they were', (ending, make) => {
    const folder = mkdtempSync(join(tmpdir(), 'wscap-writers-'));
    try {
      const path = join(folder, `written.${ending}`);
      writeFileSync(path, written(make, packets, ['on a packet']));
      const fields = ['frame.time_epoch', 'frame.len', 'frame.cap_len'].flatMap((field) => ['-e', field]);
      const lines = execFileSync('tshark', ['-r', path, '-T', 'fields', ...fields], {
        encoding: 'utf8',
        stdio: 'pipe',
      });
      expect(lines.trimEnd().split('\n')).toEqual(
        packets.map(
          ({ originalLength, bytes }, index) => `${times[index]!}\t${originalLength}\t${bytes.length}`,
        ),
      );
      const info = execFileSync('capinfos', ['-M', path], { encoding: 'utf8' });
      expect(info).toContain('File timestamp precision:  nanoseconds (9)');
      if (ending === 'pcapng') {
        expect(info).toContain('about it all');
        const tree = execFileSync('tshark', ['-r', path, '-c', '1', '-V'], {
          encoding: 'utf8',
          stdio: 'pipe',
        });
        expect(tree).toContain('on a packet');
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
