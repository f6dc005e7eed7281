/**
 * Finds connections of a capture that are the same WebSocket: the legs on both sides of a proxy that passes the key on, and one
 * TCP connection that was captured before and behind an address translation. They count once.
 */
import type { ConnectionRecord } from '../connection/record.ts';
import { legKey, areLegs } from './proxy-legs.ts';
import type { Anomaly } from './rule.ts';
import { areTranslated, translationKey } from './translation.ts';

/**
 * The most connections that are remembered; beyond it the oldest is forgotten, and counts for itself.
 * @bound connections that later ones are compared with: {count}
 */
const MAX_REMEMBERED = 2000;
/**
 * The most pairs that are reported.
 * @bound pairs of connections that are the same WebSocket: {count}
 */
const MAX_PAIRS = 100_000;

/** Two connections that are the same WebSocket; `front` is the one nearer to the client. */
export interface SamePair {
  readonly front: number;
  readonly back: number;
  readonly isTranslated: boolean;
}

interface Remembered {
  readonly record: ConnectionRecord;
  /** The rules that found something on it. */
  readonly rules: ReadonlySet<string>;
}

export class SameWebSockets {
  readonly pairs: SamePair[] = [];
  readonly #byKey = new Map<string, Remembered[]>();
  /** The keys, in the order in which connections came. */
  readonly #keys: string[] = [];
  #oldest = 0;

  /**
   * Compares a connection with the earlier ones. Returns the findings of the connection and whether it is a WebSocket that is
   * known already. Of an address translation, its findings follow from those of the other connection.
   */
  add(
    record: ConnectionRecord,
    anomalies: readonly Anomaly[],
  ): { readonly isKnown: boolean; readonly isTranslated: boolean; readonly anomalies: readonly Anomaly[] } {
    const key = legKey(record) ?? translationKey(record);
    const nothing = { isKnown: false, isTranslated: false, anomalies };
    if (key === null) return nothing;
    const others = this.#byKey.get(key) ?? [];
    const found = this.#pairOf(record, others);
    this.#remember(key, { record, rules: new Set(anomalies.map(({ rule }) => rule)) });
    if (found === null) return nothing;
    const { pair, other } = found;
    if (this.pairs.length < MAX_PAIRS) this.pairs.push(pair);
    if (!pair.isTranslated) return { ...nothing, isKnown: true };
    return {
      isKnown: true,
      isTranslated: true,
      anomalies: anomalies.map((anomaly) =>
        other.rules.has(anomaly.rule)
          ? { ...anomaly, follows: { rule: anomaly.rule, id: other.record.id } }
          : anomaly,
      ),
    };
  }

  #pairOf(
    record: ConnectionRecord,
    others: readonly Remembered[],
  ): { readonly pair: SamePair; readonly other: Remembered } | null {
    for (const other of others) {
      const translation = areTranslated(record, other.record);
      if (translation !== null) {
        const { front, back } = translation;
        return { pair: { front: front.id, back: back.id, isTranslated: true }, other };
      }
    }
    for (const other of others) {
      const legs = areLegs(record, other.record);
      if (legs !== null) {
        return { pair: { front: legs.front.id, back: legs.back.id, isTranslated: false }, other };
      }
    }
    return null;
  }

  #remember(key: string, remembered: Remembered): void {
    const group = this.#byKey.get(key);
    if (group === undefined) this.#byKey.set(key, [remembered]);
    else group.push(remembered);
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
