/** `wscap analyze`: reads the captures, prints the report, says by its exit code whether it found something. */
import { statSync } from 'node:fs';
import { analyze } from '../analyze.ts';
import type { Report, Severity } from '../report/model.ts';
import type { AnalyzeRequest } from './analyze-request.ts';
import { expandCaptures } from './capture-paths.ts';
import type { Format, Level } from './choices.ts';
import { wantsAscii, wantsColor } from './color-support.ts';
import { loadConfig } from './config/load.ts';
import { mergeSettings } from './config/merge.ts';
import { EXIT_ANALYSED, EXIT_FOUND, EXIT_INTERRUPTED, EXIT_TERMINATED } from './exit-codes.ts';
import { onInterrupt } from './interrupt.ts';
import { createOutput } from './output.ts';
import { createProgress } from './progress.ts';

export async function runAnalyze(request: AnalyzeRequest): Promise<number> {
  const { format, failOn, windowMs, ports, rules } = mergeSettings(
    request.flags,
    await loadConfig(request.config),
  );
  const captures = expandCaptures(request.captures, process.stdin.isTTY, 'analyze');
  const output = createOutput(request.output, captures);
  const progress = createProgress(process.stderr, totalBytes(captures));
  const leave = (exitCode: number): never => {
    progress.clear();
    output.discard();
    process.exit(exitCode);
  };
  onInterrupt(captures, () => leave(EXIT_INTERRUPTED));
  process.once('SIGTERM', () => leave(EXIT_TERMINATED));
  try {
    const report = await analyze(captures, {
      windowMs,
      ports,
      rules,
      reader: request.reader,
      activity: format === 'html',
      onProgress: progress.update,
    });
    progress.clear();
    await output.write(await render(report, format, request));
    return found(report, failOn) ? EXIT_FOUND : EXIT_ANALYSED;
  } finally {
    progress.clear();
    output.discard();
  }
}

/** Each format is loaded only when asked for. */
async function render(report: Report, format: Format, request: AnalyzeRequest): Promise<Iterable<string>> {
  switch (format) {
    case 'json': {
      const { renderJson } = await import('../report/json.ts');
      return renderJson(report);
    }
    case 'html': {
      const { renderHtml } = await import('../report/html/render-html.ts');
      return [renderHtml(report, { redacted: false })];
    }
    case 'table': {
      const { renderTable } = await import('../report/table.ts');
      const toStdout = request.output === undefined;
      // A file isn't this terminal: it gets colours only if asked, and Unicode.
      const env = toStdout ? process.env : {};
      const table = renderTable(report, {
        columns: toStdout ? process.stdout.columns : undefined,
        color: wantsColor(request.color, toStdout && process.stdout.isTTY, env),
        ascii: wantsAscii(request.ascii, env),
        all: request.all,
      });
      return [table];
    }
  }
}

const AT_OR_ABOVE: Readonly<Record<Level, readonly Severity[]>> = {
  error: ['error'],
  warning: ['error', 'warning'],
  info: ['error', 'warning', 'info'],
  never: [],
};

function found({ totals }: Report, failOn: Level): boolean {
  return AT_OR_ABOVE[failOn].some((severity) => totals.anomalies[severity] > 0);
}

/** Undefined where it isn't known: standard input, or a file that can't be looked at (reading it will say why). */
function totalBytes(captures: readonly string[]): number | undefined {
  let sum = 0;
  for (const capture of captures) {
    const stat = capture === '-' ? undefined : statSync(capture, { throwIfNoEntry: false });
    if (stat?.isFile() !== true) return undefined;
    sum += stat.size;
  }
  return sum;
}
