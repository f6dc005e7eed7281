/** `wscap check` and `wscap merge-reports` as users run them. */
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { untilIdle } from '../helpers/child-state.ts';
import { FIXTURES } from '../helpers/captures.ts';
import { BROKEN, CLEAN, PROGRAM, wscap, wscapProcess, type Outcome } from './run-wscap.ts';

const DEMO = join(FIXTURES, 'demo-project');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wscap-check-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const inside = (name: string) => join(folder, name);
const read = (name: string) => readFileSync(inside(name), 'utf8');
const put = (name: string, capture: string) => {
  mkdirSync(dirname(inside(name)), { recursive: true });
  cpSync(capture, inside(name));
};
const check = (args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> =>
  wscap(['check', ...args], { cwd: folder, env });

describe('wscap check', () => {
  it('writes what is missing, and then finds everything as expected', async () => {
    put('captures/good.pcap', CLEAN);
    put('captures/deep/broken.pcapng', BROKEN);
    writeFileSync(inside('captures/notes.md'), 'no capture');
    expect(await check(['captures'])).toEqual({
      code: 0,
      stderr: '',
      stdout: `i captures/deep/broken.pcapng: its expectation is written, although the capture has 1 error: it now
  expects it (1 connection)
i captures/good.pcap: its expectation is written (1 connection)

✔ 2 captures, all with a new expectation
`,
    });
    expect(read('captures/deep/broken.pcapng.wscap.json')).toContain('"verdict": "handshake-close"');
    expect((await check(['captures'], { CI: 'true' })).stdout)
      .toBe(`✔ captures/deep/broken.pcapng: as expected (1 connection)
✔ captures/good.pcap: as expected (1 connection)

✔ 2 captures, all as expected
`);
  });

  it('takes the files of a rotated capture for one capture', async () => {
    put('captures/dump.pcap', CLEAN);
    put('captures/dump.pcap1', BROKEN);
    put('captures/live_00001_20260101120000.pcap', CLEAN);
    put('captures/live_00002_20260101120100.pcap', BROKEN);
    put('captures/live_00004_20260101120300.pcap', CLEAN);
    const written = await check(['captures']);
    expect(readdirSync(inside('captures')).filter((name) => name.endsWith('.json'))).toEqual([
      'dump.pcap.wscap.json',
      'live_00001_20260101120000.pcap.wscap.json',
      'live_00004_20260101120300.pcap.wscap.json',
    ]);
    expect(written.stdout).toContain('3 captures, all with a new expectation');
    expect(read('captures/dump.pcap.wscap.json').match(/"verdict"/g)).toHaveLength(2);
    expect((await check(['captures'])).stdout).toContain('dump.pcap: as expected (2 connections)');
  });

  it('leaves a file of a rotated capture alone that has an expectation of its own', async () => {
    put('dump.pcap', CLEAN);
    await check(['.']);
    put('dump.pcap1', BROKEN);
    writeFileSync(inside('dump.pcap1.wscap.json'), '{ "expect": { "handshake-close": 1 } }');
    expect((await check(['.'])).stdout).toContain('2 captures, all as expected');
  });

  it('fails in CI where an expectation is missing, and writes none', async () => {
    put('a.pcap', CLEAN);
    const { code, stdout } = await check(['a.pcap'], { CI: '1' });
    expect(code).toBe(1);
    expect(stdout).toContain('a.pcap: has no expectation');
    expect(readdirSync(folder)).toEqual(['a.pcap']);
    expect((await check(['a.pcap'], { CI: 'false' })).code).toBe(0);
    expect(readdirSync(folder)).toEqual(['a.pcap', 'a.pcap.wscap.json']);
  });

  it('updates what differs with -u, writes nothing where nothing does, and leaves assertions alone', async () => {
    put('a.pcap', CLEAN);
    await check(['.']);
    const loosened = JSON.stringify({ connections: [{ target: '/once' }], expect: { errors: 0 } });
    writeFileSync(inside('a.pcap.wscap.json'), loosened);
    expect((await check(['.', '-u'])).code).toBe(0);
    expect(read('a.pcap.wscap.json')).toBe(loosened);
    put('a.pcap', BROKEN);
    const { code, stdout } = await check(['.', '-u']);
    expect(code).toBe(1);
    expect(stdout).toContain('expected no connections with errors, found 1: connection 0');
    expect(JSON.parse(read('a.pcap.wscap.json'))).toMatchObject({
      connections: [{ target: '/live', verdict: 'handshake-close' }],
      expect: { errors: 0 },
    });
    expect((await check(['.', '-u'])).code).toBe(1);
  });

  it('names expectations whose capture is gone, and removes them with -u, but nothing else', async () => {
    put('a.pcap', CLEAN);
    put('b.pcap', CLEAN);
    await check(['.']);
    rmSync(inside('b.pcap'));
    writeFileSync(inside('other.wscap.json'), '{"mine": true}');
    const named = await check(['.']);
    expect(named.code).toBe(0);
    expect(named.stdout).toContain(
      '! b.pcap.wscap.json: obsolete, for its capture is gone (-u removes it)\n',
    );
    expect((await check(['*.pcap', '-u'])).stdout).toContain('i b.pcap.wscap.json: removed');
    expect(readdirSync(folder).sort()).toEqual(['a.pcap', 'a.pcap.wscap.json', 'other.wscap.json']);
  });

  it('keeps the expectation of a link whose target is not there, and names the capture as failed', async () => {
    put('elsewhere/a.pcap', CLEAN);
    mkdirSync(inside('captures'));
    symlinkSync('../elsewhere/a.pcap', inside('captures/a.pcap'));
    await check(['captures']);
    rmSync(inside('elsewhere/a.pcap'));
    const outcome = await check(['captures', '-u']);
    expect(outcome.code).toBe(2);
    expect(outcome.stdout).toMatch(/^✖ captures\/a\.pcap: no such file/);
    expect(outcome.stdout).not.toContain('removed');
    expect(existsSync(inside('captures/a.pcap.wscap.json'))).toBe(true);
  });

  it('goes on after a capture, or an expectation, that can not be read', async () => {
    put('a.pcap', CLEAN);
    writeFileSync(inside('b.pcap'), 'no capture at all');
    put('c.pcap', CLEAN);
    writeFileSync(inside('c.pcap.wscap.json'), '{"conections": []}');
    put('d.pcap', BROKEN);
    const { code, stdout, stderr } = await check(['.', '--reporter', 'json']);
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
    const { captures } = JSON.parse(stdout) as {
      captures: { path: string; status: string; failure: string }[];
    };
    expect(captures.map(({ path, status }) => `${path} ${status}`)).toEqual([
      'a.pcap written',
      'b.pcap failed',
      'c.pcap failed',
      'd.pcap written',
    ]);
    expect(captures[2]!.failure).toMatch(/^c\.pcap\.wscap\.json: conections: unknown key, did you mean/);
  });

  it('writes several reports, each into its file', async () => {
    put('a.pcap', CLEAN);
    const args = [
      'a.pcap',
      '--reporter',
      'default',
      '--reporter',
      'github',
      '-o',
      'c.xml',
      '-o',
      'c.json',
      '-o',
      'c.txt',
    ];
    expect((await check(args, { CI: '1' })).stdout).toMatch(/^::error file=a\.pcap/);
    expect(read('c.xml')).toMatch(/^<\?xml/);
    expect(JSON.parse(read('c.json'))).toMatchObject({ schema: 'wscap/check@1', totals: { missing: 1 } });
    expect(read('c.txt')).toContain('✖ 1 capture, without expectation');
  });

  it('analyzes as analyze does: with the config file and the same options', async () => {
    put('a.pcap', BROKEN);
    await check(['.']);
    const { stdout } = await check(['.', '--rule', 'handshake-close=warning']);
    expect(stdout).toContain('handshake-close is warning now, error before');
    expect((await check(['.', '--window', '0'])).stdout).toContain('now ended without a closing handshake');
    writeFileSync(inside('wscap.config.json'), '{"rules": {"handshake-close": "off"}}');
    expect((await check(['.'])).stdout).toContain('error handshake-close is gone');
  });

  it.each([
    [['nothing.pcap'], 'nothing.pcap: no such file or folder'],
    [['*.pcap'], 'no capture found in *.pcap'],
    [['-'], 'standard input (-) has no expectation beside it'],
    [[], 'no capture, folder or pattern given'],
    [['.', '--shard', '3/2'], '--shard 3/2 is not a part; give its number, from 1 up'],
    [['.', '--workers', '0'], '--workers 0 is not a whole number from 1 up'],
    [['.', '--reporter', 'jnit'], '--reporter jnit is not known: choose one of default, junit'],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await check(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('counts a run without a capture as success only where it is told to', async () => {
    expect(await check(['.', '--pass-with-no-captures'])).toEqual({
      code: 0,
      stdout: '✔ 0 captures\n',
      stderr: '',
    });
  });

  it('says what docs/check.md says of the demonstration', async () => {
    cpSync(DEMO, folder, { recursive: true });
    const { code, stdout, stderr } = await check(['captures'], { CI: '1' });
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const shown = /<!-- example: check captures -->\n\n```\n([^]*?)```/.exec(
      readFileSync('docs/check.md', 'utf8'),
    )!;
    expect(stdout).toBe(shown[1]);
    expect((await check(['captures', '-u'])).code).toBe(0);
    expect((await check(['captures'], { CI: '1' })).code).toBe(0);
  });
});

describe('a large capture', () => {
  it('is checked in a thread, beside the small ones', async () => {
    // A clean session, then a minute of another program's traffic.
    const session = readFileSync(CLEAN);
    const packet = Buffer.alloc(16 + 60);
    packet.writeUInt32LE(1_800_000_000, 0);
    packet.writeUInt32LE(60, 8);
    packet.writeUInt32LE(60, 12);
    writeFileSync(inside('large.pcap'), Buffer.concat([session, ...Array<Buffer>(2000).fill(packet)]));
    put('small.pcap', CLEAN);
    // Threads run what the build made.
    const { code, stdout, stderr } = await wscapProcess(['check', '.'], { cwd: folder });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('i large.pcap: its expectation is written (1 connection)');
    const [large, small] = ['large', 'small'].map((name) => read(`${name}.pcap.wscap.json`));
    expect(large).toBe(small);
  });
});

describe('Ctrl-C', () => {
  it('prints what there is, says that it is not all, and exits with 130', async () => {
    put('a.pcap', CLEAN);
    // A pipe to which nobody writes, as if the file were still being written: reading it never ends.
    const fifo = inside('b.pcap');
    await new Promise((done) => spawn('mkfifo', [fifo]).on('close', done));
    const child = spawn(process.execPath, [PROGRAM, 'check', 'a.pcap', 'b.pcap'], {
      cwd: folder,
      env: { PATH: process.env['PATH'], LANG: 'C.UTF-8' },
    });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    const closed = new Promise<number | null>((done) => child.on('close', done));
    await untilIdle(child);
    child.kill('SIGINT');
    expect(await closed).toBe(130);
    expect(stdout).toContain('a.pcap: its expectation is written');
    expect(stdout).toContain('interrupted: 1 capture not checked, this is a partial result');
  });
});

describe('shards', () => {
  const SHARDS = 3;
  const REPORTS = ['-o', 'whole.txt', '-o', 'whole.xml', '-o', 'whole.json'];

  beforeEach(async () => {
    for (const [i, area] of ['clean', 'handshake-close', 'rejected'].entries()) {
      const names = readdirSync(join(FIXTURES, area)).filter((name) => name.endsWith('.pcap'));
      for (const name of names.slice(0, 5 + i)) put(`captures/${area}/${name}`, join(FIXTURES, area, name));
    }
    await check(['captures']);
    put('captures/clean/chromium-close.pcap', BROKEN);
    rmSync(inside('captures/rejected'), { recursive: true });
    put('captures/rejected/new.pcap', CLEAN);
    writeFileSync(inside('captures/bad.pcap'), 'no capture');
    writeFileSync(inside('captures/gone.pcap.wscap.json'), '{"connections": []}');
  });

  const run = (index: number, args: readonly string[] = [], cwd = folder) =>
    wscap(['check', 'captures', '--shard', `${index}/${SHARDS}`, '--reporter', 'blob', ...args], {
      cwd,
      env: { CI: '1' },
    });

  it('of a run give together the same result as the whole run, byte for byte', async () => {
    const whole = await check(['captures', ...REPORTS], { CI: '1' });
    const parts = await Promise.all(Array.from({ length: SHARDS }, (_, i) => run(i + 1)));
    expect(parts.map(({ stderr }) => stderr)).toEqual(['', '', '']);
    expect(Math.max(...parts.map(({ code }) => code!))).toBe(2);
    const merged = await wscap(['merge-reports', ...REPORTS.map((each) => each.replace('whole', 'merged'))], {
      cwd: folder,
    });
    expect(merged).toEqual(whole);
    expect(merged.code).toBe(2);
    for (const ending of ['txt', 'xml', 'json']) {
      expect(read(`merged.${ending}`)).toBe(read(`whole.${ending}`));
      expect(read(`whole.${ending}`)).toContain('bad.pcap');
    }
    const again = await wscap(['merge-reports', '.wscap-reports', '--reporter', 'github'], { cwd: folder });
    expect(again.stdout).toBe((await check(['captures', '--reporter', 'github'], { CI: '1' })).stdout);
  });

  it('are refused where one is missing, doubled or foreign, and where something else lies there', async () => {
    const merge = () => wscap(['merge-reports'], { cwd: folder });
    const blob = (name: string) => inside(`.wscap-reports/${name}.json`);
    await Promise.all([run(1), run(2)]);
    expect(await merge()).toMatchObject({ code: 2, stdout: '' });
    expect((await merge()).stderr).toContain('.wscap-reports: shard 3 of 3 is missing');
    await run(3, ['--window', '50']);
    expect((await merge()).stderr).toContain(
      'blob-3-3.json is not from the same run as .wscap-reports/blob-1-3.json: different options',
    );
    await run(3);
    cpSync(blob('blob-1-3'), blob('copy'));
    expect((await merge()).stderr).toContain(
      'copy.json is shard 1 of 3, and so is .wscap-reports/blob-1-3.json',
    );
    writeFileSync(blob('copy'), '{}');
    expect((await merge()).stderr).toContain('copy.json: is not a blob of wscap check');
    rmSync(blob('copy'));
    put('captures/more.pcap', CLEAN);
    await run(2);
    expect((await merge()).stderr).toContain('different captures');
    expect((await wscap(['merge-reports', 'no-such'], { cwd: folder })).stderr).toBe(
      'wscap: no-such: no such file or directory\n',
    );
  });

  it('hold the same captures wherever those lie and however they are named', async () => {
    const elsewhere = inside('elsewhere');
    cpSync(inside('captures'), join(elsewhere, 'captures'), { recursive: true });
    const pathsOf = async (args: readonly string[], cwd: string) => {
      const { stdout } = await wscap(['check', ...args, '--shard', '2/3', '--reporter', 'json'], {
        cwd,
        env: { CI: '1' },
      });
      return (JSON.parse(stdout) as { captures: { path: string }[] }).captures.map(({ path }) =>
        path.replace(/^.*captures\//, ''),
      );
    };
    const there = await pathsOf([resolve(elsewhere, 'captures')], '/');
    expect(there.length).toBeGreaterThan(3);
    expect(await pathsOf(['captures'], folder)).toEqual(there);
    expect(await pathsOf(['captures/rejected', 'captures/**/*.pcap'], folder)).toEqual(there);
  });
});
