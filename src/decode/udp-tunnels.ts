/** Tunnels over UDP are known by the port that they are sent to. */

export const PORT_GTP_U = 2152;
export const PORT_VXLAN = 4789;
export const PORT_VXLAN_GPE = 4790;
export const PORT_GENEVE = 6081;
/** VXLAN on Linux unless another port is asked for: it is older than the number 4789, and flannel keeps to it. */
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
