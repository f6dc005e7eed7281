/** Asks tshark for the facts of every fixture and writes them beside it; scripts/record-tshark.mjs runs this. */
import { rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { FIXTURES } from './captures.ts';
import {
  factsOf,
  FACTS_NAME,
  fixturesByFolder,
  printFolderFacts,
  sha256Of,
  storedFiles,
} from './tshark-facts.ts';
import { TSHARK_VERSION, tsharkPackets } from './tshark.ts';
import type { StoredFacts } from './tshark-facts.ts';

/**
 * @param areas folders under fixtures/ that are asked about; none: all
 * @returns what it did, in a sentence
 */
export async function recordFacts(areas: readonly string[] = []): Promise<string> {
  if (TSHARK_VERSION === null) throw new Error('tshark is not installed');
  const all = fixturesByFolder();
  const folders = new Map(
    [...all].filter(([folder]) => areas.length === 0 || areas.includes(relative(FIXTURES, folder))),
  );
  const queue = [...folders.values()].flat();
  const facts = new Map<string, StoredFacts>();
  const workOff = async (): Promise<void> => {
    for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
      facts.set(path, { sha256: sha256Of(path), ...factsOf(await tsharkPackets(path)) });
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, workOff));
  for (const [folder, paths] of folders) {
    const captures = Object.fromEntries(paths.map((path) => [basename(path), facts.get(path)!]));
    writeFileSync(join(folder, FACTS_NAME), printFolderFacts({ tshark: TSHARK_VERSION, captures }));
  }
  for (const file of storedFiles()) if (!all.has(dirname(file))) rmSync(file);
  return `tshark ${TSHARK_VERSION}: ${facts.size} captures in ${folders.size} folders`;
}
