import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../../../src/report/model.ts';
import { BROKEN, wscap } from '../run-wscap.ts';

const CAPTURE = resolve('fixtures/wss/node-tls13.pcap');
const KEYS = `${CAPTURE}.keylog`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wscap-keys-'));
  copyFileSync(CAPTURE, join(folder, 'dump.pcap'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const write = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder, name), content);
};
const run = (args: readonly string[], env: Record<string, string> = {}) => wscap(args, { cwd: folder, env });
const notesOf = async (...args: string[]) => {
  const { stdout } = await run([...args, '-f', 'json']);
  return (JSON.parse(stdout) as Report).notes.filter(({ code }) => code === 'keylog');
};

describe('a named file that can not be read ends with exit code 2', () => {
  it.each([
    ['analyze', ['analyze', 'dump.pcap']],
    ['check', ['check', 'dump.pcap']],
    ['follow', ['follow', 'dump.pcap', '-c', '0']],
    ['diff', ['diff', 'dump.pcap', BROKEN]],
    ['extract', ['extract', 'dump.pcap', '-c', '0', '-o', 'x.pcap']],
  ])('%s --keylog', async (_, args) => {
    expect(await run([...args, '--keylog', 'gone.log'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: 'wscap: gone.log: no such file or directory\n',
    });
  });

  it('in the environment', async () => {
    expect(await run(['dump.pcap'], { WSCAP_KEYLOG: 'gone.log' })).toMatchObject({
      code: 2,
      stderr: 'wscap: gone.log: no such file or directory\n',
    });
  });

  it('in the config file, relative to it', async () => {
    write('wscap.config.json', '{ "keylog": ["gone.log"] }');
    expect(await run(['dump.pcap'])).toMatchObject({
      code: 2,
      stderr: 'wscap: gone.log: no such file or directory\n',
    });
    expect(await run(['dump.pcap', '--no-config'])).toMatchObject({ code: 0 });
    expect(await run(['follow', 'dump.pcap', '-c', '0'])).toMatchObject({ code: 2 });
  });

  it('but not that of other programs', async () => {
    expect(await run(['dump.pcap'], { SSLKEYLOGFILE: 'gone.log' })).toMatchObject({ code: 0, stderr: '' });
  });
});

it('says what is wrong with a key log, without a word of it', async () => {
  write('bad.log', 'hush: a secret\n');
  const notes = await notesOf('dump.pcap', '--keylog', 'bad.log');
  expect(notes.map(({ message }) => message)).toEqual([
    'bad.log is not a key log: none of its lines (1) can be understood',
  ]);
});

it('says that keys are those of another capture', async () => {
  write('other.log', `CLIENT_RANDOM ${'11'.repeat(32)} ${'22'.repeat(48)}\n`);
  const [note] = await notesOf('dump.pcap', '--keylog', 'other.log');
  expect(note?.message).toMatch(/^other\.log /);
});

it('never writes a report over a key log', async () => {
  write('keys.md', readFileSync(KEYS));
  const outcome = await run(['dump.pcap', '--keylog', 'keys.md', '-o', 'keys.md']);
  expect(outcome).toMatchObject({ code: 2 });
  expect(readFileSync(join(folder, 'keys.md'))).toEqual(readFileSync(KEYS));
});
