import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * What one run of a program took.
 * @typedef {object} Measurement
 * @property {number} wall seconds
 * @property {number} cpu seconds, user and system
 * @property {number | null} memory peak resident set in bytes, where the system tells
 */

/**
 * Finds out how processes can be measured here: by GNU time, which also reports the peak memory; otherwise by the
 * shell's `times`, which exists everywhere (POSIX) but reports only processor time.
 * @returns {{run: (command: string, args: string[]) => Measurement, knowsMemory: boolean}}
 */
export function stopwatch() {
  for (const program of ['/usr/bin/time', 'gtime']) {
    const probe = spawnSync(program, ['-f', '%U %S %M', 'true'], { encoding: 'utf8' });
    if (probe.status === 0 && /^\d+\.\d+ \d+\.\d+ \d+\s*$/.test(probe.stderr)) {
      return { run: (command, args) => measureByGnuTime(program, command, args), knowsMemory: true };
    }
  }
  return { run: measureByShell, knowsMemory: false };
}

function measureByGnuTime(program, command, args) {
  const folder = mkdtempSync(join(tmpdir(), 'wscap-bench-'));
  try {
    const output = join(folder, 'time');
    const { wall } = timed(program, ['-f', '%U %S %M', '-o', output, command, ...args], 'ignore');
    const [user, system, kibibytes] = readFileSync(output, 'utf8').trim().split(' ').map(Number);
    return { wall, cpu: user + system, memory: kibibytes * 1024 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The second line of `times` is about the shell's children: `0m1.230000s 0m0.040000s`. */
function measureByShell(command, args) {
  const script = '"$@" >/dev/null 2>&1; status=$?; times; exit $status';
  const { wall, stdout } = timed('sh', ['-c', script, 'sh', command, ...args], 'pipe');
  const [, children] = stdout.trim().split('\n');
  const seconds = [...children.matchAll(/(\d+)m(\d+[.,]\d+)s/g)].map(
    ([, minutes, rest]) => Number(minutes) * 60 + Number(rest.replace(',', '.')),
  );
  return { wall, cpu: seconds[0] + seconds[1], memory: null };
}

function timed(command, args, stdout) {
  const begin = process.hrtime.bigint();
  const result = spawnSync(command, args, { stdio: ['ignore', stdout, 'ignore'], encoding: 'utf8' });
  const wall = Number(process.hrtime.bigint() - begin) / 1e9;
  if (result.error) throw result.error;
  if (result.status !== 0) throw new Error(`exit code ${result.status ?? result.signal}: ${args.join(' ')}`);
  return { wall, stdout: result.stdout };
}
