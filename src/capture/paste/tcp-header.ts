/** What a printed packet's own bytes say of its numbers, so that lines without bytes can count from them. */

const IPV6_HEADER_LENGTH = 40;
const TCP_HEADER_LENGTH = 20;
const TCP = 6;

export interface TcpNumbers {
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly payloadLength: number;
}

/** @returns null where no TCP header stands behind the IP header at `ipAt`, as in fragments and tunnels */
export function readTcpHeader(data: Uint8Array, ipAt: number, wireLength: number): TcpNumbers | null {
  const isIPv6 = data[ipAt]! >> 4 === 6;
  const protocol = data[ipAt + (isIPv6 ? 6 : 9)];
  const at = ipAt + (isIPv6 ? IPV6_HEADER_LENGTH : (data[ipAt]! & 0x0f) * 4);
  if (protocol !== TCP || at + TCP_HEADER_LENGTH > data.length) return null;
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  return {
    sequence: view.getUint32(at + 4),
    acknowledgement: view.getUint32(at + 8),
    payloadLength: Math.max(0, wireLength - at - (data[at + 12]! >> 4) * 4),
  };
}
