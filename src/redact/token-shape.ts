/** Tells credentials from names by their looks, where nothing else says which it is. */

/** Below this a random string can't be told from a word with a number. */
const LEAST_LENGTH = 16;
/** Changes between capital, small letter and digit: dense in what is random or encoded, rare in names. */
const LEAST_CHANGES = 5;
const LEAST_DENSITY = 0.2;
/** Of CamelCase every third character or so changes. */
const LEAST_DENSITY_OF_LETTERS = 0.42;

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
  const density = changes / characters.length;
  return (
    changes >= LEAST_CHANGES && density >= (/\d/.test(characters) ? LEAST_DENSITY : LEAST_DENSITY_OF_LETTERS)
  );
}

function kindOf(character: string): number {
  if (character <= '9') return 0;
  return character <= 'Z' ? 1 : 2;
}
