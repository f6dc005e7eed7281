/** What Ctrl-C does. */
import { fstatSync } from 'node:fs';

/**
 * `tcpdump -w - | wscap -`: Ctrl-C reaches both, and is meant to end the capture. tcpdump then closes the pipe, and
 * what came through it is analysed; a second Ctrl-C ends wscap as well.
 */
export function onInterrupt(captures: readonly string[], leave: () => never): void {
  if (!captures.includes('-') || fstatSync(0).isFile()) {
    process.once('SIGINT', leave);
    return;
  }
  process.once('SIGINT', () => process.once('SIGINT', leave));
}
