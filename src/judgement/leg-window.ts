/**
 * Keeps connections whose anomalies are about their end for a while. The other leg of the same WebSocket, on
 * the far side of a proxy, ends at about the same time, and one of the two legs is the origin
 * (proxy-legs.ts).
 */
import type { Anomaly } from './rule.ts';
import { legKey, nameOrigins, type LegCandidate } from './proxy-legs.ts';

/**
 * The most connections kept; beyond it the oldest is handed on, together with those that may be its other
 * legs.
 * @bound connections that wait for their other leg: {count}
 */
const MAX_KEPT = 2000;

export class LegWindow<T extends LegCandidate> {
  readonly #release: (connection: T, anomalies: readonly Anomaly[]) => void;
  readonly #bound: number;
  /** In order of arrival. A connection that can't be a leg has a key that no other has. */
  #kept = new Map<string, T[]>();
  #count = 0;

  /** @param release gets each connection once, with its anomalies as they are now */
  constructor(release: (connection: T, anomalies: readonly Anomaly[]) => void, bound: number = MAX_KEPT) {
    this.#release = release;
    this.#bound = bound;
  }

  add(connection: T): void {
    const { record } = connection;
    const key = legKey(record) ?? `connection ${record.id}`;
    const group = this.#kept.get(key);
    if (group === undefined) this.#kept.set(key, [connection]);
    else group.push(connection);
    this.#count++;
    if (this.#count <= this.#bound) return;
    const [oldest] = this.#kept;
    this.#kept.delete(oldest![0]);
    this.#count -= oldest![1].length;
    this.#handOn(oldest![1]);
  }

  /** Nothing more will come. */
  flush(): void {
    const rest = [...this.#kept.values()].flat();
    this.#kept = new Map();
    this.#count = 0;
    this.#handOn(rest.sort((a, b) => a.record.id - b.record.id));
  }

  #handOn(connections: readonly T[]): void {
    const named = nameOrigins(connections);
    for (const connection of connections) {
      this.#release(connection, named.get(connection.record.id) ?? connection.anomalies);
    }
  }
}
