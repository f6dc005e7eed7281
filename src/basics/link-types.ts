/**
 * LINKTYPE_ values (https://www.tcpdump.org/linktypes.html) and their DLT names as tcpdump and capinfos print
 * them. A value that is not listed is named by its number: a name is for people, decoders use the number.
 */

export const LINKTYPE_NULL = 0;
export const LINKTYPE_EN10MB = 1;
export const LINKTYPE_PPP = 9;
/** DLT_RAW differs between systems (12, 14 on OpenBSD), and some files hold it in place of 101. */
export const DLT_RAW_12 = 12;
export const DLT_RAW_14 = 14;
export const LINKTYPE_PPP_SERIAL = 50;
export const LINKTYPE_PPP_ETHER = 51;
export const LINKTYPE_RAW = 101;
export const LINKTYPE_C_HDLC = 104;
export const LINKTYPE_LOOP = 108;
export const LINKTYPE_LINUX_SLL = 113;
export const LINKTYPE_PFLOG = 117;
/** DLT_PKTAP on macOS, as older files have it in place of 258. */
export const LINKTYPE_PKTAP_DLT = 149;
export const LINKTYPE_PPP_PPPD = 166;
export const LINKTYPE_PPP_WITH_DIRECTION = 204;
export const LINKTYPE_MPLS = 219;
export const LINKTYPE_IPV4 = 228;
export const LINKTYPE_IPV6 = 229;
export const LINKTYPE_NFLOG = 239;
export const LINKTYPE_PKTAP = 258;
export const LINKTYPE_LINUX_SLL2 = 276;

const NAMES: ReadonlyMap<number, string> = new Map([
  [LINKTYPE_NULL, 'NULL'],
  [LINKTYPE_EN10MB, 'EN10MB'],
  [3, 'AX25'],
  [6, 'IEEE802'],
  [7, 'ARCNET'],
  [8, 'SLIP'],
  [LINKTYPE_PPP, 'PPP'],
  [10, 'FDDI'],
  [DLT_RAW_12, 'RAW'],
  [DLT_RAW_14, 'RAW'],
  [LINKTYPE_PPP_SERIAL, 'PPP_SERIAL'],
  [LINKTYPE_PPP_ETHER, 'PPP_ETHER'],
  [100, 'ATM_RFC1483'],
  [LINKTYPE_RAW, 'RAW'],
  [LINKTYPE_C_HDLC, 'C_HDLC'],
  [105, 'IEEE802_11'],
  [107, 'FRELAY'],
  [LINKTYPE_LOOP, 'LOOP'],
  [LINKTYPE_LINUX_SLL, 'LINUX_SLL'],
  [114, 'LTALK'],
  [LINKTYPE_PFLOG, 'PFLOG'],
  [119, 'PRISM_HEADER'],
  [122, 'IP_OVER_FC'],
  [127, 'IEEE802_11_RADIO'],
  [138, 'APPLE_IP_OVER_IEEE1394'],
  [144, 'LINUX_IRDA'],
  [LINKTYPE_PKTAP_DLT, 'PKTAP'],
  [163, 'IEEE802_11_RADIO_AVS'],
  [LINKTYPE_PPP_PPPD, 'PPP_PPPD'],
  [187, 'BLUETOOTH_HCI_H4'],
  [186, 'USB_FREEBSD'],
  [189, 'USB_LINUX'],
  [192, 'PPI'],
  [195, 'IEEE802_15_4'],
  [201, 'BLUETOOTH_HCI_H4_WITH_PHDR'],
  [LINKTYPE_PPP_WITH_DIRECTION, 'PPP_WITH_DIR'],
  [LINKTYPE_MPLS, 'MPLS'],
  [220, 'USB_LINUX_MMAPPED'],
  [227, 'CAN_SOCKETCAN'],
  [LINKTYPE_IPV4, 'IPV4'],
  [LINKTYPE_IPV6, 'IPV6'],
  [LINKTYPE_NFLOG, 'NFLOG'],
  [240, 'NETANALYZER'],
  [242, 'IPOIB'],
  [247, 'INFINIBAND'],
  [249, 'USBPCAP'],
  [251, 'BLUETOOTH_LE_LL'],
  [252, 'WIRESHARK_UPPER_PDU'],
  [253, 'NETLINK'],
  [254, 'BLUETOOTH_LINUX_MONITOR'],
  [256, 'BLUETOOTH_LE_LL_WITH_PHDR'],
  [LINKTYPE_PKTAP, 'PKTAP'],
  [266, 'USB_DARWIN'],
  [LINKTYPE_LINUX_SLL2, 'LINUX_SLL2'],
]);

const WIFI: readonly number[] = [105, 119, 127, 163, 192];
const BLUETOOTH: readonly number[] = [187, 201, 251, 254, 256];
const USB: readonly number[] = [186, 189, 220, 249, 266];

/** Names a link type that can't be read, and says what to do instead. */
export function linkTypeAdvice(linkType: number): string {
  if (WIFI.includes(linkType)) {
    return 'Wi-Fi as it is on the air, mostly encrypted: capture without monitor mode (`tcpdump` without `-I`), at the access point’s wired side, or on the server';
  }
  if (BLUETOOTH.includes(linkType)) return `wscap does not read Bluetooth: ${ANOTHER_INTERFACE}`;
  if (USB.includes(linkType)) {
    return `raw USB traffic, which wscap does not read: ${ANOTHER_INTERFACE} (that of the adapter itself, such as eth1 or usb0)`;
  }
  return `wscap can not read it: ${ANOTHER_INTERFACE}`;
}

const ANOTHER_INTERFACE = 'capture on the network interface instead (`tcpdump -D` lists them)';

/** The DLT name without its prefix, or `LINKTYPE_n`. */
export function linkTypeName(linkType: number): string {
  return NAMES.get(linkType) ?? `LINKTYPE_${linkType}`;
}

/** The LINKTYPE_ value of a name that tcpdump printed ("link-type EN10MB"), if we know it. */
export function linkTypeFromName(name: string): number | undefined {
  // Several values share the name RAW; the one that files are written with is 101.
  if (name === 'RAW') return LINKTYPE_RAW;
  for (const [value, known] of NAMES) if (known === name) return value;
  return undefined;
}
