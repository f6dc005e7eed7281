/** The options of analyze that choose connections, and those about its end. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../../src/report/model.ts';
import { CaptureWriter } from '../fuzz/capture-writer.ts';
import { lines } from '../helpers/handshakes.ts';
import { BROKEN, CLEAN, PROGRAM, wscap } from './run-wscap.ts';

const MANY = 'fixtures/founding/swoole-reconnects.pcap';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wscap-choose-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe('analyze -c', () => {
  it('shows one WebSocket whole: who, heads, timeline with clock times and offsets, findings', async () => {
    const { stdout, code } = await wscap([BROKEN, '-c', '0']);
    expect(code).toBe(0);
    expect(stdout).toContain('\n#0 ✖ handshake-close\n');
    expect(stdout).toMatch(/Request \(packet 4\)\n {4}GET \/\S* HTTP\/1\.1\n {4}\w/);
    expect(stdout).toMatch(/Answer \(packet 6, [\d.]+ ms after the request\)\n {4}HTTP\/1\.1 101/);
    expect(stdout).toMatch(/packet\s+UTC\s+from 101\n/);
    expect(stdout).toMatch(/▸ +\d+ {2}\d\d:\d\d:\d\d\.\d{6} +\+[\d.]+ ms {2}server {2}FIN/);
    expect(stdout).toContain('error: handshake-close on connection 0');
  });

  it('is refused where there is no such connection', async () => {
    const { stderr, code } = await wscap([BROKEN, '-c', '4']);
    expect(code).toBe(2);
    expect(stderr).toBe(
      'wscap: --connection 4: the report has no such connection, it has 0; try "wscap analyze --help"\n',
    );
  });
});

describe('the chosen connections', () => {
  it('are those of which every output speaks, and --fail-on', async () => {
    const whole = JSON.parse((await wscap([MANY, '-f', 'json'])).stdout) as Report;
    const [first] = whole.connections;
    const { stdout, code } = await wscap([MANY, '-f', 'json', '-c', first!.ref, '--fail-on', 'error']);
    const chosen = JSON.parse(stdout) as Report;
    expect(chosen.connections).toHaveLength(1);
    expect(chosen.choice).toEqual({ leftOut: whole.connections.length - 1 });
    expect(chosen.totals.anomalies.error).toBeLessThan(whole.totals.anomalies.error);
    expect(code).toBe(chosen.totals.anomalies.error > 0 ? 1 : 0);
    const ndjson = (await wscap([MANY, '-f', 'ndjson', '-c', first!.ref])).stdout.trim().split('\n');
    expect(ndjson).toHaveLength(2);
  });

  it.each(['table', 'markdown', 'html'])('are said in the first line of %s not to be all', async (format) => {
    const { stdout } = await wscap([MANY, '-f', format, '-c', '1']);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(/\(\d+ others left out\)/);
  });

  it('may be none', async () => {
    const { stdout, code } = await wscap([MANY, '--verdict', 'open', '--fail-on', 'info']);
    expect(stdout).toMatch(/^i No connection is as asked for: all \d+ connections left out\n/);
    expect(code).toBe(0);
  });

  it.each([
    [['--verdict', 'fine'], '--verdict fine is not known'],
    [['--since', 'noon'], '--since noon is not a time'],
    [['-c', 'x'], '"x" is not the number of a WebSocket'],
    [['--require', 'http'], '--require http is not known'],
  ])('are not understood from %j', async (args, message) => {
    const { stderr, code } = await wscap([BROKEN, ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('--require websocket', () => {
  it('exits with 1 where none opened', async () => {
    const capture = new CaptureWriter().open().send(0, 'A', lines('GET / HTTP/1.1', 'Host: a'));
    const path = join(directory, 'plain.pcap');
    writeFileSync(path, capture.done());
    const { code, stderr } = await wscap([path, '--require', 'websocket']);
    expect(code).toBe(1);
    expect(stderr).toBe('wscap: no WebSocket opened, and --require websocket asks for one\n');
    expect((await wscap([path])).code).toBe(0);
    expect((await wscap([CLEAN, '--require', 'websocket'])).code).toBe(0);
  });
});

describe('clock times', () => {
  it('are local where that is asked for, in what people read', async () => {
    const utc = await wscap([BROKEN]);
    const local = await wscap([BROKEN, '--local-time']);
    expect(utc.stdout).toMatch(/ at \d\d:\d\d:\d\d\.\d{3} UTC/);
    expect(local.stdout).toMatch(/ at \d\d:\d\d:\d\d\.\d{3} local time/);
    expect(local.stdout).not.toContain('UTC');
    const json = await wscap([BROKEN, '--local-time', '-f', 'json']);
    expect(json.stdout).toBe((await wscap([BROKEN, '-f', 'json'])).stdout);
  });
});

describe('COLUMNS', () => {
  it('says how wide a pipe is', async () => {
    const widest = async (env: Record<string, string>) =>
      Math.max(...(await wscap([BROKEN], { env })).stdout.split('\n').map((line) => line.length));
    expect(await widest({})).toBeLessThanOrEqual(80);
    expect(await widest({ COLUMNS: '160' })).toBeGreaterThan(80);
    expect(await widest({ COLUMNS: 'x' })).toBeLessThanOrEqual(80);
  });
});

describe('SIGTERM', () => {
  it('ends the reading, reports what was read, and exits with 143', async () => {
    const child = spawn(process.execPath, [PROGRAM, '-'], { env: { LANG: 'C.UTF-8' } });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    const exit = new Promise((done) => child.on('exit', done));
    child.stdin.write(readFileSync(BROKEN));
    await new Promise((done) => setTimeout(done, 1500));
    child.kill('SIGTERM');
    expect(await exit).toBe(143);
    expect(out).toContain('handshake-close');
    expect(out).toContain('reading was interrupted');
  });
});
