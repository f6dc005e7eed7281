/** Bytes of one direction that can't be read before the other direction has answered. */

import type { GapLength } from '../carrier/byte-stream.ts';
import type { HttpBudget } from './http-budget.ts';
import { looksLikeStart } from './sniff.ts';

/**
 * More than a client sends before it has its answer; bytes beyond it are passed on as a gap.
 * @bound bytes held until the answer has come: {bytes}
 */
const MAX_HELD_BYTES = 256 * 1024;
/** @bound bytes held until the answer has come: {count} pieces */
const MAX_HELD_PIECES = 4096;

export interface HeldPiece {
  /** A copy; empty for a gap. */
  readonly bytes: Uint8Array;
  /** Length of the gap; null where there are bytes. */
  gap: GapLength | null;
  readonly packet: number;
  readonly seconds: number;
  readonly nanoseconds: number;
}

const NOTHING = new Uint8Array(0);
const NO_PIECES: readonly HeldPiece[] = [];

export class HeldBytes {
  /** Made by the first piece: hardly any direction holds bytes. */
  #pieces: HeldPiece[] | null = null;
  #byteCount = 0;
  readonly #budget: HttpBudget;

  constructor(budget: HttpBudget) {
    this.#budget = budget;
  }

  add(
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    const length = end - start;
    const isFull =
      this.#byteCount + length > MAX_HELD_BYTES || (this.#pieces?.length ?? 0) >= MAX_HELD_PIECES;
    if (isFull || !this.#budget.take(length)) {
      this.addGap(length, packet, seconds, nanoseconds);
      return;
    }
    this.#byteCount += length;
    (this.#pieces ??= []).push({ bytes: bytes.slice(start, end), gap: null, packet, seconds, nanoseconds });
  }

  addGap(length: GapLength, packet: number, seconds: number, nanoseconds: number): void {
    const last = this.#pieces?.at(-1);
    if (last !== undefined && last.gap !== null) {
      last.gap = last.gap === 'unknown' || length === 'unknown' ? 'unknown' : last.gap + length;
      return;
    }
    (this.#pieces ??= []).push({ bytes: NOTHING, gap: length, packet, seconds, nanoseconds });
  }

  /** The held bytes begin like the head of a message. */
  get beginsWithHead(): boolean {
    const bytes = this.#pieces?.[0]?.bytes;
    return bytes !== undefined && looksLikeStart(bytes, 0, bytes.length);
  }

  /** All pieces in order; nothing is held afterwards. */
  take(): readonly HeldPiece[] {
    const pieces = this.#pieces ?? NO_PIECES;
    this.#budget.release(this.#byteCount);
    this.#pieces = null;
    this.#byteCount = 0;
    return pieces;
  }
}
