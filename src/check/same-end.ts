/** Says which ends of connections are alike: a side's FIN or its RST is often a race, who ended is not. */

/** @returns whether two texts of `closed` differ at most in FIN or RST of the same side */
export function isSameEnd(a: string, b: string): boolean {
  return a === b || withoutKind(a) === withoutKind(b);
}

/** A server that is killed with unread bytes in its buffers sends RST, and FIN where it had read them in time. */
function withoutKind(closed: string): string {
  return closed.replace(/\b(?:FIN|RST)\b/, 'FIN or RST');
}
