/**
 * The values that are hidden, their marks, and where else they occur. Equal values get equal marks: `[redacted-3]`,
 * numbered in the order in which they appear, or with a key `[redacted-9f3a01c7]`, a keyed hash (HMAC-SHA-256) that
 * is the same in every report made with this key. Numbers reveal only the order, so the same capture gives the same
 * bytes without a key, too.
 */
import { hmacSha256 } from '#platform/sha256';
import { hex } from '#platform/text';
import { OWN_WORDS } from './own-words.ts';

/** Shorter values are hidden in their own place but not searched for elsewhere: they would be found everywhere. */
const LEAST_SOUGHT = 4;
/** Shorter values are found elsewhere only as whole words, not inside other words. */
const LEAST_WITHIN = 8;
/** Numbers with fewer digits may be ports, close codes, packets, years. */
const LEAST_DIGITS = 6;
const HASH_DIGITS = 8;
const utf8 = new TextEncoder();

const MARK = /^\[redacted(?:-[0-9a-f]+)?\]$/;
const CUT = '…';
/** Rules cut what they quote in a message after 60 characters, and the body of a refusal after 200. */
const LONGEST_CUT = 204;
const NAMELESS = '[redacted]';

/** Values with the same beginning, such as JWTs: there may be thousands, but of few different lengths. */
interface Alike {
  readonly values: string[];
  /** Longest first, each once. */
  readonly lengths: number[];
}

export class SecretLedger {
  readonly #key: Uint8Array | null;
  readonly #marks = new Map<string, string>();
  #count = 0;
  /** The values to search for, by their first characters; and the marks that replace them. */
  readonly #sought = new Map<string, Alike>();
  readonly #markOfSought = new Map<string, string>();
  /** Indexed by the low bytes of two characters: shows quickly that no value begins at most places of a text. */
  readonly #starts = new Uint8Array(0x10000);
  /** Values that look like secrets but aren't. */
  readonly #public = new Set<string>();

  /** @param key null: values are numbered */
  constructor(key: Uint8Array | null) {
    this.#key = key;
  }

  /** How many different values were hidden. */
  get size(): number {
    return this.#count;
  }

  /** Learns a value and returns its mark. An empty value and a mark are returned unchanged. */
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

  /** Another form of a hidden value, which is searched for elsewhere as well. */
  alsoSeek(form: string, mark: string): void {
    this.#seek(form, mark);
  }

  /** A value that is never hidden although it looks like a token. */
  publish(value: string): void {
    this.#public.add(value);
  }

  isPublic(value: string): boolean {
    return this.#public.has(value);
  }

  /** Replaces the values known so far in the text, and their beginnings where the text cut them short (`abc…`). */
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
    // Tokens often have the same beginning: name the value only if just one begins like this.
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

/** Other forms of a value: in lower case, as header values are compared; decoded; without quotes; its parts. */
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

/**
 * Can this part of a longer value ("Digest username=…") be a secret by itself? Not if it is a path or an ordinary
 * word.
 */
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
