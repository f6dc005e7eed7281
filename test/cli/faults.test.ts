/** What goes wrong outside of wscap: disks that fill, pipes that stall or close, files that change, Ctrl-C in the middle. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
  closeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { analyze } from '../../src/analyze.ts';
import { createOutputs } from '../../src/cli/output.ts';
import { fileDigest } from '../../src/platform/node/file-digest.ts';
import { reconnecting } from '../fuzz/attack-captures.ts';
import { FIXTURES } from '../helpers/captures.ts';
import { untilHeldUp, untilIdle } from '../helpers/child-state.ts';
import { createTestIo } from '../helpers/test-io.ts';
import { BROKEN, PROGRAM } from './run-wscap.ts';

let directory: string;
const inside = (name: string) => join(directory, name);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wscap-faults-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

interface Running {
  readonly child: ChildProcess;
  readonly text: { out: string; err: string };
  readonly exit: Promise<number | null>;
}

function start(...args: readonly string[]): Running {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { PATH: process.env['PATH'], LANG: 'C.UTF-8' },
  });
  const text = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (text.out += piece));
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (text.err += piece));
  return { child, text, exit: new Promise((done) => child.on('close', done)) };
}

const INTERRUPTED = 'wscap: interrupted: the report covers only the packets that were read until then\n';

describe('an input that stalls', () => {
  it('and is interrupted leaves what came before in the report, which says so', async () => {
    spawnSync('mkfifo', [inside('fifo')]);
    const running = start(inside('fifo'), '-o', '-', '-o', inside('report.json'));
    const writer = openSync(inside('fifo'), 'w');
    writeSync(writer, readFileSync(BROKEN));
    await untilIdle(running.child);
    running.child.kill('SIGINT');
    expect(await running.exit).toBe(130);
    closeSync(writer);
    expect(running.text.out).toContain('handshake-close');
    expect(running.text.out).toContain('reading was interrupted after');
    expect(running.text.err).toBe(`wscap: wrote ${inside('report.json')} (json)\n${INTERRUPTED}`);
    expect(readdirSync(directory).toSorted()).toEqual(['fifo', 'report.json']);
    expect(readFileSync(inside('report.json'), 'utf8')).toContain('"interrupted"');
  });

  it('before anybody writes to it ends at once, without a report', async () => {
    spawnSync('mkfifo', [inside('fifo')]);
    const running = start(inside('fifo'), '-o', inside('report.txt'));
    await untilIdle(running.child);
    running.child.kill('SIGINT');
    expect(await running.exit).toBe(130);
    expect(readdirSync(directory)).toEqual(['fifo']);
  });

  it.each(['table', 'ndjson'])('on standard input: the second Ctrl-C ends it, as %s', async (format) => {
    const running = start('-', '-f', format);
    running.child.stdin!.write(readFileSync(BROKEN));
    await untilIdle(running.child);
    running.child.kill('SIGINT');
    await untilIdle(running.child);
    running.child.kill('SIGINT');
    expect(await running.exit).toBe(130);
    expect(running.text.out).toContain('handshake-close');
    expect(running.text.out).toContain('interrupted');
    expect(running.text.err).toBe(INTERRUPTED);
  });

  it('is read to its end once it goes on', async () => {
    spawnSync('mkfifo', [inside('fifo')]);
    const running = start(inside('fifo'));
    const writer = openSync(inside('fifo'), 'w');
    const bytes = readFileSync(BROKEN);
    writeSync(writer, bytes.subarray(0, 500));
    await untilIdle(running.child);
    writeSync(writer, bytes.subarray(500));
    closeSync(writer);
    expect(await running.exit).toBe(0);
    expect(running.text.out).toContain('10 packets');
  });
});

describe('follow of an input that stalls', () => {
  const STEADY = readFileSync(join(FIXTURES, 'tcp/steady.pcap'));
  const PART = 'wscap: interrupted: only what was read until then is shown\n';

  async function interrupted(bytes: Uint8Array, ...args: readonly string[]) {
    return stopped('SIGINT', bytes, ...args);
  }

  async function stopped(signal: 'SIGINT' | 'SIGTERM', bytes: Uint8Array, ...args: readonly string[]) {
    spawnSync('mkfifo', [inside('fifo')]);
    const { child, text, exit } = start('follow', inside('fifo'), ...args);
    const writer = openSync(inside('fifo'), 'w');
    writeSync(writer, bytes);
    await untilIdle(child);
    child.kill(signal);
    const status = await exit;
    closeSync(writer);
    return { status, ...text };
  }

  it('says on Ctrl-C that what it printed is a part', async () => {
    const { status, out, err } = await interrupted(STEADY.subarray(0, 2000), '-c', '0');
    expect(status).toBe(130);
    expect(out).toMatch(/server message 01[^]*\n… interrupted after \d: the rest was not read\n$/);
    expect(err).toBe(PART);
  });

  it('does the same when it is ended from outside', async () => {
    const { status, out, err } = await stopped('SIGTERM', STEADY.subarray(0, 2000), '-c', '0');
    expect(status).toBe(143);
    expect(out).toMatch(/server message 01[^]*\n… interrupted after \d: the rest was not read\n$/);
    expect(err).toBe(PART);
  });

  it('leaves JSON that is complete as far as it goes', async () => {
    const { status, out, err } = await interrupted(STEADY.subarray(0, 2000), '-c', '0', '-f', 'json');
    expect(status).toBe(130);
    expect(JSON.parse(out)).toMatchObject({ messages: expect.any(Array) as unknown[], end: null });
    expect(err).toBe(PART);
  });

  it('says nothing of the kind where it had not reached the connection', async () => {
    for (const args of [['-c', '0'], []]) {
      const { status, out, err } = await interrupted(STEADY.subarray(0, 24), ...args);
      expect([status, out, err]).toEqual([130, '', PART]);
      unlinkSync(inside('fifo'));
    }
  });

  it('on standard input leaves the first Ctrl-C to the program in front', async () => {
    const { child, text, exit } = start('follow', '-', '-c', '0', '-f', 'ndjson');
    child.stdin!.write(STEADY);
    await untilIdle(child);
    child.kill('SIGINT');
    await untilIdle(child);
    child.kill('SIGINT');
    expect(await exit).toBe(130);
    expect(text.out.split('\n').length).toBeGreaterThan(10);
    expect(text.err).toBe(PART);
  });
});

describe('a capture that changes while it is read', () => {
  const LARGE = 6 * 1024 * 1024;
  /** Several chunks: six hundred packets of TCP, then two hundred large ones of something else. */
  const bytes = Buffer.concat([reconnecting(100), ...Array<Buffer>(200).fill(otherPacket(40_000))]);

  function otherPacket(length: number): Buffer {
    const record = Buffer.alloc(16 + length);
    record.writeUInt32LE(1_800_000_000, 0);
    record.writeUInt32LE(length, 8);
    record.writeUInt32LE(length, 12);
    // The header of an IPv4 packet that holds UDP.
    record.set([0x45, 0, length >> 8, length & 0xff, 0, 0, 0, 0, 64, 17], 16);
    return record;
  }

  /** Does something to the file after the first chunk. */
  async function analyzed(change: (path: string) => void) {
    const path = inside('dump.pcap');
    expect(bytes.length).toBeGreaterThan(LARGE);
    writeFileSync(path, bytes);
    const state = { isChanged: false };
    return analyze(path, {
      sha256: true,
      onProgress() {
        if (!state.isChanged) change(path);
        state.isChanged = true;
      },
    });
  }

  it('disappears: what was opened is read, and its digest left out', async () => {
    const { totals, captures } = await analyzed(unlinkSync);
    expect(totals.packets).toBe(800);
    expect(captures[0]).toMatchObject({ sha256: null, notes: [] });
    expect(await fileDigest(inside('dump.pcap'))).toBeNull();
  });

  it('is cut: the packet at the cut is noted', async () => {
    const { totals, captures } = await analyzed((path) => {
      truncateSync(path, LARGE - 7);
    });
    const whole = Math.floor((LARGE - 7 - reconnecting(100).length) / (16 + 40_000));
    expect(totals.packets).toBe(600 + whole);
    expect(captures[0]?.notes.map(({ code }) => code)).toEqual(['truncated-file']);
  });

  it('grows: what was written in time is read too', async () => {
    const { totals } = await analyzed((path) => {
      appendFileSync(path, readFileSync(path).subarray(24, 24 + 16 + 40));
    });
    expect(totals.packets).toBe(801);
  });
});

describe('an output', () => {
  it('on a disk that fills is not left half-written, be it a report or an extract', () => {
    writeFileSync(inside('many.pcap'), reconnecting(400));
    const commands = [
      ['analyze', inside('many.pcap'), '-o', inside('report.json')],
      ['analyze', inside('many.pcap'), '-f', 'ndjson', '-o', inside('report.ndjson')],
      ['extract', inside('many.pcap'), '--anomalies', '-o', inside('evidence.pcap')],
    ];
    for (const args of commands) {
      // A write takes what still fits, and the next one fails; as on a full disk.
      const script = 'ulimit -f 40; exec "$@"';
      const { status, stderr } = spawnSync(
        'bash',
        ['-c', script, 'bash', process.execPath, PROGRAM, ...args],
        {
          encoding: 'utf8',
        },
      );
      expect(stderr, args.join(' ')).toMatch(/^wscap: .*EFBIG|too large/);
      expect(status).toBe(2);
      expect(readdirSync(directory)).toEqual(['many.pcap']);
    }
  });

  it('leaves nothing behind where the reader of another output goes away', () => {
    writeFileSync(inside('many.pcap'), reconnecting(2000));
    const script = '"$0" "$1" "$2" -f ndjson -o - -o "$3" | head -c 10 >/dev/null; echo "${PIPESTATUS[0]}"';
    const { stdout } = spawnSync(
      'bash',
      ['-c', script, process.execPath, PROGRAM, inside('many.pcap'), inside('report.ndjson')],
      { encoding: 'utf8' },
    );
    expect(stdout).toBe('0\n');
    expect(readdirSync(directory)).toEqual(['many.pcap']);
  });

  it('keeps the permissions of the file that it replaces, whatever the umask', () => {
    writeFileSync(inside('report.json'), 'old');
    chmodSync(inside('report.json'), 0o666);
    spawnSync('bash', [
      '-c',
      'umask 077; exec "$@"',
      'bash',
      process.execPath,
      PROGRAM,
      BROKEN,
      '-o',
      inside('report.json'),
    ]);
    expect(statSync(inside('report.json')).mode & 0o777).toBe(0o666);
    expect(readFileSync(inside('report.json'), 'utf8')).toContain('handshake-close');
  });

  // Root may write everywhere, so the program runs as nobody where setpriv is installed, from a copy that nobody may read.
  const AS_NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] as const;
  const canBeNobody = spawnSync(AS_NOBODY[0], [...AS_NOBODY.slice(1), 'true']).status === 0;

  it.skipIf(!canBeNobody)(
    'in a directory where none may be made is written in place, unless it fails before',
    () => {
      const program = inside('program');
      cpSync(resolve('dist'), program, { recursive: true });
      writeFileSync(inside('package.json'), '{"type":"module"}');
      symlinkSync(resolve('node_modules'), inside('node_modules'));
      copyFileSync(BROKEN, inside('broken.pcap'));
      const folder = inside('locked');
      mkdirSync(folder);
      for (const name of ['report.json', 'lines.ndjson']) {
        writeFileSync(join(folder, name), 'old '.repeat(10_000));
        chmodSync(join(folder, name), 0o666);
      }
      writeFileSync(join(folder, 'ours.json'), 'ours');
      for (const path of [directory, folder]) chmodSync(path, 0o755);
      const run = (capture: string, output: string) =>
        spawnSync(
          AS_NOBODY[0],
          [
            ...AS_NOBODY.slice(1),
            process.execPath,
            join(program, 'cli/main.js'),
            inside(capture),
            '-o',
            join(folder, output),
          ],
          { encoding: 'utf8', cwd: '/' },
        );
      const read = (name: string) => readFileSync(join(folder, name), 'utf8');

      expect(run('none.pcap', 'report.json').status).toBe(2);
      expect(read('report.json')).toBe('old '.repeat(10_000));
      const { status, stderr } = run('broken.pcap', 'report.json');
      expect([status, stderr]).toEqual([0, `wscap: wrote ${join(folder, 'report.json')} (json)\n`]);
      expect(JSON.parse(read('report.json'))).toMatchObject({ schema: 'wscap/report@1' });
      expect(run('broken.pcap', 'lines.ndjson').status).toBe(0);
      for (const line of read('lines.ndjson').trimEnd().split('\n'))
        expect(JSON.parse(line)).toBeTypeOf('object');
      for (const refused of ['ours.json', 'new.json']) {
        const { status: code, stderr: told } = run('broken.pcap', refused);
        expect(code).toBe(2);
        expect(told).toContain(join(folder, refused));
      }
      expect(read('ours.json')).toBe('ours');
      expect(readdirSync(folder).toSorted()).toEqual(['lines.ndjson', 'ours.json', 'report.json']);
    },
  );

  it('is not hindered by what a killed run with the same number has left', async () => {
    const left = `${inside('report.txt')}.${process.pid}.tmp`;
    writeFileSync(left, 'left');
    const outputs = createOutputs([inside('report.txt')], [], createTestIo());
    await outputs.write(0, ['whole ', 'report']);
    outputs.discard();
    expect(readFileSync(inside('report.txt'), 'utf8')).toBe('whole report');
    expect(readFileSync(left, 'utf8')).toBe('left');
    expect(readdirSync(directory)).toHaveLength(2);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('of extract is gone after %s', async (signal) => {
    spawnSync('mkfifo', [inside('fifo')]);
    const running = start('extract', inside('fifo'), '-c', '0', '-o', inside('out.pcap'));
    const writer = openSync(inside('fifo'), 'w');
    writeSync(writer, readFileSync(BROKEN).subarray(0, 300));
    await untilIdle(running.child);
    expect(readdirSync(directory).length).toBeGreaterThan(1);
    running.child.kill(signal);
    expect(await running.exit).toBe(signal === 'SIGINT' ? 130 : 143);
    closeSync(writer);
    expect(readdirSync(directory)).toEqual(['fifo']);
  });
});

describe('a reader that is slower', () => {
  it.skipIf(!existsSync('/proc/self/status'))('does not make memory grow: NDJSON waits for it', async () => {
    writeFileSync(inside('many.pcap'), reconnecting(6000));
    const { child, exit } = startPaused('-f', 'ndjson', inside('many.pcap'));
    await untilHeldUp(child);
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    expect(Number(/VmHWM:\s+(\d+)/.exec(status)![1]) / 1024).toBeLessThan(250);
    let length = 0;
    child.stdout.on('data', (piece: Buffer) => (length += piece.length));
    expect(await exit).toBe(0);
    expect(length).toBeGreaterThan(10e6);
  });

  function startPaused(...args: readonly string[]) {
    const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    return { child, exit: new Promise((done) => child.on('close', done)) };
  }
});

it('a broken pipe for the messages of follow is not a failure', () => {
  const script = '"$0" "$1" follow "$2" | head -n 1 >/dev/null; echo "${PIPESTATUS[0]}"';
  const { stdout, stderr } = spawnSync('bash', ['-c', script, process.execPath, PROGRAM, BROKEN], {
    encoding: 'utf8',
  });
  expect(stdout).toBe('0\n');
  expect(stderr).toBe('');
});

it('a pipe that the shell names is read as one', () => {
  const script = '"$0" "$1" <(cat "$2"); cat "$2" | "$0" "$1" /dev/stdin';
  const { stdout } = spawnSync('bash', ['-c', script, process.execPath, PROGRAM, BROKEN], {
    encoding: 'utf8',
  });
  expect(stdout.match(/10 packets/g)).toHaveLength(2);
});
