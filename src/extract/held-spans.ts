/**
 * Holds back the spans of one direction while its bytes may still turn out to be frames of a WebSocket whose
 * opening handshake the capture lacks: then the spans from the first frame on are not HTTP's.
 */
import type { GapLength } from '../carrier/byte-stream.ts';
import type { HttpSpan, HttpSpans } from '../http/http-spans.ts';

/** The most bytes held back; beyond it the oldest are passed on. The sniffer holds fewer. */
const MAX_HELD_BYTES = 256 * 1024;

const NOTHING = new Uint8Array(0);

interface HeldSpan {
  /** null where its bytes are missing. */
  readonly kind: HttpSpan | null;
  /** A copy; empty where they are missing. */
  readonly bytes: Uint8Array;
  /** 0 where bytes are missing and nobody knows how many. */
  length: number;
}

export class HeldSpans implements HttpSpans {
  readonly #to: HttpSpans;
  #held: HeldSpan[] = [];
  #heldBytes = 0;
  #isHolding = false;

  constructor(to: HttpSpans) {
    this.#to = to;
  }

  /** Holds spans back from now on, until they are released. */
  hold(): void {
    this.#isHolding = true;
  }

  span(kind: HttpSpan, bytes: Uint8Array, start: number, end: number): void {
    if (!this.#isHolding) {
      this.#to.span(kind, bytes, start, end);
      return;
    }
    // This copies a Buffer too; a Buffer's own `slice` would be a view.
    const copy = new Uint8Array(bytes.subarray(start, end));
    this.#held.push({ kind, bytes: copy, length: copy.length });
    this.#heldBytes += copy.length;
    let passed = 0;
    while (this.#heldBytes > MAX_HELD_BYTES) {
      const oldest = this.#held[passed++]!;
      this.#heldBytes -= oldest.bytes.length;
      this.#pass(oldest);
    }
    this.#held.splice(0, passed);
  }

  missing(length: GapLength): void {
    if (!this.#isHolding) {
      this.#to.missing(length);
      return;
    }
    const last = this.#held.at(-1);
    const count = length === 'unknown' ? 0 : length;
    // A long loss of packets is one piece, however many packets it was.
    if (last?.kind === null && count > 0 && last.length > 0) last.length += count;
    else this.#held.push({ kind: null, bytes: NOTHING, length: count });
  }

  /** The held spans are HTTP's, and so are all that follow. */
  release(): void {
    this.#isHolding = false;
    for (const held of this.#held) this.#pass(held);
    this.#held = [];
  }

  /**
   * The last `length` bytes are frames. If a span began before them and reaches into them, its first part is
   * not read.
   */
  releaseAllBut(length: number): void {
    let left = this.#held.reduce((sum, held) => sum + held.length, 0) - length;
    const kept = this.#held;
    this.#held = [];
    this.release();
    for (const held of kept) {
      if (left <= 0) return;
      if (held.length <= left) this.#pass(held);
      else this.#to.span('unread', held.bytes, 0, left);
      left -= held.length;
    }
  }

  #pass({ kind, bytes, length }: HeldSpan): void {
    if (kind === null) this.#to.missing(length === 0 ? 'unknown' : length);
    else this.#to.span(kind, bytes, 0, length);
  }
}
