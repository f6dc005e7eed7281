/** What Ctrl-C does. */
import type { Io } from './io.ts';

/**
 * The first Ctrl-C ends the reading, so that what was read can still be reported; the next one ends the
 * program at once.
 *
 * In `tcpdump -w - | wscap -` Ctrl-C reaches both programs, and is meant to end the capture. tcpdump then
 * closes the pipe, which ends the reading: so here the first Ctrl-C does nothing, and the others do as above.
 *
 * @param steps what each Ctrl-C does, in order; the last one doesn't return
 */
export function onInterrupt(io: Io, captures: readonly string[], ...steps: readonly (() => void)[]): void {
  const endsByItself = captures.includes('-') && io.stdin.file() === null;
  const rest = [...(endsByItself ? [() => undefined] : []), ...steps];
  io.onSignal('SIGINT', () => {
    const step = rest.length > 1 ? rest.shift() : rest[0];
    step?.();
  });
}
