/**
 * Short binary messages that stay as they are in an extract. Where a capture lacks the handshake, the last message of a side may be a
 * goodbye of MQTT (`protocols/possible-goodbye.ts`), and findings are withheld for that reason. A DISCONNECT without a text names
 * nobody; its bytes may come as messages of their own. Anything else becomes zeros.
 */
import { mqttGoodbye } from '../protocols/mqtt.ts';

/** A longer message is content. */
export const LONGEST_SHORT_BINARY = 4;

const DISCONNECT = 0xe0;

export class ShortBinaryFiller {
  /** What may be the beginning of a DISCONNECT. */
  #begun: number[] = [];

  /** What stands in place of a whole message. */
  rewrite(bytes: Uint8Array): Uint8Array {
    const whole = bytes[0] === DISCONNECT ? [...bytes] : [...this.#begun, ...bytes];
    const isKept = whole[0] === DISCONNECT && (mqttGoodbye(whole) !== null || mayGoOn(whole));
    this.#begun = isKept ? whole : [];
    return isKept ? bytes : new Uint8Array(bytes.length);
  }

  /** Another message came. */
  interrupt(): void {
    this.#begun = [];
  }
}

/** More bytes can make a DISCONNECT of these. */
function mayGoOn(bytes: readonly number[]): boolean {
  const [, length, reason = 0] = bytes;
  if (length === undefined) return true;
  return length <= 2 && bytes.length - 2 < length && mqttGoodbye([DISCONNECT, 1, reason]) !== null;
}
