/**
 * Finds the captures that files, folders and patterns name, and the expectations there whose capture is gone.
 * The order in which the user names them does not matter.
 */
import { existsSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { EXPECTATION_ENDING, expectationPath } from '../../check/result.ts';
import { byName } from '../../check/shard.ts';
import { captureOfKeyLog } from '../keys/key-files.ts';
import { calledAs } from '../name-error.ts';
import { UsageError } from '../usage-error.ts';
import type { CaptureTask } from './check-capture.ts';
import { groupParts, PartsBeside } from './rotated-parts.ts';

export interface FoundCaptures {
  /** By name. */
  readonly captures: readonly CaptureTask[];
  /** Expectations in the folders and patterns whose capture is gone, by name. */
  readonly obsolete: readonly { readonly path: string; readonly name: string }[];
}

/**
 * In a folder only such names are captures. A named file, or a pattern with an ending of its own, may have
 * any name.
 */
const CAPTURE_NAME = /\.(?:pcap|pcapng|cap|dmp)\d*(?:\.gz)?$/i;
const SKIPPED_FOLDERS: ReadonlySet<string> = new Set(['node_modules']);

/** @param cwd from where operands are meant, and names are given */
export async function findCaptures(operands: readonly string[], cwd: string): Promise<FoundCaptures> {
  const captures = new Set<string>();
  const orphans = new Set<string>();
  const beside = new PartsBeside();
  for (const operand of operands) {
    if (operand === '-') {
      throw new UsageError(
        'standard input (-) has no expectation beside it: save the capture first',
        'check',
      );
    }
    const path = resolve(cwd, operand);
    const stat = calledAs(operand, () => statSync(path, { throwIfNoEntry: false }));
    if (stat?.isDirectory() === true) sortOut(filesIn(path, operand), true, captures, orphans);
    else if (stat !== undefined) {
      const capture = captureFor(path);
      for (const each of [capture, ...beside.after(capture)]) captures.add(each);
    } else if (isPattern(operand)) {
      const isNamed = /\.[^./\\]*$/.test(operand) && !operand.endsWith('.*');
      sortOut(await filesMatching(operand, cwd), !isNamed, captures, orphans);
    } else throw new UsageError(`${operand}: no such file or folder`, 'check');
  }
  return {
    captures: groupParts(captures)
      .map((parts) => taskOf(parts, cwd))
      .sort((a, b) => byName(a.name, b.name)),
    obsolete: [...orphans]
      .map((path) => ({ path, name: nameOf(path, cwd) }))
      .sort((a, b) => byName(a.name, b.name)),
  };
}

/** The path from the working directory, written the same on every system. */
function nameOf(path: string, cwd: string): string {
  return relative(cwd, path).split(sep).join('/');
}

/** A user who names an expectation or a key log means its capture: a shell expands captures/* to all of them. */
function captureFor(path: string): string {
  const unlocked = captureOfKeyLog(path);
  if (unlocked !== null && existsSync(unlocked)) return unlocked;
  const capture = path.slice(0, -EXPECTATION_ENDING.length);
  return path.endsWith(EXPECTATION_ENDING) && existsSync(capture) ? capture : path;
}

/** @param mustLookLikeOne whether only files named as captures count */
function sortOut(
  files: readonly string[],
  mustLookLikeOne: boolean,
  captures: Set<string>,
  orphans: Set<string>,
): void {
  for (const file of files) {
    if (file.endsWith(EXPECTATION_ENDING)) {
      if (!isThere(file.slice(0, -EXPECTATION_ENDING.length))) orphans.add(file);
    } else if (!mustLookLikeOne || CAPTURE_NAME.test(file)) captures.add(file);
  }
}

/** @param name what errors call the folder */
function filesIn(folder: string, name: string): string[] {
  const files: string[] = [];
  for (const entry of calledAs(name, () => readdirSync(folder, { withFileTypes: true }))) {
    if (entry.name.startsWith('.') || SKIPPED_FOLDERS.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...filesIn(path, join(name, entry.name)));
    else if (entry.isFile()) files.push(path);
    // A link to a folder may lead back here; one to nothing is a capture that can't be read (git-annex, a share not mounted).
    else if (entry.isSymbolicLink() && statSync(path, { throwIfNoEntry: false })?.isFile() !== false)
      files.push(path);
  }
  return files;
}

/** True also for a link whose target is not there just now: that does not make its expectation obsolete. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isPattern(operand: string): boolean {
  return /[*?[{]/.test(operand);
}

/** The files that match, and the expectations of captures that would match. */
async function filesMatching(pattern: string, cwd: string): Promise<string[]> {
  const { glob } = await import('tinyglobby');
  const normal = sep === '/' ? pattern : pattern.replaceAll(sep, '/');
  const found = await glob([normal, expectationPath(normal)], {
    cwd,
    ignore: ['**/node_modules/**'],
    followSymbolicLinks: false,
    expandDirectories: false,
    absolute: true,
  });
  return found.map((path) => resolve(path));
}

function taskOf(parts: readonly string[], cwd: string): CaptureTask {
  const path = parts[0]!;
  const size = parts.reduce((sum, part) => sum + sizeOf(part), 0);
  return { path, ...(parts.length > 1 ? { parts } : {}), name: nameOf(path, cwd), size };
}

function sizeOf(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  // A pipe may bring any number of bytes. A file that has gone by now is reported when it is read.
  return stat === undefined ? 0 : stat.isFile() ? stat.size : Infinity;
}
