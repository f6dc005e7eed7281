/** Lines of chunked bodies as HttpScrubber rewrites them: a size stays only where the whole line is a size. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpScrubber } from '../../src/extract/http-scrubber.ts';
import { PortMap } from '../../src/extract/port-map.ts';
import { Pseudonyms } from '../../src/extract/pseudonyms.ts';
import { RewrittenStream, TailBudget } from '../../src/extract/rewritten-stream.ts';
import { Spool } from '../../src/extract/spool.ts';
import { ChunkedBody } from '../../src/http/chunked-body.ts';
import { AddressMap } from '../../src/redact/address-map.ts';
import { KEY } from './run-extract.ts';

let folder: string;
let spool: Spool;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wscap-chunks-'));
  spool = new Spool(folder);
});
afterAll(() => {
  spool.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The text as a chunked body, read in pieces of `size`, and what stands in its place. */
function rewritten(text: string, size: number): string {
  const pseudonyms = new Pseudonyms(KEY);
  const stream = new RewrittenStream(spool, new TailBudget());
  const endpoints = { pseudonyms, addresses: new AddressMap(KEY), ports: new PortMap(pseudonyms, new Set()) };
  const scrubber = new HttpScrubber(stream, endpoints);
  const body = new ChunkedBody(scrubber);
  const bytes = Buffer.from(text, 'latin1');
  let taken = 0;
  for (let at = 0; at < bytes.length && !body.isBroken; at += size) {
    taken = body.push(bytes, at, Math.min(bytes.length, at + size));
  }
  scrubber.end();
  stream.flush();
  expect(stream.end).toBe(taken);
  const result = Buffer.alloc(stream.end);
  stream.read(0, result.length, result, 0);
  return result.toString('latin1');
}

describe.each([1, 7, 100_000])('in pieces of %i', (size) => {
  it('keeps sizes and line ends, and nothing of extensions, data and trailers', () => {
    expect(rewritten('3;Ab=c;d\r\nabc\r\n0\r\nX-Abc: secret\r\nDate: now\r\n\r\n', size)).toMatch(
      /^3;xxxx;x\r\n\.\.\.\r\n0\r\nx-[a-z]{3}: x{6}\r\nDate: xxx\r\n\r\n$/,
    );
  });

  it('keeps nothing of a line that is too long to be a size', () => {
    expect(rewritten('deadbeefcafe1234\r\n', size)).toBe('.'.repeat(14));
  });

  it('keeps nothing of a size that no line end follows', () => {
    expect(rewritten('deadbeefcafe', size)).toBe('.'.repeat(12));
  });

  it('keeps nothing of a size whose extensions are longer than any', () => {
    const text = `deadbeef;${'x'.repeat(5000)}`;
    expect(rewritten(text, size)).toBe('.'.repeat(text.length));
  });

  it('keeps nothing of what stands where a line end should be', () => {
    expect(rewritten('1\r\nasecret', size)).toBe('1\r\n..');
  });
});
