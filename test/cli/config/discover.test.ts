import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { discoverConfig } from '../../../src/cli/config/discover.ts';

let top: string;
let inner: string;

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'wscap-test-'));
  inner = join(top, 'a', 'b');
  mkdirSync(inner, { recursive: true });
});
afterEach(() => {
  rmSync(top, { recursive: true });
});

function write(path: string, text = '{}'): string {
  writeFileSync(join(top, path), text);
  return join(top, path);
}

describe('discoverConfig', () => {
  it('finds the nearest one upwards', () => {
    const above = write('wscap.config.json');
    expect(discoverConfig(inner)).toEqual({ file: above, passedOver: null });
    const near = write('a/wscap.config.json');
    expect(discoverConfig(inner).file).toBe(near);
    expect(discoverConfig(top).file).toBe(above);
  });

  it('takes a package.json only for its key "wscap"', () => {
    const above = write('wscap.config.json');
    write('a/package.json', '{ "name": "wscap", "dependencies": { "wscap": "1" } }');
    expect(discoverConfig(inner).file).toBe(above);
    const manifest = write('a/b/package.json', '\ufeff{ "wscap": {} }');
    expect(discoverConfig(inner).file).toBe(manifest);
    const beside = write('a/b/wscap.config.json');
    expect(discoverConfig(inner).file).toBe(beside);
  });

  it('accepts a package.json that is not JSON, unless it may hold settings', () => {
    const above = write('wscap.config.json');
    write('a/package.json', '{ broken');
    expect(discoverConfig(inner).file).toBe(above);
    const manifest = write('a/b/package.json', '{ "wscap": broken');
    expect(discoverConfig(inner).file).toBe(manifest);
  });

  it.each(['js', 'mjs', 'cjs', 'ts', 'mts'])('passes over wscap.config.%s, and says so', (ending) => {
    const above = write('wscap.config.json');
    const code = write(`a/wscap.config.${ending}`);
    expect(discoverConfig(inner)).toEqual({ file: above, passedOver: code });
    const near = write('a/b/wscap.config.json');
    expect(discoverConfig(inner)).toEqual({ file: near, passedOver: null });
  });
});
