/** Entries of a conversation for the tests of its formats. */
import type { ConversationEnd, ConversationEntry, ConversationStart } from '../../src/report/conversation.ts';

export const START: ConversationStart = {
  connection: 3,
  client: { address: '192.0.2.1', port: 50_000 },
  server: { address: '2001:db8::2', port: 80 },
  openedPacket: 6,
  openedAt: '2026-01-01T00:00:00.000000000Z',
  inferred: false,
};

export const END: ConversationEnd = {
  entries: 3,
  messages: 2,
  endedBy: 'server',
  how: 'fin',
  packet: 12,
  offsetMs: 1234.5678,
  notes: [],
};

/** A text of the client unless changed; `content` is its payload in Latin-1. */
export function entryOf(content: string, changes: Partial<ConversationEntry> = {}): ConversationEntry {
  const payload = Uint8Array.from(Buffer.from(content, 'latin1'));
  return {
    number: 1,
    from: 'client',
    type: 'text',
    firstPacket: 7,
    packet: 8,
    at: '2026-01-01T00:00:00.012345678Z',
    offsetMs: 12.345678,
    frames: 1,
    compressed: false,
    wireBytes: payload.length,
    bytes: payload.length,
    payload,
    code: null,
    reason: null,
    problem: null,
    ...changes,
  };
}
