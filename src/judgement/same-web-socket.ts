/**
 * Finds connections of a capture that are the same WebSocket: the legs on both sides of a proxy that passes the key on. They
 * count once.
 */
import type { ConnectionRecord } from '../connection/record.ts';
import { areLegs, legKey, legTraceOf, type LegTrace } from './proxy-legs.ts';

/**
 * The most connections that are remembered; beyond it the oldest is forgotten, and counts for itself.
 * @bound connections that later ones are compared with: {count}
 */
const MAX_REMEMBERED = 2000;
/**
 * A load test may use one key again and again: more connections than this with one key are not compared.
 * @bound connections with one key that are compared: {count}
 */
const MAX_OF_KEY = 16;
/**
 * The most pairs that are reported.
 * @bound pairs of connections that are the same WebSocket: {count}
 */
const MAX_PAIRS = 100_000;

/** Two legs of one WebSocket; `front` is the one nearer to the client. */
export interface SamePair {
  readonly front: number;
  readonly back: number;
}

export class SameWebSockets {
  readonly pairs: SamePair[] = [];
  /** Traces, not records: thousands of records with their heads would stay in memory. */
  readonly #byKey = new Map<string, LegTrace[]>();
  /** The keys, in the order in which connections came. */
  readonly #keys: string[] = [];
  #oldest = 0;

  /** Compares a WebSocket with the earlier ones; returns whether it is one of them. */
  add(record: ConnectionRecord): boolean {
    const key = legKey(record);
    const leg = key === null ? null : legTraceOf(record);
    if (key === null || leg === null) return false;
    const legs = this.#pairOf(leg, this.#byKey.get(key));
    this.#remember(key, leg);
    if (legs === null) return false;
    if (this.pairs.length < MAX_PAIRS) this.pairs.push({ front: legs.front.id, back: legs.back.id });
    return true;
  }

  #pairOf(leg: LegTrace, others: readonly LegTrace[] = []): ReturnType<typeof areLegs> {
    for (const other of others) {
      const legs = areLegs(leg, other);
      if (legs !== null) return legs;
    }
    return null;
  }

  #remember(key: string, leg: LegTrace): void {
    const group = this.#byKey.get(key);
    if (group === undefined) this.#byKey.set(key, [leg]);
    else if (group.length < MAX_OF_KEY) group.push(leg);
    else return;
    this.#keys.push(key);
    if (this.#keys.length - this.#oldest <= MAX_REMEMBERED) return;
    const oldest = this.#keys[this.#oldest++]!;
    const [, ...rest] = this.#byKey.get(oldest) ?? [];
    if (rest.length === 0) this.#byKey.delete(oldest);
    else this.#byKey.set(oldest, rest);
    if (this.#oldest < MAX_REMEMBERED) return;
    this.#keys.splice(0, this.#oldest);
    this.#oldest = 0;
  }
}
