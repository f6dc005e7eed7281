/**
 * The traces of all connections, packed: as objects, the traces of a million connections would take half a
 * gigabyte. A trace is a row of 32-bit integers; texts that many connections share (addresses, hosts, paths)
 * are kept once.
 */
import { copyOfLatin1 } from '#platform/text';
import type { Role } from '../connection/record.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import type { ConnectionTrace, ConnectionTraces, EndingTrace, RequestTrace } from './connection-trace.ts';

const ROWS_A_BLOCK = 4096;
/** The first block begins with this many rows and doubles: most captures hold few connections. */
const FIRST_ROWS = 16;

// Columns of a row.
const ID = 0;
const CLIENT = 1;
const SERVER = 2;
/** Port in bits 0 to 15, flags above. */
const PORT_AND_FLAGS = 3;
const HOST = 4;
const PATH = 5;
/** Number of the cause in bits 0 to 7, close code + 1 above. */
const CAUSE_AND_CODE = 6;
/** Marks: packet (0 for none), seconds, nanoseconds. */
const FIRST = 7;
const LAST = 10;
const OPENED = 13;
const REQUEST = 16;
/** The refusal of a connection that never opened, or the last data frame of one that did. */
const ANSWER_OR_DATA = 19;
const END = 22;
const USER = 25;
/** Milliseconds + 1; 0 for none. */
const SILENT = 26;
const COLUMNS = 27;

// Flags.
const HAS_RESPONSE = 1 << 16;
const IS_REFUSED = 1 << 17;
const HAS_GAPS = 1 << 18;
const WAS_IDLE = 1 << 19;
const HAS_ENDING = 1 << 20;
const ENDED_BY_SERVER = 1 << 21;
const FIRST_END_BY_SERVER = 1 << 22;
const HAS_FIRST_END = 1 << 23;
/** How the connection ended, in two bits. */
const HOW_SHIFT = 24;
/** Above the two bits of HOW_SHIFT. */
const IS_FROM_PROXY = 1 << 26;
const ENDED_WELL = 1 << 27;
const HOWS = ['close', 'fin', 'rst'] as const;

/**
 * The most characters kept of a text: longer hosts or paths that begin alike count as one.
 * @bound hosts and paths that traces keep: {count} characters of each
 */
const MAX_TEXT = 1024;
const NO_TEXT = 0;
/**
 * The most texts kept. Once there are so many, the rules see no request of the connections that follow.
 * @bound hosts and paths that traces keep: {count} different ones
 */
const MAX_TEXTS = 1 << 20;

/** What fits into a column: 24 days. */
const LONGEST_SILENCE_MS = 2 ** 31 - 1;

const CODE_SHIFT = 8;
const CAUSE_MASK = 0xff;

export class TraceStore implements ConnectionTraces {
  readonly #blocks: Int32Array[] = [];
  readonly #texts: (string | null)[] = [null];
  readonly #textNumbers = new Map<string, number>();
  /** Rule ids. */
  readonly #causes: (string | null)[] = [null];
  #count = 0;
  /** Seconds of the first trace: rows hold the difference, which fits into 32 bits whatever the year. */
  #startSeconds = 0;

  get size(): number {
    return this.#count;
  }

  add(trace: ConnectionTrace): void {
    if (this.#count === 0) this.#startSeconds = trace.first.seconds;
    const number = this.#count++;
    const at = (number % ROWS_A_BLOCK) * COLUMNS;
    const row = this.#blockFor(number);
    const { server, request, refusal, ending } = trace;
    const isKept = request !== null && this.#texts.length < MAX_TEXTS;
    row[at + ID] = trace.id;
    row[at + CLIENT] = this.#number(trace.clientAddress);
    row[at + SERVER] = this.#number(server.address);
    row[at + PORT_AND_FLAGS] = server.port | flagsOf(trace);
    row[at + HOST] = isKept ? this.#number(request.host) : NO_TEXT;
    row[at + USER] = isKept ? this.#number(request.user) : NO_TEXT;
    row[at + PATH] = isKept ? this.#number(request.path) : NO_TEXT;
    row[at + CAUSE_AND_CODE] =
      this.#causeNumber(trace.cause) | (((ending?.closeCode ?? -1) + 1) << CODE_SHIFT);
    row[at + SILENT] = Math.min((trace.silentMs ?? -1) + 1, LONGEST_SILENCE_MS);
    this.#write(row, at + FIRST, trace.first);
    this.#write(row, at + LAST, trace.last);
    this.#write(row, at + OPENED, trace.openedAt);
    this.#write(row, at + REQUEST, isKept ? request : null);
    this.#write(row, at + ANSWER_OR_DATA, refusal ?? trace.lastData);
    this.#write(row, at + END, trace.end);
  }

  /** A trace is made when it is read, and so is each of its marks: keep one only where it is needed. */
  [Symbol.iterator](): Generator<ConnectionTrace> {
    return this.#sortedBy(ID);
  }

  byRequest(): Generator<ConnectionTrace> {
    return this.#sortedBy(REQUEST);
  }

  *#sortedBy(column: number): Generator<ConnectionTrace> {
    // Keys are exact while the largest value times the number of rows stays below 2^53: a billion packets and
    // eight million connections. A Float64Array sorts without a comparison function, which would take ten
    // times as long.
    const keys = new Float64Array(this.#count);
    for (let number = 0; number < this.#count; number++) {
      const block = this.#blocks[Math.floor(number / ROWS_A_BLOCK)]!;
      const value = block[(number % ROWS_A_BLOCK) * COLUMNS + column]! >>> 0;
      keys[number] = value * this.#count + number;
    }
    keys.sort();
    for (const key of keys) {
      const number = key % this.#count;
      const block = this.#blocks[Math.floor(number / ROWS_A_BLOCK)]!;
      const at = (number % ROWS_A_BLOCK) * COLUMNS;
      yield new PackedTrace(block, at, this.#startSeconds, this.#texts, this.#causes);
    }
  }

  #blockFor(number: number): Int32Array {
    const last = this.#blocks.at(-1);
    const isFirst = number < ROWS_A_BLOCK;
    if (last !== undefined && number % ROWS_A_BLOCK !== 0) {
      if (!isFirst || number * COLUMNS < last.length) return last;
      const larger = new Int32Array(last.length * 2);
      larger.set(last);
      return (this.#blocks[0] = larger);
    }
    const block = new Int32Array((isFirst ? FIRST_ROWS : ROWS_A_BLOCK) * COLUMNS);
    this.#blocks.push(block);
    return block;
  }

  #write(row: Int32Array, at: number, mark: PacketMark | null): void {
    if (mark === null) return;
    row[at] = mark.packet;
    row[at + 1] = mark.seconds - this.#startSeconds;
    row[at + 2] = mark.nanoseconds;
  }

  #causeNumber(cause: string | null): number {
    const known = this.#causes.indexOf(cause);
    return known === -1 ? this.#causes.push(cause) - 1 : known;
  }

  #number(text: string | null): number {
    if (text === null) return NO_TEXT;
    const kept = text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text;
    const known = this.#textNumbers.get(kept);
    if (known !== undefined) return known;
    // A copy: a piece of a head would keep the whole head in memory.
    const copy = copyOfLatin1(kept);
    const number = this.#texts.push(copy) - 1;
    this.#textNumbers.set(copy, number);
    return number;
  }
}

function flagsOf(trace: ConnectionTrace): number {
  const { ending, firstEndBy } = trace;
  return (
    (trace.hasResponse ? HAS_RESPONSE : 0) |
    (trace.refusal === null ? 0 : IS_REFUSED) |
    (trace.hasGaps ? HAS_GAPS : 0) |
    (trace.wasIdle ? WAS_IDLE : 0) |
    (trace.isFromProxy ? IS_FROM_PROXY : 0) |
    (trace.endedWell ? ENDED_WELL : 0) |
    (ending === null ? 0 : HAS_ENDING | (HOWS.indexOf(ending.how) << HOW_SHIFT)) |
    (ending?.by === 'server' ? ENDED_BY_SERVER : 0) |
    (firstEndBy === null ? 0 : HAS_FIRST_END) |
    (firstEndBy === 'server' ? FIRST_END_BY_SERVER : 0)
  );
}

class PackedTrace implements ConnectionTrace {
  readonly #row: Int32Array;
  readonly #at: number;
  readonly #startSeconds: number;
  readonly #texts: readonly (string | null)[];
  readonly #causes: readonly (string | null)[];

  constructor(
    row: Int32Array,
    at: number,
    startSeconds: number,
    texts: readonly (string | null)[],
    causes: readonly (string | null)[],
  ) {
    this.#row = row;
    this.#at = at;
    this.#startSeconds = startSeconds;
    this.#texts = texts;
    this.#causes = causes;
  }

  get id(): number {
    return this.#row[this.#at + ID]!;
  }

  get clientAddress(): string {
    return this.#text(CLIENT) ?? '';
  }

  get server(): ConnectionTrace['server'] {
    return { address: this.#text(SERVER) ?? '', port: this.#flags & 0xffff };
  }

  get first(): PacketMark {
    return this.#markAt(FIRST)!;
  }

  get last(): PacketMark {
    return this.#markAt(LAST)!;
  }

  get openedAt(): PacketMark | null {
    return this.#markAt(OPENED);
  }

  get hasResponse(): boolean {
    return this.#has(HAS_RESPONSE);
  }

  get request(): RequestTrace | null {
    const row = this.#row;
    const at = this.#at + REQUEST;
    const packet = row[at]! >>> 0;
    if (packet === 0) return null;
    return {
      packet,
      seconds: this.#startSeconds + row[at + 1]!,
      nanoseconds: row[at + 2]!,
      host: this.#text(HOST),
      path: this.#text(PATH) ?? '',
      user: this.#text(USER),
    };
  }

  get refusal(): PacketMark | null {
    return this.#has(IS_REFUSED) ? this.#markAt(ANSWER_OR_DATA) : null;
  }

  get ending(): EndingTrace | null {
    if (!this.#has(HAS_ENDING)) return null;
    const code = (this.#row[this.#at + CAUSE_AND_CODE]! >>> CODE_SHIFT) - 1;
    return {
      by: this.#has(ENDED_BY_SERVER) ? 'server' : 'client',
      how: HOWS[(this.#flags >>> HOW_SHIFT) & 3] ?? 'fin',
      mark: this.#markAt(END)!,
      closeCode: code < 0 ? null : code,
    };
  }

  get end(): PacketMark | null {
    return this.#markAt(END);
  }

  get firstEndBy(): Role | null {
    if (!this.#has(HAS_FIRST_END)) return null;
    return this.#has(FIRST_END_BY_SERVER) ? 'server' : 'client';
  }

  get hasGaps(): boolean {
    return this.#has(HAS_GAPS);
  }

  get lastData(): PacketMark | null {
    return this.#has(IS_REFUSED) ? null : this.#markAt(ANSWER_OR_DATA);
  }

  get cause(): string | null {
    return this.#causes[this.#row[this.#at + CAUSE_AND_CODE]! & CAUSE_MASK] ?? null;
  }

  get isFromProxy(): boolean {
    return this.#has(IS_FROM_PROXY);
  }

  get endedWell(): boolean {
    return this.#has(ENDED_WELL);
  }

  get silentMs(): number | null {
    const kept = this.#row[this.#at + SILENT]!;
    return kept === 0 ? null : kept - 1;
  }

  get wasIdle(): boolean {
    return this.#has(WAS_IDLE);
  }

  get #flags(): number {
    return this.#row[this.#at + PORT_AND_FLAGS]!;
  }

  #has(flag: number): boolean {
    return (this.#flags & flag) !== 0;
  }

  #text(column: number): string | null {
    return this.#texts[this.#row[this.#at + column]!] ?? null;
  }

  #markAt(column: number): PacketMark | null {
    const at = this.#at + column;
    const packet = this.#row[at]! >>> 0;
    if (packet === 0) return null;
    return { packet, seconds: this.#startSeconds + this.#row[at + 1]!, nanoseconds: this.#row[at + 2]! };
  }
}
