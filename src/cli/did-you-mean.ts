/** The candidate that was most likely meant: at most a third of the letters differ. */
export function closestTo(word: string, candidates: readonly string[]): string | undefined {
  const scored = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate) }))
    .sort((a, b) => a.distance - b.distance);
  const best = scored[0];
  if (best === undefined || word.length < 2) return undefined;
  return best.distance <= Math.ceil(best.candidate.length / 3) ? best.candidate : undefined;
}

/** Optimal string alignment: a letter added, missing, replaced, or two neighbours swapped. */
function editDistance(a: string, b: string): number {
  // A long argument is not a misspelling, and the table below grows with its length.
  if (a.length > 40) return a.length;
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...Array<number>(b.length).fill(0)]);
  for (let j = 0; j <= b.length; j++) rows[0]![j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, rows[i - 1]![j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, rows[i - 2]![j - 2]! + 1);
      }
      rows[i]![j] = cost;
    }
  }
  return rows[a.length]![b.length]!;
}
