/** EtherTypes of layers that may carry more than IP, and pseudo-types for layers that have no EtherType. */

export const ETHERTYPE_VLAN = 0x8100;
export const ETHERTYPE_QINQ = 0x88a8;
export const ETHERTYPE_QINQ_OLD = 0x9100;
/** A whole Ethernet frame (RFC 7637, RFC 8926). */
export const ETHERTYPE_BRIDGED = 0x6558;
/** PPP inside GRE (RFC 2637). */
export const ETHERTYPE_PPP = 0x880b;
/** WCCP's redirected packets inside GRE. */
export const ETHERTYPE_WCCP = 0x883e;
export const ETHERTYPE_MPLS = 0x8847;
export const ETHERTYPE_MPLS_MULTICAST = 0x8848;
export const ETHERTYPE_PPPOE = 0x8864;
/** An LLC header in a frame of any length; also said of one in a frame of 802.3, whose type field is a length. */
export const ETHERTYPE_LLC = 0x8870;
/** IEEE 802.1BR. */
export const ETHERTYPE_E_TAG = 0x893f;
export const ETHERTYPE_VN_TAG = 0x8926;
/** IEEE 802.1ah, MAC in MAC. */
export const ETHERTYPE_SERVICE_TAG = 0x88e7;
/** Redundancy: IEC 62439-3, IEEE 802.1CB. */
export const ETHERTYPE_HSR = 0x892f;
export const ETHERTYPE_R_TAG = 0xf1c1;
/** Cisco's metadata: the security group of a frame. */
export const ETHERTYPE_METADATA = 0x8909;
export const ETHERTYPE_TRILL = 0x22f3;
export const ETHERTYPE_NSH = 0x894f;
export const ETHERTYPE_ERSPAN = 0x88be;
export const ETHERTYPE_ERSPAN_3 = 0x22eb;

/** After an Ethernet header: the types that deep-decoder.ts reads although they aren't IP. */
export function isRead(etherType: number): boolean {
  switch (etherType) {
    case ETHERTYPE_MPLS:
    case ETHERTYPE_MPLS_MULTICAST:
    case ETHERTYPE_PPPOE:
    case ETHERTYPE_LLC:
    case ETHERTYPE_E_TAG:
    case ETHERTYPE_VN_TAG:
    case ETHERTYPE_SERVICE_TAG:
    case ETHERTYPE_BRIDGED:
    case ETHERTYPE_HSR:
    case ETHERTYPE_R_TAG:
    case ETHERTYPE_METADATA:
    case ETHERTYPE_TRILL:
    case ETHERTYPE_NSH:
    // VLAN tags arrive here only beyond MAX_VLAN_TAGS: deep-decoder.ts then reports them.
    case ETHERTYPE_VLAN:
    case ETHERTYPE_QINQ:
    case ETHERTYPE_QINQ_OLD:
      return true;
    default:
      return false;
  }
}
