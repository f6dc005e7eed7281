/**
 * The route by which a segment was captured, in one number: the tunnels that it was in, and the interface if the link
 * layer names it (Linux cooked v2). HOT for cooked captures only.
 *
 *     0 tttttttttttttttttt iiiiiiiiiiii      tunnel (an index of TunnelTable, 0 for none), interface
 */

const INTERFACE_BITS = 12;
const INTERFACE_MASK = (1 << INTERFACE_BITS) - 1;
/**
 * As many different tunnel routes as the number has room for.
 * @bound different routes through tunnels: {count}; further ones share one
 */
export const MAX_TUNNELS: number = 1 << 18;

const SLL2_INTERFACE = 4;

/**
 * Reads the interface from a Linux cooked v2 header. Interfaces whose numbers have the same lower bits count as one.
 */
export function interfacePath(data: Uint8Array, start: number): number {
  const at = start + SLL2_INTERFACE + 2;
  return ((data[at]! << 8) | data[at + 1]!) & INTERFACE_MASK;
}

/** For a file with several interfaces: a packet that was captured on two of them came by two routes. */
export function onInterface(route: number, interfaceId: number): number {
  // Shifted by six bits, so that these numbers differ from those in a Linux cooked header, which are small.
  return (route & ~INTERFACE_MASK) | ((route + (interfaceId << 6)) & INTERFACE_MASK);
}

export function throughTunnel(tunnel: number, route: number): number {
  return (tunnel << INTERFACE_BITS) | (route & INTERFACE_MASK);
}

export function tunnelOf(route: number): number {
  return route >> INTERFACE_BITS;
}
