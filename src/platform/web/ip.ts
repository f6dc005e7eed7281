/** Whether a text is an IP address, as Node's check has it. */

const V4_NUMBER = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const V4 = `${V4_NUMBER}(?:\\.${V4_NUMBER}){3}`;
const IPV4 = new RegExp(`^${V4}$`);
const IPV4_AT_END = new RegExp(`(^|:)${V4}$`);
const GROUP = /^[\dA-Fa-f]{1,4}$/;
const ZONE = /%[\dA-Za-z.:-]+$/;
const GROUPS = 8;

export function isIPv4(text: string): boolean {
  return IPV4.test(text);
}

/** May end in a zone ("fe80::1%eth0"). */
export function isIPv6(text: string): boolean {
  // The last 32 bits may be written as an IPv4 address (RFC 4291 §2.2): two groups.
  const address = text.replace(ZONE, '').replace(IPV4_AT_END, '$10:0');
  const parts = address.split('::');
  if (parts.length > 2) return false;
  const groups = parts.flatMap((part) => (part === '' ? [] : part.split(':')));
  const hasRoom = parts.length === 2 ? groups.length < GROUPS : groups.length === GROUPS;
  return hasRoom && groups.every((group) => GROUP.test(group));
}
