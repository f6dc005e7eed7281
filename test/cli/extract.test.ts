/** `wscap extract` as users meet it: through the command line. */
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  linkSync,
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
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { analyze } from '../../src/analyze.ts';
import { splitPcap } from '../fuzz/split-pcap.ts';
import { BROKEN, CLEAN, PROGRAM, wscap } from './run-wscap.ts';

const RECONNECTS = 'fixtures/handshake-close/chromium-reconnects.pcap';

let folder: string;
let source: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wscap-extract-'));
  source = join(folder, 'source.pcap');
  copyFileSync(RECONNECTS, source);
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('wscap extract', () => {
  it('copies the packets of one connection, byte for byte', async () => {
    const output = join(folder, 'out.pcap');
    const { code, stdout, stderr } = await wscap(['extract', source, '-c', '1', '-o', output]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('connection 0 (1 in the source): handshake-close, error handshake-close');
    expect(stdout).toContain('Not anonymized');
    expect(stdout).toContain('it gives the same result: 1 finding');
    const all = splitPcap(readFileSync(source)).records.map((record) => record.subarray(8).toString('hex'));
    const some = splitPcap(readFileSync(output)).records.map((record) => record.subarray(8).toString('hex'));
    expect(some).toHaveLength(10);
    expect(some.every((record) => all.includes(record))).toBe(true);
  });

  it('writes what the ending says: pcapng with comments, and gzip that gunzip reads', async () => {
    const output = join(folder, 'out.pcapng.gz');
    const { code } = await wscap(['extract', source, '--anomalies', '--anonymize', '-o', output]);
    expect(code).toBe(0);
    const text = gunzipSync(readFileSync(output)).toString('latin1');
    expect(text).toContain('wscap: error handshake-close: The server sent FIN');
    expect(text).toContain('Anonymized:');
    // The name of a capture may say to whom it belongs.
    expect(text).not.toContain('source.pcap');
    const report = await analyze(output);
    expect(report.captures[0]).toMatchObject({ format: 'pcapng', compression: 'gzip' });
    expect(report.totals.webSocketConnections).toBe(4);
  });

  it('takes a connection by rule, and standard input to standard output', async () => {
    const child = await new Promise<{ code: number | null; stdout: Buffer; stderr: string }>((done) => {
      const chunks: Buffer[] = [];
      let stderr = '';
      const program = spawn(process.execPath, [
        PROGRAM,
        'extract',
        '-',
        '--rule',
        'handshake-close',
        '-o',
        '-',
      ]);
      program.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
      program.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
      program.on('close', (code) => {
        done({ code, stdout: Buffer.concat(chunks), stderr });
      });
      program.stdin.end(readFileSync(source));
    });
    expect(child.code).toBe(0);
    expect(child.stderr).toContain('standard output: 40 packets of 4 connections');
    const path = join(folder, 'from-stdout.pcapng');
    writeFileSync(path, child.stdout);
    expect((await analyze(path)).totals.packets).toBe(40);
  });

  it('is the same under the same key, and not under none', async () => {
    const run = async (name: string, ...more: string[]) => {
      const output = join(folder, name);
      await wscap(['extract', source, '--anomalies', '--anonymize', '-o', output, ...more]);
      return readFileSync(output);
    };
    const [first, second, third] = [
      await run('1.pcap', '--redact-key', 'k'),
      await run('2.pcap', '--redact-key', 'k'),
      await run('3.pcap'),
    ];
    expect(second.equals(first)).toBe(true);
    expect(third.equals(first)).toBe(false);
  });

  it('never writes to its source, whatever that is called', async () => {
    const before = readFileSync(source);
    linkSync(source, join(folder, 'hard.pcap'));
    symlinkSync('source.pcap', join(folder, 'soft.pcap'));
    for (const name of [
      'source.pcap',
      'hard.pcap',
      'soft.pcap',
      '../' + folder.split('/').at(-1)! + '/source.pcap',
    ]) {
      const { code, stderr } = await wscap(['extract', source, '-c', '0', '-o', join(folder, name)]);
      expect({ name, code }).toEqual({ name, code: 2 });
      expect(stderr).toContain('is the capture itself');
    }
    // Through standard input, which is the source itself.
    const { status } = spawnSync('sh', [
      '-c',
      `"${process.execPath}" "${PROGRAM}" extract - -c 0 -o "${source}" < "${source}"`,
    ]);
    expect(status).toBe(2);
    const appended = spawnSync('sh', [
      '-c',
      `"${process.execPath}" "${PROGRAM}" extract "${source}" -c 0 -o - >> "${source}"`,
    ]);
    expect(appended.status).toBe(2);
    expect(readFileSync(source).equals(before)).toBe(true);
    expect(readdirSync(folder).toSorted()).toEqual(['hard.pcap', 'soft.pcap', 'source.pcap']);
  });

  it('leaves what was there where it fails, and nothing of its own', async () => {
    const output = join(folder, 'out.pcap');
    writeFileSync(output, 'precious');
    chmodSync(output, 0o640);
    const mixed = await wscap([
      'extract',
      'fixtures/formats/pcapng-two-interfaces.pcapng',
      '--anomalies',
      '-o',
      output,
    ]);
    expect(mixed.code).toBe(2);
    expect(mixed.stderr).toBe(
      'wscap: the packets are of link types EN10MB and RAW, and a pcap file holds one; try "-o evidence.pcapng.gz"\n',
    );
    expect(readFileSync(output, 'utf8')).toBe('precious');
    expect(readdirSync(folder).toSorted()).toEqual(['out.pcap', 'source.pcap']);
    await wscap(['extract', source, '-c', '0', '-o', output]);
    expect(statSync(output).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder).toSorted()).toEqual(['out.pcap', 'source.pcap']);
  });

  it.each([
    [['-o', 'x.pcap'], 'say which packets: --connection N, --anomalies or --rule ID'],
    [['-c', '0'], 'say where to write: -o FILE; try "-o evidence.pcapng.gz"'],
    [['-c', '0', '-o', 'x.txt'], 'the ending must be'],
    [['-c', '99', '-o', 'x.pcap'], 'connection 99 is not in the capture, which holds connections 0 to 3'],
    [['-c', 'one', '-o', 'x.pcap'], '--connection: "one" is not a whole number'],
    [['--rule', 'half-opn', '-o', 'x.pcap'], 'did you mean "half-open"?'],
    [['--rule', 'half-open', '-o', 'x.pcap'], 'the capture holds no finding of half-open'],
    [['-c', '0', '--redact-key', 'k', '-o', 'x.pcap'], '--redact-key needs --anonymize'],
    [['-c', '0', '-o', 'no/such/x.pcap'], 'the directory does not exist'],
  ])('says what is wrong with %j', async (args, message) => {
    const { code, stdout, stderr } = await wscap(['extract', source, ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('says that there is nothing to extract', async () => {
    const clean = await wscap(['extract', CLEAN, '--rule', 'accept-mismatch', '-o', join(folder, 'x.pcap')]);
    expect(clean.stderr).toContain('holds no finding of accept-mismatch');
    const none = await wscap([
      'extract',
      'fixtures/clean/text-binary-ping.pcap',
      '--anomalies',
      '-o',
      join(folder, 'x.pcap'),
    ]);
    expect(none.stderr).toContain('the capture holds no findings');
    expect(none.code).toBe(2);
  });

  it('on a terminal, says what GitHub takes', async () => {
    const said = async (name: string) => {
      const { stderr } = await wscap(['extract', BROKEN, '-c', '0', '-o', join(folder, name)], {
        columns: 80,
      });
      return stderr;
    };
    expect(await said('out.pcap')).toContain(
      'GitHub accepts no .pcap as an attachment, but a .gz: use -o out.pcap.gz',
    );
    expect(await said('out.pcap.gz')).not.toContain('GitHub');
  });
});
