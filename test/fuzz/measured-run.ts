/** Analyzes a capture in a process of its own, with the built library: how much processor time it took, and how much memory at most. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { REPOSITORY } from '../helpers/captures.ts';
import type { Report } from '../../src/report/model.ts';

export interface Measured {
  readonly totals: Report['totals'];
  readonly notes: string[];
  readonly verdicts: string[];
  /** Of processor time: a busy machine must not make a test fail. */
  readonly processorMs: number;
  /** High-water mark of the process, a plain Node being some 45 MiB. */
  readonly peakMiB: number;
}

const LIBRARY = pathToFileURL(join(REPOSITORY, 'dist/index.js')).href;
// Not resourceUsage().maxRSS: a child's begins with its parent's.
const PROGRAM = `
import { readFileSync } from 'node:fs';
import { analyze } from '${LIBRARY}';
const start = process.cpuUsage();
const { totals, captures, connections, notes } = await analyze(process.argv[1]);
const { user, system } = process.cpuUsage(start);
const processorMs = (user + system) / 1000;
const [, peak] = /VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'latin1')) ?? [0, 0];
console.log(JSON.stringify({
  totals, processorMs, peakMiB: Math.round(peak / 1024),
  notes: [...captures, { notes }].flatMap(({ notes }) => notes.map(({ code }) => code)),
  verdicts: connections.slice(0, 8).map(({ verdict }) => verdict),
}));`;

export function measuredRun(path: string): Measured {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', PROGRAM, path],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Measured;
}
