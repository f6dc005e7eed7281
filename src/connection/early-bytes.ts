/**
 * Which packets of the client were sent before it can have had the 101: they acknowledge nothing of it. The order of
 * capture alone proves nothing, for an interface with several queues may swap neighbours.
 */

/** Packets remembered between the request and its answer; a client that sends more is found out by the first ones. */
const MAX_PACKETS = 16;

export class EarlyBytes {
  /** Packet and acknowledged offset in turn; null without any. */
  #packets: number[] | null = null;

  /** A new request: what came before belongs to an earlier one. */
  clear(): void {
    this.#packets = null;
  }

  /** A packet of the client with bytes, and the stream offset up to which it acknowledges the server's. */
  add(packet: number, acknowledged: number): void {
    // With room for one: hardly a client sends a second before its answer.
    if (this.#packets === null) this.#packets = [packet, acknowledged];
    else if (this.#packets.length < 2 * MAX_PACKETS) this.#packets.push(packet, acknowledged);
  }

  /** The last packet that was sent before the 101, whose segment ends at this offset, was there; 0 for none. */
  untilPacket(responseEnd: number): number {
    const packets = this.#packets;
    let until = 0;
    for (let at = 0; packets !== null && at < packets.length; at += 2) {
      if (packets[at + 1]! < responseEnd) until = Math.max(until, packets[at]!);
    }
    return until;
  }
}
