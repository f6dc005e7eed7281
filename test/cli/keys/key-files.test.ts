import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  captureOfKeyLog,
  keyFiles,
  keysBeside,
  keysOfTexts,
  readKeyFiles,
  readKeys,
  readKeyTexts,
} from '../../../src/cli/keys/key-files.ts';
import { shelterOperands } from '../../../src/cli/shelter.ts';

const LINE = `CLIENT_RANDOM ${'11'.repeat(32)} ${'aa'.repeat(48)}\n`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wscap-keys-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const write = (name: string, content = LINE) => {
  writeFileSync(join(folder, name), content);
};
const io = (env: Record<string, string> = {}) => ({ cwd: folder, env });

describe('the files that are named', () => {
  it('are those of options, of the environment and of the config, each once', () => {
    const ofConfig = [
      { path: join(folder, 'c'), name: '../c', isForThisCapture: false },
      { path: join(folder, 'a'), name: 'a', isForThisCapture: false },
    ];
    expect(keyFiles(['a', './a'], ofConfig, io({ WSCAP_KEYLOG: 'b', SSLKEYLOGFILE: 'd' }))).toEqual([
      { path: join(folder, 'a'), name: 'a', isForThisCapture: true },
      { path: join(folder, 'b'), name: 'b', isForThisCapture: false },
      { path: join(folder, 'c'), name: '../c', isForThisCapture: false },
    ]);
  });

  it('are none where the variable is empty', () => {
    expect(keyFiles([], [], io({ WSCAP_KEYLOG: '' }))).toEqual([]);
  });

  it('are never standard input', () => {
    expect(() => keyFiles(['-'], [], io())).toThrow('read from a file');
    expect(() => keyFiles(shelterOperands(['-']), [], io())).toThrow('read from a file');
  });

  it('must be there: the error names the file as the user does', async () => {
    await expect(readKeyFiles(keyFiles(['gone.log'], [], io()))).rejects.toMatchObject({
      code: 'ENOENT',
      path: 'gone.log',
    });
    await expect(readKeyFiles(keyFiles(['.'], [], io()))).rejects.toMatchObject({ code: 'EISDIR' });
  });

  it('are read whole, also where they are shared with threads', async () => {
    write('keys.log', LINE.repeat(20_000));
    const files = keyFiles(['keys.log'], [], io());
    const [own] = await readKeyFiles(files);
    const [shared] = keysOfTexts(await readKeyTexts(files));
    expect(own?.facts).toMatchObject({ lines: 20_000, notUnderstood: 0 });
    expect(shared?.facts).toEqual(own?.facts);
  });
});

describe('the file beside a capture', () => {
  const beside = async (...captures: string[]) =>
    (await keysBeside(captures, folder)).map(({ name }) => name);

  it('has its name with .keylog behind it; of a compressed one also without .gz', async () => {
    for (const name of ['a.pcap', 'b.pcap.gz', 'c.pcap', 'd.pcap.gz.x']) write(`${name}.keylog`);
    expect(await beside('a.pcap', 'b.pcap.gz', 'c.pcap.GZ', 'd.pcap', 'e.pcap')).toEqual([
      'a.pcap.keylog',
      'b.pcap.gz.keylog',
      'c.pcap.keylog',
    ]);
  });

  it('is taken for each part of a rotated capture, and once where parts share it', async () => {
    for (const name of ['a.pcap0', 'a.pcap1', 'b.pcap']) write(`${name}.keylog`);
    expect(await beside('a.pcap0', 'a.pcap1', 'b.pcap', 'b.pcap.gz')).toEqual([
      'a.pcap0.keylog',
      'a.pcap1.keylog',
      'b.pcap.keylog',
    ]);
  });

  it('is not looked for beside standard input', async () => {
    write('-.keylog');
    expect(await beside('-')).toEqual([]);
  });

  it('is not read twice where it was named', async () => {
    write('a.pcap.keylog');
    const keys = await readKeys({ keylogs: ['./a.pcap.keylog'] }, [], ['a.pcap'], io());
    expect(keys.map(({ name }) => name)).toEqual(['./a.pcap.keylog']);
  });

  it('is no failure where it can not be read', async () => {
    mkdirSync(join(folder, 'a.pcap.keylog'));
    const [keys] = await keysBeside(['a.pcap'], folder);
    expect(keys).toMatchObject({ name: 'a.pcap.keylog', failure: 'is a directory' });
  });

  it.runIf(process.getuid?.() !== 0)('is no failure where it may not be read', async () => {
    write('a.pcap.keylog');
    chmodSync(join(folder, 'a.pcap.keylog'), 0);
    const [keys] = await keysBeside(['a.pcap'], folder);
    expect(keys).toMatchObject({ failure: 'permission denied' });
  });

  it('leads back to its capture', () => {
    expect(captureOfKeyLog('a/dump.pcap.keylog')).toBe('a/dump.pcap');
    expect(captureOfKeyLog('a/dump.pcap')).toBeNull();
  });
});
