/**
 * What a side's RST looked like, what it answers, and what the same side sent after it. A host that has reset a
 * connection sends no more data on it: a RST after which data comes was sent by something between the two hosts. Made
 * with the first RST of a side, so connections without one pay nothing for it.
 */
import { ACK, type Segment } from '../decode/segment.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
import { markOf, type PacketMark } from './packet-mark.ts';

/**
 * Data of the RST's sender counts as sent after the RST only if it comes this much later, or a round trip later if that is
 * longer: the network may deliver two packets in the wrong order.
 */
const MIN_LATER_MS = 200;
/** The same where the round trip is not known. */
const LATER_WITHOUT_ROUND_TRIP_MS = 1000;
/** Within this many round trips a RST answers a segment. */
const ANSWER_ROUND_TRIPS = 3;

/** A time in which neither side sent a byte, and the data that ended it. */
export interface Silence {
  /** The last byte before it, of either side. */
  readonly from: PacketMark;
  /** The data that ended it. */
  readonly until: PacketMark;
}

/** Data that a side sent although its RST came before. */
export interface SentAfterReset {
  readonly segments: number;
  readonly first: PacketMark;
  readonly last: PacketMark;
}

/** The first RST of a side. */
export interface ResetFacts {
  /** TTL or hop limit, IPv4 identification (0 for IPv6) and window of the RST. */
  readonly hopLimit: number;
  readonly identification: number;
  readonly window: number;
  /** It acknowledges something. A host that doesn't know the connection sends a RST without (RFC 9293 §3.10.7.1). */
  readonly hasAcknowledgement: boolean;
  /**
   * It acknowledges nothing, its number is what the other side's last packet acknowledged, and its side had sent no FIN: the answer
   * of a host that has no such connection.
   */
  readonly isOfUnknown: boolean;
  /**
   * The same, and no packet of the connection came within three round trips (at least 200 ms) before it: the segment that
   * it answers is not in the capture.
   */
  readonly answersUnseen: boolean;
  /**
   * The sequence numbers between the last byte captured of the side and the RST: they are bytes or a FIN that the capture
   * lacks. null where the number is too far away to prove anything.
   */
  readonly missing: number | null;
  /**
   * The other side's data that it answers at once with a RST without acknowledgement, after a long silence; null where it
   * is none.
   */
  readonly afterSilence: Silence | null;
  /** Data of the same side after its RST, more than a round trip and 200 ms later; null where there is none. */
  readonly sentAfter: SentAfterReset | null;
}

/** The data that ended a silence, and what it acknowledged. */
export interface EndedSilence extends Silence {
  readonly acknowledgement: number;
}

export class ResetWatch {
  readonly #mark: PacketMark;
  readonly #hopLimit: number;
  readonly #identification: number;
  readonly #window: number;
  readonly #hasAcknowledgement: boolean;
  /** Checksum and identification of the side's last segment before the RST: a copy of it is nothing new. */
  readonly #isOfUnknown: boolean;
  readonly #answersUnseen: boolean;
  readonly #marksBefore: number;
  readonly #laterMs: number;
  readonly #afterSilence: Silence | null;
  #segments = 0;
  #first: PacketMark | null = null;
  #last: PacketMark | null = null;

  /**
   * @param isExpected its number is what the other side's last packet acknowledged, and its side had sent no FIN
   * @param roundTripMs of TCP's handshake; null where it was not captured
   * @param silence the other side's last data, if it ended a silence
   * @param sinceLastMs how long before it the connection's last packet was captured
   */
  constructor(
    segment: Segment,
    isExpected: boolean,
    marksBefore: number,
    roundTripMs: number | null,
    silence: EndedSilence | null,
    sinceLastMs: number,
  ) {
    this.#mark = markOf(segment);
    this.#hopLimit = segment.hopLimit;
    this.#identification = segment.identification;
    this.#window = segment.window;
    this.#hasAcknowledgement = (segment.flags & ACK) !== 0;
    this.#isOfUnknown = isExpected && !this.#hasAcknowledgement;
    this.#marksBefore = marksBefore;
    this.#laterMs = roundTripMs === null ? LATER_WITHOUT_ROUND_TRIP_MS : Math.max(MIN_LATER_MS, roundTripMs);
    const answerMs = Math.max(MIN_LATER_MS, ANSWER_ROUND_TRIPS * (roundTripMs ?? 0));
    this.#answersUnseen = this.#isOfUnknown && sinceLastMs > answerMs;
    const isAnswer =
      silence !== null &&
      !this.#hasAcknowledgement &&
      segment.sequence === silence.acknowledgement &&
      millisecondsBetween(silence.until, segment) <= answerMs;
    this.#afterSilence = isAnswer ? { from: silence.from, until: silence.until } : null;
  }

  /** Data of the same side that the other side had not acknowledged. */
  sent(segment: Segment): void {
    if (((segment.checksum << 16) | segment.identification) === this.#marksBefore) return;
    if (millisecondsBetween(this.#mark, segment) < this.#laterMs) return;
    this.#segments++;
    this.#last = markOf(segment);
    this.#first ??= this.#last;
  }

  /** The facts so far; for `missing` see {@link ResetFacts}. */
  facts(missing: number | null): ResetFacts {
    return {
      hopLimit: this.#hopLimit,
      identification: this.#identification,
      window: this.#window,
      hasAcknowledgement: this.#hasAcknowledgement,
      isOfUnknown: this.#isOfUnknown,
      answersUnseen: this.#answersUnseen,
      missing,
      afterSilence: this.#afterSilence,
      sentAfter:
        this.#first === null || this.#last === null
          ? null
          : { segments: this.#segments, first: this.#first, last: this.#last },
    };
  }
}
