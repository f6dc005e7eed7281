/**
 * TLS connections whose contents nobody can read: what may be said of them. They may be WebSockets, and are far more often plain
 * HTTPS. So what a rule finds on them is information, unless the sizes of their records show that HTTP/1.1 did not go on behind
 * the first answer.
 */
import type { ConnectionRecord } from '../connection/record.ts';
import type { TlsFacts } from '../tls/facts.ts';

/** The head of a 101 without a reason has some 110 bytes; with cookies and a product's own headers some hundred more. */
const SMALLEST_101 = 100;
const LARGEST_101 = 800;
/** A request for an upgrade without any header beyond those that it must have. */
const SMALLEST_UPGRADE = 140;
/** The client went on talking after its request: so many records of it. */
const ENOUGH_RECORDS = 2;
/** So many times something happened that HTTP/1.1 never does. */
const ENOUGH_SIGNS = 2;

/** TLS was spoken, and what is inside could not be read; null where it could, and where no TLS was spoken. */
export function sealedTls({ tls, upgrade, opening }: ConnectionRecord): TlsFacts | null {
  if (tls === null || upgrade !== null || opening !== null) return null;
  return tls.keys === 'found' ? null : tls;
}

/** The client offers nothing but HTTP/1.x, as browsers do for a WebSocket, or does not say. A client that offers h2 would use it. */
export function offersOnlyHttp1({ hello, alpn }: TlsFacts): boolean {
  if (alpn !== null && !alpn.startsWith('http/1.')) return false;
  return hello?.alpn.every((protocol) => protocol.startsWith('http/1.')) === true;
}

/** The first exchange has the sizes of an upgrade request and of a 101. */
export function opensLikeWebSocket(tls: TlsFacts): boolean {
  const { request, answer } = tls.look;
  const requestBytes = request?.plainBytes ?? null;
  const answerBytes = answer?.plainBytes ?? null;
  if (!offersOnlyHttp1(tls) || answer === null || requestBytes === null || answerBytes === null) return false;
  // A session ticket may stand before the 101, and a first message behind it.
  return requestBytes >= SMALLEST_UPGRADE && answer.records <= 3 && hasSizeOf101(answerBytes);
}

/** Bytes of an answer, or of a session ticket and an answer. */
function hasSizeOf101(bytes: number): boolean {
  return bytes >= SMALLEST_101 && bytes <= LARGEST_101;
}

/**
 * The sizes and times of its records show a WebSocket, as far as they can: behind an exchange of the right sizes came what
 * HTTP/1.1 never sends.
 */
export function looksLikeWebSocket(tls: TlsFacts): boolean {
  return opensLikeWebSocket(tls) && signsOf(tls) >= ENOUGH_SIGNS;
}

function signsOf({ look }: TlsFacts): number {
  return look.smallAfterAnswer + look.turns + (look.heartbeat === null ? 0 : ENOUGH_SIGNS);
}

/**
 * Whether rules that need no content may speak of it as of a WebSocket: its client went on after its request, and not as
 * clients of HTTP do. On a port that the user named one sign of that is enough.
 */
export function isJudgedSealed(tls: TlsFacts, isNamedPort: boolean): boolean {
  if (!offersOnlyHttp1(tls) || tls.look.clientAfterAnswer < ENOUGH_RECORDS) return false;
  return isNamedPort ? signsOf(tls) > 0 : looksLikeWebSocket(tls);
}
