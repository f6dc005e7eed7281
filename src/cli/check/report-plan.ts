/**
 * Decides which reporter writes where. The endings of files decide, as for `analyze`; for outputs whose
 * ending does not, the reporters of `--reporter` are taken in order.
 */
import { extname, resolve } from 'node:path';
import { UsageError } from '../usage-error.ts';
import type { Reporter, ReportRequest } from './check-request.ts';

export interface ReportTarget {
  /** Undefined: standard output. */
  readonly path: string | undefined;
  readonly reporter: Reporter;
}

/** The reporters that fit a file's ending; the first one unless the user asks for another. */
const FITTING: Readonly<Record<string, readonly Reporter[]>> = {
  '.json': ['json', 'blob'],
  '.xml': ['junit'],
  '.txt': ['default'],
};

/**
 * @param blobFile where a blob goes for which no file is named
 * @param cwd from where relative paths are meant
 */
export function planReports(
  { reporters, outputs }: ReportRequest,
  blobFile: string,
  cwd: string,
  command: string,
): ReportTarget[] {
  const asked = [...reporters];
  const again = asked.find((reporter, i) => asked.indexOf(reporter) < i);
  if (again !== undefined) throw new UsageError(`--reporter ${again} is given twice`, command);
  const take = (isFitting: (reporter: Reporter) => boolean): Reporter | undefined => {
    const at = asked.findIndex(isFitting);
    return at === -1 ? undefined : asked.splice(at, 1)[0];
  };
  const targets = outputs
    .filter((path) => path !== undefined)
    .map((path): ReportTarget => {
      const fitting = FITTING[extname(path).toLowerCase()];
      const reporter = take((each) => fitting?.includes(each) ?? true) ?? fitting?.[0] ?? 'default';
      return { path, reporter };
    });
  const names = targets.map(({ path }) => resolve(cwd, path!));
  const double = names.findIndex((name, i) => names.indexOf(name) < i);
  if (double !== -1) throw new UsageError(`--output ${targets[double]!.path!} is given twice`, command);
  if (take((reporter) => reporter === 'blob') !== undefined)
    targets.push({ path: blobFile, reporter: 'blob' });
  const [printed, ...tooMany] = asked;
  if (tooMany.length > 0) {
    throw new UsageError(
      `--reporter ${printed!} and ${tooMany[0]!} would both go to standard output: name files, as in -o report.xml`,
      command,
    );
  }
  const isNothingElse = targets.length === 0;
  if (printed !== undefined || isNothingElse || outputs.includes(undefined)) {
    targets.unshift({ path: undefined, reporter: printed ?? 'default' });
  }
  return targets;
}
