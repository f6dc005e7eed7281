/** What is wrong, or only unusual, with the form of a 101 (RFC 6455 §4.2.2, RFC 9110 §8.6, RFC 9112 §4 and §6.1). */
import type { Severity } from '../basics/severity.ts';
import { hasHeaderToken, headerCount, headerValue, type ResponseHead } from '../http/head.ts';
import { quoted } from './wording.ts';

export interface ResponseViolation {
  readonly code:
    | 'upgrade'
    | 'connection'
    | 'body'
    | 'accept'
    | 'subprotocol'
    | 'extension'
    | 'http-version'
    | 'draft'
    | 'close'
    | 'line-end'
    | 'reason';
  /** A clause about the 101: "it has no Upgrade header". */
  readonly clause: string;
  readonly severity: Severity;
}

const NONE: readonly ResponseViolation[] = [];

export function formViolations(head: ResponseHead): readonly ResponseViolation[] {
  if (isUsual(head)) return NONE;
  const found: ResponseViolation[] = [];
  const say = (code: ResponseViolation['code'], severity: Severity, clause: string) =>
    found.push({ code, clause, severity });
  if (isDraft76(head)) {
    say(
      'draft',
      'error',
      'it is that of the draft hixie-76 (Sec-WebSocket-Location, and no Sec-WebSocket-Accept)',
    );
  }
  const upgrade = headerValue(head, 'upgrade');
  const connection = headerValue(head, 'connection');
  if (upgrade === null) say('upgrade', 'error', 'it has no Upgrade header');
  else if (!hasHeaderToken(head, 'upgrade', 'websocket')) {
    say('upgrade', 'error', `its Upgrade is ${quoted(upgrade)}, not websocket`);
  }
  if (connection === null) say('connection', 'error', 'it has no Connection header');
  else if (!hasHeaderToken(head, 'connection', 'upgrade')) {
    say('connection', 'error', `its Connection (${quoted(connection)}) does not name Upgrade`);
  } else if (hasHeaderToken(head, 'connection', 'close')) {
    say('close', 'warning', `its Connection also says close (${quoted(connection)})`);
  }
  if (head.version < '1.1') say('http-version', 'error', `it is HTTP/${head.version}, which has no 101`);
  const length = headerValue(head, 'content-length');
  if (length !== null) {
    say('body', /^0+$/.test(length) ? 'warning' : 'error', `it carries Content-Length: ${quoted(length)}`);
  }
  const coding = headerValue(head, 'transfer-encoding');
  if (coding !== null) say('body', 'error', `it carries Transfer-Encoding: ${quoted(coding)}`);
  const accepts = headerCount(head, 'sec-websocket-accept');
  if (accepts > 1) say('accept', 'error', `it has ${accepts} Sec-WebSocket-Accept headers`);
  if (head.hasBareLineFeed === true) {
    say('line-end', 'warning', 'its lines end with a bare LF instead of CR and LF');
  }
  if (head.reason === '') {
    say('reason', 'info', `its status line has no reason phrase ("HTTP/${head.version} 101")`);
  }
  return found;
}

/** The handshake of draft-hixie-thewebsocketprotocol-76, whose frames are others. */
function isDraft76({ names }: ResponseHead): boolean {
  return names.includes('sec-websocket-location') && !names.includes('sec-websocket-accept');
}

/** Whether there is nothing to say, as of nearly all responses. */
function isUsual(head: ResponseHead): boolean {
  return (
    head.version === '1.1' &&
    head.reason !== '' &&
    head.hasBareLineFeed !== true &&
    hasHeaderToken(head, 'upgrade', 'websocket') &&
    hasHeaderToken(head, 'connection', 'upgrade') &&
    !hasHeaderToken(head, 'connection', 'close') &&
    headerCount(head, 'content-length') + headerCount(head, 'transfer-encoding') === 0 &&
    headerCount(head, 'sec-websocket-accept') <= 1 &&
    !isDraft76(head)
  );
}
