/** Bytes of both directions in one order. */

/** By packet, but for what one direction brings out of order: that stays in the order of its stream. */
export function interleaved<T extends { readonly packet: number }>(a: readonly T[], b: readonly T[]): T[] {
  const merged: T[] = [];
  let [fromA, fromB] = [0, 0];
  while (fromA < a.length || fromB < b.length) {
    const [nextA, nextB] = [a[fromA], b[fromB]];
    if (nextB === undefined || (nextA !== undefined && nextA.packet <= nextB.packet)) {
      merged.push(nextA!);
      fromA++;
    } else {
      merged.push(nextB);
      fromB++;
    }
  }
  return merged;
}
