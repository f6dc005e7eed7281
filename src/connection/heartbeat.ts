/** Pings, pongs and their times (RFC 6455 §5.5.2, §5.5.3). {@link PingLog} says which ping a pong answers. */
import { otherOf, type Direction } from '../basics/direction.ts';
import { OPCODE_PING, OPCODE_PONG, type Frame } from '../websocket/frame.ts';
import { median } from '../basics/median.ts';
import { markOf, type PacketMark } from '../tcp/packet-mark.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
import { PingLog, type PingFacts } from './ping-log.ts';

export type { PingFacts } from './ping-log.ts';

export interface Heartbeat {
  readonly pings: number;
  readonly pongs: number;
  /** Median time between the pings of the side that sent more; null with fewer than two. */
  readonly intervalMs: number | null;
  /** From a ping to its own pong; null where no pong answered one. */
  readonly roundTripMs: { readonly min: number; readonly median: number; readonly max: number } | null;
}

export const NO_PINGS: PingFacts = {
  sent: 0,
  unanswered: null,
  slowest: null,
  otherPong: null,
  pongAfterEnd: null,
};

/**
 * The most samples kept for a median; later ones are only counted.
 * @bound samples for the medians of a heartbeat: {count}
 */
const MAX_SAMPLES = 4096;

interface Side {
  readonly log: PingLog;
  /** The last ping. */
  last: PacketMark | null;
  readonly intervals: number[];
}

export class HeartbeatTracker {
  readonly #roundTrips: number[] = [];
  readonly #sides: readonly [Side, Side] = [this.#newSide(), this.#newSide()];
  #pongs = 0;

  /**
   * Takes every ping and pong; `direction` is its sender's. `isAfterEnd`: the other side had sent its Close, or had ended.
   */
  frame(direction: Direction, frame: Frame, isAfterEnd: boolean): void {
    if (frame.opcode === OPCODE_PING) {
      this.#ping(this.#sides[direction], frame);
    } else if (frame.opcode === OPCODE_PONG) {
      this.#pongs++;
      const { log } = this.#sides[otherOf(direction)];
      if (isAfterEnd) log.pongAfterEnd(frame);
      else log.pong(frame);
    }
  }

  /** null where there was neither ping nor pong. */
  summary(): Heartbeat | null {
    const [a, b] = this.#sides;
    const pings = a.log.sent + b.log.sent;
    if (pings + this.#pongs === 0) return null;
    const { intervals } = a.log.sent >= b.log.sent ? a : b;
    const unsettled = this.#sides.flatMap(({ log }) => log.unsettledRoundTrips);
    const roundTrips = [...this.#roundTrips, ...unsettled].slice(0, MAX_SAMPLES);
    return {
      pings,
      pongs: this.#pongs,
      intervalMs: intervals.length === 0 ? null : median(intervals),
      roundTripMs:
        roundTrips.length === 0
          ? null
          : { min: Math.min(...roundTrips), median: median(roundTrips), max: Math.max(...roundTrips) },
    };
  }

  /** The pings that this direction sent. */
  pings(direction: Direction): PingFacts {
    return this.#sides[direction].log.facts();
  }

  #newSide(): Side {
    const log = new PingLog((ms) => {
      if (this.#roundTrips.length < MAX_SAMPLES) this.#roundTrips.push(ms);
    });
    return { log, last: null, intervals: [] };
  }

  #ping(side: Side, frame: Frame): void {
    if (side.last !== null && side.intervals.length < MAX_SAMPLES) {
      side.intervals.push(millisecondsBetween(side.last, frame));
    }
    side.last = markOf(frame);
    side.log.ping(frame);
  }
}
