/**
 * Words in the reason of a Close that say why, and name nobody: findings rest on them (`judgement/close-reasons.ts`). All other words are
 * replaced.
 */

const WORDS: ReadonlySet<string> = new Set(
  (
    'ping pings pong pongs heartbeat heartbeats heart beat keepalive keep alive time timeout timed out idle idled inactive inactivity ' +
    'expired overdue lost failed missed missing no not without received in for too long ms seconds connection session read closed due to'
  ).split(' '),
);

/** By byte of the reason: whether it belongs to such a word. */
export function keptReasonBytes(reason: Uint8Array): boolean[] {
  const text = Array.from(reason, (byte) => String.fromCharCode(byte)).join('');
  const kept = new Array<boolean>(reason.length).fill(false);
  for (const match of text.matchAll(/[A-Za-z]+/g)) {
    if (!WORDS.has(match[0].toLowerCase())) continue;
    // A part of a longer word, or of an identifier, is not a word.
    const [before, after] = [text[match.index - 1] ?? ' ', text[match.index + match[0].length] ?? ' '];
    if (/[\w\x80-\xff]/.test(before) || /[\w\x80-\xff]/.test(after)) continue;
    kept.fill(true, match.index, match.index + match[0].length);
    if (before === ' ' && match.index > 0) kept[match.index - 1] = true;
    if (after === ' ' && match.index + match[0].length < reason.length)
      kept[match.index + match[0].length] = true;
  }
  return kept;
}
