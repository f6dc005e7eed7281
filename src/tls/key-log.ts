/**
 * The secrets of TLS connections, as programs write them with SSLKEYLOGFILE (RFC 9850): a line is a label, the random of a
 * ClientHello and a secret, both in hex. Read in pieces of any size, once, and indexed by the random; a capture of a browser's
 * day has a million lines, so what is kept are bytes in large pages, not objects and strings.
 *
 * Secrets are for decrypting only. Nothing of a line is ever quoted: what is not understood is counted.
 */

/** What one source of keys (a file, a block of a pcapng) held. */
export interface SourceFacts {
  /** Lines that are neither empty nor comments. */
  readonly lines: number;
  /** Of them, those with a secret that can decrypt something, also where it was known before. */
  readonly secrets: number;
  /** Lines that are no line of a key log, or are cut short. */
  readonly notUnderstood: number;
  /** Lines that give another secret than an earlier line, perhaps of an earlier source, for the same label and random. */
  readonly contradictions: number;
  /** Secrets for which there was no room. */
  readonly omitted: number;
}

/** Where a carrier gets its secrets. */
export interface KeySource {
  /** @returns a view that must not be written to; null where no source has this secret */
  secret(label: SecretLabel, clientRandom: Uint8Array): Uint8Array | null;
}

/** The labels of RFC 9850 whose secrets decrypt records, and two that other programs write for RSA key exchange and resumption. */
export const SECRET_LABELS = [
  'CLIENT_RANDOM',
  'CLIENT_EARLY_TRAFFIC_SECRET',
  'CLIENT_HANDSHAKE_TRAFFIC_SECRET',
  'SERVER_HANDSHAKE_TRAFFIC_SECRET',
  'CLIENT_TRAFFIC_SECRET_0',
  'SERVER_TRAFFIC_SECRET_0',
  // "RSA Session-ID:… Master-Key:…": the session id, filled up with zeros, stands in place of the random.
  'RSA Session-ID',
] as const;
export type SecretLabel = (typeof SECRET_LABELS)[number];

/**
 * The longest line of a known label has 250 characters. What is longer is not understood, and not kept.
 * @bound bytes kept of a line of a key log that comes in pieces: {bytes}
 */
const MAX_LINE = 4096;
/**
 * Some five million secrets. Those beyond it are counted as omitted.
 * @bound secrets of all key logs: {bytes}
 */
const MAX_SECRET_BYTES = 256 * 1024 * 1024;
const PAGE_BITS = 20;
const PAGE = 1 << PAGE_BITS;

const RANDOM = 32;
const MASTER_SECRET = 48;
/** The hash of a suite of TLS 1.3 has 32 or 48 bytes. */
const TRAFFIC_SECRETS: readonly number[] = [32, 48];
const SESSION_ID_LABEL = SECRET_LABELS.indexOf('RSA Session-ID');
/** "RSA Session-ID:" and "Master-Key:". */
const RSA = codes('RSA');
const SESSION_ID = codes('Session-ID:');
const MASTER_KEY = codes('Master-Key:');
const LABEL_CODES = SECRET_LABELS.map(codes);

const LF = 0x0a;
const SPACE = 0x20;
const HASH = 0x23;
const UNDERSCORE = 0x5f;
const NOTHING = new Uint8Array(0);

/** By character: the digit's value, 255 where it is no hex digit. */
const HEX_DIGITS = hexDigits();

// A client's random in a page: the random, the address of its first secret, whether it was asked for.
const FIRST_SECRET = RANDOM;
const WAS_USED = RANDOM + 4;
const RANDOM_RECORD = RANDOM + 5;
// A secret: the address of the next one of the same random, its label, its length, its bytes.
const SECRET_LABEL = 4;
const SECRET_LENGTH = 5;
const SECRET_BYTES = 6;
/** No address: the first record of all begins at 1. */
const NONE = 0;

/** A word of a line, `from` to `to`. */
interface Word {
  readonly from: number;
  readonly to: number;
}

export class KeyLog implements KeySource {
  readonly #pages: Uint8Array[] = [];
  /** Bytes of the pages that are taken. */
  #taken = 1;
  /** Addresses of randoms, by hash; open addressing, at most half full. */
  #table = new Int32Array(1024);
  #randoms = 0;
  #secrets = 0;
  /** A line hash that nobody can aim at. */
  readonly #seed = Math.trunc(Math.random() * 0x7fffffff) | 1;
  /** The beginning of a line whose end has not come. */
  #line: Uint8Array = NOTHING;
  /** The line is longer than any: it is passed over. */
  #isTooLong = false;
  #facts = noFacts();
  /** Where {@link #parse} decodes a random and a secret. */
  readonly #random = new Uint8Array(RANDOM);
  readonly #secret = new Uint8Array(64);

  /** How many secrets are known. */
  get size(): number {
    return this.#secrets;
  }

  /** The next bytes of a source; lines may be cut anywhere. */
  add(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      const end = chunk.indexOf(LF, at);
      if (end < 0) {
        this.#keep(chunk.subarray(at));
        return;
      }
      if (this.#line.length === 0 && !this.#isTooLong) this.#take(chunk, at, end);
      else {
        this.#keep(chunk.subarray(at, end));
        this.#endLine();
      }
      at = end + 1;
    }
  }

  /** The source is over, and with it its last line. What comes next is another source. */
  endSource(): SourceFacts {
    if (this.#line.length > 0 || this.#isTooLong) this.#endLine();
    const facts = this.#facts;
    this.#facts = noFacts();
    return facts;
  }

  secret(label: SecretLabel, clientRandom: Uint8Array): Uint8Array | null {
    const code = SECRET_LABELS.indexOf(label);
    const random = this.#find(clientRandom);
    if (random === NONE) return null;
    const found = this.#secretOf(random, code);
    if (found === NONE) return null;
    const page = this.#page(random);
    page[offsetIn(random) + WAS_USED] = 1;
    return this.#bytesOf(found);
  }

  /** The randoms whose secrets were asked for and found, in no particular order. */
  get used(): Uint8Array[] {
    const used: Uint8Array[] = [];
    for (const address of this.#table) {
      if (address === NONE) continue;
      const page = this.#page(address);
      const at = offsetIn(address);
      if (page[at + WAS_USED] === 1) used.push(page.slice(at, at + RANDOM));
    }
    return used;
  }

  /** All that is known of a random, as the lines of a key log. They are secret. */
  linesOf(clientRandom: Uint8Array): string {
    const random = this.#find(clientRandom);
    if (random === NONE) return '';
    let lines = '';
    const name = hexOf(clientRandom);
    for (let code = 0; code < SECRET_LABELS.length; code++) {
      const found = this.#secretOf(random, code);
      if (found === NONE) continue;
      const secret = hexOf(this.#bytesOf(found));
      lines +=
        code === SESSION_ID_LABEL
          ? `RSA Session-ID:${name} Master-Key:${secret}\n`
          : `${SECRET_LABELS[code]!} ${name} ${secret}\n`;
    }
    return lines;
  }

  // Lines.

  #keep(piece: Uint8Array): void {
    if (this.#isTooLong) return;
    if (this.#line.length + piece.length > MAX_LINE) {
      this.#isTooLong = true;
      // What it begins with says whether it is a comment.
      if (this.#line.length === 0) this.#line = piece.slice(0, 1);
      return;
    }
    const line = new Uint8Array(this.#line.length + piece.length);
    line.set(this.#line);
    line.set(piece, this.#line.length);
    this.#line = line;
  }

  #endLine(): void {
    const line = this.#line;
    const isTooLong = this.#isTooLong;
    this.#line = NOTHING;
    this.#isTooLong = false;
    if (!isTooLong) this.#take(line, 0, line.length);
    else if (line[0] !== HASH) {
      this.#facts.lines++;
      this.#facts.notUnderstood++;
    }
  }

  /** One line, without its line feed. */
  #take(bytes: Uint8Array, start: number, end: number): void {
    // Text that passed through PowerShell is UTF-16: without its zeros it is what it was.
    if (bytes.subarray(start, end).includes(0)) {
      const line = bytes.subarray(start, end).filter((byte) => byte !== 0);
      this.#parse(line, 0, line.length);
    } else this.#parse(bytes, start, end);
  }

  #parse(bytes: Uint8Array, start: number, end: number): void {
    const label = wordAt(bytes, behindMark(bytes, start, end), end);
    if (label.from === label.to || bytes[label.from] === HASH) return;
    const facts = this.#facts;
    facts.lines++;
    const key = wordAt(bytes, label.to, end);
    const value = wordAt(bytes, key.to, end);
    const rest = wordAt(bytes, value.to, end);
    if (value.from === value.to || rest.from !== rest.to) {
      facts.notUnderstood++;
      return;
    }
    if (isWord(bytes, label, RSA) && startsWith(bytes, key, SESSION_ID)) {
      this.#parseSession(bytes, key, value);
      return;
    }
    const code = LABEL_CODES.findIndex((name) => isWord(bytes, label, name));
    if (code < 0) {
      // Secrets of exporters, of encrypted ClientHellos, and whatever labels come next.
      if (!isLabel(bytes, label) || !isHex(bytes, key) || !isHex(bytes, value)) facts.notUnderstood++;
      return;
    }
    const length = (value.to - value.from) / 2;
    const isLength = code === 0 ? length === MASTER_SECRET : TRAFFIC_SECRETS.includes(length);
    const isUnderstood =
      isLength &&
      key.to - key.from === 2 * RANDOM &&
      decode(bytes, key, this.#random) &&
      decode(bytes, value, this.#secret);
    if (isUnderstood) this.#add(code, length);
    else facts.notUnderstood++;
  }

  /** "RSA Session-ID:… Master-Key:…", as made from what `openssl s_client` prints. */
  #parseSession(bytes: Uint8Array, key: Word, value: Word): void {
    const id: Word = { from: key.from + SESSION_ID.length, to: key.to };
    const secret: Word = { from: value.from + MASTER_KEY.length, to: value.to };
    const isUnderstood =
      startsWith(bytes, value, MASTER_KEY) &&
      id.to > id.from &&
      id.to - id.from <= 2 * RANDOM &&
      secret.to - secret.from === 2 * MASTER_SECRET &&
      decode(bytes, id, this.#random.fill(0)) &&
      decode(bytes, secret, this.#secret);
    if (isUnderstood) this.#add(SESSION_ID_LABEL, MASTER_SECRET);
    else this.#facts.notUnderstood++;
  }

  /** Takes the random and the secret that were just decoded. */
  #add(code: number, length: number): void {
    const facts = this.#facts;
    let random = this.#find(this.#random);
    if (random === NONE) random = this.#addRandom();
    const known = random === NONE ? NONE : this.#secretOf(random, code);
    if (random === NONE) facts.omitted++;
    else if (known !== NONE) {
      facts.secrets++;
      this.#compare(known, length);
    } else {
      const address = this.#allot(SECRET_BYTES + length);
      if (address === NONE) {
        facts.omitted++;
        return;
      }
      facts.secrets++;
      this.#secrets++;
      const page = this.#page(address);
      const at = offsetIn(address);
      writeWord(page, at, readWord(this.#page(random), offsetIn(random) + FIRST_SECRET));
      page[at + SECRET_LABEL] = code;
      page[at + SECRET_LENGTH] = length;
      page.set(this.#secret.subarray(0, length), at + SECRET_BYTES);
      writeWord(this.#page(random), offsetIn(random) + FIRST_SECRET, address);
    }
  }

  /** The first secret wins, whatever comes later. */
  #compare(known: number, length: number): void {
    const bytes = this.#bytesOf(known);
    const isSame = bytes.length === length && bytes.every((byte, at) => byte === this.#secret[at]);
    if (!isSame) this.#facts.contradictions++;
  }

  // The index.

  /** The address of a random, or {@link NONE}. A shorter one is filled up with zeros. */
  #find(random: Uint8Array): number {
    const mask = this.#table.length - 1;
    for (let slot = this.#hash(random, 0, random.length) & mask; ; slot = (slot + 1) & mask) {
      const address = this.#table[slot]!;
      if (address === NONE) return NONE;
      const page = this.#page(address);
      const at = offsetIn(address);
      let index = 0;
      while (index < RANDOM && page[at + index] === (random[index] ?? 0)) index++;
      if (index === RANDOM) return address;
    }
  }

  #addRandom(): number {
    const address = this.#allot(RANDOM_RECORD);
    if (address === NONE) return NONE;
    this.#page(address).set(this.#random, offsetIn(address));
    if (2 * ++this.#randoms > this.#table.length) this.#grow();
    this.#enter(address);
    return address;
  }

  #enter(address: number): void {
    const mask = this.#table.length - 1;
    const at = offsetIn(address);
    let slot = this.#hash(this.#page(address), at, at + RANDOM) & mask;
    while (this.#table[slot] !== NONE) slot = (slot + 1) & mask;
    this.#table[slot] = address;
  }

  #grow(): void {
    const before = this.#table;
    this.#table = new Int32Array(2 * before.length);
    for (const address of before) if (address !== NONE) this.#enter(address);
  }

  #hash(bytes: Uint8Array, from: number, to: number): number {
    let hash = this.#seed;
    const end = Math.min(to, from + RANDOM);
    for (let at = from; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193) ^ (hash >>> 15);
    // A shorter one has the same hash as the one that is filled up.
    for (let at = end - from; at < RANDOM; at++) hash = Math.imul(hash, 0x01000193) ^ (hash >>> 15);
    return hash ^ (hash >>> 16);
  }

  #secretOf(random: number, code: number): number {
    let address = readWord(this.#page(random), offsetIn(random) + FIRST_SECRET);
    while (address !== NONE) {
      const page = this.#page(address);
      const at = offsetIn(address);
      if (page[at + SECRET_LABEL] === code) return address;
      address = readWord(page, at);
    }
    return NONE;
  }

  #bytesOf(secret: number): Uint8Array {
    const page = this.#page(secret);
    const at = offsetIn(secret);
    return page.subarray(at + SECRET_BYTES, at + SECRET_BYTES + page[at + SECRET_LENGTH]!);
  }

  /** Room for a record, which lies whole in one page; {@link NONE} where there is none left. */
  #allot(length: number): number {
    if (offsetIn(this.#taken) + length > PAGE) this.#taken = ((this.#taken >> PAGE_BITS) << PAGE_BITS) + PAGE;
    if (this.#taken + length > MAX_SECRET_BYTES) return NONE;
    const address = this.#taken;
    if (address >> PAGE_BITS >= this.#pages.length) this.#pages.push(new Uint8Array(PAGE));
    this.#taken += length;
    return address;
  }

  #page(address: number): Uint8Array {
    return this.#pages[address >> PAGE_BITS]!;
  }
}

function offsetIn(address: number): number {
  return address & (PAGE - 1);
}

function noFacts(): { -readonly [Fact in keyof SourceFacts]: number } {
  return { lines: 0, secrets: 0, notUnderstood: 0, contradictions: 0, omitted: 0 };
}

function readWord(page: Uint8Array, at: number): number {
  return (page[at]! << 24) | (page[at + 1]! << 16) | (page[at + 2]! << 8) | page[at + 3]!;
}

function writeWord(page: Uint8Array, at: number, word: number): void {
  page[at] = word >>> 24;
  page[at + 1] = word >>> 16;
  page[at + 2] = word >>> 8;
  page[at + 3] = word;
}

/** Behind the mark of UTF-8 or UTF-16 that editors put in front of a text. */
function behindMark(bytes: Uint8Array, start: number, end: number): number {
  if (end - start >= 3 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf)
    return start + 3;
  if (end - start < 2) return start;
  const isUtf16 =
    (bytes[start] === 0xff && bytes[start + 1] === 0xfe) ||
    (bytes[start] === 0xfe && bytes[start + 1] === 0xff);
  return isUtf16 ? start + 2 : start;
}

/** The next word, from `start` on; empty where there is none. Spaces, tabs and carriage returns stand between words. */
function wordAt(bytes: Uint8Array, start: number, end: number): Word {
  let from = start;
  while (from < end && bytes[from]! <= SPACE) from++;
  let to = from;
  while (to < end && bytes[to]! > SPACE) to++;
  return { from, to };
}

function isWord(bytes: Uint8Array, word: Word, text: Uint8Array): boolean {
  return word.to - word.from === text.length && startsWith(bytes, word, text);
}

function startsWith(bytes: Uint8Array, { from, to }: Word, text: Uint8Array): boolean {
  if (to - from < text.length) return false;
  for (let index = 0; index < text.length; index++) if (bytes[from + index] !== text[index]) return false;
  return true;
}

/** Upper case letters, digits and underscores. */
function isLabel(bytes: Uint8Array, { from, to }: Word): boolean {
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!;
    const isLetter = byte >= 0x41 && byte <= 0x5a;
    const isDigit = byte >= 0x30 && byte <= 0x39;
    if (!isLetter && !isDigit && byte !== UNDERSCORE) return false;
  }
  return true;
}

function isHex(bytes: Uint8Array, { from, to }: Word): boolean {
  if ((to - from) % 2 !== 0) return false;
  for (let at = from; at < to; at++) if (HEX_DIGITS[bytes[at]!] === 255) return false;
  return true;
}

/** Decodes a word of hex digits; false where it is none. */
function decode(bytes: Uint8Array, { from, to }: Word, into: Uint8Array): boolean {
  if ((to - from) % 2 !== 0) return false;
  for (let at = from, index = 0; at < to; at += 2, index++) {
    const high = HEX_DIGITS[bytes[at]!]!;
    const low = HEX_DIGITS[bytes[at + 1]!]!;
    if (high === 255 || low === 255) return false;
    into[index] = (high << 4) | low;
  }
  return true;
}

function hexDigits(): Uint8Array {
  const digits = new Uint8Array(256).fill(255);
  for (let value = 0; value < 16; value++) {
    const digit = value.toString(16);
    digits[digit.charCodeAt(0)] = value;
    digits[digit.toUpperCase().charCodeAt(0)] = value;
  }
  return digits;
}

function hexOf(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return hex;
}

function codes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
