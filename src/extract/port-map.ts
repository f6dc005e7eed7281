/**
 * Replaces each client's port by another one of the same range, no two by the same. Ports of servers, and
 * ports below 1024, stay: they say which program listens, and tell a dissector which protocol is spoken.
 */
import type { Pseudonyms } from './pseudonyms.ts';

const FIRST_FREE = 1024;
const FIRST_EPHEMERAL = 32_768;
const BITS = 15;

export class PortMap {
  readonly #pseudonyms: Pseudonyms;
  readonly #kept: ReadonlySet<number>;
  readonly #known = new Map<number, number>();

  /** @param kept ports of servers */
  constructor(pseudonyms: Pseudonyms, kept: ReadonlySet<number>) {
    this.#pseudonyms = pseudonyms;
    this.#kept = kept;
  }

  map(port: number): number {
    if (this.#stays(port)) return port;
    let mapped = this.#known.get(port);
    if (mapped === undefined) {
      mapped = this.#walk(port);
      this.#known.set(port, mapped);
    }
    return mapped;
  }

  #stays(port: number): boolean {
    return port < FIRST_FREE || this.#kept.has(port);
  }

  /**
   * A permutation of all ports of the half, applied again while it leads to a port that stays: so it permutes
   * the rest.
   */
  #walk(port: number): number {
    const half = port & FIRST_EPHEMERAL;
    let result = port;
    do result = half | this.#pseudonyms.permuteNumber(result & ~FIRST_EPHEMERAL, BITS, 'port');
    while (this.#stays(result));
    return result;
  }
}
