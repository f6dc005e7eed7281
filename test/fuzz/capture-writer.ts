/**
 * Writes large captures fast: classic pcap of raw IPv4 with TCP, into one growing buffer. Checksums are a counter, so
 * that no packet looks like a second copy of the one before.
 */
import { flagBits } from '../helpers/packet-bytes.ts';

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const HEADERS = 40;
const LINKTYPE_RAW = 101;

export interface SegmentOptions {
  /** Port of the client; default 50000. */
  readonly port?: number;
  /** Last 24 bits of the client's address 10.x.x.x; default 1. */
  readonly host?: number;
  /** What the record says was on the wire; default: as captured. */
  readonly originalLength?: number;
  /** Microseconds since the capture began; default: 10 a packet. */
  readonly at?: number;
  /** Default 0. */
  readonly window?: number;
}

export class CaptureWriter {
  #bytes = Buffer.alloc(1 << 20);
  #length = FILE_HEADER;
  packets = 0;
  /** Next sequence number, by sender. */
  readonly next: [number, number] = [1000, 5000];

  constructor() {
    this.#bytes.writeUInt32LE(0xa1b2c3d4, 0);
    this.#bytes.writeUInt16LE(2, 4);
    this.#bytes.writeUInt16LE(4, 6);
    this.#bytes.writeUInt32LE(262_144, 16);
    this.#bytes.writeUInt32LE(LINKTYPE_RAW, 20);
  }

  /** SYN, SYN/ACK, ACK. */
  open(options: SegmentOptions = {}): this {
    this.next[0] = 1000;
    this.next[1] = 5000;
    return this.send(0, 'S', '', options).send(1, 'SA', '', options).send(0, 'A', '', options);
  }

  /** A segment that continues its sender's stream; 0 is the client. */
  send(from: 0 | 1, flags: string, payload: string | Uint8Array = '', options: SegmentOptions = {}): this {
    const bytes = typeof payload === 'string' ? Buffer.from(payload, 'latin1') : payload;
    this.segment(from, this.next[from], this.next[from === 0 ? 1 : 0], flags, bytes, options);
    this.next[from] += bytes.length + (/[SF]/.test(flags) ? 1 : 0);
    return this;
  }

  /** The same, in segments of so many bytes each. */
  sendIn(size: number, from: 0 | 1, payload: string | Uint8Array, options: SegmentOptions = {}): this {
    const bytes = typeof payload === 'string' ? Buffer.from(payload, 'latin1') : payload;
    for (let at = 0; at < bytes.length; at += size) {
      this.send(from, 'A', bytes.subarray(at, at + size), options);
    }
    return this;
  }

  segment(
    from: 0 | 1,
    sequence: number,
    acknowledgement: number,
    flags: string,
    payload: Uint8Array,
    { port = 50_000, host = 1, originalLength, at: time, window = 0 }: SegmentOptions = {},
  ): void {
    const length = HEADERS + payload.length;
    this.#reserve(RECORD_HEADER + length);
    const bytes = this.#bytes;
    let at = this.#length;
    const microseconds = time ?? this.packets * 10;
    bytes.writeUInt32LE(1_700_000_000 + Math.floor(microseconds / 1e6), at);
    bytes.writeUInt32LE(microseconds % 1e6, at + 4);
    bytes.writeUInt32LE(length, at + 8);
    bytes.writeUInt32LE(originalLength ?? length, at + 12);
    at += RECORD_HEADER;
    bytes[at] = 0x45;
    bytes.writeUInt16BE(originalLength === undefined ? length : 0, at + 2);
    bytes.writeUInt16BE(this.packets & 0xffff, at + 4);
    bytes[at + 9] = 6;
    bytes.writeUInt32BE(0x0a000000 + host, at + (from === 0 ? 12 : 16));
    bytes.writeUInt32BE(0xc6336402, at + (from === 0 ? 16 : 12));
    at += 20;
    bytes.writeUInt16BE(port, at + (from === 0 ? 0 : 2));
    bytes.writeUInt16BE(80, at + (from === 0 ? 2 : 0));
    bytes.writeUInt32BE(sequence >>> 0, at + 4);
    bytes.writeUInt32BE(acknowledgement >>> 0, at + 8);
    bytes[at + 12] = 0x50;
    bytes[at + 13] = flagBits(flags);
    bytes.writeUInt16BE(window, at + 14);
    bytes.writeUInt16BE(this.packets & 0xffff, at + 16);
    bytes.set(payload, at + 20);
    this.#length += RECORD_HEADER + length;
    this.packets++;
  }

  done(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = Buffer.alloc(Math.max(this.#bytes.length * 2, this.#length + more));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
