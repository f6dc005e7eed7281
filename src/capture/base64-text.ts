/**
 * A capture that somebody pasted as text: base64 (RFC 4648 §4, §5) of a pcap, pcapng or gzip file, as `base64`, `certutil -encode`,
 * `uuencode -m`, mail programs and data: URLs have it. Recognised by what such files begin with; decoded piece by piece.
 */
import { latin1 } from '#platform/text';

/**
 * Base64 begins in a file's first bytes or not at all.
 * @bound text in front of base64: {bytes}
 */
const MAX_LEAD = 512;

/** pcap in both byte orders and resolutions, pcapng (whose sixth letter also has bits of its length), gzip. */
const BEGINNINGS = ['1MOyoQ', 'obLD1A', 'TTyyoQ', 'obI8TQ', 'Cg0NC[g-v]', 'H4sI'];
/** At the beginning of a line, behind quote marks or the head of a data: URL. */
const START = new RegExp(
  `(?:^|\\n)[ \\t>"'\`]{0,16}(?:data:[\\w./+;=-]{0,80};base64,)?(?=(?:${BEGINNINGS.join('|')})[A-Za-z0-9+/_-]{8})`,
);

const NOT_BASE64 = -1;
const PASSED_OVER = -2;
const PADDING = -3;
const VALUES = valuesOfBytes();
const LINE_FEED = 0x0a;
/** In the alphabet of URLs, but at the beginning of a line it is that of `-----END CERTIFICATE-----`. */
const HYPHEN = 0x2d;
/** What may close a text: a quote, a fence, a bracket, an armour line. */
const CLOSERS = '"\'`)]}<-';

/**
 * @param prefix the file's first bytes
 * @param isComplete whether no more will come
 * @returns where base64 of a capture begins; null if there is none; undefined if more bytes are needed to tell
 */
export function findBase64(prefix: Uint8Array, isComplete: boolean): number | null | undefined {
  const isWide = (prefix[0] === 0xff && prefix[1] === 0xfe) || (prefix[0] === 0xfe && prefix[1] === 0xff);
  const skipped = isWide ? 2 : 0;
  const lead = prefix.subarray(skipped, MAX_LEAD);
  if (!isWide && !lead.every(isTextByte)) return null;
  // In UTF-16 every other byte of ASCII is zero.
  const text = isWide ? latin1(lead.filter((byte) => byte !== 0)) : latin1(lead);
  const found = START.exec(text);
  if (found !== null) return skipped + (found.index + found[0].length) * (isWide ? 2 : 1);
  return isComplete || prefix.length >= MAX_LEAD ? null : undefined;
}

export class Base64Decoder {
  /** Nothing more of the text counts. */
  isDone = false;
  /** The line with a character that does not belong there, which ended the text. */
  brokenInLine: number | null = null;
  #line = 1;
  #isLineStart = false;
  #isPadded = false;
  #bits = 0;
  #bitCount = 0;

  /** The bytes that this piece of the text completes. */
  decode(text: Uint8Array): Uint8Array {
    const bytes = new Uint8Array(Math.ceil((text.length * 3) / 4) + 1);
    let length = 0;
    for (const character of text) {
      const value = VALUES[character]!;
      if (value === PASSED_OVER) {
        if (character !== LINE_FEED) continue;
        this.#line++;
        this.#isLineStart = true;
      } else if (value === PADDING) {
        this.#isPadded = true;
      } else if (value === NOT_BASE64 || this.#isPadded || (character === HYPHEN && this.#isLineStart)) {
        this.isDone = true;
        if (!CLOSERS.includes(String.fromCharCode(character))) this.brokenInLine = this.#line;
        break;
      } else {
        this.#isLineStart = false;
        this.#bits = ((this.#bits << 6) | value) & 0xffff;
        this.#bitCount += 6;
        if (this.#bitCount < 8) continue;
        this.#bitCount -= 8;
        bytes[length++] = this.#bits >> this.#bitCount;
      }
    }
    return bytes.subarray(0, length);
  }
}

function isTextByte(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

function valuesOfBytes(): Int8Array {
  const values = new Int8Array(256).fill(NOT_BASE64);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  for (let value = 0; value < alphabet.length; value++) values[alphabet.charCodeAt(value)] = value;
  // The alphabet of URLs and file names.
  values['-'.charCodeAt(0)] = 62;
  values['_'.charCodeAt(0)] = 63;
  // Line breaks, indentation, quote marks of mail, and the other half of UTF-16.
  for (const character of ' \t\r\n>\0') values[character.charCodeAt(0)] = PASSED_OVER;
  values['='.charCodeAt(0)] = PADDING;
  return values;
}
