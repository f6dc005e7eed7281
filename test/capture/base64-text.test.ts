/** Captures that were pasted as base64: recognised in what people put around them, decoded piece by piece. */
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Base64Decoder, findBase64 } from '../../src/capture/base64-text.ts';
import { readCapture } from '../../src/capture/source.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FIXTURES } from '../helpers/captures.ts';

const PCAP = readFileSync(join(FIXTURES, 'handshake-close/aiohttp-handler-raises.pcap'));
const PCAPNG = readFileSync(join(FIXTURES, 'formats/pcapng-us.pcapng'));

/** As `base64` prints it: lines of 76 characters. */
function lines(bytes: Uint8Array, ending = '\n'): string {
  return `${(
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,76}/g) ?? []
  ).join(ending)}${ending}`;
}

/** How many packets are read, and what is noted, of a file that comes in pieces of this size. */
async function read(file: Uint8Array, pieces = file.length): Promise<{ packets: number; notes: string[] }> {
  let packets = 0;
  const notes: string[] = [];
  const chunks = async function* () {
    for (let at = 0; at < file.length; at += pieces) {
      // A copy that is overwritten: a chunk is valid until the next one is asked for.
      const bytes = Uint8Array.from(file.subarray(at, at + pieces));
      yield { bytes, totalBytes: file.length };
      bytes.fill(0);
      await Promise.resolve();
    }
  };
  await readCapture(
    { name: 'pasted.txt', chunks },
    { packet: () => packets++, note: ({ code }) => notes.push(code) },
  );
  return { packets, notes };
}

const plain = await read(PCAP);

describe('base64 of a capture', () => {
  const url = (text: string) => text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  it.each<[string, string]>([
    ['as base64 prints it', lines(PCAP)],
    ['in one line', Buffer.from(PCAP).toString('base64')],
    ['with CRLF', lines(PCAP, '\r\n')],
    ['in the alphabet of URLs', url(Buffer.from(PCAP).toString('base64'))],
    ['as a data: URL', `data:application/vnd.tcpdump.pcap;base64,${Buffer.from(PCAP).toString('base64')}`],
    ['in quotes', `"${Buffer.from(PCAP).toString('base64')}"\n`],
    ['quoted in a mail', lines(PCAP).replace(/^/gm, '> ')],
    ['between fences, behind the command', `$ base64 dump.pcap\n\`\`\`\n${lines(PCAP)}\`\`\`\n`],
    ['as uuencode -m writes it', `begin-base64 644 dump.pcap\n${lines(PCAP)}====\n`],
    [
      'as certutil -encode writes it',
      `-----BEGIN CERTIFICATE-----\r\n${lines(PCAP, '\r\n')}-----END CERTIFICATE-----\r\n`,
    ],
    ['gzip inside', lines(gzipSync(PCAP))],
  ])('is read: %s', async (_, text) => {
    const file = Buffer.from(text);
    for (const pieces of [file.length, 1, 7, 100]) expect(await read(file, pieces)).toEqual(plain);
  });

  it('is read in UTF-16, as PowerShell writes it', async () => {
    const little = Buffer.from(`\ufeff${lines(PCAP, '\r\n')}`, 'utf16le');
    expect(await read(little)).toEqual(plain);
    expect(await read(Buffer.from(little).swap16(), 3)).toEqual(plain);
  });

  it('is read of pcapng', async () => {
    expect(await read(Buffer.from(lines(PCAPNG)))).toEqual(await read(PCAPNG));
  });

  it('that is cut off ends where it was cut', async () => {
    const { packets, notes } = await read(Buffer.from(lines(PCAP).slice(0, -60)));
    expect(packets).toBe(plain.packets - 1);
    expect(notes).toContain('truncated-file');
  });

  it('with something else in the middle says so', async () => {
    const text = lines(PCAP);
    const { packets, notes } = await read(
      Buffer.from(`${text.slice(0, 700)}\n[… 12 lines …]\n${text.slice(900)}`),
    );
    expect(packets).toBeGreaterThan(0);
    expect(packets).toBeLessThan(plain.packets);
    expect(notes).toContain('corrupt-base64');
  });

  it('behind other base64 is not read silently', async () => {
    const { notes } = await read(Buffer.from(`${lines(PCAP)}==\n${lines(PCAP)}`));
    expect(notes).toContain('corrupt-base64');
  });
});

describe('findBase64', () => {
  const find = (text: string, isComplete = true) => findBase64(Buffer.from(text, 'latin1'), isComplete);

  it('does not take anything else for it', () => {
    expect(find('12:00:00.000000 IP 127.0.0.1.80 > 127.0.0.1.81: Flags [S]\n\t0x0000:  4500\n')).toBeNull();
    expect(find('the log says 1MOyoQIABAAAAAAAAAAAAAAABAA')).toBeNull();
    expect(find('1MOyoQ')).toBeNull();
    expect(find('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7')).toBeNull();
    expect(find(`${'x'.repeat(600)}\n1MOyoQIABAAAAAAAAAAAAAAABAA`)).toBeNull();
  });

  it('knows at once that a capture is none, and waits where it may yet come', () => {
    for (const bytes of [PCAP, PCAPNG, gzipSync(PCAP)])
      expect(findBase64(bytes.subarray(0, 12), false)).toBeNull();
    expect(find('1MOyoQI', false)).toBeUndefined();
    expect(find('\n\n', false)).toBeUndefined();
    expect(find('x'.repeat(512), false)).toBeNull();
  });

  it('never throws, and never points behind the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.boolean(), (bytes, isComplete) => {
        const at = findBase64(bytes, isComplete);
        if (typeof at === 'number') expect(at).toBeLessThan(bytes.length);
      }),
    );
  });
});

describe('Base64Decoder', () => {
  it('decodes what was encoded, cut anywhere', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(400), (bytes, cut) => {
        const text = Buffer.from(lines(bytes));
        const decoder = new Base64Decoder();
        const parts = [decoder.decode(text.subarray(0, cut)), decoder.decode(text.subarray(cut))];
        expect(Buffer.concat(parts)).toEqual(Buffer.from(bytes));
        expect(decoder.brokenInLine).toBeNull();
      }),
    );
  });

  it('names the line in which it ends', () => {
    const decoder = new Base64Decoder();
    decoder.decode(Buffer.from('AAAA\nAAAA\nAA*A'));
    expect([decoder.isDone, decoder.brokenInLine]).toEqual([true, 3]);
  });
});
