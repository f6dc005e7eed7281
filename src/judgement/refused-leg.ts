/** Words about a forwarder whose own connection was refused: it accepts its client first, and then hangs up. */
import type { RefusedLeg } from './neighbours.ts';

/** A clause for the end of a sentence; nothing where nobody refused. */
export function whatRefused(refused: RefusedLeg | null): string {
  return refused === null
    ? ''
    : `: a moment before, ${backendOf(refused)!} had refused a connection (packet ${refused.refusal.packet})`;
}

/** "127.0.0.1 port 9001". */
export function backendOf(refused: RefusedLeg | null): string | null {
  return refused === null ? null : `${refused.server.address} port ${refused.server.port}`;
}

export const FORWARDER_ADVICE =
  'The server forwards to a backend that refuses: start what should listen there, or correct the address of the backend.';
