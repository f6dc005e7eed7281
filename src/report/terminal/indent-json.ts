/**
 * JSON text, indented. Only white space between tokens changes: parsing and printing it anew would round long numbers,
 * drop doubled keys and move others.
 */

const STEP = '  ';
/** Nested deeper than this, it is shown as it came. */
const MAX_DEPTH = 64;
/** A structural character, the quote that begins a string, or a number or word. */
const TOKEN_START = /[[\]{},:"]|[^\s"[\]{},:]+/g;

/** null where the text is no JSON, or no object or array. */
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
      // By hand, for a regular expression runs out of stack on a string of a few megabytes.
      pattern.lastIndex = stringEnd(json, match.index);
      yield json.slice(match.index, pattern.lastIndex);
    } else {
      yield match[0];
    }
  }
}

/** Index behind the string that begins here. */
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
