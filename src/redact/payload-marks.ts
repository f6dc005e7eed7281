/**
 * Replaces payloads in a redacted report by their length and a mark. Payloads that are equal, as far as the report
 * holds them, get the same mark. Payloads are not searched for elsewhere in the report: "ok" would be found
 * everywhere.
 */
import { hmacSha256 } from '#platform/sha256';
import { hex } from '#platform/text';
import type { ActivityReport, PayloadPreview } from '../report/model.ts';

/**
 * Without a key, this many different payloads get a number; later ones all get the same mark.
 * @bound payloads that are told apart in a redacted report: {count}
 */
const MAX_KNOWN = 100_000;
const HASH_DIGITS = 8;
const utf8 = new TextEncoder();

export class PayloadMarks {
  readonly #key: Uint8Array | null;
  readonly #numbers = new Map<string, number>();

  /** @param key null: payloads are numbered in the order in which they appear */
  constructor(key: Uint8Array | null) {
    this.#key = key;
  }

  redact(activity: ActivityReport): ActivityReport {
    const frames = activity.frames.map((frame) =>
      frame.payload === undefined ? frame : { ...frame, payload: this.#mark(frame.payload) },
    );
    return { ...activity, frames };
  }

  #mark({ encoding, value, of }: PayloadPreview): PayloadPreview {
    return {
      encoding: 'redacted',
      value: `[payload${this.#nameOf(`${of} ${encoding} ${value}`)}]`,
      bytes: 0,
      of,
    };
  }

  #nameOf(payload: string): string {
    if (this.#key !== null) {
      return `-${hex(hmacSha256(this.#key, utf8.encode(payload))).slice(0, HASH_DIGITS)}`;
    }
    const known = this.#numbers.get(payload);
    if (known !== undefined) return `-${known}`;
    if (this.#numbers.size >= MAX_KNOWN) return '';
    const number = this.#numbers.size + 1;
    this.#numbers.set(payload, number);
    return `-${number}`;
  }
}
