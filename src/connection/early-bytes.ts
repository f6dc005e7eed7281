/**
 * Which packets of the client were sent before it can have had the 101: they acknowledge nothing of it. The order of
 * capture alone proves nothing, for an interface with several queues may swap neighbours.
 */

/** Packets remembered between the request and its answer; a client that sends more is found out by the first ones. */
const MAX_PACKETS = 16;

export class EarlyBytes {
  #packets: { readonly packet: number; readonly acknowledged: number }[] = [];

  /** A new request: what came before belongs to an earlier one. */
  clear(): void {
    this.#packets = [];
  }

  /** A packet of the client with bytes, and the stream offset up to which it acknowledges the server's. */
  add(packet: number, acknowledged: number): void {
    if (this.#packets.length < MAX_PACKETS) this.#packets.push({ packet, acknowledged });
  }

  /** The last packet that was sent before the 101, whose segment ends at this offset, was there; 0 for none. */
  untilPacket(responseEnd: number): number {
    return Math.max(
      0,
      ...this.#packets.filter(({ acknowledged }) => acknowledged < responseEnd).map(({ packet }) => packet),
    );
  }
}
