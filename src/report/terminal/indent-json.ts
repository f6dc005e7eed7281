/**
 * Indents JSON text. Changes only the white space between tokens: parsing and printing it would round long numbers,
 * drop duplicate keys and reorder others.
 */

const STEP = '  ';
/** JSON nested deeper than this is shown unchanged. */
const MAX_DEPTH = 64;
/** A structural character, the quote that begins a string, or a number or word. */
const TOKEN_START = /[[\]{},:"]|[^\s"[\]{},:]+/g;

/** null if the text is not JSON, or not an object or array. */
export function indentJson(text: string): string | null {
  const trimmed = text.trim();
  if (!/^[[{]/.test(trimmed) || !isJson(trimmed)) return null;
  const parts: string[] = [];
  let depth = 0;
  let previous = '';
  for (const token of tokensOf(trimmed)) {
    const isOpened = previous === '{' || previous === '[';
    if (token === '}' || token === ']') {
      depth--;
      if (!isOpened) parts.push(lineAt(depth));
    } else if (isOpened || previous === ',') {
      parts.push(lineAt(depth));
    }
    if (token === '{' || token === '[') depth++;
    if (depth > MAX_DEPTH) return null;
    parts.push(token === ':' ? ': ' : token);
    previous = token;
  }
  return parts.join('');
}

function* tokensOf(json: string): Generator<string> {
  const pattern = new RegExp(TOKEN_START);
  for (let match = pattern.exec(json); match !== null; match = pattern.exec(json)) {
    if (match[0] === '"') {
      // A loop, because a regular expression would overflow the stack on a string of a few megabytes.
      pattern.lastIndex = stringEnd(json, match.index);
      yield json.slice(match.index, pattern.lastIndex);
    } else {
      yield match[0];
    }
  }
}

/** The index after the string that begins here. */
function stringEnd(json: string, start: number): number {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}

function lineAt(depth: number): string {
  return `\n${STEP.repeat(depth)}`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
