/** What a connection reports to the code that follows it. */
import type { NotHttpReason } from '../http/sniff.ts';
import type { ConversationListener } from './conversation-listener.ts';
import type { ConnectionRecord } from './record.ts';

/** Why a connection was left alone. */
export type SkipReason = NotHttpReason | 'other-upgrade';

export interface ConnectionEvents {
  /** A connection that tried to be a WebSocket, or that a rule may name, is complete. */
  record(record: ConnectionRecord): void;
  /** The connection is not a WebSocket, or can't be followed. */
  skipped(reason: SkipReason): void;
  /** The connection carries bytes, of whatever protocol: called with the first of them. */
  carriesBytes?(): void;
  /** An upgrade request was seen. */
  upgradeRequested(): void;
  /** Sees what passes over the WebSocket; absent where nobody wants to see it. */
  readonly listener?: ConversationListener;
}

/** For those who want nothing but the streams followed, as an analysis follows them. */
export const NOBODY: ConnectionEvents = {
  record: () => undefined,
  skipped: () => undefined,
  upgradeRequested: () => undefined,
};
