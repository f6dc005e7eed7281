/**
 * From the 4-tuple of a segment to a small integer, the same for both directions: an open-addressing hash table
 * in typed arrays. HOT: `find` runs once per packet; no string, no object (a string key costs 200-600 ns, this 20).
 *
 * A tuple never leaves the table: Wireshark's numbering needs to know tuples whose connection has long ended.
 */
import type { Segment } from '../decode/segment.ts';

/** Few: a capture of one connection should not pay for thousands. The table doubles as it fills. */
const INITIAL_SLOTS = 1 << 5;

export class ConnectionTable {
  /** Address words a side: 1 for IPv4, 4 for IPv6. */
  readonly #words: number;
  readonly #stride: number;
  /**
   * Random: if the hash were known, tuples that share a slot could be made up in advance to make the table
   * slow.
   */
  readonly #seed = (Math.random() * 2 ** 32) | 0;
  /** Tuple index + 1, or 0 for an empty slot. Twice as many slots as tuples, or more. */
  #slots = new Int32Array(INITIAL_SLOTS);
  /** Of each tuple: the lower endpoint's address, the higher one's, and both ports in one word. */
  #keys: Int32Array;
  #count = 0;
  /** After `find`: whether the segment was sent by the higher endpoint. */
  fromHigher = false;

  constructor(version: 4 | 6) {
    this.#words = version === 4 ? 1 : 4;
    this.#stride = 2 * this.#words + 1;
    this.#keys = new Int32Array((INITIAL_SLOTS >> 1) * this.#stride);
  }

  get size(): number {
    return this.#count;
  }

  /** Index of the segment's 4-tuple, counted from 0 in order of first appearance; a new tuple is added. */
  find(segment: Segment): number {
    return this.#find(segment, true);
  }

  /** The same; -1 for a tuple that is not in the table, and is not added. */
  findKnown(segment: Segment): number {
    return this.#find(segment, false);
  }

  #find(segment: Segment, adds: boolean): number {
    const { addresses, sourcePort, destinationPort } = segment;
    const fromHigher = this.#isFromHigher(segment);
    this.fromHigher = fromHigher;
    const lower = fromHigher ? 4 : 0;
    const ports = fromHigher ? (destinationPort << 16) | sourcePort : (sourcePort << 16) | destinationPort;

    let hash = Math.imul(ports, 0x9e3779b1) ^ this.#seed;
    for (let word = 0; word < this.#words; word++) {
      hash = mix(hash ^ addresses[lower + word]!);
      hash = mix(hash ^ addresses[(lower ^ 4) + word]!);
    }
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const tuple = this.#slots[slot]! - 1;
      if (tuple < 0) break;
      if (this.#matches(tuple, addresses, lower, ports)) return tuple;
      slot = (slot + 1) & mask;
    }
    if (!adds) return -1;
    return this.#add(slot, addresses, lower, ports, hash);
  }

  #isFromHigher({ addresses, sourcePort, destinationPort }: Segment): boolean {
    for (let word = 0; word < this.#words; word++) {
      const source = addresses[word]!;
      const destination = addresses[4 + word]!;
      if (source !== destination) return source > destination;
    }
    return sourcePort > destinationPort;
  }

  #matches(tuple: number, addresses: Int32Array, lower: number, ports: number): boolean {
    const keys = this.#keys;
    const words = this.#words;
    const at = tuple * this.#stride;
    for (let word = 0; word < words; word++) {
      if (keys[at + word] !== addresses[lower + word]) return false;
      if (keys[at + words + word] !== addresses[(lower ^ 4) + word]) return false;
    }
    return keys[at + 2 * words] === ports;
  }

  #add(slot: number, addresses: Int32Array, lower: number, ports: number, hash: number): number {
    const tuple = this.#count++;
    const at = tuple * this.#stride;
    if (at + this.#stride > this.#keys.length) this.#keys = grown(this.#keys);
    for (let word = 0; word < this.#words; word++) {
      this.#keys[at + word] = addresses[lower + word]!;
      this.#keys[at + this.#words + word] = addresses[(lower ^ 4) + word]!;
    }
    this.#keys[at + 2 * this.#words] = ports;
    if (this.#count * 2 > this.#slots.length) {
      this.#rehash();
      this.#place(tuple, hash);
    } else {
      this.#slots[slot] = tuple + 1;
    }
    return tuple;
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    const keys = this.#keys;
    const words = this.#words;
    for (let tuple = 0; tuple < this.#count - 1; tuple++) {
      const at = tuple * this.#stride;
      let hash = Math.imul(keys[at + 2 * words]!, 0x9e3779b1) ^ this.#seed;
      for (let word = 0; word < words; word++) {
        hash = mix(hash ^ keys[at + word]!);
        hash = mix(hash ^ keys[at + words + word]!);
      }
      this.#place(tuple, hash);
    }
  }

  #place(tuple: number, hash: number): void {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = tuple + 1;
  }
}

/** The finalizer of MurmurHash3: every input bit reaches every output bit, so neighbouring ports spread. */
function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** A copy of twice the length. */
export function grown(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
