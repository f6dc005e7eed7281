/**
 * Which packets of the client were sent before it can have had the 101: they acknowledge nothing of the 101.
 * The order of capture alone proves nothing, because an interface with several queues may swap neighbouring
 * packets.
 */

/**
 * The most packets remembered between the request and its answer; the first ones are enough to report the
 * client.
 * @bound packets of the client remembered between request and answer: {count}
 */
const MAX_PACKETS = 16;

export class EarlyBytes {
  /** Packet number and acknowledged offset in turn; null while there are none. */
  #packets: number[] | null = null;

  /** A new request: what came before belongs to an earlier one. */
  clear(): void {
    this.#packets = null;
  }

  /** A packet of the client with bytes, and the stream offset up to which it acknowledges the server's. */
  add(packet: number, acknowledged: number): void {
    // An array with room for one: hardly any client sends a second packet before its answer.
    if (this.#packets === null) this.#packets = [packet, acknowledged];
    else if (this.#packets.length < 2 * MAX_PACKETS) this.#packets.push(packet, acknowledged);
  }

  /**
   * The last packet that the client sent before it had the 101, whose segment ends at `responseEnd`; 0 for
   * none.
   */
  untilPacket(responseEnd: number): number {
    const packets = this.#packets;
    let until = 0;
    for (let at = 0; packets !== null && at < packets.length; at += 2) {
      if (packets[at + 1]! < responseEnd) until = Math.max(until, packets[at]!);
    }
    return until;
  }
}
