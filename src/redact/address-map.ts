/**
 * Addresses that may be shown in place of real ones: consistent under one key, a network (/24, /64) stays a network, and
 * all lie in ranges that nobody routes (RFC 5737, RFC 3849; RFC 2544, RFC 6598 and RFC 1918 where a capture holds more
 * networks than those have room for). Within a network, hosts are mapped by Crypto-PAn (Xu et al., 2002). No two
 * addresses become one. What names nobody stays: loopback, unspecified, multicast and broadcast addresses.
 */
import { createCipheriv, type Cipher } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { formatIPv4, formatIPv6 } from '../ip-address.ts';

/** First address and number of /24 networks, in the order in which they are given out. */
const IPV4_RANGES: readonly (readonly [first: number, networks: number])[] = [
  [0xc0000200, 1], // 192.0.2.0/24
  [0xc6336400, 1], // 198.51.100.0/24
  [0xcb007100, 1], // 203.0.113.0/24
  [0xc6120000, 512], // 198.18.0.0/15
  [0x64400000, 16_384], // 100.64.0.0/10
  [0x0a000000, 65_536], // 10.0.0.0/8
];
const IPV6_NETWORK = [0x20010db8]; // 2001:db8::/32
const LINK_LOCAL = 0xfe80;

export class AddressMap {
  readonly #cipher: Cipher;
  readonly #pad: Uint8Array;
  readonly #networks4 = new Map<number, number>();
  readonly #networks6 = new Map<string, number>();
  /** By the address as text in Latin-1: most packets carry one that was seen before. */
  readonly #known = new Map<string, Uint8Array>();

  /** @param key secret bytes; the first 32 count */
  constructor(key: Uint8Array) {
    const material = new Uint8Array(32);
    material.set(key.subarray(0, 32));
    this.#cipher = createCipheriv('aes-128-ecb', material.subarray(0, 16), null);
    this.#cipher.setAutoPadding(false);
    this.#pad = new Uint8Array(this.#cipher.update(material.subarray(16)));
  }

  /** 4 or 16 bytes in, as many out; anything else comes back as it is. */
  mapBytes(address: Uint8Array): Uint8Array {
    if (address.length !== 4 && address.length !== 16) return address;
    const name = Buffer.from(address).toString('latin1');
    let mapped = this.#known.get(name);
    if (mapped === undefined) {
      mapped = address.length === 4 ? this.#map4(address) : this.#map6(address);
      this.#known.set(name, mapped);
    }
    return mapped;
  }

  /** The same of an address as text, without brackets or zone; what is none comes back as it is. */
  mapText(address: string): string {
    if (isIPv4(address)) return formatIPv4(word(this.mapBytes(Uint8Array.from(address.split('.'), Number)), 0));
    if (!isIPv6(address) || address.includes('%')) return address;
    const mapped = this.mapBytes(bytesOfIPv6(address));
    return formatIPv6([0, 4, 8, 12].map((at) => word(mapped, at)));
  }

  #map4(address: Uint8Array): Uint8Array {
    const bits = word(address, 0) >>> 0;
    const first = bits >>> 24;
    if (first === 0 || first === 127 || (first >= 224 && first < 240) || bits === 0xffffffff) return address;
    const network = bits >>> 8;
    let index = this.#networks4.get(network);
    if (index === undefined) this.#networks4.set(network, (index = this.#networks4.size));
    return bytesOf(networkNumber(index) + this.#scramble(address.subarray(3), network, 0)[0]!);
  }

  #map6(address: Uint8Array): Uint8Array {
    const isLow = address.subarray(0, 10).every((byte) => byte === 0);
    if (isLow && address[10] === 0xff && address[11] === 0xff) {
      const mapped = address.slice();
      mapped.set(this.mapBytes(address.subarray(12)), 12);
      return mapped;
    }
    if (address[0] === 0xff || (isLow && word(address, 12) >>> 0 <= 1 && word(address, 8) === 0)) return address;
    const mapped = address.slice();
    const network = Buffer.from(address.subarray(0, 8)).toString('latin1');
    let index = this.#networks6.get(network);
    if (index === undefined) this.#networks6.set(network, (index = this.#networks6.size));
    const isLinkLocal = (((address[0]! << 8) | address[1]!) & 0xffc0) === LINK_LOCAL;
    mapped.set(isLinkLocal ? Uint8Array.of(0xfe, 0x80, 0, 0) : bytesOf(IPV6_NETWORK[0]!));
    mapped.set(isLinkLocal ? new Uint8Array(4) : bytesOf(index), 4);
    mapped.set(this.#scramble(address.subarray(8), word(address, 0), word(address, 4)), 8);
    return mapped;
  }

  /** Crypto-PAn: each bit is flipped or not by what comes before it. */
  #scramble(host: Uint8Array, tweakA: number, tweakB: number): Uint8Array {
    const result = host.slice();
    const block = this.#pad.slice();
    const view = new DataView(block.buffer);
    view.setInt32(8, tweakA | 0);
    view.setInt32(12, tweakB | 0);
    for (let bit = 0; bit < host.length * 8; bit++) {
      block.set(this.#pad.subarray(0, 8));
      for (let at = 0; at < bit; at++) {
        const mask = 0x80 >> (at & 7);
        block[at >> 3] = (block[at >> 3]! & ~mask) | (host[at >> 3]! & mask);
      }
      const flip = this.#cipher.update(block)[0]! >> 7;
      if (flip === 1) result[bit >> 3]! ^= 0x80 >> (bit & 7);
    }
    return result;
  }
}

/** The first address of the network that is given out as the so-manieth; beyond all of them they begin anew. */
function networkNumber(index: number): number {
  let left = index;
  for (const [first, networks] of IPV4_RANGES) {
    if (left < networks) return first + left * 256;
    left -= networks;
  }
  return networkNumber(left);
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

function bytesOf(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
}

/** Of an address that `isIPv6` has accepted. */
function bytesOfIPv6(text: string): Uint8Array {
  const dotted = /(?:\d+\.){3}\d+$/.exec(text)?.[0];
  const plain =
    dotted === undefined
      ? text
      : text.slice(0, -dotted.length) +
        [0, 2].map((at) => dotted.split('.').slice(at, at + 2).map((part) => Number(part).toString(16).padStart(2, '0')).join('')).join(':');
  const [head = '', tail] = plain.split('::') as [string, string | undefined];
  const groups = (part: string) => (part === '' ? [] : part.split(':').map((group) => parseInt(group, 16)));
  const before = groups(head);
  const after = groups(tail ?? '');
  const zeros = new Array<number>(8 - before.length - after.length).fill(0);
  return Uint8Array.from([...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 0xff]));
}
