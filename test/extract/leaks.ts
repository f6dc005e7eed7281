/** What of a secret an output still holds. */
/** Bytes in a row that say where they come from. */
const WINDOW = 6;
/** What replaces texts: content that consists only of it can't be told from the replacement. */
const FILLERS = ['x'.repeat(60), '\0'.repeat(60), '×'.repeat(30), '•'.repeat(30), '🔒'.repeat(30)];

/** Windows of a secret that occur in the output. */
export function leaksOf(secret: Uint8Array, output: Buffer): string[] {
  const leaks: string[] = [];
  for (let at = 0; at + WINDOW <= secret.length; at++) {
    const window = Buffer.from(secret.subarray(at, at + WINDOW));
    const isFiller = FILLERS.some((filler) => Buffer.from(filler).includes(window));
    if (!isFiller && output.includes(window)) leaks.push(window.toString('latin1'));
  }
  return leaks;
}
