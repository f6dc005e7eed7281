import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CaptureOutcome } from '../../../src/check/result.ts';
import type { CaptureTask, TaskOptions } from '../../../src/cli/check/check-capture.ts';
import { checkAll, SMALL_BYTES } from '../../../src/cli/check/pool.ts';
import { BROKEN, CLEAN } from '../run-wscap.ts';

const WORKER = pathToFileURL(resolve('dist/cli/check/worker.js'));
const OPTIONS: TaskOptions = {
  analysis: { windowMs: 100, reader: 'wscap', ports: [], rules: {} },
  save: 'none',
  keys: [],
};
/** These go to a thread, as if they were large. */
const large = (path: string, name = path): CaptureTask => ({ path, name, size: SMALL_BYTES + 1 });
const small = (path: string, name = path): CaptureTask => ({ path, name, size: statSync(path).size });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wscap-pool-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function outcomesOf(
  tasks: readonly CaptureTask[],
  pool: Partial<Parameters<typeof checkAll>[2]> = {},
): Promise<CaptureOutcome[]> {
  const outcomes: CaptureOutcome[] = [];
  await checkAll(tasks, OPTIONS, {
    workers: 2,
    signal: new AbortController().signal,
    entry: WORKER,
    onOutcome: (outcome) => outcomes.push(outcome),
    ...pool,
  });
  return outcomes.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** A worker made for the test: it does on purpose what the real one does only by accident. */
function workerThat(does: string): URL {
  const path = join(folder, 'worker.mjs');
  writeFileSync(
    path,
    `import { parentPort, workerData } from 'node:worker_threads';
     const { current } = workerData;
     const answer = (index, path) => parentPort.postMessage({ index, outcome: {
       path, status: 'passed', connections: 0, errors: 0, differences: [], moreDifferences: 0, failure: null } });
     parentPort.on('message', (batch) => { for (const task of batch) { Atomics.store(current, 0, task.index); ${does} } });`,
  );
  return pathToFileURL(path);
}

describe('the pool', () => {
  it('gives the same results in threads and without', async () => {
    const names = Array.from({ length: 30 }, (_, i) => `${i}`.padStart(2, '0'));
    const pathOf = (i: number) => (i % 2 === 0 ? BROKEN : CLEAN);
    const here = await outcomesOf(names.map((name, i) => small(pathOf(i), name)));
    const there = await outcomesOf(names.map((name, i) => large(pathOf(i), name)));
    const mixed = await outcomesOf(names.map((name, i) => (i % 3 === 0 ? large : small)(pathOf(i), name)));
    expect(here).toHaveLength(30);
    expect(there).toEqual(here);
    expect(mixed).toEqual(here);
  });

  it('shares many small captures with threads', async () => {
    const tasks = Array.from({ length: 600 }, (_, i) => small(CLEAN, `${i}`.padStart(3, '0')));
    const outcomes = await outcomesOf(tasks, { workers: 3 });
    expect(outcomes.map(({ path }) => path)).toEqual(tasks.map(({ name }) => name));
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['missing']));
  });

  it('names the capture that brought a thread down, and goes on with the others', async () => {
    const tasks = Array.from({ length: 6 }, (_, i) => large(CLEAN, `${i}`));
    const entry = workerThat(
      `if (task.name === '2') throw new RangeError('deep'); if (task.name === '4') process.exit(3); answer(task.index, task.name);`,
    );
    const outcomes = await outcomesOf(tasks, { entry });
    expect(outcomes.map(({ path, status }) => `${path} ${status}`)).toEqual([
      '0 passed',
      '1 passed',
      '2 failed',
      '3 passed',
      '4 failed',
      '5 passed',
    ]);
    expect(outcomes[2]!.failure).toMatch(/^its analysis broke off: RangeError: deep/);
  });

  it('names the capture for which the memory was not enough', async () => {
    const entry = workerThat(
      `const hoard = []; while (task.name === '1') hoard.push(new Array(1e5).fill({})); answer(task.index, task.name);`,
    );
    const tasks = ['0', '1', '2'].map((name) => large(CLEAN, name));
    const outcomes = await outcomesOf(tasks, { entry, workers: 1, maxHeapMegabytes: 16 });
    expect(outcomes.map(({ status }) => status)).toEqual(['passed', 'failed', 'passed']);
    expect(outcomes[1]!.failure).toBe('there was not enough memory to analyze it');
  });

  it('gives up where threads can not even start', async () => {
    const entry = pathToFileURL(join(folder, 'no-such-worker.mjs'));
    await expect(outcomesOf([large(CLEAN)], { entry })).rejects.toThrow(/no-such-worker/);
  });

  it('stops at once when it is told to', async () => {
    const interrupt = new AbortController();
    const entry = workerThat(`if (task.name === '0') answer(task.index, task.name); else for (;;);`);
    const outcomes: CaptureOutcome[] = [];
    await checkAll(
      ['0', '1', '2'].map((name) => large(CLEAN, name)),
      OPTIONS,
      {
        workers: 1,
        entry,
        signal: interrupt.signal,
        onOutcome: (outcome) => {
          outcomes.push(outcome);
          interrupt.abort();
        },
      },
    );
    expect(outcomes.map(({ path }) => path)).toEqual(['0']);
  });
});
