/** What is written where: each output with its format, before anything is read. */
import { resolve, extname } from 'node:path';
import type { Format } from './choices.ts';
import { UsageError } from './usage-error.ts';

export interface OutputTarget {
  /** Undefined: standard output. */
  readonly path: string | undefined;
  readonly format: Format;
}

const ENDINGS: Readonly<Record<string, Format>> = {
  '.json': 'json',
  '.markdown': 'markdown',
  '.md': 'markdown',
  '.xml': 'junit',
};
/** Text of some kind: a table, unless another format is asked for. */
const TEXT = '.txt';

/**
 * @param paths undefined: standard output
 * @param asked by an option, undefined where there is none
 * @param fallback what the options, the config file and the defaults come to
 */
export function planOutputs(
  paths: readonly (string | undefined)[],
  asked: Format | undefined,
  fallback: Format,
): OutputTarget[] {
  const names = paths.map((path) => (path === undefined ? '-' : resolve(path)));
  const again = names.findIndex((name, i) => names.indexOf(name) < i);
  if (again >= 0) throw new UsageError(`--output ${paths[again] ?? '-'} is given twice`, 'analyze');
  const plan = paths.map((path) => ({ path, format: formatOf(path, asked, fallback) }));
  const first = plan[0];
  if (asked !== undefined && first?.path !== undefined && plan.every(({ format }) => format !== asked)) {
    throw new UsageError(
      `--format ${asked}, but ${first.path} is to be ${first.format} by its ending: leave out one of them, or name the file otherwise`,
      'analyze',
    );
  }
  return plan;
}

function formatOf(path: string | undefined, asked: Format | undefined, fallback: Format): Format {
  if (path === undefined) return fallback;
  const ending = extname(path).toLowerCase();
  return ENDINGS[ending] ?? (ending === TEXT ? (asked ?? 'table') : fallback);
}
