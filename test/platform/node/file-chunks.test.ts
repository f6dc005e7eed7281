import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readChunks } from '../../../src/platform/node/file-chunks.ts';

const folder = mkdtempSync(join(tmpdir(), 'wscap-chunks-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('file chunks', () => {
  it('are the file, each valid until the next is asked for', async () => {
    const content = Buffer.alloc(5_000_001, 'wscap reads captures; ');
    const path = join(folder, 'file');
    writeFileSync(path, content);
    const copies: Buffer[] = [];
    for await (const { bytes, totalBytes } of readChunks(path)) {
      expect(totalBytes).toBe(content.length);
      // Long enough for the read that runs meanwhile to do harm, if it went into this buffer.
      await new Promise((wait) => setTimeout(wait, 5));
      copies.push(Buffer.from(bytes));
    }
    expect(copies.length).toBeGreaterThan(2);
    expect(Buffer.concat(copies).equals(content)).toBe(true);
  });

  it('can be left early', async () => {
    const path = join(folder, 'left');
    writeFileSync(path, Buffer.alloc(5_000_000));
    let chunks = 0;
    for await (const { bytes } of readChunks(path)) {
      expect(bytes.length).toBeGreaterThan(0);
      if (++chunks === 1) break;
    }
    expect(chunks).toBe(1);
  });
});
