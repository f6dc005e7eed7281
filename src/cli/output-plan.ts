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
  '.html': 'html',
  '.htm': 'html',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.markdown': 'markdown',
  '.md': 'markdown',
  '.xml': 'junit',
};
const TEXT = '.txt';

/**
 * @param paths undefined: standard output
 * @param asked by an option, undefined where there is none
 * @param fallback what the options, the config file and the defaults come to
 * @param cwd from where relative paths are meant
 * @param command whose help explains more
 */
export function planOutputs(
  paths: readonly (string | undefined)[],
  asked: Format | undefined,
  fallback: Format,
  cwd: string,
  command = 'analyze',
): OutputTarget[] {
  const names = paths.map((path) => (path === undefined ? '-' : resolve(cwd, path)));
  const again = names.findIndex((name, i) => names.indexOf(name) < i);
  if (again >= 0) throw new UsageError(`--output ${paths[again] ?? '-'} is given twice`, command);
  // A text file gets a table, unless the format that was asked for would then be used nowhere.
  const isAskedElsewhere = paths.some((path) => path === undefined || endingOf(path) === '');
  const text = isAskedElsewhere ? 'table' : (asked ?? 'table');
  const plan = paths.map((path) => ({ path, format: formatOf(path, text, fallback) }));
  const first = plan[0];
  if (asked !== undefined && first?.path !== undefined && plan.every(({ format }) => format !== asked)) {
    throw new UsageError(
      `--format ${asked}, but the ending of ${first.path} means ${first.format}: leave out one of them, or change the name`,
      command,
    );
  }
  return plan;
}

/** Empty where it says nothing about the format. */
function endingOf(path: string): string {
  const ending = extname(path).toLowerCase();
  return ending === TEXT || ENDINGS[ending] !== undefined ? ending : '';
}

/** Throws where an ending means no format, and none was asked for: a table in report.pfd would be a surprise. */
export function refuseUnknownEndings(
  paths: readonly (string | undefined)[],
  asked: Format | undefined,
  command = 'analyze',
): void {
  const unknown = paths.find((path) => path !== undefined && isUnknown(path));
  if (unknown === undefined || asked !== undefined) return;
  const known = [...Object.keys(ENDINGS), TEXT].join(' ');
  throw new UsageError(
    `--output ${unknown}: the ending ${extname(unknown)} means no format; use ${known}, or say --format`,
    command,
  );
}

/** A name without an ending, as that of a pipe, may hold anything. */
function isUnknown(path: string): boolean {
  return extname(path) !== '' && endingOf(path) === '' && !path.startsWith('/dev/');
}

function formatOf(path: string | undefined, text: Format, fallback: Format): Format {
  const ending = path === undefined ? '' : endingOf(path);
  return ending === TEXT ? text : (ENDINGS[ending] ?? fallback);
}
