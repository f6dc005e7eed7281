/**
 * The PROXY protocol header that a load balancer may send before everything else, in text (version 1) or binary
 * (version 2): https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt
 */
import { formatIPv4, formatIPv6 } from '../basics/ip-address.ts';

export interface ProxyHeader {
  readonly version: 1 | 2;
  /** Whom the proxy speaks for; null for a LOCAL or UNKNOWN header. */
  readonly source: { readonly address: string; readonly port: number } | null;
}

const V1_PREFIX = 'PROXY ';
/** §2.1: the longest version 1 line, CRLF included. */
const V1_MAX_LENGTH = 107;
const V2_SIGNATURE = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
const V2_HEADER = 16;
const V2_FAMILY = 13;
const V2_LENGTH = 14;
const V2_PROXY_COMMAND = 0x21;
const V2_TCP4 = 0x11;
const V2_TCP6 = 0x21;
/**
 * Room for the addresses of TCP over IPv6. The rest of the variable part (TLVs, up to 64 KiB) is only
 * counted.
 */
const V2_MAX_KEPT = V2_HEADER + 36;
/** The longest version 2 header: its length field has two bytes. */
const V2_MAX_LENGTH = V2_HEADER + 0xffff;

/** Whether a stream with this first byte can begin with a PROXY header at all. */
export function mayBeginProxyHeader(first: number): boolean {
  return first === V1_PREFIX.charCodeAt(0) || first === V2_SIGNATURE[0];
}

export interface ProxyResult {
  /** null: the stream does not begin with a PROXY header. */
  readonly header: ProxyHeader | null;
  /** How many of the pushed bytes belong to the header. */
  readonly consumed: number;
}

export class ProxyHeaderParser {
  readonly #kept: number[] = [];
  /** The most bytes kept of a version 2 header. */
  readonly #maxKept: number;
  /** Bytes of the version 2 header still to come; 0 before its length is known. */
  #remaining = 0;

  /** @param keepsAll keep all bytes of a version 2 header */
  constructor(keepsAll = false) {
    this.#maxKept = keepsAll ? V2_MAX_LENGTH : V2_MAX_KEPT;
  }

  /**
   * The bytes so far. After a result with a header: the bytes of the header. After a result without one: the
   * bytes of earlier pushes, which were held back.
   */
  get kept(): Uint8Array {
    return Uint8Array.from(this.#kept);
  }

  push(bytes: Uint8Array, start: number, end: number): ProxyResult | 'more' {
    const keptBefore = this.#kept.length;
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!;
      if (this.#remaining > 0) {
        if (this.#kept.length < this.#maxKept) this.#kept.push(byte);
        if (--this.#remaining === 0) return { header: this.#parseV2(), consumed: at + 1 - start };
        continue;
      }
      this.#kept.push(byte);
      const state = this.#examine();
      if (state === 'no') {
        this.#kept.length = keptBefore;
        return { header: null, consumed: 0 };
      }
      if (state === 'v1') return { header: this.#parseV1(), consumed: at + 1 - start };
      if (state === 'v2') {
        this.#remaining = (this.#kept[V2_LENGTH]! << 8) | this.#kept[V2_LENGTH + 1]!;
        if (this.#remaining === 0) return { header: { version: 2, source: null }, consumed: at + 1 - start };
      }
    }
    return 'more';
  }

  /** "more" while it may become a header, "v1" when its line is complete, "v2" when its fixed part is. */
  #examine(): 'more' | 'no' | 'v1' | 'v2' {
    const length = this.#kept.length;
    const index = length - 1;
    const byte = this.#kept[index]!;
    if (this.#kept[0] === V2_SIGNATURE[0]) {
      if (index < V2_SIGNATURE.length && byte !== V2_SIGNATURE[index]) return 'no';
      return length === V2_HEADER ? 'v2' : 'more';
    }
    if (index < V1_PREFIX.length) return byte === V1_PREFIX.charCodeAt(index) ? 'more' : 'no';
    if (byte === 0x0a) return 'v1';
    return length >= V1_MAX_LENGTH ? 'no' : 'more';
  }

  #parseV1(): ProxyHeader {
    const line = String.fromCharCode(...this.#kept).trimEnd();
    const match = /^PROXY TCP[46] (\S+) \S+ (\d{1,5}) \d{1,5}$/.exec(line);
    return { version: 1, source: match ? { address: match[1]!, port: Number(match[2]) } : null };
  }

  #parseV2(): ProxyHeader {
    const kept = this.#kept;
    const isProxied = kept[12] === V2_PROXY_COMMAND;
    const word = (at: number): number =>
      (kept[at]! << 24) | (kept[at + 1]! << 16) | (kept[at + 2]! << 8) | kept[at + 3]!;
    const port = (at: number): number => (kept[at]! << 8) | kept[at + 1]!;
    if (isProxied && kept[V2_FAMILY] === V2_TCP4 && kept.length >= V2_HEADER + 12) {
      return { version: 2, source: { address: formatIPv4(word(V2_HEADER)), port: port(V2_HEADER + 8) } };
    }
    if (isProxied && kept[V2_FAMILY] === V2_TCP6 && kept.length >= V2_HEADER + 36) {
      const words = [0, 4, 8, 12].map((at) => word(V2_HEADER + at));
      return { version: 2, source: { address: formatIPv6(words), port: port(V2_HEADER + 32) } };
    }
    return { version: 2, source: null };
  }
}
