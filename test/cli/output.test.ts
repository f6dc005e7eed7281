import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn, spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { untilIdle } from '../helpers/child-state.ts';
import { BROKEN, PROGRAM, wscap } from './run-wscap.ts';

let directory: string;
const inside = (name: string) => join(directory, name);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wscap-test-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe('--output', () => {
  it('writes what would have gone to standard output', async () => {
    const { stdout } = await wscap([BROKEN, '-f', 'json']);
    const outcome = await wscap([BROKEN, '-f', 'json', '-o', inside('report.json')]);
    expect(outcome).toEqual({
      code: 0,
      stdout: '',
      stderr: `wscap: wrote ${inside('report.json')} (json)\n`,
    });
    expect(readFileSync(inside('report.json'), 'utf8')).toBe(stdout);
    expect(readdirSync(directory)).toEqual(['report.json']);
  });

  it('takes - and /dev/stdout as standard output', async () => {
    for (const name of ['-', '/dev/stdout']) {
      expect((await wscap([BROKEN, '-o', name])).stdout).toContain('handshake-close');
    }
  });

  it('leaves the old report alone where the analysis fails', async () => {
    writeFileSync(inside('report.txt'), 'old');
    expect((await wscap(['package.json', '-o', inside('report.txt')])).code).toBe(2);
    expect(readFileSync(inside('report.txt'), 'utf8')).toBe('old');
    expect(readdirSync(directory)).toEqual(['report.txt']);
  });

  it('follows a link instead of replacing it', async () => {
    writeFileSync(inside('target.txt'), 'old');
    symlinkSync('target.txt', inside('link.txt'));
    await wscap([BROKEN, '-o', inside('link.txt')]);
    expect(readFileSync(inside('target.txt'), 'utf8')).toContain('handshake-close');
    expect(readdirSync(directory)).toEqual(['link.txt', 'target.txt']);
  });

  it('writes to a device instead of replacing it', async () => {
    expect((await wscap([BROKEN, '-o', '/dev/null'])).code).toBe(0);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('refuses to overwrite the capture', async () => {
    copyFileSync(BROKEN, inside('dump.pcap'));
    const { code, stderr } = await wscap([inside('dump.pcap'), '-o', inside('./dump.pcap')]);
    expect(stderr).toContain('is the capture itself');
    expect(code).toBe(2);
    expect(readFileSync(inside('dump.pcap'))).toEqual(readFileSync(BROKEN));
  });

  it('says why it can not write, before it reads anything', async () => {
    const { code, stderr } = await wscap([BROKEN, '-o', inside('no/such/report.txt')]);
    expect(stderr).toContain(`--output ${inside('no/such/report.txt')}: the directory does not exist`);
    expect(code).toBe(2);
    expect((await wscap([BROKEN, '-o', directory])).stderr).toContain('is a directory');
  });

  it('says so where the device is full', async () => {
    const { code, stderr } = await wscap([BROKEN, '-o', '/dev/full']);
    expect(stderr).toBe('wscap: /dev/full: no space left on the device\n');
    expect(code).toBe(2);
  });
});

describe('standard output', () => {
  it('may go away, and wscap says nothing about it', () => {
    const script = '"$0" "$1" --all "$2" -f json | head -n 1; echo "${PIPESTATUS[0]}"';
    const { stdout, stderr } = spawnSync('bash', ['-c', script, process.execPath, PROGRAM, BROKEN], {
      encoding: 'utf8',
    });
    expect(stdout).toBe('{\n0\n');
    expect(stderr).toBe('');
  });

  it('is reported in one line where it is full', () => {
    const script = '"$0" "$1" "$2" > /dev/full; echo $?';
    const { stdout, stderr } = spawnSync('bash', ['-c', script, process.execPath, PROGRAM, BROKEN], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('wscap: standard output: no space left on the device\n');
    expect(stdout).toBe('2\n');
  });
});

describe('an interrupt', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s leaves no half-written report and exits with %i', async (signal, expected) => {
    const child = spawn(process.execPath, [PROGRAM, '-', '-o', inside('report.txt')]);
    // The start of a capture, and then nothing: it waits for more.
    child.stdin.write(readFileSync(BROKEN).subarray(0, 100));
    await untilIdle(child);
    expect(readdirSync(directory)).toHaveLength(1);
    const exit = new Promise((done) => child.on('exit', done));
    child.kill(signal);
    // The first SIGINT only ends the capture that is piped in.
    await untilIdle(child);
    child.kill(signal);
    expect(await exit).toBe(expected);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('that ends the capture which is piped in leaves what came through it to be analysed', async () => {
    const child = spawn(process.execPath, [PROGRAM, '-', '-o', inside('report.txt')]);
    child.stdin.write(readFileSync(BROKEN));
    await untilIdle(child);
    child.kill('SIGINT');
    await untilIdle(child);
    // As tcpdump does at Ctrl-C.
    child.stdin.end();
    expect(await new Promise((done) => child.on('exit', done))).toBe(0);
    expect(readFileSync(inside('report.txt'), 'utf8')).toContain('handshake-close');
  });
});
