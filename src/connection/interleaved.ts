/** Bytes of both directions in one order. */

/** In the order of packets, except that the bytes of one direction stay in the order of their stream. */
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
