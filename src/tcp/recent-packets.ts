/**
 * The last few packets of one direction, with all the fields in which a retransmission differs from its
 * segment. Where a capture shows packets twice, a copy may come after some other packets (A B A B). Only
 * directions that sent something again have this: most never do.
 */

/** The longest burst that one interface shows before the next interface shows the copies. */
const KEPT = 8;
const FIELDS = 5;

export class RecentPackets {
  readonly #packets = new Int32Array(KEPT * FIELDS);
  #next = 0;
  #count = 0;

  add(sequence: number, kind: number, marks: number, seconds: number, nanoseconds: number): void {
    const packets = this.#packets;
    const at = this.#next * FIELDS;
    packets[at] = sequence;
    packets[at + 1] = kind;
    packets[at + 2] = marks;
    packets[at + 3] = seconds | 0;
    packets[at + 4] = nanoseconds;
    this.#next = (this.#next + 1) % KEPT;
    if (this.#count < KEPT) this.#count++;
  }

  /** Whether one of them is the same, and was captured less than `withinNanoseconds` before. */
  has(
    sequence: number,
    kind: number,
    marks: number,
    seconds: number,
    nanoseconds: number,
    withinNanoseconds: number,
  ): boolean {
    const packets = this.#packets;
    for (let at = 0; at < this.#count * FIELDS; at += FIELDS) {
      if (packets[at] !== sequence || packets[at + 1] !== kind || packets[at + 2] !== marks) continue;
      const elapsed = ((seconds | 0) - packets[at + 3]!) * 1e9 + (nanoseconds - packets[at + 4]!);
      if (elapsed < withinNanoseconds) return true;
    }
    return false;
  }
}
