import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { CaptureError } from '../../src/capture/capture-error.ts';
import { PcapReader } from '../../src/capture/pcap-reader.ts';
import { readCapture, type CaptureSourceOptions } from '../../src/capture/source.ts';
import { concat, hex, pcapFile, type PacketSpec } from '../helpers/pcap-builder.ts';
import { Collector, read } from './collect.ts';

const folder = mkdtempSync(join(tmpdir(), 'wscap-source-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const PACKETS: PacketSpec[] = Array.from({ length: 200 }, (_, i) => ({
  // Hardly compressible, so that the gzip file has many pieces.
  data: Uint8Array.from(
    { length: 40 + (i % 50) },
    (__, j) => (i * 7919 + j * j * 31 + ((i * j) >> 3)) & 0xff,
  ),
  seconds: 1_700_000_000 + i,
}));
const FILE = pcapFile(PACKETS);

let files = 0;
async function readBytes(bytes: Uint8Array, options?: CaptureSourceOptions) {
  const path = join(folder, `capture-${files++}`);
  writeFileSync(path, bytes);
  const collector = new Collector();
  const summary = await readCapture(path, collector, options);
  return { path, summary, packets: collector.packets, codes: collector.noteCodes };
}

async function failure(path: string): Promise<string> {
  const error: unknown = await readCapture(path, new Collector()).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CaptureError);
  expect((error as CaptureError).path).toBe(path);
  const { message, clause } = error as CaptureError;
  expect(message).toBe(`${path}: ${clause}`);
  return clause;
}

describe('readCapture', () => {
  it('reads a file', async () => {
    const { path, summary, packets, codes } = await readBytes(FILE);
    expect(packets).toEqual(read(PcapReader, FILE).packets);
    expect(codes).toEqual([]);
    expect(summary).toEqual({
      path,
      facts: { format: 'pcap', linkTypes: [1], timestampResolution: 'us' },
      compression: null,
    });
  });

  it('reads a file of several chunks', async () => {
    const large = pcapFile(Array.from({ length: 150 }, (_, i) => ({ data: new Uint8Array(60_000).fill(i) })));
    expect((await readBytes(large)).packets).toEqual(read(PcapReader, large).packets);
  });

  it('reads by pcap-parser where asked', async () => {
    const own = await readBytes(FILE);
    const other = await readBytes(FILE, { reader: 'pcap-parser' });
    expect(other.packets).toEqual(own.packets);
    expect(other.summary.facts).toEqual(own.summary.facts);
  });

  it('tells the progress, in bytes of the file', async () => {
    const seen: [number, number | undefined][] = [];
    const zipped = gzipSync(FILE);
    await readBytes(zipped, { onProgress: (...numbers) => seen.push(numbers) });
    expect(seen.at(-1)).toEqual([zipped.length, zipped.length]);
  });

  it('stops where the signal says so', async () => {
    await expect(readBytes(FILE, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/);
  });

  it('passes on what the handler throws, through gzip as well', async () => {
    const path = join(folder, 'thrown');
    for (const bytes of [FILE, gzipSync(FILE)]) {
      writeFileSync(path, bytes);
      const handler = new Collector();
      handler.packet = () => {
        throw new RangeError('from the handler');
      };
      await expect(readCapture(path, handler)).rejects.toThrow(RangeError);
    }
  });

  it('says what is wrong with a path', async () => {
    expect(await failure(join(folder, 'nowhere'))).toBe('no such file');
    expect(await failure(folder)).toContain('is a directory');
    expect(await failure('a\0b')).toContain('zero byte');
    const path = join(folder, 'empty');
    writeFileSync(path, '');
    expect(await failure(path)).toContain('is empty (0 bytes)');
    writeFileSync(path, FILE.subarray(0, 23));
    expect(await failure(path)).toContain('cut short: 23 bytes');
    writeFileSync(path, hex('1f'));
    expect(await failure(path)).toContain('is not a capture');
  });

  it.skipIf(process.getuid?.() === 0)('says where permission is missing', async () => {
    const path = join(folder, 'secret');
    writeFileSync(path, FILE);
    chmodSync(path, 0);
    expect(await failure(path)).toContain('no permission');
  });

  it('reads a FIFO, byte by byte if it comes so', async () => {
    const path = join(folder, 'fifo');
    expect(spawnSync('mkfifo', [path]).status).toBe(0);
    const script = 'exec 3>"$0"; dd if="$1" bs=1 count=30 >&3; read go; dd if="$1" bs=1 skip=30 >&3';
    const writer = spawn('sh', ['-c', script, path, (await readBytes(FILE)).path]);
    const collector = new Collector();
    await readCapture(path, collector, {
      onProgress(bytesRead) {
        // The rest comes once what is there has been read.
        if (bytesRead === 30) writer.stdin.end('go\n');
      },
    });
    writer.kill();
    expect(collector.packets).toHaveLength(PACKETS.length);
  });
});

describe('readCapture of gzip', () => {
  const zipped = gzipSync(FILE);
  const whole = read(PcapReader, FILE).packets;

  it('reads it', async () => {
    const { packets, codes, summary } = await readBytes(zipped);
    expect(packets).toEqual(whole);
    expect(codes).toEqual([]);
    expect(summary.compression).toBe('gzip');
  });

  it('reads several members as one file', async () => {
    for (const cut of [1, 24, 30, 5000]) {
      const { packets, codes } = await readBytes(
        concat([gzipSync(FILE.subarray(0, cut)), gzipSync(FILE.subarray(cut))]),
      );
      expect(packets).toEqual(whole);
      expect(codes).toEqual([]);
    }
  });

  it('passes over zero bytes behind the last member', async () => {
    for (const zeros of [1, 100, 200_000]) {
      const { packets, codes } = await readBytes(concat([zipped, new Uint8Array(zeros)]));
      expect(packets).toEqual(whole);
      expect(codes).toEqual([]);
    }
  });

  it('keeps the packets before the end of a cut file, and says that it was cut', async () => {
    for (const fraction of [0.2, 0.5, 0.9, 0.999]) {
      const { packets, codes } = await readBytes(zipped.subarray(0, Math.floor(zipped.length * fraction)));
      expect(packets).toEqual(whole.slice(0, packets.length));
      expect(packets.length).toBeGreaterThan(whole.length * (fraction - 0.15));
      expect(codes[0]).toBe('truncated-file');
    }
  });

  it('keeps nearly all packets before damage', async () => {
    for (const at of [0.3, 0.6, 0.95]) {
      const damaged = Uint8Array.from(zipped);
      const index = Math.floor(zipped.length * at);
      damaged.fill(0xff, index, index + 40);
      const { packets, codes } = await readBytes(damaged);
      const same = packets.findIndex((packet, i) => packet.data !== whole[i]?.data);
      expect(same === -1 ? packets.length : same).toBeGreaterThan(whole.length * (at - 0.15));
      // zlib may unpack damaged data to nonsense before it notices; that may stop the reader first.
      expect(codes[0]).toMatch(/^corrupt-(gzip|record)$/);
    }
  });

  it('says so of garbage behind the last member', async () => {
    const { packets, codes } = await readBytes(concat([zipped, hex('deadbeef')]));
    expect(packets.length).toBeGreaterThan(whole.length * 0.95);
    expect(codes[0]).toBe('corrupt-gzip');
  });

  it('refuses what unpacks to nothing or to no capture', async () => {
    const path = join(folder, 'bad.gz');
    for (const [bytes, message] of [
      [zipped.subarray(0, 5), 'nothing could be unpacked'],
      [gzipSync(''), 'nothing could be unpacked'],
      [gzipSync(zipped), 'gzip in gzip'],
      [gzipSync('Dear all'), 'is text'],
    ] as const) {
      writeFileSync(path, bytes);
      expect(await failure(path)).toContain(message);
    }
  });
});
