/**
 * Tells invented times from measured ones. Programs that make a capture of printed bytes invent times: text2pcap gives each
 * packet a time one microsecond after the one before, others give all packets the same time. No clock that is read
 * when packets arrive does that over a whole capture.
 */

/** From so many packets on, an even spacing is no chance. */
const ENOUGH_PACKETS = 6;
/** Nanoseconds between packets that only programs choose: none, one nanosecond, one microsecond. */
const CHOSEN_STEPS: ReadonlySet<number> = new Set([0, 1, 1000]);

export class EvenTimes {
  #packets = 0;
  #seconds = 0;
  #nanoseconds = 0;
  /** Nanoseconds between the first two packets; null before there are two. */
  #step: number | null = null;
  #isEven = true;

  /** Takes the time of the next packet. Returns whether it is still worth asking: false once a spacing differs. */
  take(seconds: number, nanoseconds: number): boolean {
    this.#packets++;
    if (this.#packets > 1) {
      const step = (seconds - this.#seconds) * 1e9 + (nanoseconds - this.#nanoseconds);
      this.#step ??= step;
      if (step !== this.#step) this.#isEven = false;
    }
    this.#seconds = seconds;
    this.#nanoseconds = nanoseconds;
    return this.#isEven;
  }

  /** As far as packets have come. */
  get areInvented(): boolean {
    return (
      this.#isEven && this.#step !== null && CHOSEN_STEPS.has(this.#step) && this.#packets >= ENOUGH_PACKETS
    );
  }
}
