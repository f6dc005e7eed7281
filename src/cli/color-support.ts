/** Whether a stream gets colours and Unicode: what the user says, then the environment, then the stream itself. */
import type { Io } from './io.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export function wantsColor(flag: boolean | undefined, isTerminal: boolean, env: Environment): boolean {
  if (flag !== undefined) return flag;
  // As in Node itself, FORCE_COLOR wins over NO_COLOR; https://no-color.org counts any value but the empty
  // one.
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  return isTerminal && env['TERM'] !== 'dumb';
}

/** The locale that counts for characters, as setlocale finds it. Without any, today's terminals speak UTF-8. */
export function wantsAscii(flag: boolean | undefined, env: Environment): boolean {
  if (flag !== undefined) return flag;
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => (value ?? '') !== '');
  return locale !== undefined && !/utf-?8/i.test(locale);
}

/** COLUMNS says how wide lines may be where there is no terminal, as in a pipe. */
function columnsOf({ COLUMNS = '' }: Environment): number | undefined {
  return /^[1-9]\d{0,4}$/.test(COLUMNS) ? Number(COLUMNS) : undefined;
}

/** How text looks in an output: as this terminal wants it on standard output (no path), else as a file. */
export function lookOf(
  path: string | undefined,
  { color, ascii }: { readonly color: boolean | undefined; readonly ascii: boolean | undefined },
  { stdout, env: environment }: Io,
): { color: boolean; ascii: boolean; columns: number | undefined; rows: number | undefined } {
  const toStdout = path === undefined;
  // A file isn't this terminal: it gets colours only if asked, and Unicode.
  const env = toStdout ? environment : {};
  return {
    color: wantsColor(color, toStdout && stdout.isTTY, env),
    ascii: wantsAscii(ascii, env),
    columns: toStdout ? (stdout.columns ?? columnsOf(env)) : undefined,
    rows: toStdout ? stdout.rows : undefined,
  };
}
