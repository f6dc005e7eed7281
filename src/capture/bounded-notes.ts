/**
 * Passes notes on to the handler, with a bound: a hostile capture can cause a note in every block. Beyond the bound,
 * notes with the same code are only counted, and `flush` says how many there were.
 */
import type { PacketHandler } from './packet-handler.ts';

/** @bound notes of one kind about a file: {count} */
const MAX_NOTES_PER_CODE = 8;

export class BoundedNotes {
  private readonly handler: PacketHandler;
  private readonly counts = new Map<string, number>();

  constructor(handler: PacketHandler) {
    this.handler = handler;
  }

  add(code: string, message: string): void {
    const count = (this.counts.get(code) ?? 0) + 1;
    this.counts.set(code, count);
    if (count <= MAX_NOTES_PER_CODE) this.handler.note({ code, message });
  }

  /** Call once, at the end of the file. */
  flush(): void {
    for (const [code, count] of this.counts) {
      const more = count - MAX_NOTES_PER_CODE;
      if (more > 0) this.handler.note({ code, message: `${more} more of the same kind` });
    }
    this.counts.clear();
  }
}
