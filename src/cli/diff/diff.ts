/** `wscap diff`: analyses two captures, prints what differs, says by its exit code whether something does. */
import { analyzeEach, wholeReport, type AnalyzeOptions } from '../../analyze.ts';
import type { CaptureInput } from '../../capture/capture-bytes.ts';
import { compareReports } from '../../compare/compare-reports.ts';
import type { ConnectionReport, Report } from '../../report/model.ts';
import { captureInputs } from '../capture-inputs.ts';
import { expandCaptures } from '../capture-paths.ts';
import { loadConfig } from '../config/load.ts';
import { mergeSettings } from '../config/merge.ts';
import { EXIT_ANALYSED, EXIT_FOUND, EXIT_INTERRUPTED, EXIT_TERMINATED } from '../exit-codes.ts';
import { onInterrupt } from '../interrupt.ts';
import type { Io } from '../io.ts';
import { keyFiles, keysBeside, readKeyFiles, refuseKeyLogs } from '../keys/key-files.ts';
import { createOutputs } from '../output.ts';
import { createProgress } from '../progress.ts';
import { UsageError } from '../usage-error.ts';
import { planDiffOutputs } from './plan.ts';
import { createDiffReporter } from './reporters.ts';
import type { DiffRequest } from './diff-request.ts';

export async function runDiff(request: DiffRequest, io: Io): Promise<number> {
  io.engine.keepHeapLean();
  const config = await loadConfig(request.config, io);
  const { windowMs, ports, rules } = mergeSettings(request.flags, config);
  const [good, bad] = [capturesOf(request.good, io), capturesOf(request.bad, io)];
  if (good.includes('-') && bad.includes('-')) {
    throw new UsageError('standard input (-) can be read only once', 'diff');
  }
  const files = keyFiles(request.keylogs ?? [], config.keyFiles, io);
  const named = await readKeyFiles(files);
  const keys = {
    good: [...named, ...(await keysBeside(good, io.cwd, files))],
    bad: [...named, ...(await keysBeside(bad, io.cwd, files))],
  };
  refuseKeyLogs(request.outputs, [...keys.good, ...keys.bad], io.cwd, 'diff');
  const plan = planDiffOutputs(request.outputs, request.format, io.cwd);
  const outputs = createOutputs(
    plan.map(({ path }) => path),
    [...good, ...bad],
    io,
    'diff',
  );
  const progress = createProgress(io, undefined);
  const leave = (exitCode: number): never => {
    progress.clear();
    outputs.discard();
    return io.exit(exitCode);
  };
  onInterrupt(io, [...good, ...bad], () => leave(EXIT_INTERRUPTED));
  io.onSignal('SIGTERM', () => leave(EXIT_TERMINATED));
  try {
    const options: AnalyzeOptions = {
      windowMs,
      ports,
      rules,
      sha256: plan.some(({ format }) => format === 'markdown'),
      activity: true,
      onProgress: progress.update,
    };
    const reports: [Report, Report] = [
      await analyzeLean(captureInputs(good, io), { ...options, keys: keys.good }),
      await analyzeLean(captureInputs(bad, io), { ...options, keys: keys.bad }),
    ];
    progress.clear();
    const diff = compare(reports, request);
    const render = createDiffReporter(diff, reports, request, io);
    for (const [index, target] of plan.entries()) await outputs.write(index, await render(target));
    return diff.differs ? EXIT_FOUND : EXIT_ANALYSED;
  } finally {
    progress.clear();
    outputs.discard();
  }
}

/** Keeps copies of the connections: each connection that is handed on would keep its record in memory. */
async function analyzeLean(captures: readonly CaptureInput[], options: AnalyzeOptions): Promise<Report> {
  const connections: ConnectionReport[] = [];
  const summary = await analyzeEach(captures, options, (connection) => {
    connections.push({ ...connection });
  });
  return wholeReport(
    summary,
    connections.sort((a, b) => a.id - b.id),
  );
}

/** A pattern names the parts of one capture. */
function capturesOf(path: string, io: Io): string[] {
  return expandCaptures([path], io, 'diff');
}

function compare([good, bad]: readonly [Report, Report], { by, pairs, ignore }: DiffRequest) {
  // "No difference" between two captures without a WebSocket would answer nobody's question.
  if (good.connections.length === 0 && bad.connections.length === 0) {
    throw new UsageError(
      'there is nothing to compare: neither capture shows a WebSocket or an upgrade request',
      '',
      'wscap analyze FILE',
    );
  }
  try {
    return compareReports(good, bad, { by, pairs, ignore });
  } catch (error) {
    if (error instanceof RangeError)
      throw new UsageError(`--pair: ${error.message}`, '', 'wscap analyze FILE');
    throw error;
  }
}
