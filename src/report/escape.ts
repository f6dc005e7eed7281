/**
 * Makes text from the wire safe to print: the only file that knows which code points must not reach a reader's
 * screen. A terminal executes control characters, reorders text at bidi marks and draws nothing for a zero-width
 * character, so all of those become visible escapes: `\x1b`, `\u{202e}`. Nothing is ever dropped.
 *
 * The table is written out instead of using \p{Cf}: output must not depend on the Unicode version that the
 * running Node was built with.
 */

const UNSAFE: readonly (readonly [first: number, last: number])[] = [
  [0x0000, 0x001f], // C0: ESC, NUL, line feed, tab, …
  [0x007f, 0x009f], // DEL and C1: 0x9b alone begins a control sequence
  [0x00ad, 0x00ad], // soft hyphen
  [0x034f, 0x034f], // combining grapheme joiner
  [0x0600, 0x0605], // Arabic number signs, which enclose what follows
  [0x061c, 0x061c], // Arabic letter mark
  [0x06dd, 0x06dd],
  [0x070f, 0x070f],
  [0x0890, 0x0891],
  [0x08e2, 0x08e2],
  [0x115f, 0x1160], // Hangul fillers, drawn as nothing
  [0x17b4, 0x17b5],
  [0x180b, 0x180f], // Mongolian selectors
  [0x200b, 0x200f], // zero-width space and joiners, left-to-right and right-to-left mark
  [0x2028, 0x202e], // line and paragraph separator, bidi embeddings and overrides
  [0x2060, 0x206f], // word joiner, invisible operators, bidi isolates
  [0x3164, 0x3164],
  [0xd800, 0xdfff], // surrogates; under the u flag only lone ones match
  [0xfe00, 0xfe0f], // variation selectors
  [0xfeff, 0xfeff], // byte order mark
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb], // interlinear annotation
  [0xfffe, 0xffff],
  [0x110bd, 0x110bd],
  [0x110cd, 0x110cd],
  [0x13430, 0x1345f], // Egyptian layout controls
  [0x1bca0, 0x1bca3],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe0fff], // tags and variation selectors: invisible text
  // The last two of every plane are not characters: programs don't agree on how wide they are.
  ...Array.from({ length: 16 }, (_, plane) => {
    const last = ((plane + 1) << 16) | 0xffff;
    return [last - 1, last] as const;
  }),
];

const unsafeClass = UNSAFE.map(([first, last]) => `${codeEscape(first)}-${codeEscape(last)}`).join('');
const unsafe = new RegExp(`[${unsafeClass}]`, 'gu');
const unsafeOrNotAscii = new RegExp(`[${unsafeClass}]|[^\\x20-\\x7e]`, 'gu');
/** Marks stacked beyond four on one letter draw over the neighbouring lines. */
const stackedMark = /(?<=\p{M}{4})\p{M}/gu;

function codeEscape(codePoint: number): string {
  return `\\u{${codePoint.toString(16)}}`;
}

function visible(character: string): string {
  const codePoint = character.codePointAt(0)!;
  return codePoint <= 0xff ? `\\x${codePoint.toString(16).padStart(2, '0')}` : codeEscape(codePoint);
}

/** For a UTF-8 terminal or text file. */
export function escapeText(text: string): string {
  return text.replace(unsafe, visible).replace(stackedMark, visible);
}

/** For a terminal that doesn't use UTF-8: the bytes 0x80 to 0x9f of UTF-8 would be control characters there. */
export function escapeToAscii(text: string): string {
  return text.replace(unsafeOrNotAscii, visible);
}

/**
 * For JSON text from JSON.stringify: unsafe characters that it left unchanged become \uXXXX, which a parser turns
 * back into the same string. (JSON.stringify itself escapes C0 and lone surrogates; its line feeds are layout.)
 */
export function escapeJson(json: string): string {
  return json.replace(unsafe, (character) => {
    if (character === '\n') return character;
    let escaped = '';
    for (let i = 0; i < character.length; i++) {
      escaped += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
    }
    return escaped;
  });
}

const MARKUP: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For HTML and XML 1.0: text, and attribute values in quotation marks. All control characters are replaced. */
export function escapeMarkup(text: string): string {
  return escapeText(text).replace(/[&<>"']/g, (character) => MARKUP[character]!);
}

/** For the text of a GitHub workflow command: `::error::…`. */
export function escapeCommandData(lines: readonly string[]): string {
  return lines.map((line) => escapeText(line).replaceAll('%', '%25')).join('%0A');
}

/** For a property of a GitHub workflow command: `title=…`. */
export function escapeCommandProperty(text: string): string {
  return escapeText(text).replaceAll('%', '%25').replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/**
 * For JSON text inside an HTML `script` element, where `</script` or `<!--` would end or change it: replaces every
 * `<`, `>` and `&`. A JSON parser gets the same strings back.
 */
export function escapeJsonForHtml(json: string): string {
  return escapeJson(json).replace(
    /[<>&]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
