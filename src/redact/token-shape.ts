/** Tells credentials from names by their looks, if nothing else says which it is. */

/** A shorter random string can't be told from a word with a number. */
const LEAST_LENGTH = 16;
/** Changes between capital, small letter and digit: frequent in random or encoded text, rare in names. */
const LEAST_CHANGES = 5;
const LEAST_DENSITY = 0.2;
/** Pairs of adjacent capitals, and how many runs of capitals: CamelCase has single capitals, an acronym has one run. */
const LEAST_CAPITAL_PAIRS = 3;
const LEAST_CAPITAL_RUNS = 4;
/** Pairs of capitals and single small letters between two capitals, together: in CamelCase, words of two letters are rare. */
const LEAST_CLOSE_CAPITALS = 5;

/** "eyJhbGciOi…", a UUID, 16 characters or more of hexadecimal or base64: yes. "v4.channel.k8s.io": no. */
export function looksLikeToken(text: string): boolean {
  return text.split(/[^A-Za-z0-9_~+=-]+/).some(isRandom);
}

function isRandom(piece: string): boolean {
  const characters = piece.replace(/[^A-Za-z0-9]/g, '');
  if (characters.length < LEAST_LENGTH) return false;
  let changes = 0;
  for (let i = 1; i < characters.length; i++) {
    if (kindOf(characters[i - 1]!) !== kindOf(characters[i]!)) changes++;
  }
  if (changes < LEAST_CHANGES || changes < LEAST_DENSITY * characters.length) return false;
  return /\d/.test(characters) || isMixed(characters);
}

/** For text of letters only. */
function isMixed(letters: string): boolean {
  const runs = letters.match(/[A-Z]+/g) ?? [];
  if (runs.length < LEAST_CAPITAL_RUNS) return false;
  const pairs = runs.reduce((sum, run) => sum + run.length - 1, 0);
  const nearly = letters.match(/[A-Z][a-z](?=[A-Z])/g)?.length ?? 0;
  return pairs >= LEAST_CAPITAL_PAIRS || pairs + nearly >= LEAST_CLOSE_CAPITALS;
}

function kindOf(character: string): number {
  if (character <= '9') return 0;
  return character <= 'Z' ? 1 : 2;
}
