/**
 * Replaces MQTT in as many bytes: the type and length of each packet stay, of a CONNECT also the protocol's name, its version,
 * flags and keep-alive, and of a DISCONNECT its reason (MQTT 5 §2.1, §3.1.2, §3.14.2): findings rest on them, and they name
 * nobody. All else is zeros. Bytes that are no MQTT end it, so that nothing else is taken for lengths.
 */
const CONNECT = 1;
const PUBLISH = 3;
const PINGREQ = 12;
const DISCONNECT = 14;
const AUTH = 15;
/** The flags that a type's first byte has (§2.1.3); those of a PUBLISH vary. */
const FLAGGED: ReadonlySet<number> = new Set([6, 8, 10]);
const LONGEST_LENGTH = 4;
const NAMES = ['\0\x04MQTT', '\0\x06MQIsdp'];
/** Version, flags and keep-alive behind the name. */
const BEHIND_NAME = 4;

export class MqttFiller {
  #type = 0;
  /** Bytes of the current packet's length so far; -1: the next byte is a packet's first. */
  #lengthBytes = -1;
  #remaining = 0;
  #index = 0;
  /** What CONNECT has begun with so far. */
  #name = '';
  #isLost = false;
  /** Only a CONNECT may come first. */
  readonly #needsConnect: boolean;
  #isConnected = false;

  /** @param needsConnect nothing but its first packet says that it is MQTT: then a CONNECT must come first */
  constructor(needsConnect = false) {
    this.#needsConnect = needsConnect;
  }

  /** A CONNECT has come as far as the protocol's name. */
  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** The bytes are no MQTT, or not any more. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** The replacement of the direction's next byte. */
  next(byte: number): number {
    if (this.#isLost) return 0;
    if (this.#lengthBytes < 0) return this.#first(byte);
    if (this.#index < 0) return this.#length(byte);
    const isKept = this.#isKept(byte);
    this.#index++;
    if (--this.#remaining === 0) this.#lengthBytes = -1;
    return isKept ? byte : 0;
  }

  /** Bytes are missing: where the next packet begins is not known. */
  lose(): void {
    this.#isLost = true;
  }

  #first(byte: number): number {
    const [type, flags] = [byte >> 4, byte & 0xf];
    const isValid = type >= CONNECT && (type === PUBLISH || flags === (FLAGGED.has(type) ? 2 : 0));
    const isMissed = this.#needsConnect && !this.#isConnected && type !== CONNECT;
    if (!isValid || isMissed) return this.#give();
    this.#type = type;
    this.#lengthBytes = 0;
    this.#remaining = 0;
    this.#index = -1;
    this.#name = '';
    return byte;
  }

  #length(byte: number): number {
    this.#remaining += (byte & 0x7f) * 128 ** this.#lengthBytes++;
    if (byte >= 0x80) return this.#lengthBytes < LONGEST_LENGTH ? byte : this.#give();
    const mayBeEmpty = this.#type >= PINGREQ && this.#type <= AUTH;
    if (this.#remaining < 2 && !mayBeEmpty) return this.#give();
    this.#index = 0;
    if (this.#remaining === 0) this.#lengthBytes = -1;
    return byte;
  }

  #isKept(byte: number): boolean {
    if (this.#type === DISCONNECT) return this.#index === 0;
    if (this.#type !== CONNECT) return false;
    const name = NAMES.find((each) => each === this.#name);
    if (name !== undefined) return this.#index < name.length + BEHIND_NAME;
    const longer = this.#name + String.fromCharCode(byte);
    if (this.#name.length !== this.#index || !NAMES.some((each) => each.startsWith(longer))) {
      if (this.#needsConnect && !this.#isConnected) this.#isLost = true;
      return false;
    }
    this.#name = longer;
    if (NAMES.includes(longer)) this.#isConnected = true;
    return true;
  }

  #give(): number {
    this.#isLost = true;
    return 0;
  }
}
