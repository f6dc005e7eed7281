import {
  createReadStream,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  analyze,
  analyzeEach,
  CaptureError,
  type AnalyzeInput,
  type ConnectionReport,
  type ConnectionStream,
  type Report,
} from '../../src/index.ts';

/** After this many turns, everything that waits for its turn has had one. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resume) => setImmediate(resume));
}

const CAPTURE = 'fixtures/diff/beta.pcap';
const bytes = new Uint8Array(readFileSync(CAPTURE));

/** The same, except for where it came from. */
const facts = ({ connections, totals, anomalies, notes }: Report) =>
  JSON.stringify({ connections, totals, anomalies, notes });
const pieces = async function* (sizes: readonly number[], of: Uint8Array): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (let i = 0; at < of.length; i++) {
    const end = at + (sizes[i % sizes.length] ?? of.length);
    // The buffer is reused after each chunk, as some sources do: a chunk is valid until the next is asked for.
    const chunk = of.slice(at, end);
    yield chunk;
    chunk.fill(0xee);
    await Promise.resolve();
    at = end;
  }
};

/** A closed connection is over when 20,000 packets have followed. */
const COPIES = 3000;
const SERVER_PORT = 22_611;
const HEADER_LENGTH = 24;

/** The capture many times over, each time with another client address. */
function manyTimes(capture: Uint8Array, copies: number): Uint8Array {
  const body = capture.subarray(HEADER_LENGTH);
  const whole = new Uint8Array(HEADER_LENGTH + copies * body.length);
  whole.set(capture.subarray(0, HEADER_LENGTH));
  for (let copy = 0; copy < copies; copy++) {
    const start = HEADER_LENGTH + copy * body.length;
    whole.set(body, start);
    const view = new DataView(whole.buffer, start, body.length);
    for (let at = 0; at < body.length; at += 16 + view.getUint32(at + 8, true)) {
      const ip = at + 16 + 14;
      const isFromServer = view.getUint16(ip + 20) === SERVER_PORT;
      view.setUint16(ip + (isFromServer ? 18 : 14), copy);
    }
  }
  return whole;
}

// Clean ones: others wait for what may be their other leg.
const big = manyTimes(new Uint8Array(readFileSync('fixtures/diff/production.pcap')), COPIES);

describe('analyze of the library', () => {
  it.each<[string, () => AnalyzeInput]>([
    ['a path', () => CAPTURE],
    ['a URL', () => pathToFileURL(CAPTURE)],
    ['a Buffer', () => readFileSync(CAPTURE)],
    ['a Uint8Array inside another', () => new Uint8Array([0, 0, ...bytes, 0]).subarray(2, bytes.length + 2)],
    ['an ArrayBuffer', () => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)],
    ['a Readable', () => createReadStream(CAPTURE, { highWaterMark: 100 })],
    ['a Readable of objects', () => Readable.from([bytes])],
    ['a web stream', () => new Blob([bytes]).stream()],
    ['gzip in a stream', () => Readable.from([gzipSync(bytes)])],
  ])('reads %s', async (_name, input) => {
    expect(facts(await analyze(input()))).toBe(facts(await analyze(CAPTURE)));
  });

  it('reads a stream whatever the size of its chunks', async () => {
    const whole = facts(await analyze(CAPTURE));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 5 }),
        async (sizes) => {
          expect(facts(await analyze(pieces(sizes, bytes)))).toBe(whole);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('names what has no path', async () => {
    expect((await analyze(bytes)).captures[0]!.path).toBe('bytes');
    expect((await analyze(Readable.from([bytes]), { name: 'upload' })).captures[0]!.path).toBe('upload');
    const parts = await analyze([bytes, bytes, CAPTURE]);
    expect(parts.captures.map(({ path }) => path)).toEqual(['bytes', 'bytes 2', CAPTURE]);
    expect(
      (await analyze([bytes, CAPTURE], { sha256: true })).captures.map(({ sha256 }) => typeof sha256),
    ).toEqual(['object', 'string']);
  });

  it('rejects with what is wrong', async () => {
    await expect(analyze('no-such.pcap')).rejects.toBeInstanceOf(CaptureError);
    await expect(analyze(new Uint8Array([1, 2, 3]), { name: 'upload' })).rejects.toMatchObject({
      path: 'upload',
    });
    await expect(analyze(new Uint8Array(0))).rejects.toBeInstanceOf(CaptureError);
    await expect(analyze(createReadStream(CAPTURE, { encoding: 'latin1' }))).rejects.toThrow(
      'text: read it without an encoding',
    );
    await expect(analyze(7 as never)).rejects.toThrow('a capture is a path');
    await expect(analyze(null as never)).rejects.toThrow('a capture is a path');
    await expect(analyze([])).rejects.toThrow('no capture given');
    await expect(analyze(bytes, { rules: { 'hand-close': { severity: 'off' } } })).rejects.toThrow(
      '"hand-close", which is not a rule',
    );
    for (const [setting, message] of [
      ['error', `options.rules["slow-upgrade"] must be an object, as in { severity: 'error' }, not "error"`],
      [{ severity: 'eror' }, 'the severity of slow-upgrade must be error, warning, info or off, not "eror"'],
    ] as const) {
      const rules = { 'slow-upgrade': setting } as never;
      await expect(analyze(bytes, { rules })).rejects.toThrow(message);
    }
    const failing = Readable.from(
      (async function* () {
        yield bytes.subarray(0, 30);
        await Promise.resolve();
        throw new Error('connection lost');
      })(),
    );
    await expect(analyze(failing)).rejects.toThrow('connection lost');
  });

  it('stops when it is aborted, also while a stream lets it wait, and ends the stream', async () => {
    const stuck = new Readable({ read: () => undefined });
    stuck.push(bytes.subarray(0, 100));
    await expect(analyze(stuck, { signal: AbortSignal.timeout(20) })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    expect(stuck.destroyed).toBe(true);
    let cancelled: unknown = null;
    const web = new ReadableStream<Uint8Array>({ cancel: () => void (cancelled = true) });
    await expect(analyze(web, { signal: AbortSignal.timeout(20) })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    expect(cancelled).toBe(true);
    const silent: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }),
    };
    await expect(analyze(silent, { signal: AbortSignal.timeout(20) })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    await expect(analyze(bytes, { signal: AbortSignal.abort('enough') })).rejects.toBe('enough');
  });

  it('ends a stream of which it needs no more', async () => {
    const source = Readable.from([bytes.subarray(0, 4), new Uint8Array([9, 9, 9, 9, 9])]);
    await analyze(source).catch(() => undefined);
    expect(source.destroyed).toBe(true);
  });
});

/** Leaves the loop at the first. */
async function firstOf(
  stream: ConnectionStream,
  look: () => void = () => undefined,
): Promise<ConnectionReport | null> {
  for await (const connection of stream) {
    look();
    return connection;
  }
  return null;
}

describe('analyzeEach of the library', () => {
  it('hands on what analyze reports, and the rest of the report', async () => {
    const { connections, ...rest } = await analyze(CAPTURE);
    const stream = analyzeEach(CAPTURE);
    const seen: ConnectionReport[] = [];
    for await (const connection of stream) seen.push(connection);
    expect(JSON.stringify(seen.sort((one, other) => one.id - other.id))).toBe(JSON.stringify(connections));
    expect(await stream.summary).toEqual(rest);
  });

  it('can be iterated once', async () => {
    const stream = analyzeEach(bytes);
    await firstOf(stream);
    expect(() => stream[Symbol.asyncIterator]()).toThrow('iterated once');
    await expect(stream.summary).rejects.toThrow('not iterated to the end');
  });

  it('reads nothing before it is asked to, and no further than the loop has come', async () => {
    let taken = 0;
    const source = (async function* (): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < big.length; at += 4096) {
        taken++;
        await Promise.resolve();
        yield big.subarray(at, at + 4096);
      }
    })();
    const stream = analyzeEach(source);
    await turns(20);
    expect(taken).toBe(0);
    const chunks = Math.ceil(big.length / 4096);
    let first: number | null = null;
    let count = 0;
    for await (const { verdict } of stream) {
      expect(verdict).toBe('clean');
      count++;
      if (first !== null) continue;
      const before = taken;
      await turns(20);
      expect(taken).toBe(before);
      first = taken;
    }
    expect(first).toBeLessThan(0.9 * chunks);
    expect(taken).toBe(chunks);
    expect(count).toBe(COPIES);
  });

  it('ends the stream when the loop is left', async () => {
    const source = Readable.from([bytes, bytes.subarray(24)]);
    await firstOf(analyzeEach(source));
    expect(source.destroyed).toBe(true);
    const body = new Error('the body failed');
    const other = Readable.from([bytes]);
    const failing = async (): Promise<void> => {
      for await (const { id } of analyzeEach(other)) if (id >= 0) throw body;
    };
    await expect(failing()).rejects.toBe(body);
    expect(other.destroyed).toBe(true);
  });

  it.skipIf(process.platform !== 'linux')('closes the file when the loop is left', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'wscap-each-'));
    const path = `${directory}/big.pcap`;
    writeFileSync(path, big);
    const isHeld = () =>
      readdirSync('/proc/self/fd').some((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`) === path;
        } catch {
          return false;
        }
      });
    await firstOf(analyzeEach(path), () => {
      expect(isHeld()).toBe(true);
    });
    expect(isHeld()).toBe(false);
    rmSync(directory, { recursive: true });
  });

  it('throws into the loop what analyze rejects with', async () => {
    const read = async (input: AnalyzeInput, signal?: AbortSignal): Promise<void> => {
      const stream = analyzeEach(input, signal === undefined ? {} : { signal });
      for await (const { id } of stream) expect.unreachable(`connection ${id}`);
    };
    await expect(read('no-such.pcap')).rejects.toBeInstanceOf(CaptureError);
    const stuck = new Readable({ read: () => undefined });
    stuck.push(bytes.subarray(0, 50));
    await expect(read(stuck, AbortSignal.timeout(20))).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(stuck.destroyed).toBe(true);
    await expect(
      analyzeEach(7 as never)
        [Symbol.asyncIterator]()
        .next(),
    ).rejects.toThrow('a capture is a path');
  });
});
