import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
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

describe('with keys, what is inside TLS is read', () => {
  const isClean = async (args: readonly string[], env: Record<string, string> = {}) => {
    const { stdout } = await run([...args, '-f', 'json'], env);
    return (JSON.parse(stdout) as Report).connections.map(({ verdict }) => verdict).join() === 'clean';
  };

  it('by --keylog, $WSCAP_KEYLOG, the config file, and FILE.keylog beside the capture', async () => {
    write('keys.log', readFileSync(KEYS));
    expect(await isClean(['dump.pcap'])).toBe(false);
    expect(await isClean(['dump.pcap', '--keylog', 'keys.log'])).toBe(true);
    expect(await isClean(['dump.pcap'], { WSCAP_KEYLOG: 'keys.log' })).toBe(true);
    write('wscap.config.json', '{ "keylog": "keys.log" }');
    expect(await isClean(['dump.pcap'])).toBe(true);
    expect(await isClean(['dump.pcap', '--no-config'])).toBe(false);
    write('dump.pcap.keylog', readFileSync(KEYS));
    expect(await isClean(['dump.pcap', '--no-config'])).toBe(true);
  });

  it('without a note, and without a word of a key', async () => {
    write('dump.pcap.keylog', readFileSync(KEYS));
    const secrets = readFileSync(KEYS, 'latin1').match(/[0-9a-f]{64,}$/gm)!;
    expect(secrets.length).toBeGreaterThan(3);
    for (const format of ['table', 'json', 'ndjson', 'markdown', 'html', 'junit', 'github']) {
      const { stdout, stderr } = await run(['dump.pcap', '-f', format]);
      expect(stdout).not.toContain('keylog');
      for (const secret of secrets) expect((stdout + stderr).toLowerCase()).not.toContain(secret);
    }
  });

  it('by follow, diff and check', async () => {
    write('dump.pcap.keylog', readFileSync(KEYS));
    const { stdout } = await run(['follow', 'dump.pcap', '-f', 'ndjson']);
    expect(stdout).toContain('"text":"hello"');
    const diff = await run(['diff', 'dump.pcap', CAPTURE, '-f', 'json']);
    expect(diff).toMatchObject({ code: 0 });
    expect(await run(['check', 'dump.pcap', 'dump.pcap.keylog'])).toMatchObject({ code: 0 });
    const expectation = readFileSync(join(folder, 'dump.pcap.wscap.json'), 'utf8');
    expect(expectation).toContain('clean');
    expect(expectation).not.toMatch(/[0-9a-f]{32}/i);
    expect(await run(['check', '.'], { CI: 'true' })).toMatchObject({ code: 0 });
    rmSync(join(folder, 'dump.pcap.keylog'));
    expect(await run(['check', '.'], { CI: 'true' })).toMatchObject({ code: 1 });
    write('keys.log', readFileSync(KEYS));
    expect(await run(['check', '.', '--keylog', 'keys.log'], { CI: 'true' })).toMatchObject({ code: 0 });
  });

  it('by the secrets of a pcapng, also behind the packets that need them; of a pipe only those in front', async () => {
    for (const name of ['secrets-first', 'secrets-last']) {
      const path = resolve(`fixtures/wss/${name}.pcapng`);
      expect(await isClean([path])).toBe(true);
    }
    const piped = async (name: string) => {
      const input = readFileSync(`fixtures/wss/${name}.pcapng`);
      const { stdout } = await wscap(['-', '-f', 'json'], { cwd: folder, input });
      return JSON.parse(stdout) as Report;
    };
    expect((await piped('secrets-first')).connections[0]?.verdict).toBe('clean');
    const late = await piped('secrets-last');
    expect(late.connections.map(({ verdict }) => verdict)).not.toContain('clean');
    expect(late.notes.map(({ code }) => code)).toContain('keys-late');
  });
});

describe('extract', () => {
  const extract = (...args: string[]) => run(['extract', 'dump.pcap', '-c', '0', ...args]);
  beforeEach(() => {
    write('dump.pcap.keylog', readFileSync(KEYS));
  });

  it('writes no secrets, and says so', async () => {
    const { stdout } = await extract('-o', 'x.pcapng');
    expect(stdout).toContain('The keys of 1 TLS connection are not in it');
    expect(existsSync(join(folder, 'x.pcapng.keylog'))).toBe(false);
  });

  it('writes those that are needed with --keep-secrets: into a pcapng, or beside a pcap', async () => {
    const inside = await extract('--keep-secrets', '-o', 'x.pcapng');
    expect(inside.stdout).toContain('Secrets of 1 TLS connection are in it');
    const beside = await extract('--keep-secrets', '-o', 'x.pcap.gz');
    expect(beside.stdout).toContain('are in x.pcap.gz.keylog');
    expect(statSync(join(folder, 'x.pcap.gz.keylog')).mode & 0o77).toBe(0);
    for (const name of ['x.pcapng', 'x.pcap.gz']) {
      const { stdout } = await run([name, '-f', 'json']);
      expect((JSON.parse(stdout) as Report).connections[0]?.verdict).toBe('clean');
    }
    rmSync(join(folder, 'dump.pcap.keylog'));
    expect((await extract('--keep-secrets', '-o', 'y.pcapng')).stdout).toContain('No secrets are in it');
  });

  it('never writes secrets over the key log that it read', async () => {
    write('x.pcap.keylog', 'mine\n');
    const outcome = await extract('--keep-secrets', '-o', 'x.pcap', '--keylog', 'x.pcap.keylog');
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(outcome.stderr).toContain('x.pcap.keylog is a key log');
    expect(readFileSync(join(folder, 'x.pcap.keylog'), 'utf8')).toBe('mine\n');
    expect(existsSync(join(folder, 'x.pcap'))).toBe(false);
  });

  it.each([
    [['--keep-secrets', '--anonymize'], 'would undo what --anonymize does'],
    [['--keep-secrets', '--decrypted'], 'leaves no TLS'],
  ])('refuses %j', async (args, message) => {
    const outcome = await extract(...args, '-o', 'x.pcapng');
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(outcome.stderr).toContain(message);
  });

  it('writes what is inside with --decrypted, and what can be seen from outside with --anonymize', async () => {
    expect((await extract('--decrypted', '-o', 'x.pcapng')).stdout).toContain('Decrypted: 1 TLS connection');
    expect((await extract('--anonymize', '-o', 'y.pcapng')).stdout).toContain(
      'It shows 1 TLS connection from outside',
    );
    rmSync(join(folder, 'dump.pcap.keylog'));
    const { code, stderr } = await extract('--decrypted', '-o', 'z.pcapng');
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('nothing can be decrypted') as string,
    });
  });
});
