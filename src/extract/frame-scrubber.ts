/**
 * One direction of a WebSocket, rewritten: headers stay (RFC 6455 §5.2) but for the masking key, payloads become others
 * of the same length in which an analysis meets the same. HOT: once per segment, and per byte of texts.
 *
 *     text          its UTF-8, with other characters: wrong where it was wrong
 *     compressed    a deflate stream of the same length, which fails where the original did
 *     binary        zeros
 *     ping, pong    a permutation: a pong that answered a ping still does
 *     close         its code, and its reason like a text
 */
import {
  isControlOpcode,
  isDataOpcode,
  MAX_CONTROL_PAYLOAD,
  OPCODE_CLOSE,
  OPCODE_CONTINUATION,
  OPCODE_TEXT,
  type Frame,
} from '../websocket/frame.ts';
import type { DeflateDirection } from '../websocket/extensions.ts';
import type { InflateBudget } from '../websocket/inflate-budget.ts';
import { MessageReader, type MessageOddity } from '../websocket/message-reader.ts';
import { deflateByte, deflateEnd, deflateFault, type DeflateFault } from './deflate-filler.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import type { RewrittenStream } from './rewritten-stream.ts';
import { Utf8Filler } from './utf8-filler.ts';

const MAX_HEADER = 14;
const FIN_BIT = 0x80;
const MASK_BIT = 0x80;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const RSV1 = 0x04;
const TWO_TO_32 = 4294967296;
/** A length beyond this is no frame's: what is taken for it may be content, so only its size class stays. */
const MAX_PLAUSIBLE_HIGH = 0xff;
const CODE_LENGTH = 2;
/** Bytes of a message whose places are remembered at its start and at its end. */
const KEPT_PLACES = 4;

/** In place of what is not read. */
const NOT_FOLLOWED = 0xff;

/** How this direction's messages are to be read. */
export interface FrameReading {
  /** What was agreed on; null: nothing is compressed. */
  readonly deflate: DeflateDirection | null;
  /** Reserved bits with which an extension that isn't known may say that it has changed a message. */
  readonly opaqueBits: number;
  readonly isFromStart: boolean;
  readonly budget: InflateBudget;
}

type Payload = 'text' | 'compressed' | 'zeros' | 'control';

/** Where a byte of a compressed message stands, and what it is masked with. */
interface Place {
  readonly offset: number;
  readonly mask: number;
}

export class FrameScrubber {
  readonly #stream: RewrittenStream;
  readonly #pseudonyms: Pseudonyms;
  readonly #reading: FrameReading;
  readonly #reader: MessageReader;
  readonly #header = new Uint8Array(MAX_HEADER);
  #headerLength = 0;
  #isLost = false;

  // Of the current frame.
  #inPayload = false;
  #opcode = 0;
  #isFinal = false;
  #payloadLength = 0;
  #remaining = 0;
  #mask = 0;
  #newMask = 0;
  #kind: Payload = 'zeros';
  #isRead = false;
  readonly #utf8 = new Utf8Filler();
  #control: Uint8Array | null = null;
  #controlLength = 0;

  // Of the current message.
  readonly #messageUtf8 = new Utf8Filler();
  #messageKind: Payload = 'zeros';
  /** Bytes of a compressed message so far, and where the first and the latest of them are. */
  #index = 0;
  readonly #firstPlaces: Place[] = [];
  #lastPlaces: Place[] = [];
  #fault: DeflateFault | null = null;

  /** Messages that inflate to more than wscap follows: what stands in their place doesn't. */
  tooLong = 0;

  constructor(stream: RewrittenStream, pseudonyms: Pseudonyms, reading: FrameReading) {
    this.#stream = stream;
    this.#pseudonyms = pseudonyms;
    this.#reading = reading;
    const { deflate, budget, opaqueBits, isFromStart } = reading;
    this.#reader = new MessageReader(
      {
        oddity: (kind, _frame, detail) => {
          this.#meet(kind, detail);
        },
        message: () => undefined,
      },
      { deflate, budget, opaqueBits, isFromStart, keep: 0 },
    );
  }

  /** Takes the next bytes. */
  push(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    while (at < end) {
      if (this.#isLost) {
        this.#stream.fill(NOT_FOLLOWED, end - at);
        return;
      }
      if (!this.#inPayload) {
        at = this.#readHeader(bytes, at, end);
        if (this.#isBetweenFrames()) continue;
      }
      const taken = Math.min(this.#remaining, end - at);
      if (taken > 0) this.#payload(bytes, at, at + taken);
      at += taken;
      this.#remaining -= taken;
      if (this.#remaining === 0) this.#finish();
    }
  }

  /** So many bytes are missing here. */
  gap(length: number): void {
    if (!this.#isLost && (!this.#inPayload || length > this.#remaining)) this.lose();
    if (this.#isLost) {
      this.#stream.skip(length);
      return;
    }
    if (this.#control !== null) {
      this.#flushControl();
      this.#kind = 'zeros';
    }
    if (isDataOpcode(this.#opcode)) this.#reader.payloadGap();
    this.#index += length;
    this.#stream.skip(length);
    this.#remaining -= length;
    if (this.#remaining === 0) this.#finish();
  }

  /** Where frames begin is not known any more: all that comes is content. */
  lose(): void {
    this.#isLost = true;
    this.end();
  }

  /** Nothing more will come: what was held back is written, as content that nobody has seen whole. */
  end(): void {
    this.#stream.fill(NOT_FOLLOWED, this.#headerLength);
    this.#headerLength = 0;
    this.#flushControl();
    this.#reader.close();
  }

  /** A method, for it changes inside calls. */
  #isBetweenFrames(): boolean {
    return !this.#inPayload;
  }

  /** Returns the index after what it took. */
  #readHeader(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end) {
      this.#header[this.#headerLength++] = bytes[at++]!;
      if (this.#headerLength === headerLength(this.#header, this.#headerLength)) {
        this.#beginFrame();
        break;
      }
    }
    return at;
  }

  #beginFrame(): void {
    const header = this.#header;
    const length = this.#headerLength;
    const [first, second] = [header[0]!, header[1]!];
    const view = new DataView(header.buffer);
    const isMasked = (second & MASK_BIT) !== 0;
    const short = second & 0x7f;
    if (short === LENGTH_64) {
      this.#payloadLength = view.getUint32(2) * TWO_TO_32 + view.getUint32(6);
      if (view.getUint32(2) > MAX_PLAUSIBLE_HIGH) {
        view.setUint32(2, view.getUint32(2) & 0x80000000 ? 0x80000000 : MAX_PLAUSIBLE_HIGH + 1);
        view.setUint32(6, 0);
      }
    } else {
      this.#payloadLength = short === LENGTH_16 ? view.getUint16(2) : short;
    }
    this.#mask = isMasked ? view.getInt32(length - 4) : 0;
    this.#newMask = this.#pseudonyms.mask(this.#mask);
    if (isMasked) view.setInt32(length - 4, this.#newMask);
    this.#stream.append(header, 0, length);
    this.#headerLength = 0;
    this.#opcode = first & 0x0f;
    this.#isFinal = (first & FIN_BIT) !== 0;
    this.#remaining = this.#payloadLength;
    this.#inPayload = true;
    this.#beginPayload((first >> 4) & 0x07);
    if (this.#remaining === 0) this.#finish();
  }

  #beginPayload(reservedBits: number): void {
    const opcode = this.#opcode;
    this.#control = null;
    if (isDataOpcode(opcode)) {
      if (opcode !== OPCODE_CONTINUATION) this.#beginMessage(opcode, reservedBits);
      this.#isRead = this.#reader.begin(opcode, this.#isFinal, reservedBits, this.#payloadLength);
      this.#kind = this.#messageKind;
    } else if (isControlOpcode(opcode)) {
      this.#kind = 'control';
      this.#control = new Uint8Array(Math.min(this.#payloadLength, MAX_CONTROL_PAYLOAD));
      this.#controlLength = 0;
    } else {
      this.#kind = 'zeros';
    }
  }

  #beginMessage(opcode: number, reservedBits: number): void {
    const { deflate, opaqueBits } = this.#reading;
    const isOpaque = (reservedBits & opaqueBits) !== 0;
    const isCompressed = !isOpaque && (reservedBits & RSV1) !== 0 && deflate !== null;
    this.#messageKind = isCompressed ? 'compressed' : opcode === OPCODE_TEXT && !isOpaque ? 'text' : 'zeros';
    this.#messageUtf8.reset();
    this.#index = 0;
    this.#firstPlaces.length = 0;
    this.#lastPlaces = [];
    this.#fault = null;
  }

  #payload(bytes: Uint8Array, start: number, end: number): void {
    switch (this.#kind) {
      case 'control':
        this.#holdControl(bytes, start, end);
        break;
      case 'text':
        this.#replace(start, end, (at, mask) => this.#messageUtf8.next(bytes[at]! ^ mask));
        break;
      case 'zeros':
        this.#replace(start, end, () => 0);
        break;
      case 'compressed':
        if (this.#isRead) {
          this.#reader.payload(bytes, start, end, this.#mask, this.#payloadLength - this.#remaining);
        }
        this.#notePlaces(end - start);
        this.#replace(start, end, () => deflateByte(this.#index++));
    }
  }

  /** Appends, masked anew, what stands in place of each byte; the old mask's byte for it is given. */
  #replace(start: number, end: number, replacement: (at: number, mask: number) => number): void {
    const scratch = new Uint8Array(end - start);
    let index = this.#payloadLength - this.#remaining;
    for (let at = start; at < end; at++, index++) {
      scratch[at - start] = replacement(at, maskByte(this.#mask, index)) ^ maskByte(this.#newMask, index);
    }
    this.#stream.append(scratch);
  }

  /** The first and the last bytes of a compressed message may change once it is complete. */
  #notePlaces(count: number): void {
    const payloadIndex = this.#payloadLength - this.#remaining;
    const placeOf = (i: number): Place => ({
      offset: this.#stream.end + i,
      mask: maskByte(this.#newMask, payloadIndex + i),
    });
    for (let i = 0; i < count && this.#firstPlaces.length < KEPT_PLACES; i++)
      this.#firstPlaces.push(placeOf(i));
    for (let i = Math.max(0, count - KEPT_PLACES); i < count; i++) this.#lastPlaces.push(placeOf(i));
    this.#lastPlaces = this.#lastPlaces.slice(-KEPT_PLACES);
  }

  #holdControl(bytes: Uint8Array, start: number, end: number): void {
    const control = this.#control!;
    let index = this.#payloadLength - this.#remaining;
    let at = start;
    for (; at < end && index < control.length; at++, index++) {
      control[index] = bytes[at]! ^ maskByte(this.#mask, index);
    }
    this.#controlLength = Math.min(index, control.length);
    // Beyond what a control frame can hold nothing is looked at.
    if (at === end) return;
    this.#writeControl();
    for (; at < end; at++, index++) this.#stream.fill(maskByte(this.#newMask, index), 1);
  }

  #writeControl(): void {
    const control = this.#control;
    if (control === null || this.#controlLength < control.length || control.length === 0) return;
    this.#appendControl(
      this.#opcode === OPCODE_CLOSE ? this.#closePayload(control) : this.#pseudonyms.permute(control),
    );
  }

  /** The code stays, and what is no code is not shown. */
  #closePayload(payload: Uint8Array): Uint8Array {
    if (payload.length < CODE_LENGTH) return new Uint8Array(payload.length);
    this.#utf8.reset();
    return payload.map((byte, index) => (index < CODE_LENGTH ? byte : this.#utf8.next(byte)));
  }

  #appendControl(payload: Uint8Array): void {
    this.#stream.append(payload.map((byte, index) => byte ^ maskByte(this.#newMask, index)));
    this.#control = new Uint8Array(0);
    this.#controlLength = 0;
  }

  /** Its rest is missing: nobody can compare it with anything. */
  #flushControl(): void {
    if (this.#control !== null && this.#controlLength > 0) {
      this.#appendControl(new Uint8Array(this.#controlLength));
    }
    this.#control = null;
  }

  #finish(): void {
    this.#inPayload = false;
    if (this.#kind === 'control') this.#writeControl();
    if (!isDataOpcode(this.#opcode)) return;
    const frame: Frame = {
      opcode: this.#opcode,
      isFinal: this.#isFinal,
      reservedBits: 0,
      isMasked: this.#mask !== 0,
      payloadLength: this.#payloadLength,
      isShortestLength: true,
      controlPayload: null,
      firstPacket: 0,
      packet: 0,
      seconds: 0,
      nanoseconds: 0,
    };
    this.#reader.end(frame);
    if (!this.#isFinal) return;
    if (this.#messageKind === 'compressed') this.#finishCompressed();
    this.#messageKind = 'zeros';
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

function maskByte(mask: number, index: number): number {
  return (mask >>> (24 - 8 * (index & 3))) & 0xff;
}

/** Bytes of the header that begins here, as far as its first two say; more than there are where they are missing. */
function headerLength(header: Uint8Array, length: number): number {
  if (length < 2) return 2;
  const short = header[1]! & 0x7f;
  return (
    2 + (short === LENGTH_16 ? 2 : short === LENGTH_64 ? 8 : 0) + ((header[1]! & MASK_BIT) !== 0 ? 4 : 0)
  );
}
