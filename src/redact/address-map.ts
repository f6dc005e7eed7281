/**
 * Replaces real addresses by addresses of the documentation ranges. An address always gets the same replacement, no
 * two addresses share one, and neighbours stay neighbours.
 *
 * An IPv4 address is 32 bits and the documentation ranges hold 768 addresses, so no mapping into them can keep every
 * prefix. Kept is what people read from a capture: a network (/24; /48 for IPv6) becomes a network, and two addresses
 * of a network that share their first n bits still do. Networks get their replacements in the order in which they
 * first appear:
 *
 *   IPv4   192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24 (RFC 5737); from the fourth network on the 512 of
 *          198.18.0.0/15 (benchmarks, RFC 2544), then those of 240.0.0.0/4 (reserved, RFC 1112 §4)
 *   IPv6   the 65,536 of 2001:db8::/32 (RFC 3849), then those of 3fff::/20 (RFC 9637)
 *
 * None of these addresses belongs to anybody. With a key, bits within a network are flipped as in Crypto-PAn (Xu et
 * al., 2002): by a function of the key and of the bits before them. Without a key, the first address of a network
 * gets its lowest replacement, and so on: that reveals nothing but the order, and gives the same result each time
 * without a secret.
 *
 * Loopback, unspecified, broadcast and multicast addresses identify nobody and are not replaced.
 */
import { aes128 } from '#platform/aes';
import { sha256 } from '#platform/sha256';
import { bytesOfHex, hex } from '#platform/text';
import { joinBytes } from '../basics/join-bytes.ts';
import { addressBytes, addressText } from './address-text.ts';

type BlockCipher = ReturnType<typeof aes128>;

/** So that the same key gives nothing else away. */
const DOMAIN = new TextEncoder().encode('wscap addresses\0');
const IPV4_NETWORK_BYTES = 3;
const IPV6_NETWORK_BYTES = 6;
const BENCHMARK_NETWORKS = 512;
const IPV6_DOCUMENTATION_NETWORKS = 0x10000;

export class AddressMap {
  readonly #cipher: BlockCipher | null;
  /** Replacements, by the address in hexadecimal. */
  readonly #known = new Map<string, Uint8Array>();
  /** Networks in the order in which they first appeared; each address family counts its own. */
  readonly #networks = new Map<string, number>();
  #ipv4Networks = 0;
  #ipv6Networks = 0;
  /** Without a key: the addresses seen in each network, in hexadecimal and ascending. */
  readonly #met = new Map<string, string[]>();

  /** @param key any length; with an empty one, replacements follow the order in which addresses appear */
  constructor(key: Uint8Array = new Uint8Array(0)) {
    // Hashing turns a key of any length into 16 bytes.
    this.#cipher = key.length === 0 ? null : aes128(sha256(joinBytes(DOMAIN, key)).subarray(0, 16));
  }

  /**
   * @param address 4 or 16 bytes in network order; not kept, not changed
   * @throws RangeError for any other length
   */
  mapBytes(address: Uint8Array): Uint8Array {
    if (address.length !== 4 && address.length !== 16) {
      throw new RangeError(`an address has 4 or 16 bytes, not ${address.length}`);
    }
    if (staysAsItIs(address)) return address.slice();
    const name = hex(address);
    let replacement = this.#known.get(name);
    if (replacement === undefined) {
      replacement = isMapped(address) ? this.#mapMapped(address) : this.#replace(address);
      this.#known.set(name, replacement);
    }
    return replacement.slice();
  }

  /** The same for text, in the form of RFC 5952; text that is not an IP address is returned unchanged. */
  mapText(address: string): string {
    const bytes = addressBytes(address);
    return bytes === null ? address : addressText(this.mapBytes(bytes));
  }

  /** An IPv4 address inside IPv6 (::ffff:0:0/96) gets the replacement of that IPv4 address. */
  #mapMapped(address: Uint8Array): Uint8Array {
    const mapped = address.slice();
    mapped.set(this.mapBytes(address.subarray(12)), 12);
    return mapped;
  }

  #replace(address: Uint8Array): Uint8Array {
    const isIPv4 = address.length === 4;
    const networkBytes = isIPv4 ? IPV4_NETWORK_BYTES : IPV6_NETWORK_BYTES;
    const result = new Uint8Array(address.length);
    const name = hex(address.subarray(0, networkBytes));
    let index = this.#networks.get(name);
    if (index === undefined) {
      index = isIPv4 ? this.#ipv4Networks++ : this.#ipv6Networks++;
      this.#networks.set(name, index);
    }
    result.set(isIPv4 ? ipv4Network(index) : ipv6Network(index));
    if (this.#cipher === null) this.#hostByOrder(address, result, name);
    else this.#hostByKey(address, result, networkBytes * 8, this.#cipher);
    return result;
  }

  /** The cipher of the bits before a bit decides whether the bit is flipped. */
  #hostByKey(address: Uint8Array, result: Uint8Array, from: number, cipher: BlockCipher): void {
    for (let bit = from; bit < address.length * 8; bit++) {
      const flip = cipher(leadingBits(address, bit))[0]! >> 7;
      if ((bitAt(address, bit) ^ flip) === 1) setBit(result, bit);
    }
  }

  /**
   * Takes the leading bits that this address shares with the nearest known one from that one's replacement, and
   * inverts the next bit. Of the rest only the last bit is set: an address of zeros, as in 192.0.2.0, would look like
   * the network's own.
   */
  #hostByOrder(address: Uint8Array, result: Uint8Array, network: string): void {
    const name = hex(address);
    const last = address.length * 8 - 1;
    let met = this.#met.get(network);
    if (met === undefined) {
      met = [];
      this.#met.set(network, met);
    }
    const place = placeIn(met, name);
    const neighbours = [met[place - 1], met[place]].filter((each) => each !== undefined);
    met.splice(place, 0, name);
    let shared = -1;
    let nearest = '';
    for (const neighbour of neighbours) {
      const bits = sharedBits(address, bytesOfHex(neighbour));
      if (bits > shared) [shared, nearest] = [bits, neighbour];
    }
    const replacement = this.#known.get(nearest);
    if (replacement !== undefined) {
      for (let bit = 0; bit < shared; bit++) if (bitAt(replacement, bit) === 1) setBit(result, bit);
      if (bitAt(replacement, shared) === 0) setBit(result, shared);
    }
    if (shared < last) setBit(result, last);
  }
}

function ipv4Network(index: number): number[] {
  const documentation = [
    [192, 0, 2],
    [198, 51, 100],
    [203, 0, 113],
  ];
  const own = documentation[index];
  if (own !== undefined) return own;
  const number = index - documentation.length;
  if (number < BENCHMARK_NETWORKS) return [198, 18 + (number >> 8), number & 0xff];
  // 2^20 networks, or 2^28 addresses: with more networks than that, replacements are used again.
  const reserved = (number - BENCHMARK_NETWORKS) & 0xfffff;
  return [240 | (reserved >> 16), (reserved >> 8) & 0xff, reserved & 0xff];
}

function ipv6Network(index: number): number[] {
  if (index < IPV6_DOCUMENTATION_NETWORKS) return [0x20, 0x01, 0x0d, 0xb8, index >> 8, index & 0xff];
  const number = index - IPV6_DOCUMENTATION_NETWORKS;
  return [0x3f, 0xff, (number >> 24) & 0x0f, (number >> 16) & 0xff, (number >> 8) & 0xff, number & 0xff];
}

function staysAsItIs(address: Uint8Array): boolean {
  const first = address[0]!;
  if (address.length === 4) {
    const isBroadcast = address.every((byte) => byte === 0xff);
    const isUnspecified = address.every((byte) => byte === 0);
    return first === 127 || (first >= 224 && first <= 239) || isBroadcast || isUnspecified;
  }
  return first === 0xff || (address.subarray(0, 15).every((byte) => byte === 0) && address[15]! <= 1);
}

function isMapped(address: Uint8Array): boolean {
  return (
    address.length === 16 &&
    address.subarray(0, 10).every((byte) => byte === 0) &&
    address[10] === 0xff &&
    address[11] === 0xff
  );
}

function bitAt(bytes: Uint8Array, bit: number): number {
  return (bytes[bit >> 3]! >> (7 - (bit & 7))) & 1;
}

function setBit(bytes: Uint8Array, bit: number): void {
  bytes[bit >> 3]! |= 1 << (7 - (bit & 7));
}

/** The number of leading bits that two different addresses share. */
function sharedBits(a: Uint8Array, b: Uint8Array): number {
  let byte = 0;
  while (a[byte] === b[byte]) byte++;
  return byte * 8 + Math.clz32(a[byte]! ^ b[byte]!) - 24;
}

/** The index at which the name stands, or would stand, in an ascending list. */
function placeIn(list: readonly string[], name: string): number {
  let from = 0;
  let to = list.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (list[middle]! < name) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** A block for the cipher: the first bits of the address, a one, then zeros; the last bit says which address family. */
function leadingBits(address: Uint8Array, count: number): Uint8Array {
  const block = new Uint8Array(16);
  const whole = count >> 3;
  block.set(address.subarray(0, whole));
  const rest = count & 7;
  const kept = rest === 0 ? 0 : address[whole]! & (0xff << (8 - rest));
  block[whole] = kept | (0x80 >> rest);
  if (address.length === 4) block[15]! |= 1;
  return block;
}
