/** Requests of Engine.IO's polling, as far as they matter before an upgrade: those that name a session. */
import type { KNOWN_PHRASES } from './known-phrases.ts';

/** With this Engine.IO refuses a request whose session the server does not know. */
export const SESSION_UNKNOWN: Extract<(typeof KNOWN_PHRASES)[number], 'Session ID unknown'> =
  'Session ID unknown';

/** The target names the protocol (`EIO`) and a session (`sid`) of Engine.IO. */
export function namesEngineIoSession(target: string): boolean {
  return /[?&]EIO=/.test(target) && /[?&]sid=/.test(target);
}
