/**
 * Rewrites one direction of a WebSocket: headers stay (RFC 6455 §5.2) except for the masking key, and each
 * payload is replaced by one of the same length in which an analysis finds the same. HOT: once per segment,
 * and per byte of texts.
 *
 *     text          its UTF-8, with other characters: wrong where it was wrong
 *     compressed    a deflate stream of the same length, which fails where the original did
 *     binary        zeros; of MQTT, what findings rest on stays (mqtt-stream.ts, short-binary.ts)
 *     ping, pong    a permutation: a pong that answered a ping still does
 *     close         its code, and its reason like a text
 */
import type { GapLength } from '../carrier/byte-stream.ts';
import type { Direction } from '../basics/direction.ts';
import type { DeflateDirection } from '../websocket/extensions.ts';
import { ForeignWatch, type ForeignKind, type HeaderRules } from '../websocket/foreign-bytes.ts';
import { FrameParser } from '../websocket/frame-parser.ts';
import type { FrameHandler, FrameHeader, FrameSpans } from '../websocket/frame-events.ts';
import {
  isControlOpcode,
  isDataOpcode,
  OPCODE_CLOSE,
  OPCODE_CONTINUATION,
  type Frame,
} from '../websocket/frame.ts';
import type { InflateBudget } from '../websocket/inflate-budget.ts';
import { MessageReader, type MessageOddity } from '../websocket/message-reader.ts';
import { deflateByte, deflateEnd, deflateFault, type DeflateFault } from './deflate-filler.ts';
import { LONGEST_WORDS, rewriteShortText } from './application-words.ts';
import { keptReasonBytes } from './close-words.ts';
import { ForeignScrubber } from './foreign-scrubber.ts';
import { MqttStream, type MqttTalk } from './mqtt-stream.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import type { RewrittenStream } from './rewritten-stream.ts';
import { LONGEST_SHORT_BINARY, ShortBinaryFiller } from './short-binary.ts';
import { Utf8Filler } from './utf8-filler.ts';

/**
 * No frame has a length beyond this: the bytes may be content, so only the size class of the length stays.
 */
const MAX_PLAUSIBLE_LENGTH = 2 ** 40;
/** Where a length of 64 bits stands in a header, and its highest bit. */
const LENGTH_64_AT = 2;
const HIGHEST_BIT = 0x80000000;
const CODE_LENGTH = 2;
/** So many bytes at the start and at the end of a message have their places remembered. */
const KEPT_PLACES = 4;

/** Replaces bytes that are not read. */
const NOT_FOLLOWED = 0xff;

/** How this direction's messages are to be read. */
export interface FrameReading {
  /** The compression that was agreed on; null: nothing is compressed. */
  readonly deflate: DeflateDirection | null;
  /** Reserved bits with which an unknown extension may say that it has changed a message. */
  readonly opaqueBits: number;
  /** Whether binary messages of this connection are MQTT. */
  readonly mqtt: MqttTalk;
  readonly headers: HeaderRules;
  readonly budget: InflateBudget;
}

type Payload = 'mqtt' | 'text' | 'short-text' | 'short-binary' | 'compressed' | 'zeros' | 'control';

/** Where a byte of a compressed message stands, and what it is masked with. */
interface Place {
  readonly offset: number;
  readonly mask: number;
}

export class FrameScrubber implements FrameHandler, FrameSpans {
  /** Takes the bytes of the direction, and its gaps. */
  readonly parser: FrameParser;
  readonly #stream: RewrittenStream;
  readonly #pseudonyms: Pseudonyms;
  readonly #reader: MessageReader;

  readonly #mqtt: MqttStream;
  readonly #shortBinaries = new ShortBinaryFiller();
  readonly #foreign = new ForeignScrubber();

  // Of the current frame.
  #mask = 0;
  #newMask = 0;
  #kind: Payload = 'zeros';
  /** Bytes of a control frame's payload that wait until it is whole. */
  #waiting = 0;
  /** Bytes of a short message that waits until it is whole. */
  #short: number[] = [];

  // Of the current message.
  readonly #utf8 = new Utf8Filler();
  /** Bytes of a compressed message so far, and where the first and the latest of them are. */
  #index = 0;
  readonly #firstPlaces: Place[] = [];
  #lastPlaces: Place[] = [];
  #fault: DeflateFault | null = null;

  /** Messages that inflate to more than wscap follows: the messages that replace them don't. */
  tooLong = 0;

  constructor(
    direction: Direction,
    stream: RewrittenStream,
    pseudonyms: Pseudonyms,
    { deflate, budget, opaqueBits, headers, mqtt }: FrameReading,
  ) {
    this.#mqtt = new MqttStream(mqtt, headers.isMasked);
    this.#stream = stream;
    this.#pseudonyms = pseudonyms;
    this.#reader = new MessageReader(
      {
        oddity: (kind, _frame, detail) => {
          this.#meet(kind, detail);
        },
        message: () => undefined,
      },
      { deflate, budget, opaqueBits, isFromStart: headers.isFromStart, keep: 0 },
    );
    this.parser = new FrameParser(direction, this, this.#reader, this, new ForeignWatch(headers));
  }

  // From the frames.

  header(bytes: Uint8Array, start: number, end: number, frame: FrameHeader): void {
    const header = new Uint8Array(bytes.subarray(start, end));
    const view = new DataView(header.buffer);
    if (frame.payloadLength >= MAX_PLAUSIBLE_LENGTH) {
      const isNegative = view.getInt32(LENGTH_64_AT) < 0;
      view.setUint32(LENGTH_64_AT, isNegative ? HIGHEST_BIT : MAX_PLAUSIBLE_LENGTH / 2 ** 32);
      view.setUint32(LENGTH_64_AT + 4, 0);
    }
    this.#mask = frame.mask;
    this.#newMask = this.#pseudonyms.mask(frame.mask);
    if (frame.isMasked) view.setInt32(header.length - 4, this.#newMask);
    this.#stream.append(header);
    const { opcode } = frame;
    if (isDataOpcode(opcode)) {
      this.#kind = this.#kindOf(frame);
      // What is read of other kinds is not followed here.
      if (this.#kind !== 'mqtt' && this.#kind !== 'short-binary') this.#loseMqtt();
      if (this.#kind !== 'short-binary') this.#shortBinaries.interrupt();
      if (opcode !== OPCODE_CONTINUATION) this.#beginMessage();
    } else {
      this.#kind = isControlOpcode(opcode) ? 'control' : 'zeros';
    }
  }

  #kindOf({ opcode, isFinal, payloadLength }: FrameHeader): Payload {
    const content = this.#reader.contentOf(opcode);
    if (content === 'compressed') return content;
    const isWhole = opcode !== OPCODE_CONTINUATION && isFinal;
    if (content === 'text') return isWhole && payloadLength <= LONGEST_WORDS ? 'short-text' : 'text';
    if (content !== 'binary') return 'zeros';
    const state = this.#mqtt.begin();
    if (state === 'mqtt') return 'mqtt';
    if (isWhole && payloadLength <= LONGEST_SHORT_BINARY) return 'short-binary';
    return state === 'open' ? 'mqtt' : 'zeros';
  }

  payload(bytes: Uint8Array, start: number, end: number, index: number): void {
    switch (this.#kind) {
      case 'control':
        this.#waiting += end - start;
        break;
      case 'short-text':
      case 'short-binary':
        for (let at = start, place = index; at < end; at++, place++) {
          this.#short.push(bytes[at]! ^ maskByte(this.#mask, place));
        }
        break;
      case 'text':
        this.#replace(start, end, index, (at, mask) => this.#utf8.next(bytes[at]! ^ mask));
        break;
      case 'mqtt':
        this.#replaceMqtt(bytes, start, end, index);
        break;
      case 'zeros':
        this.#replace(start, end, index, () => 0);
        break;
      case 'compressed':
        this.#notePlaces(end - start, index);
        this.#replace(start, end, index, () => deflateByte(this.#index++));
    }
  }

  missing(length: GapLength): void {
    if (this.parser.isLost) this.end();
    this.#loseMqtt();
    this.#shortBinaries.interrupt();
    this.#flushControl();
    // What is left of a control frame can't be compared with anything.
    if (this.#kind === 'control') this.#kind = 'zeros';
    if (this.#kind === 'short-text') this.#kind = 'text';
    if (this.#kind === 'short-binary') this.#kind = 'zeros';
    if (length === 'unknown') return;
    this.#index += length;
    this.#stream.skip(length);
  }

  unread(_bytes: Uint8Array, start: number, end: number): void {
    this.#flushControl();
    this.#stream.fill(NOT_FOLLOWED, end - start);
  }

  foreign(kind: ForeignKind, bytes: Uint8Array, start: number, end: number, isFirst: boolean): void {
    this.#flushControl();
    this.#stream.append(this.#foreign.rewrite(kind, bytes, start, end, isFirst));
  }

  frame(_direction: Direction, frame: Frame): void {
    const { opcode, controlPayload } = frame;
    if (this.#kind === 'short-text') this.#flushShortText();
    if (this.#kind === 'short-binary') this.#flushShortBinary();
    if (controlPayload !== null) this.#writeControl(opcode, controlPayload);
    if (!isDataOpcode(opcode)) return;
    const isCompressed = this.#reader.contentOf(opcode) === 'compressed';
    this.#reader.end(frame);
    if (isCompressed && frame.isFinal) this.#finishCompressed();
  }

  plainFrames(): void {
    // Not called: `tallyPlain` asks for no sums here.
  }

  /** Nothing more will come: what was held back is written as content, because it is not whole. */
  end(): void {
    this.parser.end();
    this.#flushControl();
    this.#reader.close();
  }

  #beginMessage(): void {
    this.#utf8.reset();
    this.#index = 0;
    this.#firstPlaces.length = 0;
    this.#lastPlaces = [];
    this.#fault = null;
  }

  /**
   * Appends the replacement of each byte, masked with the new key. `replacement` gets the old key's byte for
   * it.
   */
  #replace(
    start: number,
    end: number,
    firstIndex: number,
    replacement: (at: number, mask: number) => number,
  ): void {
    const scratch = new Uint8Array(end - start);
    let index = firstIndex;
    for (let at = start; at < end; at++, index++) {
      scratch[at - start] = replacement(at, maskByte(this.#mask, index)) ^ maskByte(this.#newMask, index);
    }
    this.#stream.append(scratch);
  }

  /** The first and the last bytes of a compressed message may change once it is complete. */
  #notePlaces(count: number, payloadIndex: number): void {
    const placeOf = (i: number): Place => ({
      offset: this.#stream.end + i,
      mask: maskByte(this.#newMask, payloadIndex + i),
    });
    for (let i = 0; i < count && this.#firstPlaces.length < KEPT_PLACES; i++)
      this.#firstPlaces.push(placeOf(i));
    for (let i = Math.max(0, count - KEPT_PLACES); i < count; i++) this.#lastPlaces.push(placeOf(i));
    this.#lastPlaces = this.#lastPlaces.slice(-KEPT_PLACES);
  }

  /**
   * Writes all of a control frame's payload; `payload` has at most as many bytes as a control frame can hold.
   */
  #writeControl(opcode: number, payload: Uint8Array): void {
    const beyond = this.#waiting - payload.length;
    this.#waiting = 0;
    const replacement = opcode === OPCODE_CLOSE ? closePayload(payload) : this.#pseudonyms.permute(payload);
    this.#stream.append(replacement.map((byte, index) => byte ^ maskByte(this.#newMask, index)));
    this.#appendZeros(payload.length, beyond);
  }

  #replaceMqtt(bytes: Uint8Array, start: number, end: number, index: number): void {
    const places: Place[] = [];
    if (!this.#mqtt.isCertain) {
      for (let i = 0; i < end - start; i++) {
        places.push({ offset: this.#stream.end + i, mask: maskByte(this.#newMask, index + i) });
      }
    }
    this.#replace(start, end, index, (at, mask) => this.#mqtt.next(bytes[at]! ^ mask, places[at - start]));
    this.#forgetOther();
  }

  /** Bytes are missing, or are not followed: where the next packet of MQTT begins is not known. */
  #loseMqtt(): void {
    this.#mqtt.lose();
    this.#forgetOther();
  }

  /** What was kept as MQTT is none. */
  #forgetOther(): void {
    for (const place of this.#mqtt.takeMistaken()) this.#patch(place, 0);
  }

  /** Writes a short binary message as a whole. */
  #flushShortBinary(): void {
    const bytes = Uint8Array.from(this.#short);
    this.#short = [];
    if (bytes.length === 0) return;
    const first = this.#stream.end;
    const asMqtt = bytes.map((byte, index) =>
      this.#mqtt.next(byte, { offset: first + index, mask: maskByte(this.#newMask, index) }),
    );
    this.#stream.append(asMqtt.map((byte, index) => byte ^ maskByte(this.#newMask, index)));
    this.#forgetOther();
    if (this.#mqtt.isOpen) return;
    this.#shortBinaries.rewrite(bytes).forEach((byte, index) => {
      this.#patch({ offset: first + index, mask: maskByte(this.#newMask, index) }, byte);
    });
  }

  /** Writes a short text: the whole of it, or what there is of it. */
  #flushShortText(): void {
    const bytes = Uint8Array.from(this.#short);
    this.#short = [];
    if (bytes.length === 0) return;
    this.#stream.append(rewriteShortText(bytes).map((byte, index) => byte ^ maskByte(this.#newMask, index)));
  }

  /** The rest of the control frame is missing. */
  #flushControl(): void {
    if (this.#kind === 'short-binary') {
      this.#appendZeros(0, this.#short.length);
      this.#short = [];
    } else if (this.#short.length > 0) {
      // What follows the gap is filled as any other text.
      this.#short.forEach((byte) => this.#utf8.next(byte));
      this.#flushShortText();
    }
    const count = this.#waiting;
    this.#waiting = 0;
    this.#appendZeros(0, count);
  }

  #appendZeros(firstIndex: number, count: number): void {
    for (let i = 0; i < count; i++) this.#stream.fill(maskByte(this.#newMask, firstIndex + i), 1);
  }

  #finishCompressed(): void {
    const length = this.#index;
    const end = deflateEnd(length);
    const places = this.#lastPlaces.slice(-end.length);
    if (end.length > 0)
      places.forEach((place, i) => {
        this.#patch(place, end[i + end.length - places.length]!);
      });
    const start = this.#fault === null ? null : deflateFault(this.#fault, length);
    start?.forEach((byte, i) => {
      const place = this.#firstPlaces[i];
      if (place !== undefined) this.#patch(place, byte);
    });
  }

  #patch({ offset, mask }: Place, value: number): void {
    this.#stream.patch(offset, value ^ mask);
  }

  #meet(kind: MessageOddity, detail: string | number | null): void {
    if (kind === 'inflate-failed') {
      this.#fault = String(detail).includes('too far back') ? 'far-back' : 'other';
    } else if (kind === 'text-not-utf8') {
      this.#fault = 'not-utf8';
    } else if (kind === 'inflate-too-long') {
      this.tooLong++;
    }
  }
}

/** The code stays, and the words of the reason that findings rest on. Half a code does not. */
function closePayload(payload: Uint8Array): Uint8Array {
  if (payload.length < CODE_LENGTH) return new Uint8Array(payload.length);
  const utf8 = new Utf8Filler();
  const kept = keptReasonBytes(payload.subarray(CODE_LENGTH));
  return payload.map((byte, index) => {
    const filler = index < CODE_LENGTH ? byte : utf8.next(byte);
    return kept[index - CODE_LENGTH] === true ? byte : filler;
  });
}

function maskByte(mask: number, index: number): number {
  return (mask >>> (24 - 8 * (index & 3))) & 0xff;
}
