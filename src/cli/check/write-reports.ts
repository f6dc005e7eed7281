/** From a result to the texts of its outputs. Each reporter is loaded only where an output needs it. */
import type { Blob } from '../../check/blob.ts';
import type { CheckResult } from '../../check/result.ts';
import { lookOf } from '../color-support.ts';
import type { Io } from '../io.ts';
import type { Outputs } from '../output.ts';
import type { ReportTarget } from './report-plan.ts';
import type { ReportRequest } from './check-request.ts';

/** The width of a line of prose where there is no terminal. */
const DEFAULT_COLUMNS = 100;
const LEAST_COLUMNS = 40;

/** @param blob undefined where there is none to write */
export async function writeReports(
  result: CheckResult,
  plan: readonly ReportTarget[],
  outputs: Outputs,
  request: ReportRequest,
  io: Io,
  blob?: Blob,
): Promise<void> {
  for (const [index, target] of plan.entries()) {
    await outputs.write(index, await render(result, target, request, io, blob));
  }
}

async function render(
  result: CheckResult,
  { path, reporter }: ReportTarget,
  request: ReportRequest,
  io: Io,
  blob: Blob | undefined,
): Promise<Iterable<string>> {
  switch (reporter) {
    case 'default': {
      const { printDefault } = await import('../../check/print/print-default.ts');
      const { createTheme } = await import('../../report/terminal/theme.ts');
      const look = lookOf(path, request, io);
      // A terminal may report 0 columns.
      const width = look.columns ?? 0;
      const columns = width === 0 ? DEFAULT_COLUMNS : Math.max(width, LEAST_COLUMNS);
      return printDefault(result, createTheme(look), columns);
    }
    case 'junit': {
      const { printJunit } = await import('../../check/print/print-junit.ts');
      return printJunit(result);
    }
    case 'github': {
      const { printGithub } = await import('../../check/print/print-github.ts');
      return printGithub(result);
    }
    case 'json': {
      const { printJson } = await import('../../check/print/print-json.ts');
      return printJson(result);
    }
    case 'blob': {
      const { renderJson } = await import('../../report/json.ts');
      return renderJson(blob!);
    }
  }
}
