/** Converts IP addresses between text and bytes: 4 bytes for IPv4, 16 for IPv6. */
import { isIPv4, isIPv6 } from '#platform/ip';
import { formatIPv4, formatIPv6 } from '../basics/ip-address.ts';

/** null if the text is not an IP address; one with a zone ("fe80::1%eth0") doesn't count as one here. */
export function addressBytes(text: string): Uint8Array | null {
  if (isIPv4(text)) return Uint8Array.from(text.split('.'), Number);
  if (!isIPv6(text) || text.includes('%')) return null;
  const [head = '', tail] = text.split('::');
  const before = groupBytes(head);
  const after = groupBytes(tail ?? '');
  const bytes = new Uint8Array(16);
  bytes.set(before);
  bytes.set(after, 16 - after.length);
  return bytes;
}

function groupBytes(groups: string): number[] {
  if (groups === '') return [];
  return groups.split(':').flatMap((group) => {
    // The last 32 bits may be written as an IPv4 address (RFC 4291 §2.2).
    if (group.includes('.')) return group.split('.').map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

/** RFC 5952 for 16 bytes, dotted decimal for 4. */
export function addressText(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length === 4) return formatIPv4(view.getUint32(0));
  return formatIPv6([0, 4, 8, 12].map((at) => view.getUint32(at)));
}
