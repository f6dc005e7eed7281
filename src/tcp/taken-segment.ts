/** Which connection a segment belongs to. The tracker has one of these and fills it anew for each segment. */
import type { Direction } from '../basics/direction.ts';
import type { TupleState } from './tuple-state.ts';

export class TakenSegment {
  #tuples: TupleState;
  #tuple = 0;
  #rank: 0 | 1 = 0;
  /** Another route has already shown everything in this segment. */
  isCopy = false;

  constructor(tuples: TupleState) {
    this.#tuples = tuples;
  }

  /** HOT: once per segment. Everything else is looked up only when somebody asks. */
  fill(tuples: TupleState, tuple: number, rank: 0 | 1): void {
    this.#tuples = tuples;
    this.#tuple = tuple;
    this.#rank = rank;
    this.isCopy = false;
  }

  /** Wireshark's tcp.stream; also for a connection that nobody follows, or that was over long before. */
  get connectionId(): number {
    return this.#tuples.last[this.#tuple]! >>> 1;
  }

  get direction(): Direction {
    return (this.#tuples.last[this.#tuple]! & 1) === this.#rank ? 0 : 1;
  }
}
