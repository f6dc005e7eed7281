/** What programs write into the reason of a Close when a time limit of theirs has passed. A reason has 123 bytes at most. */

/** "keepalive ping timeout" (Python's websockets, uvicorn), "ping timeout", "pong not received", "no heartbeat". */
const PING_TIMEOUT =
  /\b(?:ping|pong|heart-?beat|keep-?alive)s?\b.*(?:time|not |miss|lost|fail|expir|overdue)|\b(?:no|missing|missed|without(?: a)?) (?:ping|pong|heart-?beat)/i;

/** "Idle Timeout" (Jetty), "idle for 30001 ms", "closed due to inactivity". */
const IDLE = /\bidle\b|\binactiv/i;

/** "read timed out", "Session timeout". */
const TIMEOUT = /\btime-?out\b|\btimed out\b/i;

/** The reason says that a ping or a heartbeat was not answered in time. */
export function namesPingTimeout(reason: string): boolean {
  return PING_TIMEOUT.test(reason);
}

/** The reason says that nothing was sent for too long. */
export function namesIdleness(reason: string): boolean {
  return IDLE.test(reason) && !namesPingTimeout(reason);
}

/** The reason names a time limit, of whatever kind, but none for pings. */
export function namesTimeout(reason: string): boolean {
  return TIMEOUT.test(reason) && !namesPingTimeout(reason);
}
