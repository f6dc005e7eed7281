/**
 * Rewrites one direction of TLS as it comes, in as many bytes: headers of records stay, handshake messages in clear are rewritten once they
 * are whole, alerts in clear stay, and everything else, which is encrypted, is filled. Where the bytes are no records, text keeps its
 * shape, and the rest is filled.
 */
import type { GapLength } from '../../carrier/byte-stream.ts';
import { latin1 } from '#platform/text';
import {
  ALERT,
  CHANGE_CIPHER_SPEC,
  HANDSHAKE,
  isRecordHeader,
  lengthOf,
  RECORD_HEADER,
} from '../../tls/record-header.ts';
import { findRecord } from '../../tls/record-reader.ts';
import type { ForeignKind } from '../../websocket/foreign-bytes.ts';
import { ForeignScrubber } from '../foreign-scrubber.ts';
import type { Endpoints } from '../proxy-header.ts';
import { MESSAGE_HEADER, scrubHandshake } from './handshake-scrubber.ts';
import type { HelloFacts } from './hello-scrubber.ts';

/**
 * A longer message is filled: no handshake in use has one.
 * @bound bytes of a handshake message of TLS that `extract` rewrites: {bytes}
 */
const MAX_MESSAGE = 256 * 1024;
/**
 * A message in more pieces is filled.
 * @bound pieces of a handshake message of TLS that `extract` rewrites: {count}
 */
const MAX_PARTS = 4096;
/** In place of what is encrypted: no handshake message begins with it. */
const CONTENT = 0xff;
const ALERT_LENGTH = 2;

/** A handshake message that is not whole yet. */
interface Message {
  /** Its bytes so far; each part is in the queue as well. */
  readonly parts: Uint8Array[];
  length: number;
  /** With its header; null before that is whole. */
  wanted: number | null;
}

type State = 'begin' | 'records' | 'searching' | 'foreign' | 'filled';

export class RecordScrubber {
  readonly #endpoints: Endpoints;
  readonly #facts: HelloFacts;
  readonly #emit: (bytes: Uint8Array) => void;
  readonly #foreign = new ForeignScrubber();
  #foreignKind: ForeignKind = 'text';
  #state: State = 'begin';
  readonly #header = new Uint8Array(RECORD_HEADER);
  #headerBytes = 0;
  #type = 0;
  #length = 0;
  /** Bytes of the record that are still to come. */
  #remaining = 0;
  /** Behind a ChangeCipherSpec, or bytes that are missing: what comes may be encrypted. */
  #mayBeEncrypted = false;
  #message: Message | null = null;
  /** What waits for the message to be whole, in order. */
  #queue: Uint8Array[] = [];

  /**
   * @param facts those of both directions
   * @param emit gets the rewritten bytes, in order
   */
  constructor(endpoints: Endpoints, facts: HelloFacts, emit: (bytes: Uint8Array) => void) {
    this.#endpoints = endpoints;
    this.#facts = facts;
    this.#emit = emit;
  }

  push(bytes: Uint8Array, start: number, end: number): void {
    for (let at = start; at < end;) at = this.#step(bytes, at, end);
  }

  /** What was not whole can't become so any more. */
  gap(length: GapLength): void {
    this.#giveUpMessage();
    this.#mayBeEncrypted = true;
    if (this.#state === 'foreign' || this.#state === 'filled') return;
    if (length !== 'unknown' && length <= this.#remaining) {
      this.#remaining -= length;
      return;
    }
    this.#fill(this.#headerBytes);
    this.#headerBytes = 0;
    this.#remaining = 0;
    this.#state = 'searching';
  }

  end(): void {
    this.#giveUpMessage();
    // The beginning of a header is as good as one.
    if (this.#headerBytes > 0) this.#put(this.#header.slice(0, this.#headerBytes));
    this.#headerBytes = 0;
  }

  /** Takes some of the bytes; returns where it stopped. */
  #step(bytes: Uint8Array, at: number, end: number): number {
    switch (this.#state) {
      case 'begin':
      case 'records':
        return this.#remaining > 0 ? this.#contents(bytes, at, end) : this.#readHeader(bytes, at, end);
      case 'searching': {
        const found = findRecord(bytes, at, end);
        this.#fill(found - at);
        if (found < end) this.#state = 'records';
        return found;
      }
      case 'foreign':
        this.#put(this.#foreign.rewrite(this.#foreignKind, bytes, at, end, false));
        return end;
      case 'filled':
        this.#fill(end - at);
        return end;
    }
  }

  #readHeader(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && this.#headerBytes < RECORD_HEADER) this.#header[this.#headerBytes++] = bytes[at++]!;
    if (this.#headerBytes < RECORD_HEADER) return at;
    this.#headerBytes = 0;
    if (!isRecordHeader(this.#header, 0)) {
      this.#meetForeign();
      return at;
    }
    this.#state = 'records';
    this.#type = this.#header[0]!;
    // No other record may stand inside a message (RFC 8446 §5.1), and what waits must not grow without end.
    if (this.#type !== HANDSHAKE || this.#queue.length > MAX_PARTS) this.#giveUpMessage();
    this.#length = lengthOf(this.#header, 0);
    this.#remaining = this.#length;
    this.#put(this.#header.slice());
    return at;
  }

  /** Where records should stand, something else does. */
  #meetForeign(): void {
    const kind = this.#state === 'begin' ? kindOf(this.#header) : null;
    this.#giveUpMessage();
    if (kind === null) {
      this.#state = 'filled';
      this.#fill(RECORD_HEADER);
      return;
    }
    this.#state = 'foreign';
    this.#foreignKind = kind;
    this.#put(this.#foreign.rewrite(kind, this.#header, 0, RECORD_HEADER, true));
  }

  #contents(bytes: Uint8Array, at: number, end: number): number {
    const stop = Math.min(end, at + this.#remaining);
    this.#remaining -= stop - at;
    const isClear = !this.#mayBeEncrypted || this.#facts.isTls13;
    if (this.#type === HANDSHAKE && isClear) this.#handshake(bytes, at, stop);
    else if (this.#type === CHANGE_CIPHER_SPEC && this.#length === 1) {
      this.#mayBeEncrypted = true;
      this.#put(new Uint8Array(bytes.subarray(at, stop)));
    } else if (this.#type === ALERT && this.#length === ALERT_LENGTH)
      this.#put(new Uint8Array(bytes.subarray(at, stop)));
    else this.#fill(stop - at);
    return stop;
  }

  #handshake(bytes: Uint8Array, start: number, end: number): void {
    for (let at = start; at < end;) {
      this.#message ??= { parts: [], length: 0, wanted: null };
      const message = this.#message;
      const missing = (message.wanted ?? MESSAGE_HEADER) - message.length;
      const stop = Math.min(end, at + missing);
      const part = new Uint8Array(bytes.subarray(at, stop));
      this.#queue.push(part);
      message.parts.push(part);
      message.length += part.length;
      at = stop;
      if (message.wanted === null && message.length === MESSAGE_HEADER) {
        message.wanted = MESSAGE_HEADER + bodyLength(joined(message.parts, MESSAGE_HEADER));
        if (message.wanted > MAX_MESSAGE) {
          this.#giveUpMessage();
          this.#mayBeEncrypted = true;
          this.#fill(end - at);
          return;
        }
      }
      if (message.length === message.wanted) this.#endMessage(message);
    }
  }

  #endMessage({ parts, length }: Message): void {
    const whole = joined(parts, length);
    scrubHandshake(whole, this.#endpoints, this.#facts);
    let at = 0;
    for (const part of parts) {
      part.set(whole.subarray(at, at + part.length));
      at += part.length;
    }
    this.#message = null;
    this.#release();
  }

  /** Of a message that will not be whole its header stays. */
  #giveUpMessage(): void {
    let at = 0;
    for (const part of this.#message?.parts ?? []) {
      part.fill(CONTENT, Math.min(part.length, Math.max(0, MESSAGE_HEADER - at)));
      at += part.length;
    }
    this.#message = null;
    this.#release();
  }

  #release(): void {
    const queue = this.#queue;
    this.#queue = [];
    for (const bytes of queue) this.#emit(bytes);
  }

  #fill(length: number): void {
    if (length > 0) this.#put(new Uint8Array(length).fill(CONTENT));
  }

  #put(bytes: Uint8Array): void {
    if (this.#message === null) this.#emit(bytes);
    else this.#queue.push(bytes);
  }
}

function bodyLength(header: Uint8Array): number {
  return (header[1]! << 16) | (header[2]! << 8) | header[3]!;
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Text that was spoken in place of TLS; null for anything else. */
function kindOf(bytes: Uint8Array): ForeignKind | null {
  const text = latin1(bytes, 0, bytes.length);
  if (text.startsWith('HTTP/')) return 'http-response';
  if (/^[A-Z]{3,}[A-Z ]/.test(text)) return 'http-request';
  return /^[\x20-\x7e\r\n\t]+$/.test(text) ? 'text' : null;
}
