/** Finds IP addresses in text and replaces them by addresses of the documentation ranges. */
import { isIPv4, isIPv6 } from '#platform/ip';
import type { AddressMap } from './address-map.ts';

/** Four numbers with dots, or with dashes as in the names of cloud hosts: "ip-10-0-0-7.internal". */
const DOTTED = /(?<![\d.])(?<!\d-)\d{1,3}([.-])\d{1,3}\1\d{1,3}\1\d{1,3}(?![\d]|[.-]\d)/g;
const COLONS = /(?<![\w:.])[\dA-Fa-f]{0,4}(?::[\dA-Fa-f]{0,4}){2,7}(?:\.\d{1,3}){0,3}(?![\w:])/g;

export class AddressReplacer {
  readonly #map: AddressMap;
  readonly #known = new Set<string>();

  constructor(map: AddressMap) {
    this.#map = map;
  }

  /** Replaces the address of an endpoint. */
  address(address: string): string {
    this.#known.add(address);
    return this.#map.mapText(address);
  }

  /**
   * Replaces all addresses in a text. Something like "Chrome/120.0.0.0" may be the version of a program: it is
   * replaced only if it is known as the address of an endpoint.
   */
  text(text: string): string {
    return text
      .replace(DOTTED, (found, separator: string, at: number) => {
        const address = found.replaceAll(separator, '.');
        if (!isIPv4(address)) return found;
        const isCertain = separator === '.' && !/[\w)] ?\/$|\bv$/i.test(text.slice(Math.max(0, at - 3), at));
        if (!isCertain && !this.#known.has(address)) return found;
        return this.#map.mapText(address).replaceAll('.', separator);
      })
      .replace(COLONS, (found) => (isIPv6(found) ? this.#map.mapText(found) : found));
  }
}
