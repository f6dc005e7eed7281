/**
 * The body of an answer that refuses an upgrade: often it says why. Kept up to a bound, unpacked where its coding is a common
 * one, and shortened to what a person reads.
 */
import { unpackBrotli } from '#platform/brotli';
import { openRawInflate } from '#platform/raw-inflate';
import { room } from '../platform/raw-inflate.ts';
import { headerTokens, headerValue, type ResponseHead } from './head.ts';
import { looksLikeHtml, textOfHtml } from './html-text.ts';
import type { HttpBudget } from './http-budget.ts';

export interface BodyFacts {
  /** Its beginning as text, without tags of HTML; empty where it is no text, or can't be unpacked. */
  readonly text: string;
  /** Its length as it was sent, without the framing of chunks. */
  readonly bytes: number;
  /** How many characters of the text are left out behind `text`. */
  readonly omitted: number;
}

/**
 * More of a body is only counted.
 * @bound bytes kept of the body of a refusal: {bytes}
 */
const MAX_KEPT = 64 * 1024;
/**
 * The rest of the text is left out.
 * @bound text shown of the body of a refusal: {count} characters
 */
const MAX_TEXT = 2048;
/** Kept bytes are taken in pieces of this size. */
const FIRST_ROOM = 1024;
/** The largest window (RFC 1951 §2). */
const WINDOW_BITS = 15;

export class RefusalBody {
  readonly #head: ResponseHead;
  readonly #budget: HttpBudget;
  #kept: Uint8Array = new Uint8Array(0);
  #keptLength = 0;
  #bytes = 0;
  /** A part is missing: what comes behind it is not kept. */
  #isCut = false;
  #facts: BodyFacts | null = null;

  constructor(head: ResponseHead, budget: HttpBudget) {
    this.#head = head;
    this.#budget = budget;
  }

  push(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes += end - start;
    const wanted = this.#isCut ? 0 : Math.min(end - start, MAX_KEPT - this.#keptLength);
    if (wanted <= 0 || !this.#reserve(this.#keptLength + wanted)) return;
    this.#kept.set(bytes.subarray(start, start + wanted), this.#keptLength);
    this.#keptLength += wanted;
  }

  /** Bytes of it are not in the capture. */
  missing(length: number): void {
    this.#bytes += length;
    this.#isCut = true;
  }

  /** Nothing more comes. Gives back the memory that it holds. */
  finish(): void {
    if (this.#facts !== null) return;
    this.#facts = this.#read();
    this.#budget.release(this.#kept.length);
    this.#kept = new Uint8Array(0);
  }

  /** null where the answer has no body. */
  get facts(): BodyFacts | null {
    const facts = this.#facts ?? this.#read();
    return facts.bytes === 0 ? null : facts;
  }

  #reserve(length: number): boolean {
    const present = this.#kept.length;
    if (length <= present) return true;
    const size = Math.min(MAX_KEPT, Math.max(FIRST_ROOM, present * 2, length));
    if (!this.#budget.take(size - present)) {
      this.#isCut = true;
      return false;
    }
    const larger = new Uint8Array(size);
    larger.set(this.#kept.subarray(0, this.#keptLength));
    this.#kept = larger;
    return true;
  }

  #read(): BodyFacts {
    const bytes = this.#bytes;
    const raw = unpacked(
      this.#kept.subarray(0, this.#keptLength),
      headerTokens(this.#head, 'content-encoding'),
    );
    if (raw === null || !isText(raw)) return { text: '', bytes, omitted: 0 };
    const decoded = textOf(raw);
    const isHtml = headerValue(this.#head, 'content-type')?.toLowerCase().includes('html') ?? false;
    const text = isHtml || looksLikeHtml(decoded) ? textOfHtml(decoded) : decoded.trim();
    return { text: text.slice(0, MAX_TEXT), bytes, omitted: Math.max(0, text.length - MAX_TEXT) };
  }
}

/** null where the coding is not known, or the data are damaged from the first byte on. */
function unpacked(bytes: Uint8Array, codings: readonly string[]): Uint8Array | null {
  const [coding = 'identity', ...more] = codings;
  if (more.length > 0) return null;
  switch (coding) {
    case 'identity':
      return bytes;
    case 'gzip':
    case 'x-gzip':
      return inflated(bytes, behindGzipHeader(bytes));
    case 'deflate':
      // Some send raw deflate data under this name, without the two bytes of RFC 1950.
      return inflated(bytes, isZlibHeader(bytes) ? 2 : 0);
    case 'br':
      return unpackBrotli(bytes, MAX_KEPT);
    default:
      return null;
  }
}

/** Inflates into a room of a fixed size: what does not fit is left out. */
function inflated(bytes: Uint8Array, start: number): Uint8Array | null {
  if (start < 0 || start >= bytes.length) return null;
  const output = new Uint8Array(MAX_KEPT);
  const stream = openRawInflate(WINDOW_BITS);
  stream.run(bytes, start, bytes.length, output);
  const length = output.length - room();
  const isDamaged = stream.error !== null;
  stream.close();
  return isDamaged && length === 0 ? null : output.subarray(0, length);
}

function isZlibHeader(bytes: Uint8Array): boolean {
  return bytes.length > 2 && (bytes[0]! & 0x0f) === 8 && ((bytes[0]! << 8) | bytes[1]!) % 31 === 0;
}

/** RFC 1952 §2.3; -1 where it is none, or is not whole. */
function behindGzipHeader(bytes: Uint8Array): number {
  const FIXED = 10;
  if (bytes.length < FIXED || bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes[2] !== 8) return -1;
  const flags = bytes[3]!;
  let at = FIXED;
  if ((flags & 4) !== 0) at += 2 + (bytes[at]! | (bytes[at + 1]! << 8));
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue;
    const end = bytes.indexOf(0, at);
    if (end < 0) return -1;
    at = end + 1;
  }
  return (flags & 2) === 0 ? at : at + 2;
}

/** Control characters other than white space are in no text. */
function isText(bytes: Uint8Array): boolean {
  return bytes
    .subarray(0, 256)
    .every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0x1b);
}

/** As UTF-8, with replacements where it is none. */
function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8').decode(bytes);
}
