/** Every rule, in the order in which their findings are told: how the WebSocket opened, then how it closed. */
import { abnormalClosure } from './abnormal-closure.ts';
import { acceptMismatch } from './accept-mismatch.ts';
import { clientHandshakeClose } from './client-handshake-close.ts';
import { closedBeforeRequest } from './closed-before-request.ts';
import { handshakeClose } from './handshake-close.ts';
import type { Rule } from './rule.ts';
import { upgradeRejected } from './upgrade-rejected.ts';
import { upgradeUnanswered } from './upgrade-unanswered.ts';

export const RULES: readonly Rule[] = [
  closedBeforeRequest,
  upgradeUnanswered,
  upgradeRejected,
  acceptMismatch,
  handshakeClose,
  clientHandshakeClose,
  abnormalClosure,
];
