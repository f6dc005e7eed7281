/** Where the captures are that tests read: the project's fixtures, and a folder of foreign ones that may be beside it. */
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const REPOSITORY: string = fileURLToPath(new URL('../..', import.meta.url));
export const FIXTURES: string = join(REPOSITORY, 'fixtures');
/** Captures recorded by others; not part of the project. */
export const FOREIGN_CAPTURES: string = join(REPOSITORY, '..', 'shared', 'captures');

const CAPTURE = /\.(pcap|pcapng)(\.gz)?$/;

/** All binary captures under a folder, sorted; none where it doesn't exist. */
export function capturesUnder(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => CAPTURE.test(path))
    .map((path) => join(folder, path))
    .sort();
}

/** A short name for a test title: the path without the folder that it is in. */
export function shortName(path: string): string {
  const fromFixtures = relative(FIXTURES, path);
  return fromFixtures.startsWith('..') ? `foreign/${relative(FOREIGN_CAPTURES, path)}` : fromFixtures;
}
