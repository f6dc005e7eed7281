import { describe, expect, it } from 'vitest';
import { parseInterfaceBlock } from '../../src/capture/pcapng-interface.ts';
import { PcapngBuilder, type PcapngOption } from '../helpers/pcap-builder.ts';

function parse(options: PcapngOption[], littleEndian = true, end?: number) {
  const block = new PcapngBuilder(littleEndian).interface(276, 96, options);
  return parseInterfaceBlock(block, 0, end ?? block.length, littleEndian);
}

describe('pcapng interface description', () => {
  it.each([true, false])('reads link type, snaplen and options (little endian %s)', (littleEndian) => {
    const make = new PcapngBuilder(littleEndian);
    const name = { code: 2, value: Uint8Array.from(Buffer.from('eth0')) };
    const read = parse([name, make.tsresol(9), make.tsoffset(-3600n)], littleEndian);
    expect(read).toMatchObject({ linkType: 276, snaplen: 96, offsetSeconds: -3600 });
    expect(read.resolution.label).toBe('ns');
  });

  it('takes microseconds and no offset where there are no options', () => {
    const read = parse([]);
    expect(read.resolution.label).toBe('us');
    expect(read.offsetSeconds).toBe(0);
  });

  it('reads offsets above 32 bits', () => {
    expect(parse([new PcapngBuilder().tsoffset(10_000_000_000n)]).offsetSeconds).toBe(10_000_000_000);
  });

  it('ignores options of the wrong length and those behind the end of options', () => {
    const make = new PcapngBuilder();
    expect(parse([{ code: 9, value: Uint8Array.of(9, 9) }]).resolution.label).toBe('us');
    const end = { code: 0, value: new Uint8Array(0) };
    expect(parse([end, make.tsresol(9)]).resolution.label).toBe('us');
  });

  it('reads no option that runs over the end of the block', () => {
    const make = new PcapngBuilder();
    const block = make.interface(1, 0, [make.tsoffset(5n)]);
    for (let end = 20; end < 16 + 4 + 8 + 4; end++) {
      expect(parseInterfaceBlock(block, 0, end, true).offsetSeconds).toBe(0);
    }
    expect(parseInterfaceBlock(block, 0, 32, true).offsetSeconds).toBe(5);
  });
});
