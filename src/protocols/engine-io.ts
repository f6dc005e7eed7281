/**
 * Engine.IO 3 and 4, and of Socket.IO on top of it the message by which a side leaves. Each text begins with the number of its
 * kind: 0 open, 1 close, 2 ping, 3 pong, 4 message (Engine.IO protocol, "Protocol"). In version 4 the server pings, in version 3 the client.
 */
import {
  momentOf,
  SENDERS,
  type ApplicationEnd,
  type ApplicationFacts,
  type ApplicationMessage,
  type Moment,
  type ProtocolReader,
  type Sender,
} from './application-protocol.ts';
import { HeartbeatCount } from './heartbeat-count.ts';

/** The open packet must be whole to be read; others are told by their first bytes. */
const KEEP = 1024;
const DEFAULT_INTERVAL_MS = 25_000;
const DEFAULT_TIMEOUT_MS = 20_000;
/** The longest time that a limit may have (a day): anything beyond it is no limit. */
const LONGEST_MS = 86_400_000;

const GOODBYES: Readonly<Record<string, string>> = {
  '1': 'Engine.IO close ("1")',
  '41': 'Socket.IO disconnect ("41")',
};
const LONGEST_GOODBYE = 2;

export class EngineIoReader implements ProtocolReader {
  readonly keep: number = KEEP;
  readonly #version: '3' | '4' | null;
  readonly #beats = new HeartbeatCount();
  /** Who pings, where the version does not say it: who pinged first. */
  #pinger: Sender | null = null;
  #intervalMs: number | null = null;
  #timeoutMs: number | null = null;
  #lastSign: Moment | null = null;
  #end: ApplicationEnd | null = null;
  readonly #isUnread: Record<Sender, boolean> = { client: false, server: false };

  constructor(version: '3' | '4' | null) {
    this.#version = version;
    if (version !== null) this.#pinger = version === '3' ? 'client' : 'server';
  }

  message(from: Sender, message: ApplicationMessage): void {
    // Only a side's last message can be its goodbye.
    if (this.#end?.from === from) this.#end = null;
    const { bytes, length, isText } = message;
    this.#isUnread[from] = isText && bytes === null && (length === null || length <= LONGEST_GOODBYE);
    if (!isText || bytes === null || bytes.length === 0) {
      this.#sign(from, message, '');
      return;
    }
    const text = String.fromCharCode(...bytes.subarray(0, 8));
    const word = length !== null && length <= LONGEST_GOODBYE ? text.slice(0, length) : '';
    if (word === '2') this.#pinger ??= from;
    if (word === '2' && from === this.#pinger) this.#beats.beat(message);
    if (word === '3' && from !== this.#pinger) this.#beats.answer();
    if (text.startsWith('0{') && from === 'server') this.#open(bytes);
    this.#sign(from, message, word);
    const goodbye = GOODBYES[word];
    if (goodbye !== undefined) this.#end = { from, kind: 'goodbye', text: goodbye, ...momentOf(message) };
  }

  facts(): ApplicationFacts {
    const { sent, answered, unanswered } = this.#beats;
    const isStated = this.#intervalMs !== null && this.#timeoutMs !== null;
    return {
      protocol: 'engine.io',
      version: this.#version,
      heartbeat:
        this.#pinger === null
          ? null
          : {
              from: this.#pinger,
              intervalMs: isStated ? this.#intervalMs : DEFAULT_INTERVAL_MS,
              timeoutMs: isStated ? this.#timeoutMs : DEFAULT_TIMEOUT_MS,
              isStated,
              sent,
              answered,
              unanswered,
              lastSign: this.#lastSign,
            },
      end: this.#end,
      unread: SENDERS.filter((each) => this.#isUnread[each]),
    };
  }

  /** The client of version 4 waits for the pings, the server of version 3 for anything. */
  #sign(from: Sender, message: ApplicationMessage, word: string): void {
    if (from !== this.#pinger) return;
    const isOpening = this.#lastSign === null;
    if (from === 'client' || isOpening || word === '2') this.#lastSign = momentOf(message);
  }

  /** `0{"sid":…,"pingInterval":25000,"pingTimeout":20000,…}`. */
  #open(bytes: Uint8Array): void {
    const text = new TextDecoder().decode(bytes.subarray(1));
    let stated: unknown;
    try {
      stated = JSON.parse(text);
    } catch {
      return;
    }
    if (typeof stated !== 'object' || stated === null) return;
    const { pingInterval, pingTimeout } = stated as Record<string, unknown>;
    if (isLimit(pingInterval)) this.#intervalMs = pingInterval;
    if (isLimit(pingTimeout)) this.#timeoutMs = pingTimeout;
  }
}

/** What a text of these bytes says, if it is a goodbye; null where it isn't. */
export function engineIoGoodbye(bytes: Uint8Array): string | null {
  return GOODBYES[String.fromCharCode(...bytes.subarray(0, LONGEST_GOODBYE + 1))] ?? null;
}

function isLimit(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value <= LONGEST_MS;
}
