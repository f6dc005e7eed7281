/**
 * Bytes in the place of a frame that are none: HTTP or other text that a program wrote into an open WebSocket, or line ends too
 * many behind the head of the 101. They are told by what stands there, and only where the first two bytes are no header that was
 * allowed: then a receiver fails at them, and what reading them as frames would give is not what anybody sent.
 *
 * FrameParser asks about each frame's first byte (`isSuspect`), and has the bytes behind a suspect decided. Where a segment ends
 * before the decision, its bytes are held. Foreign bytes go to `take` until frames begin again.
 */
import { FIN_BIT, headerLength, int32, LENGTH_16, LENGTH_64, LENGTH_MASK, MASK_BIT } from './frame-bytes.ts';
import { isControlOpcode, isDataOpcode, MAX_CONTROL_PAYLOAD, OPCODE_CONTINUATION } from './frame.ts';

export type ForeignKind = 'http-response' | 'http-request' | 'text' | 'stray';

/** The first bytes of a side that are no frames. */
export interface ForeignBytes {
  readonly kind: ForeignKind;
  /** The beginning, a character a byte. */
  readonly text: string;
  /** Bytes of it in the capture. */
  readonly length: number;
  /** The packet that holds its first byte, and its time. */
  readonly packet: number;
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** What frames of this side may look like. */
export interface HeaderRules {
  readonly isMasked: boolean;
  /** Reserved bits that were agreed on; 7 where it isn't known what was. */
  readonly reservedBits: number;
  /** The first bytes are those behind the head of the handshake. */
  readonly isFromStart: boolean;
}

/** A piece of a segment. */
export interface HeldPiece {
  readonly bytes: Uint8Array;
  readonly packet: number;
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** What stands here: foreign bytes, a frame (in order or not), or too little to tell. */
export type Decision = ForeignKind | 'frame' | 'open';

/** So many printable bytes in a row are text. */
const TEXT_LENGTH = 16;
/** More line ends or zeros than that are no slip of the program that wrote the head. */
const STRAY_LIMIT = 4;
/** A decision needs no more bytes than this. */
const DECISION_LENGTH = TEXT_LENGTH + STRAY_LIMIT + 2;
/**
 * Of foreign bytes so many are kept, to be quoted and to find the end of a head. A head that is longer has no known end.
 * @bound bytes kept of what is no frame: {bytes}
 */
const MAX_KEPT = 4096;

/**
 * Behind bytes that waited, so many are looked at.
 * @bound bytes looked at behind bytes that may be no frame: {bytes}
 */
const MAX_JOINED = 256;

const RESPONSE = 'HTTP/1.';
const MIN_METHOD = 3;
const LONGEST_METHOD = 7;
const ALL_RESERVED_BITS = 7;
const RSV1 = 4;
const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const SLASH = 0x2f;
const TILDE = 0x7e;

/** By reserved bits that were agreed on: of each first byte, whether it is text and begins no frame that is allowed. */
const SUSPECTS: readonly Uint8Array[] = Array.from({ length: ALL_RESERVED_BITS + 1 }, (_, reservedBits) =>
  Uint8Array.from({ length: 256 }, (__, byte) =>
    isPrintable(byte) && !isFirstByte(byte, reservedBits) ? 1 : 0,
  ),
);

export class ForeignWatch {
  readonly #rules: HeaderRules;
  readonly #suspects: Uint8Array;
  #held: HeldPiece[] | null = null;
  /** The held bytes are the first ones behind the head. */
  #isHeldAtStart = false;
  /** How many bytes a decision for "stray" was about. */
  #strayBytes = 0;
  /** The foreign bytes that are being read. */
  #run: ForeignRun | null = null;
  /** The first ones. */
  #first: ForeignRun | null = null;

  constructor(rules: HeaderRules) {
    this.#rules = rules;
    this.#suspects = SUSPECTS[rules.reservedBits & ALL_RESERVED_BITS]!;
  }

  get isFromStart(): boolean {
    return this.#rules.isFromStart;
  }

  /** HOT: whether what begins with this byte may be foreign. */
  isSuspect(byte: number): boolean {
    return this.#suspects[byte] === 1;
  }

  /** The same, of the first byte behind the head. */
  isSuspectAtStart(byte: number): boolean {
    return byte === 0 || this.isSuspect(byte);
  }

  /** Decides what begins at a suspect. */
  decide(bytes: Uint8Array, start: number, end: number, isAtStart: boolean): Decision {
    const kind = textKind(bytes, start, Math.min(end, start + DECISION_LENGTH));
    if (kind !== 'frame' && kind !== 'open') return kind;
    const stray = isAtStart ? this.#strayKind(bytes, start, end) : 'frame';
    return stray === 'stray' ? stray : kind === 'open' || stray === 'open' ? 'open' : 'frame';
  }

  // Bytes that wait for the decision.

  get isHolding(): boolean {
    return this.#held !== null;
  }

  /** Keeps a copy of bytes that can't be decided yet: a few, since no decision needs many. */
  hold(piece: HeldPiece, isAtStart: boolean): void {
    if (this.#held === null) {
      this.#held = [];
      this.#isHeldAtStart = isAtStart;
    }
    this.#held.push(piece);
  }

  /** Decides about the held bytes and those behind them. */
  decideHeld(bytes: Uint8Array, start: number, end: number): Decision {
    const pieces = (this.#held ?? []).map((piece) => piece.bytes);
    const joined = concat([...pieces, bytes.subarray(start, Math.min(end, start + MAX_JOINED))]);
    return this.decide(joined, 0, joined.length, this.#isHeldAtStart);
  }

  /** The held bytes, which are held no longer. */
  release(): readonly HeldPiece[] {
    const held = this.#held ?? [];
    this.#held = null;
    return held;
  }

  /** The held bytes. If nothing more comes they are foreign (line ends behind the head), or the beginning of a frame. */
  get held(): readonly HeldPiece[] {
    return this.#held ?? [];
  }

  /** The held bytes are line ends or zeros behind the head, and nothing follows. */
  get isHoldingStray(): boolean {
    if (this.#held === null || !this.#isHeldAtStart) return false;
    const bytes = concat(this.#held.map((piece) => piece.bytes));
    return strayLength(bytes, 0, bytes.length) === bytes.length && bytes.length <= STRAY_LIMIT;
  }

  // Foreign bytes.

  /** Foreign bytes are being read. */
  get isReading(): boolean {
    return this.#run !== null;
  }

  /** Of what kind they are. */
  get kind(): ForeignKind {
    return this.#run?.kind ?? 'text';
  }

  /** Nothing of them has been taken yet. */
  get hasJustBegun(): boolean {
    return this.#run?.facts.length === 0;
  }

  /** Foreign bytes of this kind begin. */
  begin(kind: ForeignKind, at: Omit<HeldPiece, 'bytes'>): void {
    this.#run = new ForeignRun(kind, at, this.#strayBytes);
    this.#first ??= this.#run;
  }

  /** Takes foreign bytes; returns the index after them. `isSegmentStart`: `start` is where a segment begins. */
  take(bytes: Uint8Array, start: number, end: number, isSegmentStart: boolean): number {
    const run = this.#run;
    if (run === null) return start;
    if (isSegmentStart && run.isEndless && this.#isAllFrames(bytes, start, end)) {
      this.#run = null;
      return start;
    }
    const next = run.take(bytes, start, end);
    if (run.isOver) this.#run = null;
    return next;
  }

  /** The first foreign bytes of the side; null where there are none. */
  get found(): ForeignBytes | null {
    if (this.#first !== null) return this.#first.facts;
    if (!this.isHoldingStray) return null;
    const pieces = this.#held!;
    const run = new ForeignRun('stray', pieces[0]!, STRAY_LIMIT);
    for (const { bytes } of pieces) run.take(bytes, 0, bytes.length);
    return run.facts;
  }

  /** One to four bytes of CR, LF or NUL, behind which nothing follows, or frames that read validly as far as they go. */
  #strayKind(bytes: Uint8Array, start: number, end: number): 'stray' | 'frame' | 'open' {
    const length = strayLength(bytes, start, end);
    if (length === 0 || length > STRAY_LIMIT) return 'frame';
    const at = start + length;
    if (end - at < 2) return 'open';
    this.#strayBytes = length;
    return this.#framesEnd(bytes, at, end) === null ? 'frame' : 'stray';
  }

  /** A whole segment of frames that are in order, and of nothing else. */
  #isAllFrames(bytes: Uint8Array, start: number, end: number): boolean {
    return end - start >= 2 && bytes[start]! >= FIN_BIT && this.#framesEnd(bytes, start, end) === end;
  }

  /** Where the frames that begin here end, perhaps behind these bytes; null where one of them is not allowed. */
  #framesEnd(bytes: Uint8Array, start: number, end: number): number | null {
    let at = start;
    while (end - at >= 2) {
      const [first, second] = [bytes[at]!, bytes[at + 1]!];
      const isMasked = (second & MASK_BIT) !== 0;
      const isAllowed = isFirstByte(first, this.#rules.reservedBits) && isMasked === this.#rules.isMasked;
      if (!isAllowed || (at === start && (first & 0x0f) === OPCODE_CONTINUATION)) return null;
      if (isControlOpcode(first & 0x0f) && (second & LENGTH_MASK) > MAX_CONTROL_PAYLOAD) return null;
      const headerEnd = at + headerLength(bytes, at, end);
      if (headerEnd > end) return headerEnd;
      at = headerEnd + payloadLength(bytes, at);
    }
    return at === end ? end : at > end ? at : at + 2;
  }
}

/** Foreign bytes from their first one on. */
class ForeignRun {
  readonly kind: ForeignKind;
  readonly #at: Omit<HeldPiece, 'bytes'>;
  #kept = '';
  #length = 0;
  /** Of HTTP: bytes so far of the blank line that ends the head; null behind it. */
  #blankLine: number | null;
  /** Bytes that are still to come; null where that is not known. */
  #remaining: number | null = null;

  constructor(
    kind: ForeignKind,
    { packet, seconds, nanoseconds }: Omit<HeldPiece, 'bytes'>,
    strayBytes: number,
  ) {
    this.kind = kind;
    this.#at = { packet, seconds, nanoseconds };
    this.#blankLine = kind === 'text' || kind === 'stray' ? null : 0;
    if (kind === 'stray') this.#remaining = strayBytes;
  }

  /** It is not known where it ends. */
  get isEndless(): boolean {
    return this.#blankLine === null && this.#remaining === null;
  }

  get #isInHead(): boolean {
    return this.#blankLine !== null;
  }

  get isOver(): boolean {
    return this.#blankLine === null && this.#remaining === 0;
  }

  get facts(): ForeignBytes {
    return { kind: this.kind, text: this.#kept, length: this.#length, ...this.#at };
  }

  /** Returns the index after the head's last byte, or `end`. */
  #takeHead(bytes: Uint8Array, start: number, end: number): number {
    const at = this.#headEnd(bytes, start, end);
    this.#keep(bytes, start, at);
    if (!this.#isInHead) this.#remaining = this.#bodyLength();
    return at;
  }

  /** Returns the index after its last byte, or `end`. */
  take(bytes: Uint8Array, start: number, end: number): number {
    const at = this.#isInHead ? this.#takeHead(bytes, start, end) : start;
    if (this.#isInHead || at === end) return at;
    const next = this.#remaining === null ? end : Math.min(end, at + this.#remaining);
    if (this.#remaining !== null) this.#remaining -= next - at;
    return this.#keep(bytes, at, next);
  }

  #keep(bytes: Uint8Array, start: number, end: number): number {
    const room = MAX_KEPT - this.#kept.length;
    for (let at = start; at < Math.min(end, start + room); at++)
      this.#kept += String.fromCharCode(bytes[at]!);
    this.#length += end - start;
    return end;
  }

  /** The index behind the blank line that ends the head; `end` where it does not come. */
  #headEnd(bytes: Uint8Array, start: number, end: number): number {
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === LF) {
        if (this.#blankLine === 1) {
          this.#blankLine = null;
          return at + 1;
        }
        this.#blankLine = 1;
      } else if (byte !== CR) this.#blankLine = 0;
    }
    return end;
  }

  /** Bytes of the body (RFC 9112 §6.3); null where that can't be known. */
  #bodyLength(): number | null {
    const head = this.#kept;
    if (head.length >= MAX_KEPT || /\ntransfer-encoding:/i.test(head)) return null;
    const stated = /\ncontent-length:[ \t]*(\d{1,12})[ \t]*\r?\n/i.exec(head)?.[1];
    if (stated !== undefined) return Number(stated);
    if (this.kind === 'http-request') return 0;
    return /^HTTP\/1\.\d (?:1\d\d|204|304)/.test(head) ? 0 : null;
  }
}

/** What begins here, if it is text: up to DECISION_LENGTH bytes are looked at. */
function textKind(bytes: Uint8Array, start: number, end: number): Decision {
  const length = end - start;
  let printable = 0;
  while (printable < length && isPrintable(bytes[start + printable]!)) printable++;
  const isCutOff = printable === length;
  let matched = 0;
  while (
    matched < RESPONSE.length &&
    bytes[start + matched] === RESPONSE.charCodeAt(matched) &&
    matched < length
  )
    matched++;
  if (matched === RESPONSE.length) return 'http-response';
  let method = 0;
  while (method < length && isUpperCase(bytes[start + method]!)) method++;
  if (method >= MIN_METHOD && method <= LONGEST_METHOD && length >= method + 2) {
    if (bytes[start + method] === SPACE && bytes[start + method + 1] === SLASH) return 'http-request';
  }
  if (printable >= TEXT_LENGTH) return 'text';
  return isCutOff ? 'open' : 'frame';
}

function isUpperCase(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}

function isPrintable(byte: number): boolean {
  return (byte >= SPACE && byte <= TILDE) || byte === TAB || byte === LF || byte === CR;
}

/** How many bytes from here on are CR, LF or NUL. */
function strayLength(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] === 0 || bytes[at] === CR || bytes[at] === LF)) at++;
  return at - start;
}

/** Whether a frame in order may begin with this byte (RFC 6455 §5.2, §5.4; RFC 7692 §6). */
function isFirstByte(byte: number, reservedBits: number): boolean {
  const opcode = byte & 0x0f;
  const isFinal = (byte & FIN_BIT) !== 0;
  const bits = (byte >> 4) & 0x07;
  if (!isDataOpcode(opcode) && !(isControlOpcode(opcode) && isFinal)) return false;
  // RSV1 of permessage-deflate belongs on the first frame of a message.
  const isFirst = isDataOpcode(opcode) && opcode !== OPCODE_CONTINUATION;
  const allowed = reservedBits === RSV1 && !isFirst ? 0 : reservedBits;
  return (bits & ~allowed) === 0;
}

/** The payload length in a header that is whole. */
function payloadLength(bytes: Uint8Array, at: number): number {
  const short = bytes[at + 1]! & LENGTH_MASK;
  if (short === LENGTH_16) return (bytes[at + 2]! << 8) | bytes[at + 3]!;
  if (short === LENGTH_64) return (int32(bytes, at + 2) >>> 0) * 2 ** 32 + (int32(bytes, at + 6) >>> 0);
  return short;
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
