import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PcapReader } from '../../../src/capture/pcap-reader.ts';
import { PcapngReader } from '../../../src/capture/pcapng-reader.ts';
import { PrintedTextReader } from '../../../src/capture/paste/printed-text-reader.ts';
import { read } from '../collect.ts';

const PCAP = readFileSync('fixtures/formats/pcap-us.pcap');
const PCAPNG = readFileSync('fixtures/formats/pcapng-us.pcapng');

type Form = 'hexdump -C' | 'xxd' | 'od -A x -t x1' | 'od -t x1';

/** What the programs print; `hexdump` and `od` put a star in place of lines that repeat the one above. */
function dumped(file: Buffer, form: Form): string {
  const lines: string[] = [];
  let before = '';
  let isStarred = false;
  for (let at = 0; at < file.length; at += 16) {
    const piece = file.subarray(at, at + 16);
    const hex = piece.toString('hex');
    if (form !== 'xxd' && hex === before && piece.length === 16) {
      if (!isStarred) lines.push('*');
      isStarred = true;
      continue;
    }
    before = hex;
    isStarred = false;
    const bytes = hex.match(/../g)!;
    const text = [...piece]
      .map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : '.'))
      .join('');
    const offset = at.toString(form === 'od -t x1' ? 8 : 16);
    if (form === 'xxd')
      lines.push(
        `${offset.padStart(8, '0')}: ${hex
          .match(/.{1,4}/g)!
          .join(' ')
          .padEnd(39)}  ${text}`,
      );
    else if (form === 'hexdump -C')
      lines.push(
        `${offset.padStart(8, '0')}  ${`${bytes.slice(0, 8).join(' ')}  ${bytes.slice(8).join(' ')}`.padEnd(48)}  |${text}|`,
      );
    else lines.push(`${offset.padStart(form === 'od -t x1' ? 7 : 6, '0')} ${bytes.join(' ')}`);
  }
  return `${lines.join('\n')}\n${file.length.toString(16).padStart(8, '0')}\n`;
}

describe('a capture file that was printed as a hex dump', () => {
  it.each(['hexdump -C', 'xxd', 'od -A x -t x1', 'od -t x1'] as const)(
    'is read as the file itself: %s',
    (form) => {
      const printed = Buffer.from(dumped(PCAP, form));
      const expected = read(PcapReader, PCAP);
      for (const chunk of [printed.length, 1000]) {
        const found = read(PrintedTextReader, printed, [chunk]);
        expect(found.packets).toEqual(expected.packets);
        expect(found.facts).toEqual(expected.facts);
        expect(found.notes).toEqual(expected.notes);
      }
    },
  );

  it('may be pcapng', () => {
    const found = read(PrintedTextReader, Buffer.from(dumped(PCAPNG, 'xxd')));
    expect(found.packets).toEqual(read(PcapngReader, PCAPNG).packets);
  });

  it('ends where lines are missing, and says so', () => {
    const lines = dumped(PCAP, 'xxd').split('\n');
    const found = read(
      PrintedTextReader,
      Buffer.from([...lines.slice(0, 40), ...lines.slice(45)].join('\n')),
    );
    expect(found.noteCodes).toContain('lost-lines');
    expect(found.packets.length).toBeGreaterThan(0);
    expect(read(PcapReader, PCAP).packets.slice(0, found.packets.length - 1)).toEqual(
      found.packets.slice(0, -1),
    );
  });

  it('makes no more of a star than a bound', () => {
    const first = dumped(PCAP, 'hexdump -C').split('\n').slice(0, 3);
    const text = [...first, '*', `fffffff0  ${'00 '.repeat(16)}`].join('\n');
    expect(read(PrintedTextReader, Buffer.from(text)).noteCodes).toContain('lost-lines');
  });
});
