/**
 * Every rule, in the order in which their findings are reported: how the WebSocket opened, then how it
 * closed.
 */
import { abnormalClosure } from './abnormal-closure.ts';
import { acceptMismatch } from './accept-mismatch.ts';
import { appGoodbye } from './app-goodbye.ts';
import { appHeartbeatMissing } from './app-heartbeat-missing.ts';
import { clientHandshakeClose } from './client-handshake-close.ts';
import { closeFrameInvalid } from './close-frame-invalid.ts';
import { closeLingering } from './close-lingering.ts';
import { closeUnanswered } from './close-unanswered.ts';
import { closedBeforeRequest } from './closed-before-request.ts';
import { coalescedFirstFrame } from './coalesced-first-frame.ts';
import { connectionRefused } from './connection-refused.ts';
import { controlFrameInvalid } from './control-frame-invalid.ts';
import { dataAfterClose } from './data-after-close.ts';
import { dataBeforeUpgrade } from './data-before-upgrade.ts';
import { deflateError } from './deflate-error.ts';
import { encryptedHandshakeClose } from './encrypted-handshake-close.ts';
import { errorCloseCode } from './error-close-code.ts';
import { fixedLifetime } from './fixed-lifetime.ts';
import { flowForgotten } from './flow-forgotten.ts';
import { fragmentationInvalid } from './fragmentation-invalid.ts';
import { h2InsteadOfHttp1 } from './h2-instead-of-http1.ts';
import { halfOpen } from './half-open.ts';
import { handshakeClose } from './handshake-close.ts';
import { httpInWebSocket } from './http-in-websocket.ts';
import { idleTimeout } from './idle-timeout.ts';
import { invalidUtf8 } from './invalid-utf8.ts';
import { lengthInvalid } from './length-invalid.ts';
import { maskedServerFrame } from './masked-server-frame.ts';
import { massDisconnect } from './mass-disconnect.ts';
import { messageUnfinished } from './message-unfinished.ts';
import { pongMissing } from './pong-missing.ts';
import { reconnectLoop } from './reconnect-loop.ts';
import { reservedBits } from './reserved-bits.ts';
import { reservedOpcode } from './reserved-opcode.ts';
import { resetFromBetween } from './reset-from-between.ts';
import { retransmissions } from './retransmissions.ts';
import { silentAfterUpgrade } from './silent-after-upgrade.ts';
import { slowUpgrade } from './slow-upgrade.ts';
import { strayBytes } from './stray-bytes.ts';
import { subprotocolUnanswered } from './subprotocol-unanswered.ts';
import { tlsHandshakeFailed } from './tls-handshake-failed.ts';
import { tlsNotSpoken } from './tls-not-spoken.ts';
import { tlsRecordRefused } from './tls-record-refused.ts';
import { unmaskedClientFrame } from './unmasked-client-frame.ts';
import { upgradeRejected } from './upgrade-rejected.ts';
import { upgradeRequestInvalid } from './upgrade-request-invalid.ts';
import { upgradeResponseInvalid } from './upgrade-response-invalid.ts';
import { upgradeUnanswered } from './upgrade-unanswered.ts';
import { zeroWindow } from './zero-window.ts';
import { isTwofold, type CaptureRule } from '../judgement/capture-rule.ts';
import type { Rule, RuleMeta } from '../judgement/rule.ts';

export const RULES: readonly Rule[] = [
  connectionRefused,
  closedBeforeRequest,
  upgradeRequestInvalid,
  upgradeUnanswered,
  tlsNotSpoken,
  tlsHandshakeFailed,
  h2InsteadOfHttp1,
  upgradeRejected,
  upgradeResponseInvalid,
  acceptMismatch,
  subprotocolUnanswered,
  slowUpgrade,
  dataBeforeUpgrade,
  coalescedFirstFrame,
  httpInWebSocket,
  strayBytes,
  unmaskedClientFrame,
  maskedServerFrame,
  reservedBits,
  reservedOpcode,
  controlFrameInvalid,
  lengthInvalid,
  fragmentationInvalid,
  deflateError,
  invalidUtf8,
  closeFrameInvalid,
  dataAfterClose,
  messageUnfinished,
  handshakeClose,
  encryptedHandshakeClose,
  clientHandshakeClose,
  errorCloseCode,
  closeUnanswered,
  closeLingering,
  abnormalClosure,
  flowForgotten,
  resetFromBetween,
  appGoodbye,
  silentAfterUpgrade,
  pongMissing,
  appHeartbeatMissing,
  idleTimeout,
  halfOpen,
  zeroWindow,
  retransmissions,
  tlsRecordRefused,
];

/** The rules that see all connections of the capture. */
export const CAPTURE_RULES: readonly CaptureRule[] = [reconnectLoop, massDisconnect, fixedLifetime];

/** The ids of all rules that may say something of the whole capture. */
export const IDS_OVER_CAPTURE: readonly string[] = [...CAPTURE_RULES, ...RULES.filter(isTwofold)].map(
  ({ id }) => id,
);

export const ALL_RULES: readonly RuleMeta[] = [...RULES, ...CAPTURE_RULES];
