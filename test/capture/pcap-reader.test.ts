import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PcapReader } from '../../src/capture/pcap-reader.ts';
import { concat, hex, pcapFile, pcapHeader, pcapRecord, type PacketSpec } from '../helpers/pcap-builder.ts';
import { read } from './collect.ts';

const THREE: PacketSpec[] = [
  { data: hex('aabb'), seconds: 1_700_000_000, nanoseconds: 123_456_000 },
  { data: hex(''), seconds: 1_700_000_001, originalLength: 60 },
  { data: hex('00112233445566778899'), seconds: 4_294_967_295, nanoseconds: 999_999_000 },
];

const packetArbitrary = fc.record({
  data: fc.uint8Array({ maxLength: 80 }),
  seconds: fc.nat(0xffffffff),
  nanoseconds: fc.nat(999_999_999),
});
const fileArbitrary = fc.record({
  packets: fc.array(packetArbitrary, { maxLength: 12 }),
  options: fc.record({ littleEndian: fc.boolean(), nanoseconds: fc.boolean(), linkType: fc.nat(0xffff) }),
});

describe('pcap reader', () => {
  it.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])('reads records (little endian %s, nanoseconds %s)', (littleEndian, nanoseconds) => {
    const { packets, notes, facts } = read(
      PcapReader,
      pcapFile(THREE, { littleEndian, nanoseconds, linkType: 113 }),
    );
    expect(packets).toEqual([
      { data: 'aabb', originalLength: 2, seconds: 1_700_000_000, nanoseconds: 123_456_000, linkType: 113 },
      { data: '', originalLength: 60, seconds: 1_700_000_001, nanoseconds: 0, linkType: 113 },
      {
        data: '00112233445566778899',
        originalLength: 10,
        seconds: 4_294_967_295,
        nanoseconds: 999_999_000,
        linkType: 113,
      },
    ]);
    expect(notes).toEqual([]);
    expect(facts).toEqual({
      format: 'pcap',
      linkTypes: [113],
      timestampResolution: nanoseconds ? 'ns' : 'us',
    });
  });

  it('delivers the same packets whatever the chunks', () => {
    fc.assert(
      fc.property(
        fileArbitrary,
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }),
        (spec, chunks) => {
          const file = pcapFile(spec.packets, spec.options);
          const whole = read(PcapReader, file);
          const inChunks = read(PcapReader, file, chunks);
          expect(inChunks).toEqual(whole);
          expect(whole.packets.map((packet) => packet.data)).toEqual(
            spec.packets.map(({ data }) => Buffer.from(data).toString('hex')),
          );
          expect(whole.packets.map((packet) => packet.seconds)).toEqual(
            spec.packets.map(({ seconds }) => seconds),
          );
        },
      ),
    );
  });

  it('keeps the whole records of a file cut at any byte, and says how much is missing', () => {
    const file = pcapFile(THREE);
    const ends = [24, 42, 58, 84];
    for (let length = 0; length < file.length; length++) {
      const cut = file.subarray(0, length);
      for (const chunks of [[length], [1], [7]]) {
        if (length < 24) {
          expect(() => read(PcapReader, cut, chunks)).toThrow(/cut short/);
          continue;
        }
        const { packets, notes } = read(PcapReader, cut, chunks);
        const whole = ends.filter((end) => end <= length).length - 1;
        expect(packets).toHaveLength(whole);
        if (length === 24) expect(notes.map(({ code }) => code)).toEqual(['no-packets']);
        else if (ends.includes(length)) expect(notes).toEqual([]);
        else {
          expect(notes.map(({ code }) => code)).toEqual(['truncated-file']);
          expect(notes[0]!.message).toContain(`packet ${whole + 1} at byte ${ends[whole]}`);
        }
      }
    }
  });

  it('counts the bytes that are missing of a cut record', () => {
    const file = pcapFile(THREE);
    expect(read(PcapReader, file.subarray(0, 83)).notes[0]!.message).toContain(
      ': 1 of its bytes are missing',
    );
    expect(read(PcapReader, file.subarray(0, 60)).notes[0]!.message).toContain(
      ': 14 bytes of its record header',
    );
  });

  it('stops at an impossible captured length, and keeps what came before', () => {
    const bad = pcapRecord({ data: hex('aabb'), capturedLength: 0xdeadbeef });
    const file = concat([pcapFile(THREE), bad, pcapRecord(THREE[0]!)]);
    for (let chunk = 1; chunk <= file.length; chunk++) {
      const { packets, notes } = read(PcapReader, file, [chunk]);
      expect(packets).toHaveLength(3);
      expect(notes.map(({ code }) => code)).toEqual(['corrupt-record']);
      expect(notes[0]!.message).toContain('packet 4 at byte 84 claims 3735928559 captured bytes');
    }
  });

  it('believes a captured length above 256 KiB only where the snaplen allows it', () => {
    const large = { data: new Uint8Array(262_145) };
    expect(read(PcapReader, pcapFile([large])).noteCodes).toEqual(['corrupt-record']);
    const allowed = read(PcapReader, pcapFile([large, THREE[0]!], { snaplen: 300_000 }), [4096]);
    expect(allowed.packets.map(({ data }) => data.length / 2)).toEqual([262_145, 2]);
    expect(allowed.notes).toEqual([]);
  });

  it('never gives a wire length below the captured length', () => {
    const { packets } = read(PcapReader, pcapFile([{ data: hex('aabbcc'), originalLength: 1 }]));
    expect(packets[0]!.originalLength).toBe(3);
  });

  it('carries a fraction of a second or more into the seconds', () => {
    const micro = read(PcapReader, pcapFile([{ data: hex('aa'), seconds: 5, nanoseconds: 2_500_000_000 }]));
    expect(micro.packets[0]).toMatchObject({ seconds: 7, nanoseconds: 500_000_000 });
    const nano = pcapFile([{ data: hex('aa'), seconds: 5, nanoseconds: 0xffffffff }], { nanoseconds: true });
    expect(read(PcapReader, nano).packets[0]).toMatchObject({ seconds: 9, nanoseconds: 294_967_295 });
  });

  it('reads the modified format with its longer record headers', () => {
    const record = concat([pcapRecord({ data: hex(''), capturedLength: 2 }), new Uint8Array(8), hex('aabb')]);
    const file = concat([pcapHeader({ magic: 0xa1b2cd34 }), record, record]);
    for (const chunk of [1, 5, file.length]) {
      expect(read(PcapReader, file, [chunk]).packets.map(({ data }) => data)).toEqual(['aabb', 'aabb']);
    }
  });

  it('takes the two lengths of the oldest versions in their order', () => {
    const swapped = pcapRecord({ data: hex('aabb'), capturedLength: 60, originalLength: 2 });
    for (const minor of [2, 3]) {
      const file = concat([pcapHeader({ version: [2, minor] }), swapped, swapped]);
      for (const chunk of [1, file.length]) {
        const { packets, notes } = read(PcapReader, file, [chunk]);
        expect(packets.map(({ data, originalLength }) => [data, originalLength])).toEqual([
          ['aabb', 60],
          ['aabb', 60],
        ]);
        expect(notes).toEqual([]);
      }
    }
  });

  it('gets through any bytes behind a valid header', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.integer({ min: 1, max: 50 }), (bytes, chunk) => {
        const file = concat([pcapHeader(), bytes]);
        expect(read(PcapReader, file, [chunk])).toEqual(read(PcapReader, file));
      }),
    );
  });
});
