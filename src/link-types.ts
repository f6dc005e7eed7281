/**
 * LINKTYPE_ values (https://www.tcpdump.org/linktypes.html) and their DLT names as tcpdump and capinfos print
 * them. A value that is not listed is named by its number: a name is for people, decoders use the number.
 */

export const LINKTYPE_NULL = 0;
export const LINKTYPE_EN10MB = 1;
/** DLT_RAW differs from system to system (12, 14 on OpenBSD) and stands in some files in place of 101. */
export const DLT_RAW_12 = 12;
export const DLT_RAW_14 = 14;
export const LINKTYPE_RAW = 101;
export const LINKTYPE_LOOP = 108;
export const LINKTYPE_LINUX_SLL = 113;
export const LINKTYPE_IPV4 = 228;
export const LINKTYPE_IPV6 = 229;
export const LINKTYPE_LINUX_SLL2 = 276;

const NAMES: ReadonlyMap<number, string> = new Map([
  [LINKTYPE_NULL, 'NULL'],
  [LINKTYPE_EN10MB, 'EN10MB'],
  [3, 'AX25'],
  [6, 'IEEE802'],
  [7, 'ARCNET'],
  [8, 'SLIP'],
  [9, 'PPP'],
  [10, 'FDDI'],
  [DLT_RAW_12, 'RAW'],
  [DLT_RAW_14, 'RAW'],
  [50, 'PPP_SERIAL'],
  [51, 'PPP_ETHER'],
  [100, 'ATM_RFC1483'],
  [LINKTYPE_RAW, 'RAW'],
  [104, 'C_HDLC'],
  [105, 'IEEE802_11'],
  [107, 'FRELAY'],
  [LINKTYPE_LOOP, 'LOOP'],
  [LINKTYPE_LINUX_SLL, 'LINUX_SLL'],
  [114, 'LTALK'],
  [117, 'PFLOG'],
  [119, 'PRISM_HEADER'],
  [122, 'IP_OVER_FC'],
  [127, 'IEEE802_11_RADIO'],
  [138, 'APPLE_IP_OVER_IEEE1394'],
  [144, 'LINUX_IRDA'],
  [149, 'PKTAP'],
  [163, 'IEEE802_11_RADIO_AVS'],
  [166, 'PPP_PPPD'],
  [187, 'BLUETOOTH_HCI_H4'],
  [189, 'USB_LINUX'],
  [192, 'PPI'],
  [195, 'IEEE802_15_4'],
  [201, 'BLUETOOTH_HCI_H4_WITH_PHDR'],
  [220, 'USB_LINUX_MMAPPED'],
  [227, 'CAN_SOCKETCAN'],
  [LINKTYPE_IPV4, 'IPV4'],
  [LINKTYPE_IPV6, 'IPV6'],
  [239, 'NFLOG'],
  [240, 'NETANALYZER'],
  [242, 'IPOIB'],
  [247, 'INFINIBAND'],
  [249, 'USBPCAP'],
  [252, 'WIRESHARK_UPPER_PDU'],
  [253, 'NETLINK'],
  [258, 'PKTAP'],
  [LINKTYPE_LINUX_SLL2, 'LINUX_SLL2'],
]);

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
