/**
 * Finds out which files the user means. A shell expands `*.pcap`, but cmd.exe does not, nor does a shell
 * inside quotes. So a pattern that is not itself the name of a file is expanded here: `*` and `?` within one
 * directory.
 */
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Io } from './io.ts';
import { calledAs } from './name-error.ts';
import { UsageError } from './usage-error.ts';

export function expandCaptures(
  captures: readonly string[],
  { cwd, stdin }: Pick<Io, 'cwd' | 'stdin'>,
  command: string,
): string[] {
  const paths = captures.flatMap((capture) =>
    isPattern(capture, cwd) ? expandPattern(capture, cwd, command) : [capture],
  );
  const dashes = paths.filter((path) => path === '-').length;
  if (dashes > 1) throw new UsageError('standard input (-) can be read only once', command);
  if (dashes === 1 && stdin.isTTY) {
    throw new UsageError('standard input (-) is a terminal: pipe a capture into wscap', command);
  }
  const again = paths.find(
    (path, i) => paths.findIndex((other) => resolve(cwd, other) === resolve(cwd, path)) < i,
  );
  if (again !== undefined) throw new UsageError(`${again} is given twice: each file counts once`, command);
  return paths;
}

function isPattern(capture: string, cwd: string): boolean {
  return /[*?]/.test(capture) && !existsSync(resolve(cwd, capture));
}

function expandPattern(pattern: string, cwd: string, command: string): string[] {
  const directory = dirname(pattern);
  if (/[*?]/.test(directory)) {
    throw new UsageError(`${pattern}: only the file name may hold * or ?; let the shell expand it`, command);
  }
  const expression = new RegExp(
    `^${basename(pattern)
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll(/\*+/g, '[^]*')
      .replaceAll('?', '[^]')}$`,
    'u',
  );
  const folder = resolve(cwd, directory);
  const names = existsSync(folder) ? calledAs(directory, () => readdirSync(folder)) : [];
  const hidden = basename(pattern).startsWith('.');
  const matching = names.filter((name) => expression.test(name) && (hidden || !name.startsWith('.')));
  if (matching.length === 0) throw new UsageError(`${pattern}: no file matches`, command);
  return matching.sort(byNumbersWithin).map((name) => (directory === '.' ? name : join(directory, name)));
}

/** dump.pcap2 before dump.pcap10, as tcpdump -C wrote them. */
function byNumbersWithin(a: string, b: string): number {
  const partsOfA = a.split(/(\d+)/);
  const partsOfB = b.split(/(\d+)/);
  for (let i = 0; i < Math.min(partsOfA.length, partsOfB.length); i++) {
    const [partA, partB] = [partsOfA[i]!, partsOfB[i]!];
    // Odd parts are the digits.
    const difference = i % 2 === 1 ? Number(partA) - Number(partB) : 0;
    if (difference !== 0) return difference;
    if (partA !== partB) return partA < partB ? -1 : 1;
  }
  return partsOfA.length - partsOfB.length;
}
