/**
 * The values that are hidden, what stands in their place, and where else they occur. Equal values get equal marks:
 * `[redacted-3]`, numbered as they are met, or with a key `[redacted-9f3a01c7]`, a keyed hash (HMAC-SHA-256) that is the
 * same in every report made with this key. Numbers say nothing but the order, so that without a key, too, the same
 * capture gives the same bytes.
 */
import { hmacSha256 } from '#platform/sha256';
import { hex } from '#platform/text';
import { OWN_WORDS } from './own-words.ts';

/** Shorter values are hidden where they stand, but not looked for elsewhere: they would be found everywhere. */
const LEAST_SOUGHT = 4;
/** Shorter ones are found elsewhere only as a word of their own, not within another. */
const LEAST_WITHIN = 8;
/** Numbers of fewer digits are ports, close codes, packets, years. */
const LEAST_DIGITS = 6;
const HASH_DIGITS = 8;
const utf8 = new TextEncoder();

const MARK = /^\[redacted(?:-[0-9a-f]+)?\]$/;
const CUT = '…';
/** Messages cut what they quote after 60 characters. */
const LONGEST_CUT = 64;
const NAMELESS = '[redacted]';

/** Values that begin alike, as JWTs do: there may be thousands, of a few lengths. */
interface Alike {
  readonly values: string[];
  /** Longest first, each once. */
  readonly lengths: number[];
}

export class SecretLedger {
  readonly #key: Uint8Array | null;
  readonly #marks = new Map<string, string>();
  #count = 0;
  /** What to look for, by its first characters; and what to put in its place. */
  readonly #sought = new Map<string, Alike>();
  readonly #markOfSought = new Map<string, string>();
  /** By the low bytes of the first two characters: most places of a text are ruled out by them. */
  readonly #starts = new Uint8Array(0x10000);
  /** What may look like a secret and is none. */
  readonly #public = new Set<string>();

  /** @param key null: values are numbered */
  constructor(key: Uint8Array | null) {
    this.#key = key;
  }

  /** How many different values were hidden. */
  get size(): number {
    return this.#count;
  }

  /** Learns a value and gives what is to stand in its place. Nothing stays nothing, and a mark stays. */
  hide(value: string): string {
    if (value === '' || MARK.test(value)) return value;
    const known = this.#marks.get(value);
    if (known !== undefined) return known;
    this.#count++;
    const mark = `[redacted-${this.#key === null ? this.#count : hashOf(value, this.#key)}]`;
    this.#marks.set(value, mark);
    this.#seek(value, mark);
    for (const form of formsOf(value)) this.#seek(form, mark);
    return mark;
  }

  /** Another form of a hidden value, which is to be found elsewhere, too. */
  alsoSeek(form: string, mark: string): void {
    this.#seek(form, mark);
  }

  /** A value that stays although it looks like a token. */
  publish(value: string): void {
    this.#public.add(value);
  }

  isPublic(value: string): boolean {
    return this.#public.has(value);
  }

  /** The text without the values that are known by now, nor their beginnings where the text was cut (`abc…`). */
  replaceIn(text: string): string {
    let result = '';
    let copied = 0;
    for (let at = 0; at + LEAST_SOUGHT <= text.length; at++) {
      if (this.#starts[startOf(text, at)] === 0) continue;
      const found = this.#findAt(text, at);
      if (found === null) continue;
      result += text.slice(copied, at) + found.mark;
      copied = at + found.length;
      at = copied - 1;
    }
    return copied === 0 ? text : result + text.slice(copied);
  }

  #seek(value: string, mark: string): void {
    if (!isSought(value) || this.#markOfSought.has(value)) return;
    this.#markOfSought.set(value, mark);
    const start = value.slice(0, LEAST_SOUGHT);
    let alike = this.#sought.get(start);
    if (alike === undefined) {
      alike = { values: [], lengths: [] };
      this.#sought.set(start, alike);
    }
    alike.values.push(value);
    if (!alike.lengths.includes(value.length)) {
      alike.lengths.push(value.length);
      alike.lengths.sort((a, b) => b - a);
    }
    this.#starts[startOf(value, 0)] = 1;
  }

  #findAt(text: string, at: number): { mark: string; length: number } | null {
    const alike = this.#sought.get(text.slice(at, at + LEAST_SOUGHT));
    if (alike === undefined) return null;
    for (const length of alike.lengths) {
      const value = text.slice(at, at + length);
      const mark = this.#markOfSought.get(value);
      if (mark !== undefined && standsAlone(value, text, at)) return { mark, length: value.length };
    }
    const length = text.slice(at, at + LONGEST_CUT).indexOf(CUT);
    if (length < 0) return null;
    const piece = text.slice(at, at + length);
    const first = alike.values.findIndex((value) => value.startsWith(piece));
    if (first < 0) return null;
    // Tokens often begin alike: which of them it was is said only where there is one.
    const isOnly = !alike.values.some((value, i) => i > first && value.startsWith(piece));
    return { mark: isOnly ? this.#markOfSought.get(alike.values[first]!)! : NAMELESS, length };
  }
}

function startOf(text: string, at: number): number {
  return ((text.charCodeAt(at) & 0xff) << 8) | (text.charCodeAt(at + 1) & 0xff);
}

function hashOf(value: string, key: Uint8Array): string {
  return hex(hmacSha256(key, utf8.encode(value))).slice(0, HASH_DIGITS);
}

/** In small letters, in which lists of header values are compared; decoded; without quotes; its parts. */
function formsOf(value: string): string[] {
  const forms = [value.toLowerCase()];
  try {
    forms.push(decodeURIComponent(value), decodeURIComponent(value.replaceAll('+', ' ')));
  } catch {
    // No percent-encoding.
  }
  if (value.length > 2 && value.startsWith('"') && value.endsWith('"')) forms.push(value.slice(1, -1));
  forms.push(...value.split(/[\s;,="&:]+/).filter(isPiece));
  return forms;
}

/** Of a value of several parts ("Digest username=…"): what may be a secret by itself, and is no path or word. */
function isPiece(part: string): boolean {
  return part.length >= LEAST_WITHIN && !part.includes('/') && /\d|[a-z][A-Z]/.test(part);
}

function isSought(value: string): boolean {
  if (value.length < LEAST_SOUGHT || OWN_WORDS.has(value.toLowerCase())) return false;
  return !/^\d+$/.test(value) || value.length >= LEAST_DIGITS;
}

function standsAlone(value: string, text: string, at: number): boolean {
  if (value.length >= LEAST_WITHIN) return true;
  return !isWordCharacter(text[at - 1]) && !isWordCharacter(text[at + value.length]);
}

function isWordCharacter(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}]/u.test(character);
}
