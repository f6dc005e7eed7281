/**
 * Follows one connection of those that the Analyzer opens, and hands on what passes over it as it is read.
 * Parses nothing itself.
 */
import { Analyzer } from './analysis/analyzer.ts';
import { CaptureKeys } from './analysis/capture-keys.ts';
import { readCaptures } from './analysis/read-captures.ts';
import type { CaptureBytes } from './capture/capture-bytes.ts';
import type { Carrier } from './carrier/carrier.ts';
import { CaptureScope } from './connection/capture-scope.ts';
import { ConnectionTracker } from './connection/connection-tracker.ts';
import { OnlyCounted } from './connection/only-counted.ts';
import type { ConversationListener, ConversationOpened } from './connection/conversation-listener.ts';
import { leftOverNotes } from './report/notes/left-over.ts';
import { connectionNotes } from './report/notes/connection-notes.ts';
import type { ConnectionRecord, Role } from './connection/record.ts';
import type { ConversationEnd, ConversationEntry, ConversationStart } from './report/conversation.ts';
import type { NamedKeys } from './tls/key-source.ts';
import { tlsCarrier } from './tls/tls-carrier.ts';
import type { PacketMark } from './tcp/packet-mark.ts';
import type { TcpConnection } from './tcp/tcp-connection.ts';
import { formatTimestamp, millisecondsBetween } from './basics/timestamp.ts';
import { parseClosePayload } from './websocket/close-payload.ts';
import { OPCODE_CLOSE, OPCODE_PING, opcodeName, type Frame } from './websocket/frame.ts';
import type { Message, MessageProblem } from './websocket/message.ts';

/**
 * Bytes that can be asked for of one message.
 * @bound a message that `follow` keeps: {bytes}
 */
export const MAX_KEPT_BYTES: number = 16 * 1024 * 1024;

export interface FollowOptions {
  /** Wireshark's tcp.stream. */
  readonly connection: number;
  /** Bytes shown of each message: 0 to 16 MiB. */
  readonly maxBytes: number;
  /** Take the frames of these server ports for a WebSocket without its handshake; default: none. */
  readonly ports?: readonly number[];
  /** What may stand between TCP and HTTP; default: nothing. */
  readonly carriers?: readonly Carrier[];
  /** Keys of TLS connections, beside those that the capture carries; default: none. */
  readonly keys?: readonly NamedKeys[];
  readonly reader?: 'wscap' | 'pcap-parser';
  readonly signal?: AbortSignal;
}

export interface ConversationHandler {
  start(start: ConversationStart): void;
  entry(entry: ConversationEntry): void;
}

const PROBLEMS: Readonly<Record<MessageProblem, string>> = {
  gap: 'bytes of it, or of messages that it refers to, are not in the capture',
  'inflate-failed': 'does not inflate',
  'inflate-bound': 'inflates to more than wscap follows',
  'inflate-late-block': 'refers to what came before its deflate stream first ended, which was not kept',
  'unknown-encoding': 'compressed, or changed by another extension: what was agreed on is not known',
  'not-utf8': 'is not UTF-8',
};

/**
 * Reads the capture (several paths are its parts, in order; `-` is standard input) and calls the handler for what
 * passes over the connection. Resolves with how it ended, or null where it is not in the capture or not a WebSocket.
 * Rejects with a {@link CaptureError} where the input can't be read.
 */
export async function follow(
  paths: readonly (string | CaptureBytes)[],
  options: FollowOptions,
  handler: ConversationHandler,
): Promise<ConversationEnd | null> {
  const { connection: wanted, ports = [], carriers = [], reader = 'wscap', signal } = options;
  const follower = new Follower(options, handler);
  const keys = new CaptureKeys(options.keys ?? [], paths);
  const scope = new CaptureScope(ports, [tlsCarrier(keys), ...carriers]);
  const analyzer = new Analyzer({
    open(connection) {
      if (connection.id === wanted) return follower.track(connection, scope);
      return new OnlyCounted(connection, scope);
    },
    onSecrets: (type, bytes) => {
      keys.take(type, bytes);
    },
  });
  const files = await readCaptures(paths, analyzer, { reader, signal });
  const notes = analyzer.end();
  const { end } = follower;
  if (end === null) return null;
  const notesOfFiles = files.flatMap((file) => (file.kind === 'read' ? file.notes : []));
  return { ...end, notes: [...end.notes, ...notesOfFiles, ...notes, ...keys.notes(false)] };
}

/** The connection that was asked for. */
class Follower implements ConversationListener {
  readonly keep: number;
  readonly #handler: ConversationHandler;
  readonly #id: number;
  readonly #maxBytes: number;
  #openedAt: PacketMark | null = null;
  #entries = 0;
  #messages = 0;
  end: ConversationEnd | null = null;

  constructor({ connection, maxBytes }: FollowOptions, handler: ConversationHandler) {
    this.#id = connection;
    this.#maxBytes = Math.min(maxBytes, MAX_KEPT_BYTES);
    // With 0 the listener would get no messages.
    this.keep = Math.max(1, this.#maxBytes);
    this.#handler = handler;
  }

  track(connection: TcpConnection, scope: CaptureScope): ConnectionTracker {
    return new ConnectionTracker(connection, scope, {
      record: (record) => {
        if (record.opening !== null) this.end = this.#endOf(record);
      },
      skipped: () => undefined,
      upgradeRequested: () => undefined,
      listener: this,
    });
  }

  opened({ at, how, client, server }: ConversationOpened): void {
    this.#openedAt = at;
    this.#handler.start({
      connection: this.#id,
      client,
      server,
      openedPacket: at.packet,
      openedAt: formatTimestamp(at),
      inferred: how === 'inferred',
    });
  }

  message(from: Role, message: Message): void {
    this.#messages++;
    this.#entry(message, {
      from,
      type: opcodeName(message.opcode) === 'text' ? 'text' : 'binary',
      firstPacket: message.firstPacket,
      frames: message.frames,
      compressed: message.isCompressed,
      wireBytes: message.wireLength,
      bytes: message.length,
      payload: message.bytes?.subarray(0, this.#maxBytes) ?? null,
      code: null,
      reason: null,
      problem: message.problem === null ? null : PROBLEMS[message.problem],
    });
  }

  control(from: Role, frame: Frame): void {
    const { opcode, firstPacket, payloadLength, controlPayload } = frame;
    const type = opcode === OPCODE_CLOSE ? 'close' : opcode === OPCODE_PING ? 'ping' : 'pong';
    const close = type === 'close' && controlPayload !== null ? parseClosePayload(controlPayload) : null;
    this.#entry(frame, {
      from,
      type,
      firstPacket,
      frames: 1,
      compressed: false,
      wireBytes: payloadLength,
      bytes: payloadLength,
      payload: controlPayload,
      code: close?.code ?? null,
      reason: close?.reason ?? null,
      problem: controlPayload === null ? PROBLEMS.gap : null,
    });
  }

  #entry(mark: PacketMark, rest: Omit<ConversationEntry, 'number' | 'packet' | 'at' | 'offsetMs'>): void {
    this.#entries++;
    this.#handler.entry({
      number: this.#entries,
      packet: mark.packet,
      at: formatTimestamp(mark),
      offsetMs: this.#offsetMs(mark),
      ...rest,
    });
  }

  #endOf(record: ConnectionRecord): ConversationEnd {
    const { firstEnd } = record;
    return {
      entries: this.#entries,
      messages: this.#messages,
      endedBy: firstEnd?.by ?? null,
      how: firstEnd?.how ?? null,
      packet: firstEnd?.mark.packet ?? null,
      offsetMs: firstEnd === null ? null : this.#offsetMs(firstEnd.mark),
      notes: [...leftOverNotes(record), ...connectionNotes(record)].map((note) => ({ ...note })),
    };
  }

  #offsetMs(mark: PacketMark): number {
    return this.#openedAt === null ? 0 : millisecondsBetween(this.#openedAt, mark);
  }
}
