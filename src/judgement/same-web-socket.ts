/**
 * Finds connections of a capture that are the same WebSocket: the legs on both sides of a proxy that passes the key on. They
 * count once.
 */
import type { ConnectionRecord } from '../connection/record.ts';
import { areLegs, legKey, legTraceOf, type LegTrace } from './proxy-legs.ts';

/**
 * The most connections that are remembered; at the bound the older half is forgotten, and counts for itself.
 * @bound connections that later ones are compared with: {count}
 */
const MAX_REMEMBERED = 4000;
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
  /**
   * The latest ones and those before them, half of the bound each: so nothing has to be deleted singly. Traces and not
   * records: thousands of records with their heads would stay in memory.
   */
  #latest = new Map<string, LegTrace[]>();
  #before = new Map<string, LegTrace[]>();
  #count = 0;

  /** Compares a WebSocket with the earlier ones; returns whether it is one of them. */
  add(record: ConnectionRecord): boolean {
    const key = legKey(record);
    const leg = key === null ? null : legTraceOf(record);
    if (key === null || leg === null) return false;
    const group = this.#latest.get(key);
    const earlier = this.#before.get(key);
    const legs = pairOf(leg, earlier) ?? pairOf(leg, group);
    if (group === undefined) this.#remember(key, [leg]);
    else if (group.length < MAX_OF_KEY) {
      group.push(leg);
      this.#count++;
    }
    if (legs === null) return false;
    if (this.pairs.length < MAX_PAIRS) this.pairs.push({ front: legs.front.id, back: legs.back.id });
    return true;
  }

  #remember(key: string, group: LegTrace[]): void {
    if (this.#count >= MAX_REMEMBERED / 2) {
      this.#before = this.#latest;
      this.#latest = new Map();
      this.#count = 0;
    }
    this.#latest.set(key, group);
    this.#count++;
  }
}

function pairOf(leg: LegTrace, others: readonly LegTrace[] = []): ReturnType<typeof areLegs> {
  for (const other of others) {
    const legs = areLegs(leg, other);
    if (legs !== null) return legs;
  }
  return null;
}
