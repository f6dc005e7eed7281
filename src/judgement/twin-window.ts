/**
 * Keeps the record of a connection that may have been captured on both sides of an address translation until the other record has
 * come. Other connections pass at once.
 */
import type { ConnectionRecord } from '../connection/record.ts';
import { translatedPair } from './translation.ts';

/**
 * At the bound the oldest is handed on alone.
 * @bound connections that wait for the other side of an address translation: {count}
 */
const MAX_KEPT = 1000;

export class TwinWindow {
  readonly #release: (record: ConnectionRecord) => void;
  readonly #kept = new Map<number, ConnectionRecord>();

  /** @param release gets each record once; of two that belong together the one in front first */
  constructor(release: (record: ConnectionRecord) => void) {
    this.#release = release;
  }

  add(record: ConnectionRecord): void {
    const { twin } = record.tcp;
    if (twin === null) {
      this.#release(record);
      return;
    }
    const other = this.#kept.get(twin);
    if (other === undefined) {
      this.#kept.set(record.id, record);
      if (this.#kept.size > MAX_KEPT) this.#releaseOldest();
      return;
    }
    this.#kept.delete(twin);
    const pair = translatedPair(other, record);
    this.#release(pair?.front ?? other);
    this.#release(pair?.back ?? record);
  }

  /** Nothing more will come. */
  flush(): void {
    for (const record of this.#kept.values()) this.#release(record);
    this.#kept.clear();
  }

  #releaseOldest(): void {
    const [oldest] = this.#kept;
    if (oldest === undefined) return;
    this.#kept.delete(oldest[0]);
    this.#release(oldest[1]);
  }
}
