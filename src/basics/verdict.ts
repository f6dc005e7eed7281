/** The one word for a connection. `judgement/verdict.ts` chooses it. */

export type Verdict =
  'handshake-close' | 'rejected' | 'unanswered' | 'abnormal' | 'clean' | 'open' | 'unknown';

const BAD_VERDICTS: ReadonlySet<string> = new Set(['handshake-close', 'rejected', 'unanswered', 'abnormal']);

/** Whether something went wrong. "unknown" is not bad: the capture does not show what happened. */
export function isBadVerdict(verdict: string): boolean {
  return BAD_VERDICTS.has(verdict);
}
