/**
 * A side's last message, where nothing says which application speaks (the capture began later, or lacks the request): whether it
 * reads like the goodbye of a protocol that is known here. That is never proof of a goodbye; it only keeps others from being blamed.
 */
import {
  momentOf,
  type ApplicationEnd,
  type ApplicationMessage,
  type Sender,
} from './application-protocol.ts';
import { engineIoGoodbye } from './engine-io.ts';
import { mqttGoodbye } from './mqtt.ts';

/** A DISCONNECT without a text has so many bytes, each of which may be a message of its own. */
const LONGEST_DISCONNECT = 4;

export class PossibleGoodbye {
  /** How many bytes of each message it needs. */
  readonly keep: number = LONGEST_DISCONNECT;
  /** The last short binary messages of each side. */
  readonly #tails: Record<Sender, readonly Uint8Array[]> = { client: [], server: [] };
  #end: ApplicationEnd | null = null;

  message(from: Sender, message: ApplicationMessage): void {
    if (this.#end?.from === from) this.#end = null;
    const { isText, length, bytes } = message;
    const isShort = bytes !== null && length === bytes.length && length <= LONGEST_DISCONNECT;
    this.#tails[from] =
      isText || !isShort ? [] : [...this.#tails[from].slice(1 - LONGEST_DISCONNECT), bytes.slice()];
    if (!isShort) return;
    const text = isText ? engineIoGoodbye(bytes) : this.#disconnect(from);
    if (text !== null) this.#end = { from, kind: 'goodbye', text, ...momentOf(message) };
  }

  /** null where no last message reads like one. */
  get end(): ApplicationEnd | null {
    return this.#end;
  }

  /** The last messages, one or several of them, are a DISCONNECT. */
  #disconnect(from: Sender): string | null {
    const tail = this.#tails[from];
    for (let count = 1; count <= tail.length; count++) {
      const text = mqttGoodbye(tail.slice(-count).flatMap((each) => [...each]));
      if (text !== null) return text;
    }
    return null;
  }
}
