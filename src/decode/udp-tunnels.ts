/** Recognises tunnels over UDP by their destination port. */

export const PORT_GTP_U = 2152;
export const PORT_VXLAN = 4789;
export const PORT_VXLAN_GPE = 4790;
export const PORT_GENEVE = 6081;
/** The default of VXLAN on Linux, which is older than the official number 4789; flannel uses it as well. */
export const PORT_VXLAN_LINUX = 8472;

export function isTunnelPort(port: number): boolean {
  switch (port) {
    case PORT_GTP_U:
    case PORT_VXLAN:
    case PORT_VXLAN_GPE:
    case PORT_GENEVE:
    case PORT_VXLAN_LINUX:
      return true;
    default:
      return false;
  }
}
