/**
 * Commands know the process around them only through their Io: for example, relative paths begin in its
 * directory.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { calledAs, naming } from '../../src/cli/name-error.ts';
import { REPOSITORY } from '../helpers/captures.ts';
import { BROKEN, CLEAN, wscap, wscapProcess } from './run-wscap.ts';

/** Those that stand between the program and its process, and the numbers of a process in names of temporary files. */
const ALLOWED: readonly string[] = ['main.ts', 'process-io.ts'];
const USES_PROCESS = /(?<!\* .*)\bprocess\.(?!pid\b|getuid\b|getgid\b)\w+|from 'node:process'/;

describe('what is in src/cli', () => {
  it('uses of the process nothing that the Io has', () => {
    const folder = join(REPOSITORY, 'src/cli');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.ts'),
    );
    expect(files.length).toBeGreaterThan(50);
    const using = files.filter((path) => USES_PROCESS.test(readFileSync(join(folder, path), 'utf8')));
    expect(using.sort()).toEqual(ALLOWED);
  });
});

describe('the directory of the Io', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wscap-io-'));
    copyFileSync(BROKEN, join(folder, 'broken.pcap'));
    copyFileSync(CLEAN, join(folder, 'clean.pcap'));
    mkdirSync(join(folder, 'sub'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it.each([
    [
      'analyze',
      ['broken.pcap', '-o', 'report.md', '-o', 'sub/report.json'],
      ['report.md', 'sub/report.json'],
    ],
    ['extract', ['extract', 'broken.pcap', '-c', '0', '-o', 'sub/evidence.pcap'], ['sub/evidence.pcap']],
    ['diff', ['diff', 'clean.pcap', 'broken.pcap', '-o', 'diff.md'], ['diff.md']],
    ['check', ['check', '.', '-o', 'sub/check.xml'], ['broken.pcap.wscap.json', 'sub/check.xml']],
    ['follow', ['follow', 'clean.pcap'], []],
  ] as const)('is where %s reads and writes, as it is in a process', async (_name, args, files) => {
    const contents = () => files.map((name) => readFileSync(join(folder, name), 'utf8'));
    const remove = () => {
      for (const name of files) rmSync(join(folder, name));
      rmSync(join(folder, 'clean.pcap.wscap.json'), { force: true });
    };
    const here = await wscap(args, { cwd: folder });
    expect(here.stderr.replace(/^wscap: wrote .*\n/gm, '')).toBe('');
    // The sources don't know their version.
    const ours = contents().map((text) => text.length > 0);
    remove();
    const there = await wscapProcess(args, { cwd: folder });
    expect(there).toEqual(here);
    expect(contents().map((text) => text.length > 0)).toEqual(ours);
    expect(ours).toEqual(files.map(() => true));
  });

  it.each([
    [['no.pcap'], 'no.pcap: no such file'],
    [['sub'], 'sub: is a directory: name the captures in it'],
    [['broken.pcap', '-o', 'no/report.md'], '--output no/report.md: the directory does not exist'],
    [['broken.pcap', '-o', 'sub'], '--output sub is a directory'],
    [['broken.pcap', '-o', './broken.pcap'], '--output ./broken.pcap is the capture itself'],
    [
      ['extract', 'broken.pcap', '-c', '0', '-o', 'no/x.pcap'],
      '--output no/x.pcap: the directory does not exist',
    ],
    [
      ['extract', 'broken.pcap', '-c', '0', '-o', 'broken.pcap'],
      '--output broken.pcap is the capture itself',
    ],
    [['check', 'no'], 'no: no such file or folder'],
    [['merge-reports', 'no'], 'no: no such file or directory'],
    [['broken.pcap', '--config', 'no.json'], 'no.json: no such file or directory'],
  ] as const)('does not show in what is said of %j', async (args, message) => {
    const { code, stdout, stderr } = await wscap(args, { cwd: folder });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.startsWith(`wscap: ${message}`), stderr).toBe(true);
  });
});

describe('an error of the operating system', () => {
  it('is given the name that the user knows', () => {
    const read = () => readFileSync('/no/such/file');
    expect(() => calledAs('file', read)).toThrow(expect.objectContaining({ code: 'ENOENT', path: 'file' }));
    expect(calledAs('file', () => 7)).toBe(7);
  });

  it('is the only one that is', () => {
    const error = new TypeError('a defect');
    expect(naming('file', error)).toBe(error);
    expect(error).not.toHaveProperty('path');
    expect(naming('file', 'thrown')).toBe('thrown');
  });
});
