/** Sees what passes over one WebSocket, in the order in which frames and messages are complete. */
import type { PacketMark } from '../tcp/packet-mark.ts';
import type { TcpEndpoint } from '../tcp/tcp-connection.ts';
import type { Frame } from '../websocket/frame.ts';
import type { Message } from '../websocket/message.ts';
import type { Role } from './record.ts';

export interface ConversationOpened {
  /** The 101, or the first frame. */
  readonly at: PacketMark;
  readonly how: 'handshake' | 'inferred';
  readonly client: TcpEndpoint;
  readonly server: TcpEndpoint;
}

export interface ConversationListener {
  /** How many bytes of each message it wants. */
  readonly keep: number;
  /** The connection is a WebSocket from now on. */
  opened(opened: ConversationOpened): void;
  message(from: Role, message: Message): void;
  /** A Close, ping or pong. */
  control(from: Role, frame: Frame): void;
  /** A frame of any kind; after `message` or `control` where it completes one. */
  frame?(from: Role, frame: Frame): void;
}
