/**
 * Recognises an application's protocol and reads it: by the subprotocol of the 101, then by path and query, then by the server's first
 * message, then by the client's. Where nothing is recognised, no message is read after the first one of each side.
 */
import type { ApplicationFacts, ApplicationMessage, ProtocolReader, Sender } from './application-protocol.ts';
import { EngineIoReader } from './engine-io.ts';
import { beginsMqtt, MQTT_FIRST_BYTE, MqttReader } from './mqtt.ts';

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

const MQTT_SUBPROTOCOLS: ReadonlySet<string> = new Set(['mqtt', 'mqttv3.1', 'mqttv3.1.1']);

export class ApplicationLog {
  #reader: ProtocolReader | null;
  #isClientSeen = false;
  #isServerSeen = false;

  constructor(hints: ApplicationHints) {
    this.#reader = readerBy(hints);
  }

  /** How many bytes of this side's next message are needed; 0 for none. */
  keepOf(from: Sender): number {
    if (this.#reader !== null) return this.#reader.keep;
    return this.#isSeen(from) ? 0 : KEPT_OF_FIRST;
  }

  /** Of a message of this side that begins with another byte nothing is needed; null: its first byte doesn't matter. */
  signOf(from: Sender): number | null {
    return this.#reader === null ? FIRST_BYTE[from] : null;
  }

  message(from: Sender, message: ApplicationMessage): void {
    const isFirst = !this.#isSeen(from);
    if (from === 'client') this.#isClientSeen = true;
    else this.#isServerSeen = true;
    if (this.#reader === null && isFirst) this.#reader = readerByMessage(from, message);
    this.#reader?.message(from, message);
  }

  #isSeen(from: Sender): boolean {
    return from === 'client' ? this.#isClientSeen : this.#isServerSeen;
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

function readerByMessage(from: Sender, { isText, bytes }: ApplicationMessage): ProtocolReader | null {
  if (bytes?.[0] !== FIRST_BYTE[from]) return null;
  if (from === 'server' && isText) {
    const text = String.fromCharCode(...bytes.subarray(0, OPEN_PACKET.length));
    return text === OPEN_PACKET ? new EngineIoReader(null) : null;
  }
  return from === 'client' && !isText && beginsMqtt(bytes) ? new MqttReader() : null;
}
