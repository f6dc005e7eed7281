import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../../src/report/model.ts';
import { BROKEN, CLEAN, wscap, wscapProcess } from './run-wscap.ts';

const USAGE_LINE = /^wscap: [^\n]+(; t|\? T)ry "wscap analyze --help"\n$/;
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wscap-test-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe('wscap analyze', () => {
  it('prints the verdict first and exits with 0 whatever it found', async () => {
    const { code, stdout, stderr } = await wscap(['analyze', BROKEN]);
    expect(stdout).toMatch(/^✖ handshake-close on the only WebSocket: server FIN/);
    expect(stdout).toContain('frame.number in {');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('is the default command', async () => {
    expect(await wscap([BROKEN])).toEqual(await wscap(['analyze', BROKEN]));
    expect(await wscap(['--format', 'json', BROKEN])).toEqual(await wscap(['analyze', BROKEN, '-f', 'json']));
  });

  it('writes an HTML page with frames and payloads in it, the same each time', async () => {
    const path = join(directory, 'report.html');
    const { code, stdout } = await wscapProcess([CLEAN, '--format', 'html', '-o', path]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    const page = readFileSync(path, 'utf8');
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain('"payload"');
    const again = await wscapProcess([CLEAN, '-f', 'html'], { env: { TZ: 'Asia/Tokyo' } });
    expect(again.stdout === page).toBe(true);
  });

  it('prints JSON that is the same each time', async () => {
    const first = await wscapProcess([BROKEN, '--format', 'json'], {
      env: { TZ: 'Asia/Tokyo', LC_ALL: 'de_DE.UTF-8' },
    });
    const second = await wscapProcess([BROKEN, '--format=json'], {
      env: { TZ: 'America/New_York', FORCE_COLOR: '1' },
    });
    expect(first.stdout).toBe(second.stdout);
    const report = JSON.parse(first.stdout) as Report;
    expect(report).toMatchObject({ schema: 'wscap/report@1', connections: [{ verdict: 'handshake-close' }] });
  });

  it('takes several files as one capture', async () => {
    const { stdout } = await wscap([BROKEN, CLEAN, '-f', 'json']);
    const report = JSON.parse(stdout) as Report;
    expect(report.captures.map(({ path }) => path)).toEqual([BROKEN, CLEAN]);
    expect(report.totals.webSocketConnections).toBe(2);
  });

  it('reads standard input as -', async () => {
    const input = readFileSync(BROKEN);
    for (const args of [['-'], ['analyze', '-'], ['--', '-'], ['--format', 'table', '-']]) {
      const { code, stdout } = await wscap(args, { input });
      expect(stdout, args.join(' ')).toMatch(
        /^✖ handshake-close on the only WebSocket: .*\s.*\s+standard input: /,
      );
      expect(code).toBe(0);
    }
  });

  it('takes what stands after -- as files, whatever they are called', async () => {
    for (const name of ['--format', '-', 'analyze']) {
      copyFileSync(BROKEN, join(directory, name));
    }
    const { code, stdout } = await wscap(['-f', 'json', '--', '--format', 'analyze'], { cwd: directory });
    expect((JSON.parse(stdout) as Report).captures.map(({ path }) => path)).toEqual(['--format', 'analyze']);
    expect(code).toBe(0);
  });

  it('does not take a file that follows an option as another value of it', async () => {
    for (const option of [
      ['-f', 'table'],
      ['--fail-on', 'never'],
      ['--window', '5'],
      ['--all'],
      ['--no-color'],
    ]) {
      expect((await wscap([...option, BROKEN])).code, option.join(' ')).toBe(0);
    }
  });

  it('expands a pattern that the shell did not, numbers in order', async () => {
    for (const name of ['dump.pcap', 'dump.pcap1', 'dump.pcap2', 'dump.pcap10', 'other']) {
      copyFileSync(CLEAN, join(directory, name));
    }
    const { stdout } = await wscap(['dump.pcap*', '-f', 'json'], { cwd: directory });
    expect((JSON.parse(stdout) as Report).captures.map(({ path }) => path)).toEqual([
      'dump.pcap',
      'dump.pcap1',
      'dump.pcap2',
      'dump.pcap10',
    ]);
    expect(await wscap(['no*.pcap'], { cwd: directory })).toMatchObject({
      code: 2,
      stderr: 'wscap: no*.pcap: no file matches; try "wscap analyze --help"\n',
    });
  });

  it('gives the window to the analysis', async () => {
    for (const value of ['5', '5ms', '0.005s']) {
      const { stdout } = await wscap([BROKEN, '--window', value, '-f', 'json']);
      expect((JSON.parse(stdout) as Report).options.windowMs).toBe(5);
    }
  });

  it('reads with pcap-parser where asked, to the same result', async () => {
    const [own, other] = await Promise.all(
      ['wscap', 'pcap-parser'].map(async (reader) => {
        const { stdout } = await wscap([BROKEN, '--reader', reader, '-f', 'json']);
        return JSON.parse(stdout) as Report;
      }),
    );
    expect(other!.options.reader).toBe('pcap-parser');
    expect(other!.connections).toEqual(own!.connections);
  });

  it('writes ASCII where the locale is not UTF-8, and as told', async () => {
    const plain = await wscap([BROKEN], { env: { LC_ALL: 'C' } });
    expect(plain.stdout).toMatch(/^[\x20-\x7e\n]+$/);
    expect((await wscap([BROKEN, '--ascii'])).stdout).toBe(plain.stdout);
    expect((await wscap([BROKEN, '--no-ascii'], { env: { LC_ALL: 'C' } })).stdout).toContain('┌');
  });
});

describe('exit codes', () => {
  it.each([
    [BROKEN, 'error', 1],
    [BROKEN, 'info', 1],
    [BROKEN, 'never', 0],
    [CLEAN, 'warning', 0],
    [CLEAN, 'info', 1],
  ])('%s with --fail-on %s: %i', async (path, level, code) => {
    expect((await wscap([path, '--fail-on', level])).code).toBe(code);
  });
});

describe('wrong usage and unreadable input: one line on stderr and exit code 2', () => {
  it.each([
    [['--formt', 'json', BROKEN], 'unknown option --formt, did you mean --format?'],
    [[BROKEN, '--fial-on', 'error'], 'unknown option --fial-on, did you mean --fail-on?'],
    [[BROKEN, '-x'], 'unknown option -x'],
    [['--colour', BROKEN], 'unknown option --colour, did you mean --color?'],
    [
      [BROKEN, '-f', 'xlsx'],
      '--format xlsx is not known: choose one of table, json, ndjson, markdown, html, junit, github',
    ],
    [
      [BROKEN, '--window', 'abc'],
      '--window abc is not a time; give milliseconds from 0 up, as in --window 100',
    ],
    [[BROKEN, '--window', '-5'], '--window'],
    [[BROKEN, '--window'], '--window needs a value'],
    [[BROKEN, '--output='], '--output'],
    [[BROKEN, '--port', '0'], '--port 0: "0" is not a port; give numbers from 1 to 65535, as in --port 8080'],
    [[BROKEN, '--port', '80,'], '--port 80,: "" is not a port'],
    [[BROKEN, '--port', '70000'], '--port 70000: "70000" is not a port'],
    [
      [BROKEN, '--rule', 'off'],
      '--rule off sets nothing; give a rule and a severity, as in --rule accept-mismatch=off',
    ],
    [
      [BROKEN, '--rule', 'accept-mismatch=bad'],
      '"bad" is not known, choose one of off, info, warning, error',
    ],
    [[BROKEN, '--config'], '--config needs a value'],
    [[BROKEN, '--no-port'], '--port has no opposite --no-port'],
    [[BROKEN, '--no-format'], '--format has no opposite --no-format'],
    [[BROKEN, '--config='], '--config needs a value'],
    [['analyze'], 'no capture given'],
    [['-f', 'json'], 'no capture given'],
    [['-', '-'], 'standard input (-) can be read only once'],
    [[BROKEN, BROKEN], 'is given twice'],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await wscap(args);
    expect(stderr).toMatch(USAGE_LINE);
    expect(stderr).toContain(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('a rule that does not exist', async () => {
    expect(await wscap([BROKEN, '--rule', 'handshke-close=off'])).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'wscap: --rule handshke-close: there is no such rule, did you mean "handshake-close"? Try "wscap explain"\n',
    });
  });

  it('a command that does not exist', async () => {
    const { code, stderr } = await wscap(['anlyze', BROKEN]);
    expect(stderr).toBe('wscap: unknown command "anlyze", did you mean "analyze"? Try "wscap --help"\n');
    expect(code).toBe(2);
  });

  it('a file that does not exist, its name made safe', async () => {
    const { code, stdout, stderr } = await wscap(['no\u001b[2Jsuch.pcap']);
    expect(stderr).toMatch(/^wscap: no\\x1b\[2Jsuch\.pcap: [^\n]+\n$/);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('a file that is not a capture', async () => {
    const { code, stdout, stderr } = await wscap(['package.json']);
    expect(stderr).toMatch(/^wscap: package\.json: [^\n]+\n$/);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('a directory', async () => {
    expect(await wscap([directory])).toMatchObject({ code: 2, stdout: '' });
  });

  it('no arguments at all: the help, on stderr', async () => {
    const { code, stdout, stderr } = await wscap([]);
    expect(stderr).toContain('wscap analyze <capture..>');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

describe('--help and --version', () => {
  it('lists every option with examples', async () => {
    const { code, stdout, stderr } = await wscap(['analyze', '--help']);
    for (const text of [
      '--format',
      '--output',
      '--fail-on',
      '--window',
      '--port',
      '--rule',
      '--config',
      '--no-config',
      '--reader',
      '--all',
      '--color',
      '--ascii',
    ]) {
      expect(stdout).toContain(text);
    }
    expect(stdout).toContain('Examples:');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('answers without a command, as "help" too', async () => {
    expect((await wscap(['--help'])).stdout).toBe((await wscap(['help'])).stdout);
  });

  it('gives the version of package.json', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    for (const args of [['--version'], ['analyze', '--version']]) {
      expect(await wscapProcess(args)).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    }
  });
});
