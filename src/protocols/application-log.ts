/**
 * Recognises an application's protocol and reads it: by the subprotocol of the 101, then by path and query, then by the server's first
 * message, then by the client's. Where nothing is recognised, no message is read after the first one of each side.
 */
import type {
  ApplicationEnd,
  ApplicationFacts,
  ApplicationMessage,
  ProtocolReader,
  Sender,
} from './application-protocol.ts';
import { EngineIoReader } from './engine-io.ts';
import { beginsMqtt, MQTT_FIRST_BYTE, MqttReader } from './mqtt.ts';
import { PossibleGoodbye } from './possible-goodbye.ts';

/** What the opening handshake says. */
export interface ApplicationHints {
  /** Of the 101; null where none was selected. */
  readonly subprotocol: string | null;
  /** Of the request; null where it was not captured. */
  readonly target: string | null;
}

/** So much of a first message is needed to recognise a protocol. */
const KEPT_OF_FIRST = 1024;
/** With this byte a first message of each side begins that shows a protocol. */
const FIRST_BYTE: Readonly<Record<Sender, number>> = { client: MQTT_FIRST_BYTE, server: 0x30 };
const OPEN_PACKET = '0{"sid"';
const NONE: readonly ApplicationMessage[] = [];

const MQTT_SUBPROTOCOLS: ReadonlySet<string> = new Set(['mqtt', 'mqttv3.1', 'mqttv3.1.1']);

export class ApplicationLog {
  #reader: ProtocolReader | null;
  /** Where nothing may have named the protocol, because the capture lacks it. */
  #possible: PossibleGoodbye | null;
  /** Messages with which the client may have begun a CONNECT. */
  #begun: readonly ApplicationMessage[] = NONE;
  #isClientSeen = false;
  #isServerSeen = false;

  /** @param hints null where the handshake is not in the capture */
  constructor(hints: ApplicationHints | null) {
    this.#reader = hints === null ? null : readerBy(hints);
    const isUnnamed = hints === null || (hints.target === null && hints.subprotocol === null);
    this.#possible = isUnnamed ? new PossibleGoodbye() : null;
  }

  /** How many bytes of this side's next message are needed; 0 for none. */
  keepOf(from: Sender): number {
    if (this.#reader !== null) return this.#reader.keep;
    return this.#isSeen(from) ? (this.#possible?.keep ?? 0) : KEPT_OF_FIRST;
  }

  /** Of a message of this side that begins with another byte nothing is needed; null: its first byte doesn't matter. */
  signOf(from: Sender): number | null {
    const isContinued = from === 'client' && this.#begun.length > 0;
    return this.#reader !== null || this.#possible !== null || isContinued ? null : FIRST_BYTE[from];
  }

  #isSeen(from: Sender): boolean {
    return from === 'client' ? this.#isClientSeen : this.#isServerSeen;
  }

  message(from: Sender, message: ApplicationMessage): void {
    if (this.#reader === null && !this.#isSeen(from)) this.#first(from, message);
    else if (this.#reader === null) this.#possible?.message(from, message);
    else this.#reader.message(from, message);
  }

  /** The first message of a side, or one of the first that are to be read together. */
  #first(from: Sender, message: ApplicationMessage): void {
    const { isText, bytes } = message;
    if (from === 'client') this.#isClientSeen = true;
    else this.#isServerSeen = true;
    // It may have named the protocol.
    if (bytes === null) this.#possible ??= new PossibleGoodbye();
    this.#possible?.message(from, message);
    if (bytes === null) return;
    if (from === 'server') {
      this.#reader = isText ? readerByOpen(bytes) : null;
      this.#reader?.message(from, message);
    } else if (!isText) {
      this.#firstOfClient(message, bytes);
    }
  }

  /** A CONNECT of MQTT may come in several messages, down to a byte each. */
  #firstOfClient(message: ApplicationMessage, bytes: Uint8Array): void {
    // It begins with another byte (see signOf).
    if (bytes.length === 0 && message.length !== 0) return;
    // Empty ones bring nothing; so no more than a dozen can wait.
    if (bytes.length > 0) this.#begun = [...this.#begun, { ...message, bytes: bytes.slice() }];
    const beginning = beginsMqtt(this.#begun.flatMap((each) => [...(each.bytes?.subarray(0, 16) ?? [])]));
    if (beginning === 'open') {
      this.#isClientSeen = false;
      return;
    }
    if (beginning === 'yes') {
      this.#reader = new MqttReader();
      for (const each of this.#begun) this.#reader.message('client', each);
    }
    this.#begun = NONE;
  }

  /** A last message that reads like a goodbye, where no protocol is known; null where there is none. */
  get possibleGoodbye(): ApplicationEnd | null {
    return this.#reader === null ? (this.#possible?.end ?? null) : null;
  }

  /** null where no protocol is known. */
  facts(): ApplicationFacts | null {
    return this.#reader?.facts() ?? null;
  }
}

function readerBy({ subprotocol, target }: ApplicationHints): ProtocolReader | null {
  if (subprotocol !== null && MQTT_SUBPROTOCOLS.has(subprotocol.toLowerCase())) return new MqttReader();
  const version = target === null ? undefined : /[?&]EIO=([34])(?:&|$)/.exec(target)?.[1];
  if (version === '3' || version === '4') return new EngineIoReader(version);
  return null;
}

/** Engine.IO's open packet. */
function readerByOpen(bytes: Uint8Array): ProtocolReader | null {
  if (bytes[0] !== FIRST_BYTE.server) return null;
  const text = String.fromCharCode(...bytes.subarray(0, OPEN_PACKET.length));
  return text === OPEN_PACKET ? new EngineIoReader(null) : null;
}
