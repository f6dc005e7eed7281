/**
 * 4-tuples that belong to several connections at once, in networks that have the same addresses: each further one has an
 * index of its own. Bounded: beyond, connections that overlap are taken for one, as Wireshark does with all of them.
 */

const MAX_PER_TUPLE = 64;
const MAX_IN_ALL = 65_536;

export interface Overlap {
  readonly index: number;
  /** By which route packets of the lower and the higher endpoint came last; it stays when the connection is gone. */
  readonly routes: [number, number];
}

export class TupleOverlaps {
  /** By IP version and tuple. */
  readonly #byTuple = new Map<number, Overlap[]>();
  count = 0;

  of(isIPv6: boolean, tuple: number): readonly Overlap[] | undefined {
    return this.#byTuple.get(keyOf(isIPv6, tuple));
  }

  /** The index of a new one; null where there is no room. */
  add(isIPv6: boolean, tuple: number, route: number): number | null {
    const key = keyOf(isIPv6, tuple);
    const overlaps = this.#byTuple.get(key) ?? [];
    if (overlaps.length === MAX_PER_TUPLE || this.count === MAX_IN_ALL) return null;
    overlaps.push({ index: this.count, routes: [route, route] });
    this.#byTuple.set(key, overlaps);
    return this.count++;
  }

  moved(isIPv6: boolean, tuple: number, index: number, rank: 0 | 1, route: number): void {
    const overlap = this.of(isIPv6, tuple)?.find((other) => other.index === index);
    if (overlap !== undefined) overlap.routes[rank] = route;
  }
}

function keyOf(isIPv6: boolean, tuple: number): number {
  return 2 * tuple + (isIPv6 ? 1 : 0);
}
