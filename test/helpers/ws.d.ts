/** What the tests use of npm's `ws`, which brings no types: its frame reader and writer, as an oracle. */
declare module 'ws' {
  import type { Writable } from 'node:stream';

  export interface FrameOptions {
    readonly fin: boolean;
    readonly opcode: number;
    readonly mask: boolean;
    readonly rsv1: boolean;
    readonly readOnly: boolean;
  }

  export const Sender: {
    /** Header and payload of a frame. */
    frame(data: Buffer, options: FrameOptions): Buffer[];
  };

  /** Emits "message" (data, isBinary), "ping" (data), "pong" (data), "conclude" (code, reason). */
  export const Receiver: new (options: { isServer: boolean; skipUTF8Validation: boolean }) => Writable;
}
