/**
 * How many bytes a record holds, from the length in its header: what a cipher suite adds is known (RFC 8446 §5.2;
 * RFC 5246 §6.2.3; RFC 5288; RFC 6655; RFC 7905). CBC pads to whole blocks, and TLS 1.3 may pad as well: the figure is then the
 * most that the record can hold.
 */

/** Bytes that a record has beside its contents; `block` is how far padding may round up, 1 where it doesn't. */
export interface RecordOverhead {
  readonly bytes: number;
  readonly block: number;
}

/** @returns null where the suite is not known */
export function recordOverhead(version: string, cipher: string | null): RecordOverhead | null {
  if (cipher === null || cipher.startsWith('0x')) return null;
  const tag = cipher.includes('CCM_8') ? 8 : 16;
  // The type of the contents stands inside.
  if (version === '1.3') return { bytes: tag + 1, block: 1 };
  if (cipher.includes('CHACHA20')) return { bytes: tag, block: 1 };
  if (cipher.includes('_GCM') || cipher.includes('_CCM')) return { bytes: tag + 8, block: 1 };
  const mac = macLength(cipher);
  if (mac === null) return null;
  if (!cipher.includes('_CBC')) return { bytes: mac, block: 1 };
  const block = cipher.includes('DES') ? 8 : 16;
  const hasVector = version === '1.1' || version === '1.2';
  // One byte says how much padding there is.
  return { bytes: (hasVector ? block : 0) + mac + 1, block };
}

/** The most bytes that a record of this length can hold. */
export function plainLength(length: number, overhead: RecordOverhead): number {
  return Math.max(0, length - overhead.bytes);
}

function macLength(cipher: string): number | null {
  if (cipher.endsWith('_SHA384')) return 48;
  if (cipher.endsWith('_SHA256')) return 32;
  if (cipher.endsWith('_SHA')) return 20;
  return cipher.endsWith('_MD5') ? 16 : null;
}
