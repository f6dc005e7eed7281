/**
 * Finds a heartbeat among TLS records by their sizes alone: a small record of one side, again and again at a constant period,
 * that the other side answers at once with one of the same size, or of one that differs by a WebSocket's mask (4 bytes). Keeps
 * a few candidates a connection, and does constant work a record.
 */
import { millisecondsBetween, type Timestamp } from '../basics/timestamp.ts';

type Side = 'client' | 'server';

interface Mark extends Timestamp {
  readonly packet: number;
}

export interface RecordHeartbeat {
  /** Who asks. */
  readonly from: Side;
  /** The median would need all of them: the mean of the intervals, which differ little. */
  readonly intervalMs: number;
  readonly sent: number;
  readonly answered: number;
  /** Lengths, as the records' headers have them. */
  readonly askLength: number;
  readonly answerLength: number;
  readonly lastAnswer: Mark;
  /** Since the last answer: how many, the first and the last of them; null where the last one was answered. */
  readonly unanswered: { readonly count: number; readonly first: Mark; readonly last: Mark } | null;
}

/**
 * Small records of other sizes take the place of the one that came longest ago.
 * @bound sizes of small TLS records that may be a connection's heartbeat: {count}
 */
const MAX_CANDIDATES = 8;
/** So many in a row at one interval, of which so many were answered, are no chance. */
const ENOUGH_BEATS = 3;
const ENOUGH_ANSWERS = 2;
/** Timers are late by some milliseconds, and a busy sender by more. */
const TOLERANCE_SHARE = 0.1;
const TOLERANCE_MS = 300;
/** Nobody sends a heartbeat more often than this. */
const SHORTEST_MS = 250;
const MASK = 4;

interface Candidate {
  readonly from: Side;
  readonly length: number;
  first: Mark;
  last: Mark;
  sent: number;
  answered: number;
  answerLength: number;
  lastAnswer: Mark | null;
  unansweredFirst: Mark | null;
  unansweredCount: number;
}

export class HeartbeatFinder {
  readonly #candidates: Candidate[] = [];

  /** @param block of the cipher: sizes that it rounds up are compared by whole blocks */
  small(from: Side, length: number, mark: Mark, block: number): void {
    if (this.#answers(from, length, mark, block)) return;
    const known = this.#candidates.find((each) => each.from === from && each.length === length);
    if (known !== undefined) beat(known, mark);
    else this.#add(beginning(from, length, mark));
  }

  facts(): RecordHeartbeat | null {
    let best: Candidate | null = null;
    for (const each of this.#candidates) {
      if (each.sent < ENOUGH_BEATS || each.answered < ENOUGH_ANSWERS || intervalOf(each) < SHORTEST_MS)
        continue;
      const isBetter =
        best === null ||
        each.answered > best.answered ||
        (each.answered === best.answered && each.last.packet > best.last.packet);
      if (isBetter) best = each;
    }
    const lastAnswer = best?.lastAnswer ?? null;
    if (best === null || lastAnswer === null) return null;
    const { from, sent, answered, length, answerLength, unansweredFirst, unansweredCount } = best;
    return {
      from,
      intervalMs: intervalOf(best),
      sent,
      answered,
      askLength: length,
      answerLength,
      lastAnswer,
      unanswered:
        unansweredFirst === null ? null : { count: unansweredCount, first: unansweredFirst, last: best.last },
    };
  }

  /** An answer is no heartbeat of its own. */
  #answers(from: Side, length: number, mark: Mark, block: number): boolean {
    for (const asked of this.#candidates) {
      if (asked.from === from || asked.unansweredFirst === null) continue;
      if (!isAnswerOf(asked, from, length, block)) continue;
      if (asked.sent > 1 && millisecondsBetween(asked.last, mark) > intervalOf(asked) / 2) continue;
      if (asked.answerLength !== 0 && asked.answerLength !== length) continue;
      asked.answered++;
      asked.answerLength = length;
      asked.lastAnswer = mark;
      asked.unansweredFirst = null;
      asked.unansweredCount = 0;
      return true;
    }
    return false;
  }

  #add(candidate: Candidate): void {
    if (this.#candidates.length < MAX_CANDIDATES) {
      this.#candidates.push(candidate);
      return;
    }
    let oldest = 0;
    for (let index = 1; index < this.#candidates.length; index++) {
      if (this.#candidates[index]!.last.packet < this.#candidates[oldest]!.last.packet) oldest = index;
    }
    this.#candidates[oldest] = candidate;
  }
}

function beginning(from: Side, length: number, mark: Mark): Candidate {
  return {
    from,
    length,
    first: mark,
    last: mark,
    sent: 1,
    answered: 0,
    answerLength: 0,
    lastAnswer: null,
    unansweredFirst: mark,
    unansweredCount: 1,
  };
}

/** The next one of a candidate: it goes on where the interval fits, and begins anew where it does not. */
function beat(candidate: Candidate, mark: Mark): void {
  const interval = millisecondsBetween(candidate.last, mark);
  const usual = candidate.sent > 1 ? intervalOf(candidate) : interval;
  const tolerance = Math.max(usual * TOLERANCE_SHARE, Math.min(TOLERANCE_MS, usual / 3));
  const isRegular = Math.abs(interval - usual) <= tolerance;
  if (!isRegular || interval < SHORTEST_MS) {
    Object.assign(candidate, beginning(candidate.from, candidate.length, mark));
    return;
  }
  candidate.last = mark;
  candidate.sent++;
  candidate.unansweredFirst ??= mark;
  candidate.unansweredCount++;
}

function intervalOf({ first, last, sent }: Candidate): number {
  return sent < 2 ? 0 : millisecondsBetween(first, last) / (sent - 1);
}

/** Only a client masks. Where the cipher rounds up, the mask may cost a block, or nothing. */
function isAnswerOf(asked: Candidate, from: Side, length: number, block: number): boolean {
  const longer = from === 'client' ? length - asked.length : asked.length - length;
  return longer === 0 || longer === (block > 1 ? block : MASK);
}
