/** docs/examples/ works: the files are what they say, and their shell lines, run with the variables that they get, cover all. */
import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { FIXTURES, REPOSITORY } from './helpers/captures.ts';
import { PROGRAM, wscap } from './cli/run-wscap.ts';

const example = (name: string) => readFileSync(join(REPOSITORY, 'docs/examples', name), 'utf8');

interface Workflow {
  readonly jobs: {
    readonly check: { readonly strategy: { readonly matrix: { readonly shard: readonly number[] } } };
    readonly report: { readonly needs: string };
  } & Record<
    'check' | 'report',
    { readonly steps: readonly { readonly name?: string; readonly run?: string }[] }
  >;
}

interface IndexedJob {
  readonly kind: string;
  readonly spec: {
    readonly completionMode: string;
    readonly completions: number;
    readonly parallelism: number;
    readonly template: {
      readonly spec: {
        readonly containers: readonly {
          readonly command: readonly string[];
          readonly args: readonly string[];
          readonly env: readonly { readonly name: string; readonly value: string }[];
        }[];
      };
    };
  };
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wscap-examples-'));
  cpSync(join(FIXTURES, 'demo-project'), folder, { recursive: true });
  // What the examples call.
  mkdirSync(join(folder, 'bin'));
  for (const [name, first] of [
    ['wscap', ''],
    ['npx', 'shift; '],
  ] as const) {
    const path = join(folder, 'bin', name);
    writeFileSync(path, `#!/bin/sh\n${first}exec '${process.execPath}' '${PROGRAM}' "$@"\n`);
    chmodSync(path, 0o755);
  }
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function sh(script: string, env: Record<string, string>): Promise<number | null> {
  return new Promise((done) => {
    const child = spawn('sh', ['-e', '-c', script], {
      cwd: folder,
      env: { PATH: `${join(folder, 'bin')}:${process.env['PATH']}`, LANG: 'C.UTF-8', ...env },
      stdio: 'ignore',
    });
    child.on('close', done);
  });
}

/** Runs the script for every shard; then the merged report says what the run in one piece says. */
async function expectWhole(
  count: number,
  script: string,
  envOf: (number: number) => Record<string, string>,
  blobs: string,
): Promise<void> {
  const codes = await Promise.all(Array.from({ length: count }, (_, i) => sh(script, envOf(i + 1))));
  expect(codes).toEqual(Array<number>(count).fill(0));
  expect(readdirSync(join(folder, blobs))).toHaveLength(count);
  const whole = await wscap(['check', 'captures'], { cwd: folder, env: { CI: 'true' } });
  expect(await wscap(['merge-reports', blobs], { cwd: folder })).toEqual(whole);
  expect(whole.code).toBe(1);
}

describe('the example for GitHub Actions', () => {
  const { jobs } = parse(example('github-actions.yml')) as Workflow;
  const runOf = (job: 'check' | 'report', name: string) =>
    jobs[job].steps.find((step) => step.name === name)!.run!;

  it('checks every shard, and merges them', async () => {
    const { shard } = jobs.check.strategy.matrix;
    const SHARDS = String(shard.length);
    expect(shard).toEqual(Array.from({ length: shard.length }, (_, i) => i + 1));
    expect(jobs.report.needs).toBe('check');
    const envOf = (number: number) => ({ CI: 'true', SHARD: String(number), SHARDS });
    await expectWhole(shard.length, runOf('check', 'check'), envOf, '.wscap-reports');
    expect(await sh(runOf('report', 'merge'), { CI: 'true' })).toBe(1);
    expect(readFileSync(join(folder, 'check.xml'), 'utf8')).toContain('failures="1"');
    expect(readFileSync(join(folder, 'check.txt'), 'utf8')).toContain('2 as expected, 1 different');
  });

  it('fails a shard that can not be checked', async () => {
    writeFileSync(join(folder, 'captures/bad.pcap'), 'no capture');
    expect(await sh(runOf('check', 'check'), { CI: 'true', SHARD: '1', SHARDS: '1' })).toBe(1);
  });
});

describe('the example for Kubernetes', () => {
  it('checks a shard a pod', async () => {
    const { kind, spec } = parse(example('kubernetes-indexed-job.yaml')) as IndexedJob;
    expect([kind, spec.completionMode, spec.parallelism]).toEqual(['Job', 'Indexed', spec.completions]);
    const { command, args, env } = spec.template.spec.containers[0]!;
    expect(command).toEqual(['sh', '-c']);
    const given = Object.fromEntries(env.map(({ name, value }) => [name, value]));
    expect(given['SHARDS']).toBe(String(spec.completions));
    const envOf = (number: number) => ({ ...given, JOB_COMPLETION_INDEX: String(number - 1) });
    await expectWhole(spec.completions, args[0]!, envOf, 'blobs');
  });
});

describe('the example for Slurm', () => {
  it('checks a shard a task', async () => {
    const script = example('slurm-array.sh');
    const count = Number(/^#SBATCH --array=1-(\d+)$/m.exec(script)![1]);
    const cpus = /^#SBATCH --cpus-per-task=(\d+)$/m.exec(script)![1]!;
    const envOf = (number: number) => ({
      SLURM_ARRAY_TASK_ID: String(number),
      SLURM_ARRAY_TASK_COUNT: String(count),
      SLURM_CPUS_PER_TASK: cpus,
    });
    await expectWhole(count, script, envOf, 'blobs');
  });
});
