/**
 * The events of a connection in the order of capture: the first and the last ones, and a count of the middle.
 * HOT: `addFrame` runs once per frame. Events are rows of numbers (kept-events.ts).
 */
import type { Direction } from '../basics/direction.ts';
import {
  CODE_SHIFT,
  DIRECTION_BIT,
  firstOfLatest,
  FRAME,
  HAS_LENGTH_BIT,
  HAS_TEXT_BIT,
  KEPT_AT_EACH_END,
  KeptEvents,
  KINDS,
  LENGTH,
  LONG,
  MAX_LENGTH,
  NANOSECONDS,
  OPCODE_SHIFT,
  PACKED,
  PACKET,
  ROW,
  SECONDS,
  type EventDetails,
  type EventKind,
  type TimelineEvent,
} from './kept-events.ts';
import type { TimelineRoom } from './timeline-room.ts';

export type { EventKind, TimelineEvent } from './kept-events.ts';

/** Stands for "no index into the rows". */
const NOWHERE = -1;

export class Timeline {
  // What every frame touches stands first (see StreamReassembler).
  #count = 0;
  #startSeconds = 0;
  /**
   * Where the latest events are in the rows of all connections; NOWHERE before there are any, and after
   * `end`.
   */
  #latestAt = NOWHERE;
  readonly #room: TimelineRoom;
  /** The same for the first events. */
  #firstAt = NOWHERE;

  /** Set once nothing more will come. */
  #kept: KeptEvents | null = null;
  /** Text of requests, responses and Close frames, and lengths that are LONG, by number of the event. */
  #texts: Map<number, string> | null = null;
  #lengths: Map<number, number> | null = null;

  /** @param room shared by all connections of a capture */
  constructor(room: TimelineRoom) {
    this.#room = room;
  }

  /** Events come in the order in which they were captured. */
  add(
    event: EventKind,
    direction: Direction,
    packet: number,
    seconds: number,
    nanoseconds: number,
    { opcode, length, code, detail }: EventDetails = {},
  ): void {
    const hasText = detail !== undefined && detail !== '';
    if (hasText) (this.#texts ??= new Map<number, string>()).set(this.#count, detail);
    const packed =
      KINDS.indexOf(event) |
      (direction << DIRECTION_BIT) |
      (length === undefined ? 0 : 1 << HAS_LENGTH_BIT) |
      (((opcode ?? -1) + 1) << OPCODE_SHIFT) |
      (((code ?? -1) + 1) << CODE_SHIFT) |
      (hasText ? 1 << HAS_TEXT_BIT : 0);
    this.#write(packet, seconds, nanoseconds, length ?? 0, packed);
  }

  /** The common case of {@link add}: a frame that has nothing but its kind and length. */
  addFrame(
    direction: Direction,
    packet: number,
    seconds: number,
    nanoseconds: number,
    opcode: number,
    length: number,
  ): void {
    const packed =
      FRAME | (direction << DIRECTION_BIT) | (1 << HAS_LENGTH_BIT) | ((opcode + 1) << OPCODE_SHIFT);
    this.#write(packet, seconds, nanoseconds, length, packed);
  }

  /** The events kept so far; what comes later does not change the returned object. */
  kept(): KeptEvents {
    if (this.#kept !== null) return this.#kept;
    const texts = this.#texts === null ? null : new Map(this.#texts);
    return this.#keptWith(texts, this.#lengths === null ? null : new Map(this.#lengths));
  }

  /** Nothing more will come: gives back the room. */
  end(): void {
    if (this.#firstAt === NOWHERE) return;
    this.#kept = this.#keptWith(this.#texts, this.#lengths);
    this.#room.release(this.#firstAt);
    if (this.#latestAt !== NOWHERE) this.#room.release(this.#latestAt);
    this.#firstAt = NOWHERE;
    this.#latestAt = NOWHERE;
  }

  /** All that was kept, in order; `client` is the direction of the client's bytes. */
  events(client: Direction): TimelineEvent[] {
    return this.kept().events(client);
  }

  #write(packet: number, seconds: number, nanoseconds: number, length: number, packed: number): void {
    const number = this.#count++;
    const column = length > MAX_LENGTH ? LONG : length;
    if (column === LONG) (this.#lengths ??= new Map<number, number>()).set(number, length);
    if (number === 0) {
      this.#startSeconds = seconds;
      this.#firstAt = this.#room.take();
    } else if (number === KEPT_AT_EACH_END) {
      this.#latestAt = this.#room.take();
    }
    const { rows } = this.#room;
    const at = this.#rowAt(number);
    if (number >= 2 * KEPT_AT_EACH_END) {
      // The text of an overwritten row goes too. Few rows have a text, and a look at the row is quicker than
      // one at the maps.
      if ((rows[at + PACKED]! & (1 << HAS_TEXT_BIT)) !== 0) this.#texts?.delete(number - KEPT_AT_EACH_END);
      if (rows[at + LENGTH] === LONG) this.#lengths?.delete(number - KEPT_AT_EACH_END);
    }
    rows[at + PACKET] = packet;
    rows[at + SECONDS] = seconds - this.#startSeconds;
    rows[at + NANOSECONDS] = nanoseconds;
    rows[at + LENGTH] = column;
    rows[at + PACKED] = packed;
  }

  /** Index in the room; the latest events overwrite each other in turn. */
  #rowAt(number: number): number {
    return number < KEPT_AT_EACH_END
      ? this.#firstAt + number * ROW
      : this.#latestAt + (number % KEPT_AT_EACH_END) * ROW;
  }

  #keptWith(texts: Map<number, string> | null, lengths: Map<number, number> | null): KeptEvents {
    const { rows } = this.#room;
    const count = this.#count;
    const kept = new Array<number>(Math.min(count, 2 * KEPT_AT_EACH_END) * ROW);
    let to = 0;
    for (let number = 0; number < count; number++) {
      if (number === KEPT_AT_EACH_END) number = firstOfLatest(count);
      const at = this.#rowAt(number);
      for (let column = 0; column < ROW; column++) kept[to++] = rows[at + column]!;
    }
    return new KeptEvents(kept, count, this.#startSeconds, texts, lengths);
  }
}
