/** One after another: a fixture, damaged by a seed's random numbers, and what is wrong with how it was taken. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { FIXTURES } from '../helpers/captures.ts';
import { problemWith } from './hold.ts';
import { mutate } from './mutations.ts';
import { Random } from './random.ts';
import { processorMs } from '../helpers/processor-time.ts';

const SOURCES = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(pcap|pcapng|txt)(\.gz)?$/.test(path))
  .sort()
  .map((path) => join(FIXTURES, path));

/** A case that takes longer is as bad as a wrong one: the fixtures are of some kilobytes. */
const MAX_MS = 5000;
/** Memory of the whole process, which runs one case after another: it includes garbage of earlier cases. */
const MAX_MIB = 300;
/** Memory of all threads is what is measured: only where the fuzzer runs alone. */
const measuresMemory = process.env['VITEST'] === undefined;

export interface Damaged {
  readonly source: string;
  readonly bytes: Buffer;
}

export class FuzzRun {
  readonly #random: Random;
  readonly #path: string;
  cases = 0;

  /** @param folder where the damaged captures are put, one at a time; one with a problem stays there */
  constructor(seed: number, folder: string) {
    this.#random = new Random(seed);
    this.#path = join(folder, `damaged-${seed}`);
  }

  make(): Damaged {
    const random = this.#random;
    const source = random.of(SOURCES);
    const bytes = mutate(readFileSync(source), readFileSync(random.of(SOURCES)), random);
    return { source: relative(FIXTURES, source), bytes };
  }

  /** A sentence where something is wrong, null where nothing is. */
  async next(): Promise<string | null> {
    const { source, bytes } = this.make();
    this.cases++;
    writeFileSync(this.#path, bytes);
    const start = processorMs();
    const problem = await problemWith(this.#path);
    if (problem !== null) return `case ${this.cases}, made of ${source}: ${problem}`;
    const elapsedMs = processorMs() - start;
    const miB = process.memoryUsage.rss() / 1024 ** 2;
    if (measuresMemory && miB > MAX_MIB) {
      return `case ${this.cases}, made of ${source}: ${miB.toFixed(0)} MiB of memory`;
    }
    return elapsedMs > MAX_MS
      ? `case ${this.cases}, made of ${source}, took ${elapsedMs.toFixed(0)} ms of processor time`
      : null;
  }
}
