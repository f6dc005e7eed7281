/**
 * Cuts the bytes of one direction into TLS records (RFC 8446 §5.1): a record may span segments, and a segment may hold many.
 * A record that lies whole in its segment is handed on where it lies. Where nobody wants the contents, only headers are read.
 * HOT: runs once per segment, its loop once per record.
 *
 * After a loss it looks for the next header, at which a chain of headers begins. Whether that is the truth, only keys can tell.
 */
import type { GapLength } from '../carrier/byte-stream.ts';
import { isRecordHeader, lengthOf, RECORD_HEADER, versionOf } from './record-header.ts';

export interface RecordTaker {
  /**
   * The next record: its contents, `start` to `end`, are valid until the call returns. `version` is that of its header.
   */
  record(
    type: number,
    version: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void;
  /** The next record, of which nobody wants the contents. */
  passed(type: number, length: number, packet: number, seconds: number, nanoseconds: number): void;
  /** Bytes of the next record are missing, but the one behind it is known to begin right there. */
  lost(type: number, length: number, packet: number, seconds: number, nanoseconds: number): void;
  /** Where records begin is not known any more. */
  unsynchronized(packet: number, seconds: number, nanoseconds: number): void;
  /** It seems to be known again: so many bytes lie between the last whole record and the one that comes next. */
  resynchronized(lost: GapLength): void;
  /** The bytes are no records. Nothing more is read. */
  malformed(packet: number, seconds: number, nanoseconds: number): void;
}

export class RecordReader {
  readonly #taker: RecordTaker;
  /** The contents of the records that come are wanted. */
  wantsContents = true;
  /** Bytes of the record's contents that are still to come. */
  #remaining = 0;
  #type = 0;
  #version = 0;
  #length = 0;
  /** Bytes of its contents are missing. */
  #isBroken = false;
  /** Of a record that spans segments; null where its contents are not wanted. */
  #contents: Uint8Array | null = null;
  /** A header that spans segments. */
  readonly #header = new Uint8Array(RECORD_HEADER);
  #headerBytes = 0;
  #state: 'reading' | 'searching' | 'over' = 'reading';
  /** A header was found behind a loss, and nothing has shown yet that it is one. */
  #isGuess = false;
  /** Since the last whole record, while searching. */
  #lostBytes: GapLength = 0;

  constructor(taker: RecordTaker) {
    this.#taker = taker;
  }

  /** Part of a record is here, and the rest is not. */
  get isInside(): boolean {
    return this.#remaining > 0 || this.#headerBytes > 0;
  }

  /** The first bytes may be the middle of a record. */
  search(): void {
    this.#state = 'searching';
  }

  /** Nothing more is read. */
  stop(): void {
    this.#state = 'over';
    this.#contents = null;
  }

  /** What was found behind a loss are records indeed. */
  confirm(): void {
    this.#isGuess = false;
  }

  push(
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    let at = start;
    while (at < end) {
      if (this.#state === 'over') return;
      if (this.#state === 'searching') {
        const found = findRecord(bytes, at, end);
        this.#addLost(found - at);
        if (found === end) return;
        at = found;
        this.#state = 'reading';
        this.#isGuess = true;
        this.#taker.resynchronized(this.#lostBytes);
        continue;
      }
      at =
        this.#remaining > 0
          ? this.#continue(bytes, at, end, packet, seconds, nanoseconds)
          : this.#begin(bytes, at, end, packet, seconds, nanoseconds);
    }
  }

  gap(length: GapLength, packet: number, seconds: number, nanoseconds: number): void {
    if (this.#state === 'over') return;
    if (this.#state === 'searching') {
      this.#addLost(length);
      return;
    }
    if (length !== 'unknown' && length <= this.#remaining) {
      this.#isBroken = true;
      this.#contents = null;
      this.#remaining -= length;
      if (this.#remaining === 0) this.#end(packet, seconds, nanoseconds);
      return;
    }
    this.#lose(length, packet, seconds, nanoseconds);
  }

  #addLost(length: GapLength): void {
    this.#lostBytes =
      length === 'unknown' || this.#lostBytes === 'unknown' ? 'unknown' : this.#lostBytes + length;
  }

  /** @param lost bytes, besides those of the record in which the reader stands */
  #lose(lost: GapLength, packet: number, seconds: number, nanoseconds: number): void {
    this.#state = 'searching';
    const inRecord = this.#remaining > 0 ? RECORD_HEADER + this.#length - this.#remaining : this.#headerBytes;
    this.#lostBytes = inRecord;
    this.#addLost(lost);
    this.#remaining = 0;
    this.#headerBytes = 0;
    this.#contents = null;
    this.#isBroken = false;
    this.#taker.unsynchronized(packet, seconds, nanoseconds);
  }

  /** A record begins here, or its header goes on. */
  #begin(
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): number {
    let header = bytes;
    let headerAt = start;
    let at = start + RECORD_HEADER;
    if (this.#headerBytes > 0 || at > end) {
      const take = Math.min(RECORD_HEADER - this.#headerBytes, end - start);
      this.#header.set(bytes.subarray(start, start + take), this.#headerBytes);
      this.#headerBytes += take;
      at = start + take;
      if (this.#headerBytes < RECORD_HEADER) return at;
      this.#headerBytes = 0;
      header = this.#header;
      headerAt = 0;
    }
    if (!isRecordHeader(header, headerAt)) {
      if (this.#isGuess) {
        // The record before it was none either, or cut short by what is missing.
        this.#lose('unknown', packet, seconds, nanoseconds);
        return at;
      }
      this.stop();
      this.#taker.malformed(packet, seconds, nanoseconds);
      return end;
    }
    const type = header[headerAt]!;
    const version = versionOf(header, headerAt);
    const length = lengthOf(header, headerAt);
    const next = at + length;
    if (next <= end) {
      if (this.wantsContents)
        this.#taker.record(type, version, bytes, at, next, packet, seconds, nanoseconds);
      else this.#taker.passed(type, length, packet, seconds, nanoseconds);
      return next;
    }
    this.#type = type;
    this.#version = version;
    this.#length = length;
    this.#remaining = length;
    this.#isBroken = false;
    this.#contents = this.wantsContents ? new Uint8Array(length) : null;
    return at;
  }

  /** A record goes on that spans segments. */
  #continue(
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): number {
    const take = Math.min(this.#remaining, end - start);
    this.#contents?.set(bytes.subarray(start, start + take), this.#length - this.#remaining);
    this.#remaining -= take;
    if (this.#remaining === 0) this.#end(packet, seconds, nanoseconds);
    return start + take;
  }

  /** The record that spans segments is over. */
  #end(packet: number, seconds: number, nanoseconds: number): void {
    const contents = this.#contents;
    this.#contents = null;
    if (this.#isBroken) this.#taker.lost(this.#type, this.#length, packet, seconds, nanoseconds);
    else if (contents === null) this.#taker.passed(this.#type, this.#length, packet, seconds, nanoseconds);
    else {
      this.#taker.record(
        this.#type,
        this.#version,
        contents,
        0,
        contents.length,
        packet,
        seconds,
        nanoseconds,
      );
    }
  }
}

/**
 * Where a record begins within a segment behind a loss; `end` where none does. From there headers must follow each other to the
 * segment's end. Where that is one header alone, it must stand at the segment's beginning, or its record must end with the segment.
 */
export function findRecord(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at + RECORD_HEADER <= end; at++) {
    // The version's first byte is the rarest sign.
    if (bytes[at + 1] !== 3 || !isRecordHeader(bytes, at) || lengthOf(bytes, at) === 0) continue;
    if (isChain(bytes, at, end, at === start)) return at;
  }
  return end;
}

/** So many headers in a row are enough: whoever sends thousands that lead to nothing must not cost thousands for each. */
const ENOUGH_HEADERS = 4;

function isChain(bytes: Uint8Array, first: number, end: number, isAtStart: boolean): boolean {
  let at = first;
  let headers = 0;
  while (at + RECORD_HEADER <= end) {
    if (!isRecordHeader(bytes, at)) return false;
    headers++;
    if (headers === ENOUGH_HEADERS) return true;
    at += RECORD_HEADER + lengthOf(bytes, at);
  }
  return headers > 1 || isAtStart || at === end;
}
