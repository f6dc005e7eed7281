/**
 * The pings of one side, and what became of them (RFC 6455 §5.5.3).
 *
 * A pong has the payload of the ping that it answers, and answers all pings before that one as well. Several
 * open pings may have the same payload (most often an empty one). Then one of two things happens, and the
 * first pong doesn't show which:
 *
 *     each is answered in order        ping 1  ping 2  pong 1  pong 2
 *     the latest alone is answered     ping 1  ping 2          pong 2
 *
 * So such a pong answers all of them (nothing that may have been answered counts as unanswered), and waits to be
 * paired for the round trip until as many pongs as pings have come, or it is known that no more will. Then, from the
 * last to the first, each pong goes to the newest ping before it that no other has: right in both cases. Where pings
 * always overlap, so that there is always one more ping than pongs, round trips may come out too short, never too long.
 */
import { latin1 } from '#platform/text';
import type { Frame } from '../websocket/frame.ts';
import { markOf, type PacketMark } from '../tcp/packet-mark.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';

/** The pings of one side, and whether they were answered. */
export interface PingFacts {
  readonly sent: number;
  /** Pings since the last one that was answered (a pong may answer several at once). */
  readonly unanswered: {
    readonly count: number;
    readonly first: PacketMark;
    readonly last: PacketMark;
  } | null;
  /** The longest wait of a ping for the pong that answered it: its own, or the first one of a later ping. */
  readonly slowest: { readonly ping: PacketMark; readonly pong: PacketMark } | null;
  /** A pong of the other side whose payload is that of no open ping, after the first unanswered one. */
  readonly otherPong: PacketMark | null;
  /** The first pong that would have answered an unanswered ping, but came after this side's Close or end: nobody waited for it. */
  readonly pongAfterEnd: PacketMark | null;
}

/**
 * The most pings remembered, and the most pongs that wait; of older unanswered pings, number and first are
 * kept.
 * @bound pings of a side that wait for their pong: {count}
 */
const MAX_OPEN = 64;
/**
 * The most pongs remembered that answered no ping.
 * @bound pongs that answer no ping, kept of a side: {count}
 */
const MAX_STRAYS = 8;
/** A pong captured no longer than this before its ping may have been sent after it. */
const SWAPPED_MS = 1;

interface OpenPing extends PacketMark {
  /** null where it is missing in the capture: any pong may be the answer. */
  readonly payload: string | null;
  /** The ping was answered, or may have been. */
  isAnswered: boolean;
}

interface Pong extends PacketMark {
  readonly payload: string;
}

/** A ping and a pong that answers it. */
interface Pair {
  readonly ping: PacketMark;
  readonly pong: PacketMark;
}

interface SlowPair extends Pair {
  readonly ms: number;
}

/** Unanswered pings that are no longer remembered one by one. */
interface Forgotten {
  count: number;
  readonly first: PacketMark;
  last: PacketMark;
}

export class PingLog {
  sent = 0;
  readonly #onRoundTrip: (ms: number) => void;
  /** In order: pings that were not answered, and pings that may still be paired. */
  #open: OpenPing[] = [];
  /** Pongs of one payload that wait to be paired with open pings. */
  #unpaired: Pong[] = [];
  #forgotten: Forgotten | null = null;
  #slowest: SlowPair | null = null;
  #pongAfterEnd: PacketMark | null = null;
  /** The latest pongs that answered nothing. */
  readonly #strays: Pong[] = [];

  constructor(onRoundTrip: (ms: number) => void) {
    this.#onRoundTrip = onRoundTrip;
  }

  ping(frame: Frame): void {
    this.sent++;
    const { packet, seconds, nanoseconds } = frame;
    const payload = textOf(frame.controlPayload);
    const ping: OpenPing = { packet, seconds, nanoseconds, payload, isAnswered: false };
    if (this.#strays.length > 0 && this.#takeStray(ping)) return;
    if (this.#open.length >= MAX_OPEN) this.#makeRoom();
    this.#open.push(ping);
  }

  /** A pong of the other side. */
  pong(frame: Frame): void {
    const payload = textOf(frame.controlPayload);
    if (payload === null) {
      this.#answer(
        this.#newest(() => true, frame),
        null,
      );
      return;
    }
    const pong: Pong = { ...markOf(frame), payload };
    const isCandidate = (ping: OpenPing) => ping.payload === payload;
    const named = this.#newest(isCandidate, frame);
    if (named === -1) {
      this.#unexpected(pong);
      return;
    }
    if (this.#unpaired[0] !== undefined && this.#unpaired[0].payload !== payload) {
      this.settle();
      this.pong(frame);
      return;
    }
    this.#answer(named, pong);
    this.#unpaired.push(pong);
    let candidates = 0;
    for (let index = 0; index <= named; index++) if (isCandidate(this.#open[index]!)) candidates++;
    if (this.#unpaired.length >= candidates) this.settle();
  }

  /** A pong of the other side that came after this side had sent its Close or had ended. */
  pongAfterEnd(frame: Frame): void {
    const payload = textOf(frame.controlPayload);
    const isAnswer = (ping: OpenPing) => isUnanswered(ping) && (payload === null || ping.payload === payload);
    if (this.#newest(isAnswer, frame) !== -1) this.#pongAfterEnd ??= markOf(frame);
  }

  /** Pairs the pongs that wait to be paired, and forgets the pings that they answer. */
  settle(): void {
    const { answered, pairs } = this.#pairing();
    this.#unpaired = [];
    for (const { ping, pong } of pairs) this.#waited(ping, pong);
    for (const ms of roundTripsOf(pairs)) this.#onRoundTrip(ms);
    this.#open = this.#open.slice(answered + 1);
  }

  /** The further round trips, if nothing more comes. */
  get unsettledRoundTrips(): readonly number[] {
    return roundTripsOf(this.#pairing().pairs);
  }

  /** The facts, if nothing more comes. */
  facts(): PingFacts {
    const { answered, pairs } = this.#pairing();
    const waiting = this.#open.slice(answered + 1).filter(isUnanswered);
    const forgotten = this.#forgotten;
    const first = forgotten?.first ?? waiting[0];
    const last = waiting.at(-1) ?? forgotten?.last;
    const slowest = pairs.reduce(slowerOf, this.#slowest);
    const stray = this.#strays.at(-1);
    return {
      sent: this.sent,
      unanswered:
        first === undefined || last === undefined
          ? null
          : { count: (forgotten?.count ?? 0) + waiting.length, first: markOf(first), last: markOf(last) },
      slowest: slowest === null ? null : { ping: markOf(slowest.ping), pong: markOf(slowest.pong) },
      otherPong:
        first !== undefined && stray !== undefined && stray.packet > first.packet ? markOf(stray) : null,
      pongAfterEnd: first === undefined ? null : this.#pongAfterEnd,
    };
  }

  /**
   * Which open ping each waiting pong answers, from the last pong to the first, and the index of the last
   * ping that has an answer; -1 where none has.
   */
  #pairing(): { readonly answered: number; readonly pairs: readonly Pair[] } {
    const pairs: Pair[] = [];
    let answered = -1;
    let index = this.#open.length - 1;
    for (const pong of this.#unpaired.toReversed()) {
      while (index >= 0 && !isPair(this.#open[index]!, pong)) index--;
      const ping = this.#open[index];
      if (ping === undefined) break;
      if (answered === -1) answered = index;
      index--;
      pairs.push({ ping, pong });
    }
    return { answered, pairs };
  }

  /**
   * Index of the newest open ping that was sent before the pong. (Bytes that waited for others come late.)
   */
  #newest(isCandidate: (ping: OpenPing) => boolean, pong: PacketMark): number {
    return this.#open.findLastIndex((ping) => ping.packet <= pong.packet && isCandidate(ping));
  }

  /**
   * All pings up to this one were answered: by `pong`, or, where that is null, by a pong that is not certain.
   */
  #answer(index: number, pong: Pong | null): void {
    if (index === -1) return;
    if (pong !== null && this.#forgotten !== null) this.#waited(this.#forgotten.first, pong);
    this.#forgotten = null;
    for (const ping of this.#open.slice(0, index + 1)) {
      if (pong !== null && isUnanswered(ping)) this.#waited(ping, pong);
      ping.isAnswered = true;
    }
  }

  /** A pong with a payload that no open ping has. */
  #unexpected(pong: Pong): void {
    // It may answer a ping whose payload is not known (any more).
    const unknown = this.#newest(({ payload }) => payload === null, pong);
    if (unknown !== -1) {
      this.#answer(unknown, null);
      this.settle();
      this.#open = this.#open.slice(this.#newest(({ payload }) => payload === null, pong) + 1);
    } else if (this.#forgotten !== null) {
      this.#forgotten = null;
    } else {
      if (this.#strays.length >= MAX_STRAYS) this.#strays.shift();
      this.#strays.push(pong);
    }
  }

  /**
   * A ping may come late (TCP's order, or a capture that swapped two packets): then its pong may have come
   * before it.
   */
  #takeStray(ping: OpenPing): boolean {
    const index = this.#strays.findIndex(
      (pong) =>
        pong.payload === ping.payload &&
        (pong.packet > ping.packet || millisecondsBetween(pong, ping) <= SWAPPED_MS),
    );
    const pong = this.#strays[index];
    if (pong === undefined) return false;
    this.#strays.splice(index, 1);
    this.#answer(
      this.#newest(() => true, ping),
      pong,
    );
    this.#waited(ping, pong);
    this.#onRoundTrip(millisecondsBetween(ping, pong));
    return true;
  }

  #makeRoom(): void {
    this.settle();
    if (this.#open.length < MAX_OPEN) return;
    const ping = this.#open.shift()!;
    if (!isUnanswered(ping)) return;
    this.#forgotten ??= { count: 0, first: markOf(ping), last: ping };
    this.#forgotten.count++;
    this.#forgotten.last = ping;
  }

  #waited(ping: PacketMark, pong: PacketMark): void {
    this.#slowest = slowerOf(this.#slowest, { ping, pong });
  }
}

/** The slower pair of the two; the first of equal ones. */
function slowerOf(before: SlowPair | null, { ping, pong }: Pair): SlowPair {
  const ms = millisecondsBetween(ping, pong);
  return before === null || ms > before.ms ? { ping, pong, ms } : before;
}

/** In the order of the pongs; `pairs` begins with the last pong. */
function roundTripsOf(pairs: readonly Pair[]): number[] {
  return pairs.map(({ ping, pong }) => millisecondsBetween(ping, pong)).toReversed();
}

function isPair(ping: OpenPing, pong: Pong): boolean {
  return ping.payload === pong.payload && ping.packet <= pong.packet;
}

/** Whether the ping is certainly unanswered: any pong may have answered a ping of unknown payload. */
function isUnanswered({ isAnswered, payload }: OpenPing): boolean {
  return !isAnswered && payload !== null;
}

function textOf(payload: Uint8Array | null): string | null {
  if (payload === null) return null;
  return payload.length === 0 ? '' : latin1(payload);
}
