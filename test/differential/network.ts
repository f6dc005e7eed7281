/**
 * What is captured of a script: segments that were lost and sent again, overtaken, sent twice, cut otherwise, captured
 * in the wrong order; acknowledged as a receiver would that sees what is captured.
 */
import { Random } from '../fuzz/random.ts';
import type { Network, Plan, Side } from './plan.ts';
import type { Script, Write } from './script.ts';

export interface Packet {
  readonly from: Side;
  /** Of the first payload byte, from the first one on; -1 of a SYN. */
  readonly offset: number;
  /** Initials. */
  readonly flags: string;
  readonly acknowledged: number;
  readonly payload: Uint8Array;
}

export interface Course {
  readonly packets: readonly Packet[];
  /** Offsets of last bytes of heads: of the last request for an upgrade, and of what answers it. */
  readonly heads: Readonly<Record<'request' | 'response', number>>;
  readonly hasGap: boolean;
}

interface Piece {
  readonly from: Side;
  readonly start: number;
  readonly end: number;
}

/** The segment comes once this many more segments of its sender were captured. */
interface Delayed {
  readonly piece: Piece;
  after: number;
}

const LONGEST_HEADER = 14;
const NOTHING = new Uint8Array(0);
const OTHER: Readonly<Record<Side, Side>> = { client: 'server', server: 'client' };

export function courseOf(plan: Plan, script: Script): Course {
  return new Courier(plan, script).course();
}

class Courier {
  readonly #plan: Plan;
  readonly #script: Script;
  readonly #random: Random;
  readonly #network: Network;
  readonly #packets: Packet[] = [];
  /** All bytes of a side so far. */
  readonly #streams: Record<Side, Buffer> = { client: Buffer.alloc(0), server: Buffer.alloc(0) };
  readonly #delayed: Record<Side, Delayed[]> = { client: [], server: [] };
  /** What has arrived, as far as it is without a hole; and beyond it. */
  readonly #arrived: Record<Side, number> = { client: 0, server: 0 };
  readonly #beyond: Record<Side, Piece[]> = { client: [], server: [] };
  readonly #heads = { request: -1, response: -1 };
  #hasGap = false;

  constructor(plan: Plan, script: Script) {
    this.#plan = plan;
    this.#script = script;
    this.#random = new Random(plan.seed ^ 0x0e7);
    this.#network = plan.network;
  }

  course(): Course {
    this.#packet('client', -1, 'S', 0);
    this.#packet('server', -1, 'SA', 0);
    this.#packet('client', 0, 'A', 0);
    const start = this.#packets.length;
    for (const write of this.#script.writes) this.#write(write);
    this.#settle('client');
    this.#settle('server');
    this.#swap(start);
    const isOpen = this.#script.ends.length === 0;
    this.#acknowledge(isOpen ? 'client' : this.#script.ends[0]!.from);
    for (const { from, how } of this.#script.ends) {
      this.#packet(from, this.#streams[from].length, how === 'fin' ? 'FA' : 'RA', this.#arrived[OTHER[from]]);
    }
    return { packets: this.#packets, heads: this.#heads, hasGap: this.#hasGap };
  }

  #write({ from, bytes, settles, completes, mayLose = false }: Write): void {
    const start = this.#streams[from].length;
    this.#streams[from] = Buffer.concat([this.#streams[from], bytes]);
    const end = start + bytes.length;
    if (completes !== undefined) this.#heads[completes] = this.#headEnd(from, start, end) - 1;
    const pieces = this.#cut(from, start, end);
    // Behind the header of its frame, and before its last byte.
    const isInside = (piece: Piece) => piece.start >= start + LONGEST_HEADER && piece.end < end;
    const missing = mayLose && this.#plan.gap && !this.#hasGap ? pieces.findIndex(isInside) : -1;
    for (const [index, piece] of pieces.entries()) {
      if (index === missing) this.#lose(piece);
      else this.#send(piece);
    }
    if (settles) this.#settle(from);
  }

  /** A response may have a body, which is not of the head. */
  #headEnd(from: Side, start: number, end: number): number {
    const text = this.#streams[from].subarray(start, end).toString('latin1');
    // An interim response has a head of its own before.
    const first = text.includes('HTTP/1.1 103') ? text.indexOf('\r\n\r\n') + 4 : 0;
    return start + text.indexOf('\r\n\r\n', first) + 4;
  }

  #cut(from: Side, start: number, end: number): Piece[] {
    const pieces: Piece[] = [];
    for (let at = start; at < end;) {
      const { segmentLength } = this.#network;
      const length = this.#chance(70) ? segmentLength : 1 + this.#random.below(segmentLength);
      const to = Math.min(end, at + length);
      pieces.push({ from, start: at, end: to });
      at = to;
    }
    return pieces;
  }

  #send(piece: Piece): void {
    const { lost, late, again, overlap } = this.#network;
    const { from } = piece;
    if (this.#chance(lost)) this.#delayed[from].push({ piece, after: 3 + this.#random.below(3) });
    else if (this.#chance(late)) this.#delayed[from].push({ piece, after: 1 + this.#random.below(3) });
    else this.#arrive(piece);
    if (this.#chance(again)) this.#delayed[from].push({ piece, after: 1 + this.#random.below(6) });
    if (this.#chance(overlap)) {
      const start = Math.max(0, piece.start - this.#random.below(30));
      const end = Math.min(this.#streams[from].length, piece.end + this.#random.below(30));
      this.#delayed[from].push({ piece: { from, start, end }, after: this.#random.below(4) });
    }
    this.#due(from);
  }

  #due(from: Side): void {
    const delayed = this.#delayed[from];
    for (const each of delayed) each.after--;
    for (let index = delayed.findIndex(({ after }) => after < 0); index >= 0;) {
      const [{ piece }] = delayed.splice(index, 1) as [Delayed];
      this.#arrive(piece);
      index = delayed.findIndex(({ after }) => after < 0);
    }
  }

  #settle(from: Side): void {
    for (const { piece } of this.#delayed[from].splice(0)) this.#arrive(piece);
    this.#acknowledge(OTHER[from]);
  }

  #lose(piece: Piece): void {
    this.#hasGap = true;
    this.#receive(piece);
  }

  #arrive(piece: Piece): void {
    const { from, start, end } = piece;
    const payload = this.#streams[from].subarray(start, end);
    this.#packet(from, start, 'PA', this.#arrived[OTHER[from]], payload);
    this.#receive(piece);
    if (this.#chance(this.#network.acknowledged)) this.#acknowledge(OTHER[from]);
  }

  #receive(piece: Piece): void {
    const { from } = piece;
    const beyond = this.#beyond[from];
    beyond.push(piece);
    beyond.sort((a, b) => a.start - b.start);
    while (beyond.length > 0 && beyond[0]!.start <= this.#arrived[from]) {
      this.#arrived[from] = Math.max(this.#arrived[from], beyond.shift()!.end);
    }
  }

  #acknowledge(from: Side): void {
    this.#packet(from, this.#streams[from].length, 'A', this.#arrived[OTHER[from]]);
  }

  #packet(
    from: Side,
    offset: number,
    flags: string,
    acknowledged: number,
    payload: Uint8Array = NOTHING,
  ): void {
    this.#packets.push({ from, offset, flags, acknowledged, payload: Uint8Array.from(payload) });
  }

  /** Neighbours that were captured in the wrong order. */
  #swap(start: number): void {
    for (let i = start; i + 1 < this.#packets.length; i++) {
      if (!this.#chance(this.#network.swapped)) continue;
      this.#packets.splice(i, 2, this.#packets[i + 1]!, this.#packets[i]!);
      i++;
    }
  }

  #chance(percent: number): boolean {
    return percent > 0 && this.#random.below(100) < percent;
  }
}
