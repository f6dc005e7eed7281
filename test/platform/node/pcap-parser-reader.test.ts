import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DetectingReader } from '../../../src/capture/detecting-reader.ts';
import { pcapMagic } from '../../../src/capture/pcap-file-header.ts';
import { loadPcapParserReader } from '../../../src/platform/node/pcap-parser-reader.ts';
import { PcapReader } from '../../../src/capture/pcap-reader.ts';
import { concat, hex, pcapFile, pcapHeader, PcapngBuilder, pcapRecord } from '../../helpers/pcap-builder.ts';
import { read, type ReaderClass } from '../../capture/collect.ts';

const PcapParserReader = await loadPcapParserReader();

/** Where our own reader gets this note, so must this one; the words may differ. */
function withoutWords({ packets, facts, noteCodes }: ReturnType<typeof read>) {
  return { packets, facts, noteCodes };
}

describe('pcap-parser reader', () => {
  it('agrees with our own reader on any classic file, whole or cut, whatever the chunks', () => {
    const packet = fc.record({
      data: fc.uint8Array({ maxLength: 60 }),
      seconds: fc.nat(0xffffffff),
      nanoseconds: fc.nat(999_999_999),
      originalLength: fc.nat(2000),
    });
    fc.assert(
      fc.property(
        fc.array(packet, { maxLength: 8 }),
        fc.record({ littleEndian: fc.boolean(), linkType: fc.nat(0xffff) }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 100 }),
        (packets, options, fraction, chunk) => {
          const file = pcapFile(packets, options);
          const cut = file.subarray(0, 24 + Math.round((file.length - 24) * fraction));
          expect(withoutWords(read(PcapParserReader, cut, [chunk]))).toEqual(
            withoutWords(read(PcapReader, cut)),
          );
        },
      ),
    );
  });

  it('stops at a corrupt captured length like our own', () => {
    const bad = pcapRecord({ data: hex('aabb'), capturedLength: 0x10000000 });
    const file = concat([pcapFile([{ data: hex('0011') }]), bad]);
    for (const chunk of [1, 10, file.length]) {
      const { packets, notes } = read(PcapParserReader, file, [chunk]);
      expect(packets).toHaveLength(1);
      expect(notes).toEqual(read(PcapReader, file).notes);
    }
  });

  it('refuses what pcap-parser can not read, saying to leave out the option', () => {
    class Only extends DetectingReader {
      constructor(...[handler, path]: ConstructorParameters<ReaderClass>) {
        super(handler, path, PcapParserReader);
      }
    }
    const nanoseconds = pcapFile([{ data: hex('00') }], { nanoseconds: true });
    expect(() => read(Only, nanoseconds)).toThrow(/not microsecond pcap.*leave out --reader/);
    expect(() => read(Only, new PcapngBuilder().sectionHeader())).toThrow(/pcapng.*leave out --reader/);
    expect(() => read(Only, Buffer.from('10:00 IP'))).toThrow(/text.*leave out --reader/);
    expect(() => read(Only, pcapHeader({ version: [1, 7] }))).toThrow(/can't be read by pcap-parser/);
    expect(() => read(Only, pcapHeader().subarray(0, 20))).toThrow(/cut short/);
  });

  it('agrees with our own reader on every classic fixture', () => {
    const root = new URL('../../../fixtures/', import.meta.url);
    const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.pcap'),
    );
    for (const name of names) {
      const file = readFileSync(new URL(name, root));
      const found = pcapMagic(file);
      if (found?.magic !== 0xa1b2c3d4) continue;
      expect(withoutWords(read(PcapParserReader, file)), name).toEqual(withoutWords(read(PcapReader, file)));
    }
  });
});
