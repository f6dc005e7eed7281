import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { pcapMagic } from '../../../src/capture/pcap-file-header.ts';
import { PcapReader } from '../../../src/capture/pcap-reader.ts';
import { PrintedTextReader } from '../../../src/capture/paste/printed-text-reader.ts';
import { hex, pcapFile, type PacketSpec } from '../../helpers/pcap-builder.ts';
import { read } from '../collect.ts';

/** What tcpdump 4.99 prints with -nX of a 101 on the loopback device, and of the FIN that follows it. */
const PRINTED = `\
reading from file lo.pcap, link-type EN10MB (Ethernet), snapshot length 262144
06:00:26.961315 IP 127.0.0.1.45671 > 127.0.0.1.43106: Flags [P.], seq 1:37, ack 28, win 64, length 36
\t0x0000:  4500 0058 8f04 4000 4006 ad99 7f00 0001  E..X..@.@.......
\t0x0010:  7f00 0001 b267 a862 a21b 73d0 b5b9 503f  .....g.b..s...P?
\t0x0020:  8018 0040 fe4c 0000 0101 080a 8fe4 c6bb  ...@.L..........
\t0x0030:  f97b 2323 4854 5450 2f31 2e31 2031 3031  .{##HTTP/1.1.101
\t0x0040:  2053 7769 7463 6869 6e67 2050 726f 746f  .Switching.Proto
\t0x0050:  636f 6c73 0d0a 0d0a                      cols....
06:00:26.961872 IP 127.0.0.1.45671 > 127.0.0.1.43106: Flags [F.], seq 37, ack 28, win 64, length 0
\t0x0000:  4500 0034 8f05 4000 4006 adbc 7f00 0001  E..4..@.@.......
\t0x0010:  7f00 0001 b267 a862 a21b 73f4 b5b9 503f  .....g.b..s...P?
\t0x0020:  8011 0040 fe28 0000 0101 080a 8fe4 c6bc  ...@.(..........
\t0x0030:  f97b 2323                                .{##
`;
const FIN = hex(`4500 0034 8f05 4000 4006 adbc 7f00 0001 7f00 0001 b267 a862 a21b 73f4 b5b9 503f
  8011 0040 fe28 0000 0101 080a 8fe4 c6bc f97b 2323`);

function text(printed: string, chunk?: number) {
  const bytes = Buffer.from(printed);
  return read(PrintedTextReader, bytes, [chunk ?? bytes.length]);
}

/** Four packets whose header lines are `lines`, each a FIN. */
function times(...lines: string[]) {
  const dump = [0, 16, 32, 48].map(
    (at) =>
      `\t0x${at.toString(16).padStart(4, '0')}:  ${Buffer.from(FIN.subarray(at, at + 16))
        .toString('hex')
        .replace(/.{4}(?=.)/g, '$& ')}`,
  );
  const result = text(
    lines.map((line) => `${line} IP 1.1.1.1.1 > 1.1.1.1.2: tcp 0\n${dump.join('\n')}\n`).join(''),
  );
  return {
    notes: result.notes,
    times: result.packets.map(({ seconds, nanoseconds }) => [seconds, nanoseconds]),
  };
}

describe('tcpdump text reader', () => {
  it('reads packets from the IP header on', () => {
    const { packets, facts, noteCodes } = text(PRINTED);
    expect(packets.map(({ data }) => data.length / 2)).toEqual([88, 52]);
    expect(packets[1]).toEqual({
      data: Buffer.from(FIN).toString('hex'),
      originalLength: 52,
      seconds: 6 * 3600 + 26,
      nanoseconds: 961_872_000,
      linkType: 101,
    });
    expect(facts).toMatchObject({ format: 'tcpdump-text', linkTypes: [101], timestampResolution: 'us' });
    expect(noteCodes).toEqual(['no-date']);
  });

  it('reads the same byte by byte, and whatever pasting did to it', () => {
    const { packets } = text(PRINTED);
    expect(text(PRINTED, 1).packets).toEqual(packets);
    expect(text(PRINTED.replaceAll('\n', '\r\n')).packets).toEqual(packets);
    expect(text(PRINTED.replaceAll(/^/gm, '> ')).packets).toEqual(packets);
    expect(text(`Look:\n\`\`\`\n${PRINTED.replaceAll(/^/gm, '    ')}\`\`\`\n`).packets).toEqual(packets);
    expect(text(PRINTED.replaceAll('\t', '\u00a0 \u00a0').replaceAll('  ', '\u00a0 ')).packets).toEqual(
      packets,
    );
    expect(text(`\ufeff${PRINTED}`).packets).toEqual(packets);
    expect(text(PRINTED.trimEnd()).packets).toEqual(packets);
    expect(read(PrintedTextReader, Buffer.from(`\ufeff${PRINTED}`, 'utf16le'), [7]).packets).toEqual(packets);
  });

  it('gives what is whole of a text cut at any byte', () => {
    const whole = text(PRINTED).packets;
    for (let length = 0; length < PRINTED.length; length++) {
      const cut = PRINTED.slice(0, length);
      if (!cut.includes('length 36')) {
        expect(() => text(cut)).toThrow(/tcpdump/);
        continue;
      }
      // A packet whose dump was cut away is made of its line: its headers only.
      const packets = text(cut).packets.filter(
        ({ linkType, data }) => linkType !== 101 || data.length !== 80,
      );
      for (const [index, { data }] of packets.entries())
        if (index < (cut.match(/0x0000: {2}45/g)?.length ?? 0))
          expect(whole[index]!.data.startsWith(data)).toBe(true);
    }
  });

  it('takes the wire length from the IP header where the snaplen cut the packet', () => {
    const cut = PRINTED.replace(/^\t0x00[45]0.*\n/gm, '');
    expect(text(cut).packets[0]).toMatchObject({ originalLength: 88 });
  });

  it('cuts a packet where lines of its dump are missing', () => {
    const { packets, notes } = text(PRINTED.replace(/^\t0x0030.*101\n/m, ''));
    expect(packets[0]!.data.length / 2).toBe(48);
    expect(packets[0]!.originalLength).toBe(88);
    expect(packets[1]!.data.length / 2).toBe(52);
    expect(notes.map(({ code }) => code)).toEqual(['lost-lines', 'no-date']);
    expect(notes[0]!.message).toContain('packet 1');
  });

  it('makes a packet of its line where the first line of its dump is missing', () => {
    const { packets, noteCodes } = text(PRINTED.replace(/^\t0x0000.*X.*\n/m, ''));
    expect(packets.map(({ data }) => data.length / 2)).toEqual([40, 52]);
    expect(noteCodes).toContain('no-packet-bytes');
  });

  it('reads a dump without a header line', () => {
    const { packets, noteCodes } = text(PRINTED.replaceAll(/^\S.*\n/gm, ''));
    expect(packets.map(({ data }) => data.length / 2)).toEqual([88, 52]);
    expect(noteCodes).toEqual(['no-timestamp']);
  });

  it('refuses text that shows no segments, saying what it is', () => {
    const quiet = '06:00:26.961315 IP 127.0.0.1.45671 > 127.0.0.1.43106: tcp 36\n';
    expect(() => text(quiet)).toThrow(/tcpdump -q leaves them out.*print again with `tcpdump -X/);
    expect(() => text('Dear all,\nplease find attached\n')).toThrow(/is text, but no packets/);
    expect(() => text('2026-01-02 10:22:58 INFO started\n'.repeat(40_000), 65_536)).toThrow(
      /is text, but no packets/,
    );
  });

  it('takes no text inside a packet for a header line where times are printed', () => {
    const verbose = PRINTED.replace(
      /length 36\n/,
      'length 36: HTTP\n\tIP 1.2.3.4 > 5.6.7.8: x\n\t12:00:00 lunch\n',
    );
    expect(text(verbose).packets).toEqual(text(PRINTED).packets);
  });

  it.each([
    ['-tttt', ['2026-01-02 10:22:58.060810'], [[1_767_349_378, 60_810_000]], 'local-time'],
    ['-tt', ['1767349378.060810'], [[1_767_349_378, 60_810_000]], undefined],
    ['--nano -tt', ['1767349378.060810123'], [[1_767_349_378, 60_810_123]], undefined],
    ['-#', ['    7  10:22:58.060810'], [[37_378, 60_810_000]], 'no-date'],
    [
      'over midnight',
      ['23:59:59.9', '00:00:00.1'],
      [
        [86_399, 9e8],
        [86_400, 1e8],
      ],
      'no-date',
    ],
    [
      'over midnight and back',
      ['23:59:59.9', '00:00:00.1', '23:59:59.95'],
      [
        [86_399, 9e8],
        [86_400, 1e8],
        [86_399, 9.5e8],
      ],
      'no-date',
    ],
    [
      'out of order',
      ['10:00:01.0', '10:00:00.0'],
      [
        [36_001, 0],
        [36_000, 0],
      ],
      'no-date',
    ],
    [
      '-ttt',
      [' 00:00:00.000000', ' 00:00:00.6', ' 00:00:00.5', ' 00:00:02.0'],
      [
        [0, 0],
        [0, 6e8],
        [1, 1e8],
        [3, 1e8],
      ],
      'relative-time',
    ],
    [
      '-ttt back',
      [' 00:00:00.000000', '-00:00:00.25', ' 00:00:00.5'],
      [
        [0, 0],
        [-1, 7.5e8],
        [0, 2.5e8],
      ],
      'relative-time',
    ],
    [
      '-ttttt',
      [' 00:00:00.000000', ' 00:00:00.5', ' 00:00:00.6'],
      [
        [0, 0],
        [0, 5e8],
        [0, 6e8],
      ],
      'no-date',
    ],
  ])('reads times as printed with %s', (_, lines, expected, note) => {
    const { times: seen, notes } = times(...lines);
    expect(seen).toEqual(expected);
    expect(notes.map(({ code }) => code)).toEqual(note === undefined ? [] : [note]);
  });

  it('reads -t, and says that there are no times', () => {
    const { packets, noteCodes } = text(PRINTED.replaceAll(/^06:\S+ /gm, ''));
    expect(packets.map(({ data, seconds }) => [data.length / 2, seconds])).toEqual([
      [88, 0],
      [52, 0],
    ]);
    expect(noteCodes).toEqual(['no-timestamp']);
  });

  it('is linear: a line without end, and a dump without end', () => {
    expect(() => text('x'.repeat(3_000_000), 10_000)).toThrow(/is text/);
    const lines = Array.from(
      { length: 40_000 },
      (__, i) => `\t0x${(i * 16).toString(16).padStart(4, '0')}:  ${'4500 '.repeat(8)}\n`,
    );
    const { packets, noteCodes } = text(lines.join(''), 4096);
    expect(packets.map(({ data }) => data.length / 2)).toEqual([256 * 1024]);
    expect(noteCodes).toContain('lost-lines');
  });
});

function hasTcpdump(): boolean {
  try {
    execFileSync('tcpdump', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!hasTcpdump())('tcpdump text reader against tcpdump', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wscap-text-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const ipv6 = hex(`6000 0000 0018 0640 2001 0db8 0000 0000 0000 0000 0000 0001 2001 0db8 0000 0000 0000 0000
    0000 0002 c83c 0050 983e 7305 0000 0000 5018 ffc4 0030 0000 6162 6364`);
  const ethernet = (type: string, ip: Uint8Array) =>
    Buffer.concat([hex('600000000001 450000000002'), hex(type), ip]);
  const captures: Record<string, { linkType: number; frames: Uint8Array[] }> = {
    ethernet: {
      linkType: 1,
      frames: [
        ethernet('0800', FIN),
        ethernet('86dd', ipv6),
        ethernet('8100 0005 0800', FIN),
        ethernet('0806', hex('0001 0800 0604 0001 000000000001 0a000001 000000000000 0a000002')),
      ],
    },
    sll: { linkType: 113, frames: [Buffer.concat([hex('0000 0304 0006 0000 0000 0000 0000 0800'), FIN])] },
    sll2: {
      linkType: 276,
      frames: [Buffer.concat([hex('86dd 0000 0000 0001 0304 00 06 0000 0000 0000 0000'), ipv6])],
    },
    null: {
      linkType: 0,
      frames: [Buffer.concat([hex('0200 0000'), FIN]), Buffer.concat([hex('1e00 0000'), ipv6])],
    },
    raw: { linkType: 101, frames: [FIN, ipv6] },
  };

  for (const [name, { linkType, frames }] of Object.entries(captures)) {
    for (const snaplen of [65_535, 62]) {
      const packets = frames.map((frame, i): PacketSpec => ({
        data: frame.subarray(0, snaplen),
        originalLength: frame.length,
        seconds: 1_767_349_378 + i,
        nanoseconds: 60_810_000 + i * 1000,
      }));
      const file = join(folder, `${name}-${snaplen}.pcap`);
      const bytes = pcapFile(packets, { linkType, snaplen });
      const expected = read(PcapReader, bytes).packets;

      it.each(['-xx', '-XX', '-XXe', '-xxev', '-XXvvv#', '-x', '-X', '-Xv', '-Xe', '-Xq', '-XXqe'])(
        `reads ${name} cut at ${snaplen} printed with %s`,
        (options) => {
          writeFileSync(file, bytes);
          const args = ['-n', '-tt', options, '-r', file];
          const printed = execFileSync('tcpdump', args, {
            encoding: 'utf8',
            stdio: ['ignore', 'pipe', 'ignore'],
          });
          const seen = text(printed, 100).packets;
          expect(seen).toHaveLength(expected.length);
          for (const [i, packet] of seen.entries()) {
            const frame = expected[i]!;
            expect([packet.seconds, packet.nanoseconds]).toEqual([frame.seconds, frame.nanoseconds]);
            expect(frame.data.endsWith(packet.data)).toBe(true);
            // Where tcpdump prints from the link-layer header on, everything is as in the capture.
            if (/xx/i.test(options)) {
              expect(packet).toEqual(frame);
            } else if (packet.linkType === 101 && packet.data.startsWith('4')) {
              expect(packet.originalLength).toBe(FIN.length);
            }
          }
        },
      );
    }
  }

  // Other link types can not be told apart by their first bytes.
  const told = new Set([0, 1, 101, 113, 276]);

  /** A tcpdump for each: `npm test` takes every fourth, CI and `npm run test:tshark` take all. */
  const oneIn = process.env['WSCAP_TSHARK'] === undefined ? 4 : 1;

  it('reads classic fixtures printed with -XX as the captures themselves', () => {
    const root = fileURLToPath(new URL('../../../fixtures/', import.meta.url));
    const names = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((each) => each.endsWith('.pcap'))
      .sort()
      .filter((_, index) => index % oneIn === 0);
    let compared = 0;
    for (const name of names) {
      const path = join(root, name);
      const file = readFileSync(path);
      // Large, damaged, or not pcap at all despite its name: this test is not about these.
      if (file.length > 1_000_000 || pcapMagic(file) === undefined) continue;
      const expected = read(PcapReader, file);
      if (!expected.packets.every(({ linkType }) => told.has(linkType)) || expected.notes.length > 0)
        continue;
      const args = ['-n', '-tt', '--nano', '-e', '-XX', '-r', path];
      const printed = execFileSync('tcpdump', args, {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      expect(text(printed).packets, name).toEqual(expected.packets);
      compared++;
    }
    expect(compared).toBeGreaterThan(names.length / 2);
  });
});
