/** The first line of an HTTP/1.x head, as programs print it: `GET /ws HTTP/1.1`, `HTTP/1.1 101 Switching Protocols`. */

const START_LINE = /^(?:[A-Z]{3,12} [!-~]{1,8192} HTTP\/1\.[01]|HTTP\/1\.[01] \d{3}(?: [ -~]{0,200})?)$/;

/** @returns the line without what surrounds it; null where it is not one */
export function startLineOf(text: string): string | null {
  const line = text.trimEnd();
  return START_LINE.test(line) ? line : null;
}
