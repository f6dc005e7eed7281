/**
 * The routes through tunnels that occur in a capture, each with a number. A route lists its tunnels, outermost first:
 * the kind of tunnel, its id (VNI, key, label, session), and the addresses between which it runs. Called once per
 * packet in a tunnel: integers only.
 *
 * For each layer, call `enter` and then `carriedBy`, outermost layer first. {@link number} ends the route.
 */
import { formatIPv4, formatIPv6 } from '../basics/ip-address.ts';
import { MAX_TUNNELS } from './capture-route.ts';
import type { LayerCursor } from './layer-cursor.ts';
import { TUNNEL_NAMES, type TunnelKind, type TunnelName } from './tunnel-kind.ts';

/** One tunnel around a packet. */
export interface TunnelLayer {
  readonly type: TunnelName;
  /** VNI, GRE key, ERSPAN session, GTP-U TEID, innermost MPLS label, PPPoE or L2TP session, I-SID, E-CID, VIF; null if the tunnel has no id. */
  readonly id: number | null;
  /** Addresses of the IP packet that carries the tunnel; null if no IP packet does. */
  readonly source: string | null;
  readonly destination: string | null;
}

/**
 * Nested tunnels: a packet in more of them is left out, and a note says so.
 * @bound tunnels inside each other: {count}
 */
export const MAX_TUNNEL_LAYERS = 8;

/** Kind (and whether it has an id), id, IP version or 0, source and destination. */
const LAYER_WORDS = 3 + 8;
const HAS_ID = 0x100;

export class TunnelTable {
  /** The route of the current packet. */
  readonly #words = new Int32Array(MAX_TUNNEL_LAYERS * LAYER_WORDS);
  #layers = 0;
  /** By number; 0 stands for no tunnel. */
  readonly #routes: Int32Array[] = [new Int32Array(0)];
  /** Route numbers by hash: a bucket is a list of them. */
  readonly #buckets = new Map<number, number[]>();
  /** Random, so that nobody can construct routes that all share a bucket and make the table slow. */
  readonly #seed = (Math.random() * 2 ** 32) | 0;
  readonly #max: number;

  /** @param max when it is reached, further routes all get the last number */
  constructor(max: number = MAX_TUNNELS) {
    this.#max = max;
  }

  /** Starts a new packet, which is in no tunnel so far. */
  clear(): void {
    this.#layers = 0;
  }

  get isEmpty(): boolean {
    return this.#layers === 0;
  }

  /** Enters a tunnel that has no addresses yet. Returns false if there are too many nested tunnels. */
  enter(kind: TunnelKind, id: number | null): boolean {
    if (this.#layers === MAX_TUNNEL_LAYERS) return false;
    const at = this.#layers++ * LAYER_WORDS;
    this.#words[at] = id === null ? kind : kind | HAS_ID;
    this.#words[at + 1] = id ?? 0;
    this.#words.fill(0, at + 2, at + LAYER_WORDS);
    return true;
  }

  /** Gives the tunnel entered last the addresses of the IP header at the cursor. */
  carriedBy(cursor: LayerCursor, isIPv6: boolean): void {
    const words = this.#words;
    const layer = (this.#layers - 1) * LAYER_WORDS;
    words[layer + 2] = isIPv6 ? 6 : 4;
    const width = isIPv6 ? 4 : 1;
    const from = isIPv6 ? 8 : 12;
    for (let word = 0; word < width; word++) {
      words[layer + 3 + word] = cursor.int32(from + (word << 2));
      words[layer + 7 + word] = cursor.int32(from + ((width + word) << 2));
    }
  }

  /** Returns the number of the route that was entered layer by layer. */
  number(): number {
    const length = this.#layers * LAYER_WORDS;
    if (length === 0) return 0;
    let hash = this.#seed;
    for (let at = 0; at < length; at++) hash = mix(hash ^ this.#words[at]!);
    let bucket = this.#buckets.get(hash);
    if (bucket === undefined) {
      bucket = [];
      this.#buckets.set(hash, bucket);
    }
    for (const number of bucket) if (this.#isSame(this.#routes[number]!, length)) return number;
    if (this.#routes.length === this.#max) return this.#max - 1;
    bucket.push(this.#routes.length);
    return this.#routes.push(this.#words.slice(0, length)) - 1;
  }

  /** The tunnels that a number stands for, outermost first. */
  layers(number: number): TunnelLayer[] {
    const words = this.#routes[number] ?? new Int32Array(0);
    const layers: TunnelLayer[] = [];
    for (let at = 0; at < words.length; at += LAYER_WORDS) {
      const kind = words[at]!;
      const version = words[at + 2]!;
      layers.push({
        type: TUNNEL_NAMES[kind & 0xff]!,
        id: (kind & HAS_ID) === 0 ? null : words[at + 1]! >>> 0,
        source: version === 0 ? null : address(words, at + 3, version),
        destination: version === 0 ? null : address(words, at + 7, version),
      });
    }
    return layers;
  }

  #isSame(route: Int32Array, length: number): boolean {
    if (route.length !== length) return false;
    for (let at = 0; at < length; at++) if (route[at] !== this.#words[at]) return false;
    return true;
  }
}

function address(words: Int32Array, at: number, version: number): string {
  return version === 4 ? formatIPv4(words[at]!) : formatIPv6(words, at);
}

/** The finalizer of MurmurHash3, as in ConnectionTable. */
function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
