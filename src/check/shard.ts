/**
 * Which captures a shard takes: every n-th of all in the order of their names below the folder that they have in common. So it is
 * the same on every machine, wherever the captures lie there and however they were named on the command line.
 */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly count: number;
}

/** @param sorted as {@link byName} sorts them */
export function shardOf<T>(sorted: readonly T[], { index, count }: Shard): T[] {
  return sorted.filter((_, i) => i % count === index - 1);
}

/** By code units: no locale, no machine. */
export function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The names below the folder that all have in common; of a single one its own name. With / between the parts. */
export function commonNames(paths: readonly string[]): string[] {
  const parts = paths.map((path) => path.split('/'));
  const first = parts[0] ?? [];
  let common = 0;
  while (
    common < first.length - 1 &&
    parts.every((each) => common < each.length - 1 && each[common] === first[common])
  ) {
    common++;
  }
  return parts.map((each) => each.slice(common).join('/'));
}
