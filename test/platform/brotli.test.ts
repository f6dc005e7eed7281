import { brotliCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { unpackBrotli } from '../../src/platform/node/brotli.ts';
import { unpackBrotli as unpackInBrowser } from '../../src/platform/web/brotli.ts';

const PACKED = brotliCompressSync(Buffer.from('Session ID unknown'));

test('brotli is unpacked by Node, within the bound', () => {
  const bytes = unpackBrotli(PACKED, 64);
  expect(bytes === null ? null : Buffer.from(bytes).toString()).toBe('Session ID unknown');
});

test('what is no brotli is not known', () => {
  expect(unpackBrotli(Uint8Array.of(0xff, 0xff, 0xff, 0xff), 64)).toBeNull();
});

test('a browser does not unpack it', () => {
  expect(unpackInBrowser(PACKED, 64)).toBeNull();
});
