/** Recognises tunnels over UDP by their ports. */

export const PORT_GTP_U = 2152;
export const PORT_VXLAN = 4789;
export const PORT_L2TP = 1701;
export const PORT_TEREDO = 3544;
export const PORT_GRE = 4754;
export const PORT_VXLAN_GPE = 4790;
export const PORT_AYIYA = 5072;
export const PORT_GENEVE = 6081;
export const PORT_MPLS = 6635;
/** The default of VXLAN on Linux, which is older than the official number 4789; flannel uses it as well. */
export const PORT_VXLAN_LINUX = 8472;

/** The port that says which tunnel a datagram belongs to; 0: none. */
export function tunnelPort(source: number, destination: number): number {
  switch (destination) {
    case PORT_L2TP:
    case PORT_TEREDO:
    case PORT_MPLS:
    case PORT_GTP_U:
    case PORT_GRE:
    case PORT_VXLAN:
    case PORT_VXLAN_GPE:
    case PORT_AYIYA:
    case PORT_GENEVE:
    case PORT_VXLAN_LINUX:
      return destination;
    default:
      // The other tunnels have their own port as destination both ways; these answer to the port that asked.
      return source === PORT_AYIYA || source === PORT_L2TP || source === PORT_TEREDO ? source : 0;
  }
}
