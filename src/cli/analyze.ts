/** `wscap analyze`: reads the captures, prints the report, says by its exit code whether it found something. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { analyze, analyzeEach, wholeReport, type AnalyzeOptions } from '../analyze.ts';
import type { CaptureInput } from '../capture/capture-bytes.ts';
import { isAtLeast, SEVERITIES } from '../basics/severity.ts';
import { choose, choosesAll, refsText, unknownRefs } from '../report/choice.ts';
import { escapeText } from '../report/escape.ts';
import type { Report, ReportNote, ReportSummary } from '../report/model.ts';
import type { AnalyzeRequest } from './analyze-request.ts';
import { captureInputs } from './capture-inputs.ts';
import { expandCaptures } from './capture-paths.ts';
import type { Format, Level } from './choices.ts';
import { loadConfig } from './config/load.ts';
import { mergeSettings } from './config/merge.ts';
import { EXIT_ANALYSED, EXIT_FOUND, EXIT_INTERRUPTED, EXIT_TERMINATED } from './exit-codes.ts';
import { readKeys, refuseKeyLogs } from './keys/key-files.ts';
import { onInterrupt } from './interrupt.ts';
import type { Io } from './io.ts';
import { calledAs } from './name-error.ts';
import { createOutputs, type OutputStream } from './output.ts';
import { planOutputs, refuseUnknownEndings, type OutputTarget } from './output-plan.ts';
import { createProgress } from './progress.ts';
import { createReporter, NEEDS_DIGEST } from './reporters.ts';
import { UsageError } from './usage-error.ts';

export async function runAnalyze(request: AnalyzeRequest, io: Io): Promise<number> {
  io.engine.keepHeapLean();
  const config = await loadConfig(request.config, io);
  const { format, failOn, windowMs, ports, rules } = mergeSettings(request.flags, config);
  const captures = expandCaptures(request.captures, io, 'analyze');
  const keys = await readKeys(request, config.keyFiles, captures, io);
  const inputs = captureInputs(captures, io);
  const plan = planOutputs(request.outputs, request.flags.format, format, io.cwd);
  refuseKeyLogs(request.outputs, keys, io.cwd, 'analyze');
  const outputs = createOutputs(
    plan.map(({ path }) => path),
    captures,
    io,
  );
  const progress = createProgress(io, totalBytes(captures, io.cwd));
  const leave = (exitCode: number): never => {
    progress.clear();
    outputs.discard();
    return io.exit(exitCode);
  };
  const stopper = new AbortController();
  let exitOfStop: number = EXIT_INTERRUPTED;
  const stop = (): void => {
    stopper.abort();
  };
  onInterrupt(io, captures, stop, () => leave(EXIT_INTERRUPTED));
  io.onSignal('SIGTERM', () => {
    if (stopper.signal.aborted) leave(EXIT_TERMINATED);
    exitOfStop = EXIT_TERMINATED;
    stop();
  });
  try {
    refuseUnknownEndings(request.outputs, request.flags.format);
    const options: AnalyzeOptions = {
      windowMs,
      ports,
      rules,
      keys,
      reader: request.reader,
      sha256: plan.some((each) => NEEDS_DIGEST.has(each.format)),
      activity: plan.some((each) => each.format === 'html'),
      onProgress: progress.update,
      stop: stopper.signal,
    };
    const finish = async (summary: ReportSummary): Promise<number> => {
      if (summary.notes.concat(summary.captures.flatMap(({ notes }) => notes)).some(isInterruption)) {
        await leaveInterrupted(progress.clear, exitOfStop, io);
      }
      if (request.require === 'websocket' && summary.totals.webSocketConnections === 0) {
        io.stderr.write('wscap: no WebSocket opened, and --require websocket asks for one\n');
        return EXIT_FOUND;
      }
      return found(summary, failOn) ? EXIT_FOUND : EXIT_ANALYSED;
    };
    const wantsAll = choosesAll(request.choice);
    if (wantsAll && isOnly('ndjson', plan, request)) {
      const streams = plan.map((_, index) => outputs.stream(index));
      const summary = await stream(inputs, options, streams);
      tellWritten(plan, io);
      return await finish(summary);
    }
    const showsFew = wantsAll && !request.all && isOnly('table', plan, request);
    const whole = await (showsFew ? analyzeForTable : analyze)(inputs, options);
    progress.clear();
    // Nothing was read: there is nothing to tell.
    if (stopper.signal.aborted && whole.totals.packets === 0) leave(exitOfStop);
    const report = chosen(whole, request);
    const render = createReporter(report, request, failOn, io);
    for (const [index, target] of plan.entries()) await outputs.write(index, await render(target));
    tellWritten(plan, io);
    return await finish(report);
  } finally {
    progress.clear();
    outputs.discard();
  }
}

function isInterruption({ code }: ReportNote): boolean {
  return code === 'interrupted';
}

/** The read that was given up may never end: so the program doesn't wait for it. */
async function leaveInterrupted(
  clear: () => void,
  exitCode: number,
  { stdout, stderr, exit }: Io,
): Promise<never> {
  clear();
  await stdout.flushed();
  stderr.write('wscap: interrupted: the report covers only the packets that were read until then\n');
  return exit(exitCode);
}

/** The connections that were asked for. */
function chosen(report: Report, { choice }: AnalyzeRequest): Report {
  const [unknown] = unknownRefs(report, choice);
  if (unknown !== undefined) {
    throw new UsageError(
      `--connection ${unknown}: the report has no such connection, ${refsText(report)}`,
      'analyze',
    );
  }
  return choose(report, choice);
}

/** A file appears without a sound: says where it is. */
function tellWritten(plan: readonly OutputTarget[], { stderr }: Io): void {
  for (const { path, format } of plan) {
    if (path !== undefined) stderr.write(`wscap: wrote ${escapeText(path)} (${format})\n`);
  }
}

/** Whether this is the only output and nothing is redacted: redacting must see the whole report first. */
function isOnly(format: Format, plan: readonly OutputTarget[], request: AnalyzeRequest): boolean {
  const isRedacted = request.redact === true || request.anonymizeAddresses;
  return !isRedacted && plan.every((target) => target.format === format);
}

/** Lines are written as connections end. */
async function stream(
  captures: readonly CaptureInput[],
  options: AnalyzeOptions,
  streams: readonly OutputStream[],
): Promise<ReportSummary> {
  const { connectionLine, summaryLine } = await import('../report/ndjson.ts');
  const summary = await analyzeEach(captures, options, (connection) => {
    const line = connectionLine(connection);
    for (const each of streams) each.write(line);
  });
  const last = summaryLine(summary);
  for (const each of streams) {
    each.write(last);
    each.close();
  }
  return summary;
}

/** A table shows a few connections of many. */
async function analyzeForTable(captures: readonly CaptureInput[], options: AnalyzeOptions): Promise<Report> {
  const { TableKeeper } = await import('../report/terminal/table-keeper.ts');
  const keeper = new TableKeeper();
  const summary = await analyzeEach(
    captures,
    options,
    (connection) => {
      keeper.add(connection);
    },
    (id, verdict) => keeper.counts(id, verdict),
  );
  return wholeReport(summary, keeper.connections());
}

function found({ totals }: ReportSummary, failOn: Level): boolean {
  return (
    failOn !== 'never' &&
    SEVERITIES.some((severity) => isAtLeast(severity, failOn) && totals.anomalies[severity] > 0)
  );
}

/** Undefined where it isn't known: standard input, or a file that can't be looked at (reading it will say why). */
function totalBytes(captures: readonly string[], cwd: string): number | undefined {
  let sum = 0;
  for (const capture of captures) {
    const stat =
      capture === '-'
        ? undefined
        : calledAs(capture, () => statSync(resolve(cwd, capture), { throwIfNoEntry: false }));
    if (stat?.isFile() !== true) return undefined;
    sum += stat.size;
  }
  return sum;
}
