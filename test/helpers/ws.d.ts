/** What the tests use of npm's `ws`, which brings no types: its frame reader and writer, as an oracle, and its server. */
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
  export const Receiver: new (options: {
    isServer: boolean;
    skipUTF8Validation: boolean;
    extensions?: Readonly<Record<string, PerMessageDeflate>>;
  }) => Writable;

  /** A connection of the server. */
  export interface ServerSocket {
    on(event: 'error', listener: () => void): void;
    close(code: number): void;
    terminate(): void;
  }

  /** On an HTTP server, which hands it the upgrades. */
  export class WebSocketServer {
    constructor(options: { server: object });
    on(event: 'connection', listener: (socket: ServerSocket) => void): void;
    close(): void;
  }

  /** One end of permessage-deflate: compresses what it sends, decompresses what it gets. */
  export class PerMessageDeflate {
    constructor(options: { isServer: boolean; threshold?: number; maxPayload?: number });
    static readonly extensionName: string;
    accept(configurations: readonly Readonly<Record<string, readonly (string | number | true)[]>>[]): object;
    compress(data: Buffer, isFinal: boolean, done: (error: Error | null, compressed: Buffer) => void): void;
    cleanup(): void;
  }

  /** Sec-WebSocket-Extensions. */
  export const extension: {
    /** By name; each mention with its parameters, whose values are strings, or true. Throws where it can't be read. */
    parse(
      value: string,
    ): Readonly<Record<string, readonly Readonly<Record<string, readonly (string | true)[]>>[]>>;
  };
}
