/** The one word for a connection. `judgement/verdict.ts` chooses it. */

/** In the order in which they are tried: first what kept a WebSocket from opening, then what became of one that opened. */
export const VERDICTS = [
  'refused',
  'tls-failed',
  'rejected',
  'unanswered',
  'encrypted',
  'handshake-close',
  'protocol-error',
  'error-close',
  'abnormal',
  'closed',
  'clean',
  'open',
  'unknown',
] as const;

export type Verdict = (typeof VERDICTS)[number];

const BAD_VERDICTS: ReadonlySet<string> = new Set<Verdict>([
  'refused',
  'tls-failed',
  'rejected',
  'unanswered',
  'handshake-close',
  'protocol-error',
  'error-close',
  'abnormal',
]);

const GOOD_VERDICTS: ReadonlySet<string> = new Set<Verdict>(['clean', 'closed']);

/** Whether something went wrong. "unknown" and "encrypted" are not bad: the capture does not show what happened. */
export function isBadVerdict(verdict: string): boolean {
  return BAD_VERDICTS.has(verdict);
}

/** Whether the WebSocket opened and ended in order. "open" is not: its end is not in the capture. */
export function isGoodVerdict(verdict: string): boolean {
  return GOOD_VERDICTS.has(verdict);
}
