/** Whoever wants the messages of a WebSocket, and how much of each. */
import type { Message } from '../websocket/message.ts';
import type { Role } from './record.ts';

export interface MessageTaker {
  keepOf(role: Role): number;
  /** Of messages that begin with another byte nothing is kept; null: the first byte doesn't matter. */
  signOf(role: Role): number | null;
  take(role: Role, message: Message): void;
}
