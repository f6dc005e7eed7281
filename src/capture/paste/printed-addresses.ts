/**
 * Addresses and ports as texts print them: numbers, or the names that a program put in their place. A name gets an address
 * of the block for documentation (RFC 5737), because a report can't hold names; `names` says which.
 */
import type { AddressBytes } from './packet-bytes.ts';

const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;
/** @bound names of hosts in a text that are told apart: {count} */
const MAX_NAMES = 250;
/** 192.0.2.0/24. */
const DOCUMENTATION: readonly number[] = [192, 0, 2];
/** As /etc/services and Wireshark name the ports on which WebSockets are usual. */
const SERVICES: Readonly<Record<string, number>> = {
  http: 80,
  www: 80,
  'http-alt': 8080,
  webcache: 8080,
  https: 443,
  'https-alt': 8443,
  pcsync_https: 8443,
  'pcsync-https': 8443,
  hbci: 3000,
  ppp: 3000,
  irdmi: 8000,
  'vcom-tunnel': 8001,
  ddi_tcp_1: 8888,
  'ddi-tcp-1': 8888,
  cslistener: 9000,
  upnp: 5000,
  'commplex-main': 5000,
  'squid-http': 3128,
  'ndl-aas': 3128,
  mqtt: 1883,
  tproxy: 8081,
  sunproxyadmin: 8081,
};
/** Dynamic ports begin here (RFC 6335): a service's name that is not known gets one of the last ones. */
const LAST_PORT = 65_535;

export class PrintedAddresses {
  readonly #addresses = new Map<string, AddressBytes>();
  readonly #ports = new Map<string, number>();

  /** The names that got an address: `name` is `address` in the report. */
  get names(): readonly { readonly name: string; readonly address: string }[] {
    return [...this.#addresses].map(([name, address]) => ({ name, address: address.join('.') }));
  }

  get services(): readonly { readonly name: string; readonly port: number }[] {
    return [...this.#ports].map(([name, port]) => ({ name, port }));
  }

  address(text: string): AddressBytes | null {
    const ipv4 = IPV4.exec(text);
    if (ipv4 !== null) {
      const bytes = ipv4.slice(1).map(Number);
      return bytes.every((byte) => byte < 256) ? bytes : null;
    }
    return text.includes(':') ? parseIPv6(text) : this.#named(text);
  }

  port(text: string): number | null {
    if (/^\d{1,5}$/.test(text)) return Number(text) <= LAST_PORT ? Number(text) : null;
    const known = SERVICES[text] ?? this.#ports.get(text);
    if (known !== undefined) return known;
    if (this.#ports.size >= MAX_NAMES) return null;
    const port = LAST_PORT - this.#ports.size;
    this.#ports.set(text, port);
    return port;
  }

  #named(name: string): AddressBytes | null {
    const known = this.#addresses.get(name);
    if (known !== undefined) return known;
    if (this.#addresses.size >= MAX_NAMES) return null;
    const address = [...DOCUMENTATION, this.#addresses.size + 1];
    this.#addresses.set(name, address);
    return address;
  }
}

/** RFC 4291 §2.2, with a zone behind it or without; null where it is not an address. */
export function parseIPv6(text: string): AddressBytes | null {
  const [address = ''] = text.split('%', 1);
  const halves = address.split('::');
  if (halves.length > 2 || address.length > 45) return null;
  const head = wordsOf(halves[0]!);
  const tail = halves.length === 2 ? wordsOf(halves[1]!) : [];
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const words = [...head, ...new Array<number>(missing).fill(0), ...tail];
  return words.flatMap((word) => [word >> 8, word & 0xff]);
}

function wordsOf(text: string): number[] | null {
  if (text === '') return [];
  const words: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    const ipv4 = index === parts.length - 1 ? IPV4.exec(part) : null;
    if (ipv4 !== null) {
      const [a, b, c, d] = ipv4.slice(1).map(Number) as [number, number, number, number];
      if (Math.max(a, b, c, d) > 255) return null;
      words.push((a << 8) | b, (c << 8) | d);
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) words.push(parseInt(part, 16));
    else return null;
  }
  return words;
}
