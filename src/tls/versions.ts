/** Versions of TLS as their numbers on the wire, and as people call them. */
import type { TlsVersion } from './facts.ts';

const NAMES: Readonly<Record<number, TlsVersion>> = {
  0x0300: 'SSL 3.0',
  0x0301: '1.0',
  0x0302: '1.1',
  0x0303: '1.2',
  0x0304: '1.3',
};

/** null for a number that is no version: a reserved one (RFC 8701), a draft, DTLS. */
export function versionName(number: number): TlsVersion | null {
  return NAMES[number] ?? null;
}
