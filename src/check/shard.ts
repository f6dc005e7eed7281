/**
 * Chooses the captures of a shard: every n-th one, sorted by name relative to the folder that all have in common. So
 * the choice is the same on every machine, wherever the captures are stored and however the command line names them.
 */
export interface Shard {
  /** Counted from 1. */
  readonly index: number;
  readonly count: number;
}

/** @param sorted as {@link byName} sorts them */
export function shardOf<T>(sorted: readonly T[], { index, count }: Shard): T[] {
  return sorted.filter((_, i) => i % count === index - 1);
}

/** By code units, so that the order doesn't depend on the locale of the machine. */
export function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Names relative to the folder that all have in common, with / between the parts; for a single path its file name. */
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
