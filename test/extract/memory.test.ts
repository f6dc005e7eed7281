/** What an extract holds in memory, as a process of the built program; Linux alone says how much that was. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PROGRAM } from '../cli/run-wscap.ts';
import { CaptureWriter } from '../fuzz/capture-writer.ts';
import { upgradeRequest } from '../helpers/handshakes.ts';
import { spawnSync } from 'node:child_process';

const SEGMENTS = 70_000;
const SEGMENT = Buffer.alloc(1400, 'y');
/** It takes 200; with all that waits in memory it would be 360. */
const MAX_PEAK_MIB = 280;
const PEAK_AT_EXIT = `data:text/javascript,${encodeURIComponent(
  `import { readFileSync } from 'node:fs';
  process.on('exit', () => console.error(/VmHWM:.*/.exec(readFileSync('/proc/self/status', 'latin1'))[0]));`,
)}`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wscap-memory-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

it.runIf(process.platform === 'linux')(
  'bytes that wait for the answer to an upgrade request are let go beyond a bound, and written all the same',
  () => {
    const path = join(folder, 'waiting.pcap');
    const writer = new CaptureWriter().open().send(0, 'PA', upgradeRequest('/ws'));
    for (let i = 0; i < SEGMENTS; i++) writer.send(0, 'A', SEGMENT);
    writeFileSync(path, writer.done());
    const args = ['extract', path, '--connection', '0', '--anonymize', '-o', join(folder, 'out.pcapng')];
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ['--import', PEAK_AT_EXIT, PROGRAM, ...args],
      {
        encoding: 'utf8',
      },
    );
    expect(status).toBe(0);
    expect(stdout).toContain('70,004 packets of 1 connection');
    expect(stdout).toContain('Analyzed again, it gives the same result.');
    const peak = /VmHWM:\s+(\d+) kB/.exec(stderr)?.[1];
    expect(Number(peak) / 1024).toBeLessThan(MAX_PEAK_MIB);
  },
  60_000,
);
