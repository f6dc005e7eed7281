/** Pings, pongs and their times (RFC 6455 §5.5.2, §5.5.3). A pong answers the ping that had the same payload. */
import { otherOf, type Direction } from '../direction.ts';
import { OPCODE_PING, OPCODE_PONG, type Frame } from '../websocket/frame.ts';
import { median } from '../median.ts';
import { millisecondsBetween } from '../timestamp.ts';

export interface Heartbeat {
  readonly pings: number;
  readonly pongs: number;
  /** Median time between pings of the side that sent more of them; null with fewer than two. */
  readonly intervalMs: number | null;
  /** From a ping to its pong; null where no pong answered one. */
  readonly roundTripMs: { readonly min: number; readonly median: number; readonly max: number } | null;
}

/** The pings of one side, as questions. */
export interface PingFacts {
  readonly sent: number;
  /** Pings since the last one that was answered (a pong may answer several at once). */
  readonly unanswered: {
    readonly count: number;
    readonly first: PacketMark;
    readonly last: PacketMark;
  } | null;
  /** The longest wait for a pong. */
  readonly slowest: { readonly ping: PacketMark; readonly pong: PacketMark } | null;
  /** A pong of the other side whose payload is that of no open ping, after the first unanswered one. */
  readonly otherPong: PacketMark | null;
}

export const NO_PINGS: PingFacts = { sent: 0, unanswered: null, slowest: null, otherPong: null };

/** Samples kept for a median; later ones are counted, not kept. */
const MAX_SAMPLES = 4096;
/** Pings without a pong that are remembered; the oldest are forgotten. */
const MAX_OUTSTANDING = 64;

class Side {
  pings = 0;
  last: Frame | null = null;
  readonly intervals: number[] = [];
  outstanding: { readonly payload: string; readonly frame: Frame }[] = [];
}

export class HeartbeatTracker {
  readonly #sides: readonly [Side, Side] = [new Side(), new Side()];
  readonly #roundTrips: number[] = [];
  #pongs = 0;

  /** Takes every Ping and Pong; `direction` is its sender's. */
  frame(direction: Direction, frame: Frame): void {
    if (frame.opcode === OPCODE_PING) this.#ping(this.#sides[direction], frame);
    else if (frame.opcode === OPCODE_PONG) this.#pong(this.#sides[otherOf(direction)], frame);
  }

  /** null where there was neither ping nor pong. */
  summary(): Heartbeat | null {
    const [a, b] = this.#sides;
    if (a.pings + b.pings + this.#pongs === 0) return null;
    const { intervals } = a.pings >= b.pings ? a : b;
    const roundTrips = this.#roundTrips;
    return {
      pings: a.pings + b.pings,
      pongs: this.#pongs,
      intervalMs: intervals.length === 0 ? null : median(intervals),
      roundTripMs:
        roundTrips.length === 0
          ? null
          : { min: Math.min(...roundTrips), median: median(roundTrips), max: Math.max(...roundTrips) },
    };
  }

  #ping(side: Side, frame: Frame): void {
    if (side.last !== null && side.intervals.length < MAX_SAMPLES) {
      side.intervals.push(millisecondsBetween(side.last, frame));
    }
    side.pings++;
    side.last = frame;
    if (side.outstanding.length >= MAX_OUTSTANDING) side.outstanding.shift();
    if (frame.controlPayload !== null)
      side.outstanding.push({ payload: textOf(frame.controlPayload), frame });
  }

  /** A pong may answer several pings at once: those before the one that it answers are done with too. */
  #pong(pinger: Side, frame: Frame): void {
    this.#pongs++;
    if (frame.controlPayload === null) return;
    const payload = textOf(frame.controlPayload);
    const index = pinger.outstanding.findIndex((ping) => ping.payload === payload);
    const ping = pinger.outstanding[index];
    if (ping === undefined) return;
    if (this.#roundTrips.length < MAX_SAMPLES) this.#roundTrips.push(millisecondsBetween(ping.frame, frame));
    pinger.outstanding = pinger.outstanding.slice(index + 1);
  }
}

function textOf(payload: Uint8Array): string {
  return Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString('latin1');
}
