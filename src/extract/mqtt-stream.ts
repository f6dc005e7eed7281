/**
 * One direction of what may be MQTT. It is, where the 101 selected it, or where the client began with a CONNECT; the server's packets
 * are then MQTT too. The beginning of a CONNECT may be spread over messages: until its name is there, its bytes stay, with their places, so
 * that they can be taken back.
 */
import { MqttFiller } from './mqtt-filler.ts';

/** What the two directions of a connection know together. */
export interface MqttTalk {
  isKnown: boolean;
}

/** Where a byte stands, and what it is masked with. */
export interface BytePlace {
  readonly offset: number;
  readonly mask: number;
}

export class MqttStream {
  readonly #talk: MqttTalk;
  /** null: not MQTT, or not yet known to be. */
  #filler: MqttFiller | null;
  /** Bytes that stayed as the beginning of a CONNECT. */
  #places: BytePlace[] = [];
  #hasBegun = false;

  constructor(talk: MqttTalk, isClient: boolean) {
    this.#talk = talk;
    this.#filler = talk.isKnown ? new MqttFiller() : isClient ? new MqttFiller(true) : null;
  }

  /** A binary message or a part of one begins: "open" where its bytes may be the beginning of a CONNECT. */
  begin(): 'mqtt' | 'open' | 'other' {
    if (!this.#hasBegun && this.#talk.isKnown) this.#filler ??= new MqttFiller();
    this.#hasBegun = true;
    if (this.#filler === null) return 'other';
    return this.isCertain ? 'mqtt' : 'open';
  }

  get isCertain(): boolean {
    return this.#talk.isKnown;
  }

  /** It is MQTT, or may still be. */
  get isOpen(): boolean {
    return this.#filler !== null;
  }

  /** The replacement of the direction's next byte, which stands at `place`; needed only as long as nothing is certain. */
  next(byte: number, place?: BytePlace): number {
    if (this.#filler === null) return 0;
    const replacement = this.#filler.next(byte);
    if (this.isCertain) return replacement;
    if (this.#filler.isLost) this.#filler = null;
    else if (this.#filler.isConnected) {
      this.#talk.isKnown = true;
      this.#places = [];
    } else if (place !== undefined) this.#places.push(place);
    return replacement;
  }

  /** Bytes are missing: where the next packet begins is not known. */
  lose(): void {
    this.#hasBegun = true;
    if (this.isCertain) this.#filler?.lose();
    else this.#filler = null;
  }

  /** Where bytes stand that stayed although this is not MQTT. */
  takeMistaken(): readonly BytePlace[] {
    if (this.#filler !== null || this.#places.length === 0) return [];
    const places = this.#places;
    this.#places = [];
    return places;
  }
}
