/** Who may import whom, asked of a picture of the house: it reads no file and knows no room by name but the shared one. */
import { dirname } from 'node:path';

/** One import: both paths count from src/. */
export interface Import {
  readonly from: string;
  readonly to: string;
}

/** For each room (a folder, or a single file), the folders and files from which it may import. */
export type Picture = Readonly<Record<string, readonly string[]>>;

/** The room of small words that every other room may use. */
const SHARED = 'basics/';

/**
 * Whether the picture allows an import. Files of one folder may import each other; but src/ itself is not a room: of the
 * files directly in it, each needs an allowance for each other one.
 */
export function isAllowed(entry: Import, picture: Picture): boolean {
  return needsNone(entry) || allowancesFor(entry, picture).length > 0;
}

/** The allowances without which no import would be refused, as "room -> what it may import". */
export function idleAllowances(imports: readonly Import[], picture: Picture): string[] {
  return Object.entries(picture).flatMap(([room, allowances]) =>
    allowances
      .filter((allowed) => !imports.some((entry) => needs(entry, room, allowed, picture)))
      .map((allowed) => `${room} -> ${allowed}`),
  );
}

/** Whether this import is allowed by that allowance of the room alone. */
function needs(entry: Import, room: string, allowed: string, picture: Picture): boolean {
  if (needsNone(entry) || roomOf(entry.from, picture) !== room) return false;
  const allowances = allowancesFor(entry, picture);
  return allowances.length === 1 && allowances[0] === allowed;
}

function needsNone({ from, to }: Import): boolean {
  const folder = dirname(from);
  return to.startsWith(SHARED) || (folder === dirname(to) && folder !== '.');
}

/** The allowances of the importing file's room that cover this import. */
function allowancesFor({ from, to }: Import, picture: Picture): readonly string[] {
  return (picture[roomOf(from, picture)] ?? []).filter(
    (allowed) => to === allowed || to.startsWith(`${allowed}/`),
  );
}

/** The file itself or the innermost folder around it that the picture has. */
function roomOf(path: string, picture: Picture): string {
  for (let room = path; room !== '.'; room = dirname(room)) if (picture[room] !== undefined) return room;
  return path;
}
