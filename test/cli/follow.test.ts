/** `wscap follow` as users meet it: through the command line. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { displayWidth } from '../../src/report/display-width.ts';
import { untilHeldUp } from '../helpers/child-state.ts';
import { switchingProtocols, upgradeRequest } from '../helpers/handshakes.ts';
import { ethernet, ipv4, tcp, text } from '../helpers/packet-bytes.ts';
import { concat, pcapFile, type PacketSpec } from '../helpers/pcap-builder.ts';
import { onTerminal, PROGRAM, wscap, wscapProcess, type Outcome } from './run-wscap.ts';

const TALK = 'fixtures/clean/text-binary-ping.pcap';
const DEFLATE = 'fixtures/clean/permessage-deflate.pcap';

let directory: string;
let hostile: string;

/** A text, of any length up to 64 KiB, or a Close. */
function serverFrame(payload: string, opcode = 1): Uint8Array {
  const body = Buffer.from(payload);
  const length = body.length < 126 ? [body.length] : [126, body.length >> 8, body.length & 0xff];
  return concat([Uint8Array.from([0x80 | opcode, ...length]), body]);
}

/** One connection: the handshake, then what the server sends. */
function conversation(frames: Iterable<Uint8Array>): Uint8Array {
  const packets: PacketSpec[] = [];
  const next = { client: 1, server: 1 };
  const send = (from: 'client' | 'server', payload: Uint8Array, flags = 'PA'): void => {
    const isClient = from === 'client';
    const segment = tcp({
      sourcePort: isClient ? 50_000 : 80,
      destinationPort: isClient ? 80 : 50_000,
      sequence: next[from],
      acknowledgement: next[isClient ? 'server' : 'client'],
      flags,
      payload,
    });
    next[from] += payload.length;
    const [source, destination] = isClient ? ['192.0.2.1', '192.0.2.2'] : ['192.0.2.2', '192.0.2.1'];
    packets.push({ data: ethernet(ipv4(segment, { source, destination }), 0x0800), seconds: 1_700_000_000 });
  };
  send('client', text(upgradeRequest()));
  send('server', text(switchingProtocols()));
  for (const frame of frames) send('server', frame);
  send('server', new Uint8Array(0), 'FA');
  return pcapFile(packets);
}

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'wscap-follow-'));
  hostile = join(directory, 'hostile.pcap');
  writeFileSync(
    hostile,
    conversation([
      serverFrame('\u001b[31mred\u001b]0;title\u0007'),
      serverFrame('\u202eevil \u200b\u009b'),
      serverFrame('one\ntwo\r\n  0.000000       9  ← server  text        4            fake\n'),
      serverFrame('a\tb\rc'),
      serverFrame('漢字 '.repeat(60)),
      serverFrame('x'.repeat(3000)),
      serverFrame('{"a":[1,"\\u001b"]}'),
      serverFrame('\u0003\u00f3', 2),
      serverFrame('\u0003\u0000\u001b[2J\n', 8),
    ]),
  );
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

async function printed(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await wscap(['follow', ...args]);
  expect({ code, stderr }, args.join(' ')).toEqual({ code: 0, stderr: '' });
  return stdout;
}

describe('the conversation', () => {
  it('is printed in order, both directions', async () => {
    expect(await printed(TALK)).toBe(
      [
        'Connection 0  127.0.0.1:47090 → 127.0.0.1:21011',
        '101 in packet 6, 2026-11-23 06:09:27.437961 UTC',
        '',
        '   seconds  packet  from      type    bytes   on wire',
        '  0.002928       8  client →  text        5            hello',
        '  0.003850       9  ← server  text        5            hello',
        '  0.004265      10  client →  binary      8',
        '    │ 0000  00 01 02 03 fa fb fc fd                          |........|',
        '  0.004466      11  ← server  binary      8',
        '    │ 0000  00 01 02 03 fa fb fc fd                          |........|',
        '  0.005111      12  client →  ping        4            ping',
        '  0.005613      13  ← server  pong        4            ping',
        '  0.258106      15  client →  close       6            1000 done',
        '  0.258852      16  ← server  close       6            1000 done',
        '',
        'Server FIN 0.259934 s after the 101, packet 18  4 messages, 4 control frames',
        '',
      ].join('\n'),
    );
  });

  it('is that of the connection that was chosen', async () => {
    const legs = 'fixtures/clean/nginx-both-legs.pcap';
    expect(await printed(legs, '-c', '0')).toMatch(/^Connection 0 /);
    expect(await printed(legs, '--connection=1')).toMatch(/^Connection 1 /);
  });

  it('is inflated, and says what was on the wire', async () => {
    const output = await printed(DEFLATE);
    expect(output).toMatch(/ text {6}310 {8}33 {2}the same words again and again the same/);
    expect(output).toContain('    … 4,152 of 6,200 bytes not shown (--max-bytes)\n');
    expect(await printed(DEFLATE, '--max-bytes', 'all')).not.toContain('not shown');
  });

  it('may be that of one side, up to a limit, with absolute times', async () => {
    const server = await printed(TALK, '--from', 'server');
    expect(server).not.toContain('client →');
    expect(server).toContain('4 messages, 4 control frames, 4 of them shown\n');
    const two = await printed(TALK, '--from', 'server', '-n', '2', '--time', 'absolute');
    expect(two).toMatch(/\n2026-11-23T06:09:27\.441811Z +9 {2}← server[^\n]*\n[^\n]* 11 {2}← server/);
    expect(two).toMatch(/\n… stopped after 2 \(--limit\)\n$/);
  });

  it('may show all as hexdumps, and only headings', async () => {
    expect(await printed(TALK, '--hex')).toContain('68 65 6c 6c 6f');
    expect(await printed(TALK, '--max-bytes', '0')).not.toMatch(/hello/);
  });

  it('is the same from a file, from standard input, and gzip-compressed', async () => {
    const expected = await printed(TALK, '-c', '0');
    for (const input of [readFileSync(TALK), gzipSync(readFileSync(TALK))]) {
      expect(await wscap(['follow', '-', '-c', '0'], { input })).toEqual({
        code: 0,
        stdout: expected,
        stderr: '',
      });
    }
  });

  it('goes on from file to file', async () => {
    const parts = [1, 2, 3].map((part) => `fixtures/formats/rotated-${part}.pcap`);
    expect(await printed(...parts, '-c', '0')).toMatch(/\n(Server|Client) (FIN|RST) /);
    expect(await printed(parts[0]!, '-c', '0')).toMatch(/\nStill open when the capture ended {2}/);
  });

  it('ends with notes on what the capture lacks', async () => {
    expect(await printed('fixtures/tcp/gap-in-frames.pcap')).toMatch(
      /\n· 160 bytes from the server were sent but not captured/,
    );
    const cut = join(directory, 'cut.pcap');
    writeFileSync(cut, readFileSync(TALK).subarray(0, 1500));
    expect(await printed(cut)).toMatch(/\nStill open [^\n]*\n· [^\n]*the file ends/i);
  });

  it('can be inferred from frames, on a port that is named', async () => {
    const { stdout } = await wscap(['follow', 'fixtures/tcp/mid-stream-frames-only.pcap', '--port', '21011']);
    expect(stdout).toContain('first frame (the handshake is not in the capture) in packet 1, ');
    expect(stdout).toContain(' s after the first frame, packet 11');
  });
});

describe('hostile text', () => {
  it('reaches nothing but the eye', async () => {
    const output = await printed(hostile, '--max-bytes', 'all');
    expect(output).not.toMatch(/[^\n\P{Cc}]|[\u200b-\u200f\u202a-\u202e]/u);
    expect(output).toContain(String.raw`\x1b[31mred\x1b]0;title\x07`);
    expect(output).toContain(String.raw`\u{202e}evil \u{200b}\x9b`);
    expect(output).toContain(String.raw`a\tb\rc`);
    expect(output).toContain(String.raw`768 \x1b[2J\x0a`);
  });

  it('can not pass for a line of ours', async () => {
    const output = await printed(hostile);
    expect(output).toContain('\n    │ one\n    │ two\n    │   0.000000       9  ← server ');
    expect(output).not.toMatch(/^ {2}0\.000000 {7}9 {2}.*fake/m);
  });

  it('is ASCII where that is asked for', async () => {
    expect(await printed(hostile, '--ascii', '--pretty')).toMatch(/^[\x20-\x7e\n]*$/);
    const { stdout } = await wscap(['follow', hostile, '--pretty'], { env: { LC_ALL: 'C' } });
    expect(stdout).toBe(await printed(hostile, '--ascii', '--pretty'));
  });

  it('comes back from JSON as it was, and is harmless in it', async () => {
    const output = await printed(hostile, '-f', 'ndjson');
    expect(output).toMatch(/^[\x20-\x7e\n漢字←]*$/);
    const texts = output
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { text?: string }).text);
    expect(texts.slice(0, 2)).toEqual(['\u001b[31mred\u001b]0;title\u0007', '\u202eevil \u200b\u009b']);
  });
});

describe('JSON', () => {
  it('is one object with everything in it', async () => {
    const parsed = JSON.parse(await printed(TALK, '-f', 'json')) as { messages: object[] };
    expect(parsed).toMatchObject({
      schema: 'wscap/follow@1',
      connection: 0,
      end: { entries: 8, messages: 4, endedBy: 'server', how: 'fin', packet: 18 },
    });
    expect(parsed.messages).toHaveLength(8);
    expect(await printed(TALK, '-f', 'json', '-n', '1')).toMatch(/"end": null\n\}\n$/);
  });

  it('is the same in every time zone and locale', async () => {
    const first = await wscapProcess(['follow', TALK, '-f', 'json'], {
      env: { TZ: 'Asia/Tokyo', LC_ALL: 'de_DE.UTF-8', FORCE_COLOR: '1' },
    });
    expect(first.stdout).toBe((await wscapProcess(['follow', TALK, '-f', 'json'])).stdout);
  });
});

describe('on a terminal', () => {
  it('lines fit, and content is behind a bar', async () => {
    for (const columns of [80, 200]) {
      const lines = (await onTerminal(columns, ['follow', hostile])).split('\n');
      expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(columns);
      expect(lines.filter((line) => line.includes('┊')).length).toBeGreaterThan(9);
      expect(lines.join('\n')).toContain('\u001b[2m');
    }
  });

  it('dumps fit 80 columns', async () => {
    const lines = (await onTerminal(80, ['follow', DEFLATE, '--hex', '--no-color'])).split('\n');
    expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(80);
    expect(lines.join()).not.toContain('\u001b');
  });

  it('colours are for terminals, or when they are asked for', async () => {
    expect(await printed(TALK)).not.toContain('\u001b');
    expect(await printed(TALK, '--color')).toContain('\u001b[1mConnection 0\u001b[22m');
  });
});

describe('a reader that leaves', () => {
  const shell = (command: string): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(
      'bash',
      ['-c', `set -o pipefail; ${command.replace('wscap', `"${process.execPath}" "${PROGRAM}"`)}`],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { PATH: process.env['PATH'], LANG: 'C.UTF-8' },
      },
    );

  it.each(['text', 'json', 'ndjson'])('is not an error: %s | head -1', (format) => {
    // More than a pipe holds.
    const path = join(directory, 'long.pcap');
    writeFileSync(path, conversation(Array.from({ length: 2000 }, () => serverFrame('x'.repeat(1000)))));
    const { status, stdout, stderr } = shell(`wscap follow ${path} -c 0 -f ${format} | head -1`);
    expect({ status, stderr, lines: stdout.split('\n').length }).toEqual({ status: 0, stderr: '', lines: 2 });
  });
});

describe('memory', () => {
  it.skipIf(process.platform !== 'linux')(
    'does not grow with the length of the conversation, however slow its reader is',
    async () => {
      const path = join(directory, 'megabytes.pcap');
      const frame = serverFrame('x'.repeat(60_000));
      writeFileSync(path, conversation(Array.from({ length: 2000 }, () => frame)));
      // Not resourceUsage().maxRSS: it begins with what the parent had.
      const script = `import { readFileSync } from 'node:fs';
process.on('exit', () => process.stderr.write(/VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]));`;
      const hook = join(directory, 'peak.mjs');
      writeFileSync(hook, script);
      const child = spawn(
        process.execPath,
        ['--import', hook, PROGRAM, 'follow', path, '-c', '0', '-f', 'ndjson'],
        {
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      );
      let bytes = 0;
      let peak = '';
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => (peak += chunk));
      // The reader begins when a program that doesn't wait would long have read all.
      await untilHeldUp(child);
      child.stdout.on('data', (chunk: Buffer) => (bytes += chunk.length));
      await new Promise((done) => child.on('close', done));
      expect(bytes).toBeGreaterThan(120_000_000);
      expect(Number(peak) / 1024).toBeLessThan(190);
    },
  );
});

describe('wrong usage: one line and exit code 2', () => {
  const LEGS = 'fixtures/clean/nginx-both-legs.pcap';
  const HTTP = 'fixtures/other/http-only.pcap';
  const HELP = '; try "wscap follow --help"';

  it.each([
    [[], `no capture given${HELP}`],
    [
      [LEGS],
      `the capture holds 2 WebSockets (connections 0 and 1): choose one with -c N; try "wscap analyze ${LEGS}"`,
    ],
    [
      [TALK, '-c', '5'],
      `connection 5 is not in the capture, which holds only connection 0; the only WebSocket is 0; try "wscap analyze ${TALK}"`,
    ],
    [[HTTP], `the capture holds no WebSocket connection; try "wscap analyze ${HTTP}"`],
    [[HTTP, '-c', '0'], `connection 0 is not a WebSocket; try "wscap analyze ${HTTP}"`],
    [
      [TALK, '-c', 'x'],
      `--connection x is not a whole number from 0 up; give one, as in --connection 2${HELP}`,
    ],
    [[TALK, '-n', '0'], `--limit 0 is not a whole number from 1 up; give one, as in --limit 3${HELP}`],
    [[TALK, '--max-bytes', '1G'], `--max-bytes 1G is not a size; give bytes, 64k, 4M or all${HELP}`],
    [[TALK, '-f', 'table'], `--format table is not known: choose one of text, json, ndjson${HELP}`],
    [[TALK, '--from', 'me'], `--from me is not known: choose one of client, server${HELP}`],
    [[TALK, '--limt', '3'], 'unknown option --limt, did you mean --limit? Try "wscap follow --help"'],
    [['-'], `standard input is read only once: say which connection, as in -c 0${HELP}`],
    [['no-such.pcap'], 'no-such.pcap: no such file'],
  ])('follow %j', async (args, message) => {
    expect(await wscap(['follow', ...args])).toEqual({ code: 2, stdout: '', stderr: `wscap: ${message}\n` });
  });

  it('says of standard input what it can', async () => {
    const outcome: Outcome = await wscap(['follow', '-', '-c', '9'], { input: readFileSync(TALK) });
    expect(outcome).toEqual({
      code: 2,
      stdout: '',
      stderr: `wscap: connection 9 is not a WebSocket, or not in the capture${HELP}\n`,
    });
  });
});

it('wscap follow --help fits 80 columns', async () => {
  const help = await printed('--help');
  expect(Math.max(...help.split('\n').map(displayWidth))).toBeLessThanOrEqual(80);
  for (const option of ['--connection', '--from', '--limit', '--time', '--pretty', '--hex', '--max-bytes']) {
    expect(help).toContain(option);
  }
});
