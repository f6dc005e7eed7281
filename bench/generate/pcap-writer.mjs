import { closeSync, openSync, writeSync } from 'node:fs';

const CHUNK = 4 * 1024 * 1024;
const LARGEST_RECORD = 64 * 1024;
const RECORD_HEADER = 16;
const LINKTYPE_ETHERNET = 1;

/** An arbitrary, fixed beginning of time: 2024-05-14T09:00:00Z. */
const EPOCH_SECONDS = 1_715_677_200;

/**
 * Writes a classic pcap file (little-endian, microseconds, Ethernet) in chunks, so that memory stays bounded. A
 * packet is built in place: reserve room with `begin`, write at `offset` into `chunk`, then call `end`.
 */
export class PcapWriter {
  /** The chunk that the next packet is written into. */
  chunk = Buffer.allocUnsafe(CHUNK + LARGEST_RECORD);
  packets = 0;
  #file;
  #used = 0;
  #flushed = 0;

  /** @param {string} path */
  constructor(path) {
    this.#file = openSync(path, 'w');
    const header = this.chunk;
    header.writeUInt32LE(0xa1b2c3d4, 0);
    header.writeUInt16LE(2, 4);
    header.writeUInt16LE(4, 6);
    header.writeUInt32LE(0, 8);
    header.writeUInt32LE(0, 12);
    header.writeUInt32LE(262_144, 16);
    header.writeUInt32LE(LINKTYPE_ETHERNET, 20);
    this.#used = 24;
  }

  /** Bytes of the file so far. */
  get bytes() {
    return this.#flushed + this.#used;
  }

  /** @returns {number} the offset in `chunk` at which the next packet's first byte goes */
  begin() {
    if (this.#used >= CHUNK) this.#flush();
    return this.#used + RECORD_HEADER;
  }

  /**
   * Completes the packet that was written at the offset `begin` gave.
   * @param {number} microseconds since the capture began
   * @param {number} length of the packet in bytes
   */
  end(microseconds, length) {
    const seconds = Math.floor(microseconds / 1e6);
    this.#writeUint32(0, EPOCH_SECONDS + seconds);
    this.#writeUint32(4, microseconds - seconds * 1e6);
    this.#writeUint32(8, length);
    this.#writeUint32(12, length);
    this.#used += RECORD_HEADER + length;
    this.packets++;
  }

  close() {
    this.#flush();
    closeSync(this.#file);
  }

  #writeUint32(at, value) {
    const { chunk } = this;
    const offset = this.#used + at;
    chunk[offset] = value;
    chunk[offset + 1] = value >>> 8;
    chunk[offset + 2] = value >>> 16;
    chunk[offset + 3] = value >>> 24;
  }

  #flush() {
    for (let at = 0; at < this.#used;) at += writeSync(this.#file, this.chunk, at, this.#used - at);
    this.#flushed += this.#used;
    this.#used = 0;
  }
}
