/**
 * 4-tuples that belong to several connections at once, in networks that have the same addresses: each further
 * connection has an index of its own. Beyond the bounds, connections that overlap count as one, as all of
 * them do in Wireshark.
 */

/** @bound connections that share a 4-tuple: {count} */
const MAX_PER_TUPLE = 64;
/** @bound connections that share a 4-tuple: {count} in all */
const MAX_IN_ALL = 65_536;

export class TupleOverlaps {
  /** By IP version and tuple. */
  readonly #byTuple = new Map<number, number[]>();
  count = 0;

  /** The indexes of a tuple's further connections. */
  of(isIPv6: boolean, tuple: number): readonly number[] | undefined {
    return this.#byTuple.get(keyOf(isIPv6, tuple));
  }

  /** The index of a new connection; null where there is no room. */
  add(isIPv6: boolean, tuple: number): number | null {
    const key = keyOf(isIPv6, tuple);
    const overlaps = this.#byTuple.get(key) ?? [];
    if (overlaps.length === MAX_PER_TUPLE || this.count === MAX_IN_ALL) return null;
    overlaps.push(this.count);
    this.#byTuple.set(key, overlaps);
    return this.count++;
  }
}

function keyOf(isIPv6: boolean, tuple: number): number {
  return 2 * tuple + (isIPv6 ? 1 : 0);
}
