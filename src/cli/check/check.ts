/**
 * `wscap check`: checks every capture against the expectation beside it, on all cores, and turns the result
 * into an exit code.
 */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { BLOB_SCHEMA, type Blob } from '../../check/blob.ts';
import { totalsOf, type CaptureOutcome, type CheckResult, type Obsolete } from '../../check/result.ts';
import { byName, commonNames, shardOf, type Shard } from '../../check/shard.ts';
import { countOf, formatCount } from '../../report/format-count.ts';
import { VERSION } from '../../basics/version.ts';
import { loadConfig } from '../config/load.ts';
import { mergeSettings } from '../config/merge.ts';
import { EXIT_ANALYSED, EXIT_FAILED, EXIT_FOUND, EXIT_INTERRUPTED, EXIT_TERMINATED } from '../exit-codes.ts';
import { keyFiles, readKeyTexts } from '../keys/key-files.ts';
import type { Io } from '../io.ts';
import { createOutputs } from '../output.ts';
import { createStatusLine, progressBar } from '../progress.ts';
import { UsageError } from '../usage-error.ts';
import type { CaptureTask, TaskOptions } from './check-capture.ts';
import { findCaptures, type FoundCaptures } from './find-captures.ts';
import { checkAll, isSmall } from './pool.ts';
import { planReports } from './report-plan.ts';
import { BLOB_FOLDER, type CheckRequest } from './check-request.ts';
import { writeReports } from './write-reports.ts';

const WHOLE: Shard = { index: 1, count: 1 };

export async function runCheck(request: CheckRequest, io: Io): Promise<number> {
  const config = await loadConfig(request.config, io);
  const { windowMs, ports, rules } = mergeSettings(request.flags, config);
  const options: TaskOptions = {
    analysis: { windowMs, reader: request.reader, ports, rules },
    keys: await readKeyTexts(keyFiles(request.keylogs ?? [], config.keyFiles, io)),
    save: request.update ? 'all' : isCi(io.env) ? 'none' : 'new',
  };
  const shard = request.shard ?? WHOLE;
  const blobFile = join(BLOB_FOLDER, `blob-${shard.index}-${shard.count}.json`);
  const plan = planReports(request, blobFile, io.cwd, 'check');
  const found = await findCaptures(request.paths, io.cwd);
  if (found.captures.length === 0 && !request.passWithNoCaptures) throw noCaptures(request.paths);
  const tasks = shardOf(found.captures, shard);
  if (plan.some(({ reporter }) => reporter === 'blob')) makeBlobFolder(plan, io.cwd);
  const outputs = createOutputs(
    plan.map(({ path }) => path),
    tasks.flatMap(({ path, parts }) => parts ?? [path]),
    io,
    'check',
  );
  try {
    const outcomes = await checkTasks(tasks, options, request.workers, io);
    const result: CheckResult = {
      version: VERSION,
      options: options.analysis,
      captures: outcomes,
      obsolete: shard.index === 1 ? await handleObsolete(found.obsolete, request.update) : [],
      unchecked: tasks.length - outcomes.length,
    };
    const blob = blobOf(result, request.update, shard, found);
    await writeReports(result, plan, outputs, request, io, blob);
    if (result.unchecked > 0) await leaveWorkBehind(io);
    return exitCodeOf(result);
  } finally {
    outputs.discard();
  }
}

/** Interrupted: 130. Something could not be read: 2. Something differs from what was expected: 1. */
export function exitCodeOf(result: CheckResult): number {
  const totals = totalsOf(result);
  if (result.unchecked > 0) return EXIT_INTERRUPTED;
  if (totals.failed > 0) return EXIT_FAILED;
  return totals.different + totals.missing > 0 ? EXIT_FOUND : EXIT_ANALYSED;
}

/** The outcomes, by name; after Ctrl-C there are fewer of them than tasks. */
async function checkTasks(
  tasks: readonly CaptureTask[],
  options: TaskOptions,
  workers: number | undefined,
  io: Io,
): Promise<CaptureOutcome[]> {
  if (tasks.every(isSmall)) io.engine.keepCompilerPatient();
  else io.engine.keepHeapLean();
  const status = createStatusLine(io);
  const interrupt = new AbortController();
  const outcomes: CaptureOutcome[] = [];
  const onInterrupt = (): void => {
    status.clear();
    if (interrupt.signal.aborted) io.exit(EXIT_INTERRUPTED);
    interrupt.abort();
  };
  const listening = [
    io.onSignal('SIGINT', onInterrupt),
    io.onSignal('SIGTERM', () => io.exit(EXIT_TERMINATED)),
  ];
  try {
    await checkAll(tasks, options, {
      workers: workers ?? availableParallelism(),
      signal: interrupt.signal,
      onOutcome: (outcome) => {
        outcomes.push(outcome);
        status.draw(
          () =>
            `${progressBar(outcomes.length / tasks.length)}  ${formatCount(outcomes.length)} of ${countOf(tasks.length, 'capture')}`,
        );
      },
    });
  } finally {
    status.clear();
    for (const stopListening of listening) stopListening();
  }
  // A copy: a task that was under way when Ctrl-C came may end now, and add its outcome.
  return outcomes.toSorted((a, b) => byName(a.path, b.path));
}

/** After Ctrl-C a capture may still be read, which would keep the program from ending. */
async function leaveWorkBehind({ stdout, exit }: Io): Promise<never> {
  await stdout.flushed();
  return exit(EXIT_INTERRUPTED);
}

async function handleObsolete(found: FoundCaptures['obsolete'], update: boolean): Promise<Obsolete[]> {
  if (found.length === 0) return [];
  const { removeObsolete } = await import('./remove-obsolete.ts');
  return found.map(({ path, name }) => ({ path: name, removed: update && removeObsolete(path) }));
}

function blobOf(result: CheckResult, update: boolean, shard: Shard, { captures }: FoundCaptures): Blob {
  const names = commonNames(captures.map(({ path }) => path.split(sep).join('/')));
  return {
    schema: BLOB_SCHEMA,
    version: result.version,
    options: result.options,
    update,
    shard,
    all: { captures: captures.length, digest: createHash('sha256').update(names.join('\0')).digest('hex') },
    unchecked: result.unchecked,
    captures: result.captures,
    obsolete: result.obsolete,
  };
}

function makeBlobFolder(
  plan: readonly { readonly path: string | undefined; readonly reporter: string }[],
  cwd: string,
): void {
  for (const { path, reporter } of plan) {
    if (reporter === 'blob' && path !== undefined && dirname(path) === BLOB_FOLDER) {
      mkdirSync(resolve(cwd, BLOB_FOLDER), { recursive: true });
    }
  }
}

/** Continuous integration sets CI; with CI=false people say that this is not one. */
function isCi(env: Io['env']): boolean {
  return !['', '0', 'false'].includes(env['CI'] ?? '');
}

function noCaptures(paths: readonly string[]): UsageError {
  return new UsageError(
    `no capture found in ${paths.join(' ')} (in folders, wscap takes .pcap, .pcapng and .cap files, gzip-compressed or not; with --pass-with-no-captures this is not an error)`,
    'check',
  );
}
