/** The kinds of tunnel, as small numbers for the decoders and as words for people. */

export const MPLS = 0;
export const PPPOE = 1;
export const GRE = 2;
export const ERSPAN = 3;
export const IP_IN_IP = 4;
export const VXLAN = 5;
export const GENEVE = 6;
export const GTP_U = 7;
export const MAC_IN_MAC = 8;
export const E_TAG = 9;
export const VN_TAG = 10;
export const AYIYA = 11;
export const L2TP = 12;
export const TEREDO = 13;
export const ETHER_IP = 14;

export type TunnelKind =
  | typeof MPLS
  | typeof PPPOE
  | typeof GRE
  | typeof ERSPAN
  | typeof IP_IN_IP
  | typeof VXLAN
  | typeof GENEVE
  | typeof GTP_U
  | typeof MAC_IN_MAC
  | typeof E_TAG
  | typeof VN_TAG
  | typeof AYIYA
  | typeof L2TP
  | typeof TEREDO
  | typeof ETHER_IP;

export type TunnelName =
  | 'mpls'
  | 'pppoe'
  | 'gre'
  | 'erspan'
  | 'ip-in-ip'
  | 'vxlan'
  | 'geneve'
  | 'gtp-u'
  | 'mac-in-mac'
  | 'e-tag'
  | 'vn-tag'
  | 'ayiya'
  | 'l2tp'
  | 'teredo'
  | 'ether-ip';

/** By number. */
export const TUNNEL_NAMES: readonly TunnelName[] = [
  'mpls',
  'pppoe',
  'gre',
  'erspan',
  'ip-in-ip',
  'vxlan',
  'geneve',
  'gtp-u',
  'mac-in-mac',
  'e-tag',
  'vn-tag',
  'ayiya',
  'l2tp',
  'teredo',
  'ether-ip',
];
