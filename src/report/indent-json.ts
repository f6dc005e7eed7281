/**
 * JSON text, indented. Only white space between tokens changes: parsing and printing it anew would round long numbers,
 * drop doubled keys and move others.
 */

const STEP = '  ';
/** Nested deeper than this, it is shown as it came. */
const MAX_DEPTH = 64;

/** null where the text is no JSON, or no object or array. */
export function indentJson(text: string): string | null {
  const trimmed = text.trim();
  if (!/^[[{]/.test(trimmed) || !isJson(trimmed)) return null;
  let depth = 0;
  let result = '';
  let previous = '';
  for (const token of trimmed.match(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s"[\]{},:]+/g) ?? []) {
    if (token === '}' || token === ']') {
      depth--;
      const isEmpty = previous === '{' || previous === '[';
      result = isEmpty ? `${result.trimEnd()}${token}` : `${result}${lineAt(depth)}${token}`;
    } else if (token === '{' || token === '[') {
      depth++;
      if (depth > MAX_DEPTH) return null;
      result += `${token}${lineAt(depth)}`;
    } else if (token === ',') {
      result += `,${lineAt(depth)}`;
    } else {
      result += token === ':' ? ': ' : token;
    }
    previous = token;
  }
  return result;
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
