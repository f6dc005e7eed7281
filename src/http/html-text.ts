/** The text of an HTML page, roughly as a reader sees it: in linear time, for pages that anybody may have written. */

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', ' '],
]);

/** Whether a body without a type is a page. */
export function looksLikeHtml(text: string): boolean {
  return /^\s*<(?:!doctype|!--|html|head|body|title|h1|center|p|div|pre)\b/i.test(text);
}

/** Tags, comments, scripts and styles are left out, and so is a piece of text that repeats the one before it. */
export function textOfHtml(html: string): string {
  const pieces: string[] = [];
  const lower = html.toLowerCase();
  let at = 0;
  while (at < html.length) {
    const tag = html.indexOf('<', at);
    addPiece(pieces, html.slice(at, tag < 0 ? html.length : tag));
    if (tag < 0) break;
    at = endOfTag(lower, tag);
  }
  return pieces.join(' ');
}

function addPiece(pieces: string[], raw: string): void {
  const text = raw
    .replace(/&(#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,6});/gi, (whole, name: string) => entity(name) ?? whole)
    .replace(/\s+/g, ' ')
    .trim();
  // Pages say their title again in their first heading.
  if (text !== '' && text !== pieces.at(-1)) pieces.push(text);
}

function entity(name: string): string | null {
  if (!name.startsWith('#')) return ENTITIES.get(name.toLowerCase()) ?? null;
  const isHex = name[1] === 'x' || name[1] === 'X';
  const code = parseInt(name.slice(isHex ? 2 : 1), isHex ? 16 : 10);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : null;
}

/** Index behind the tag that begins at `start`, and behind what is inside where that is not text. */
function endOfTag(lower: string, start: number): number {
  if (lower.startsWith('<!--', start)) return behind(lower, '-->', start);
  for (const name of ['script', 'style']) {
    if (lower.startsWith(`<${name}`, start))
      return behind(lower, '>', behindStart(lower, `</${name}`, start));
  }
  return behind(lower, '>', start);
}

function behindStart(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at < 0 ? text.length : at;
}

function behind(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at < 0 ? text.length : at + mark.length;
}
