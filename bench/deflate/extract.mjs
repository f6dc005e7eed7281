/**
 * The compressed messages of a generated capture of kind `deflate`, in a file of their own: the work that remains
 * without reading the capture, TCP and frames. Relies on what the generator writes: Ethernet, IPv4 and TCP without
 * options, no lost segment, no message in several frames.
 *
 * Each message, in the capture's order: u32 number of its direction, u32 length, its bytes, 00 00 FF FF (which count in
 * the length: RFC 7692, section 7.2.1). A length of 0 says that the direction has ended.
 */
import { closeSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const ETHERNET = 14;
const FLUSH_TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff]);
const FLUSHED_AT = 1 << 20;
const FIN_OR_RST = 0x05;
const COMPRESSED_FINAL_TEXT = 0xc1;

/**
 * @param {string} capture
 * @param {string} path of the file to write
 */
export function extractMessages(capture, path) {
  const bytes = readFileSync(capture);
  const isSwapped = bytes.readUInt32LE(0) !== 0xa1b2c3d4 && bytes.readUInt32LE(0) !== 0xa1b23c4d;
  if (isSwapped) throw new Error(`${capture}: not a capture of the generator`);
  const unfinished = `${path}.part`;
  const output = new MessageFile(unfinished);
  const directions = new Map();
  for (let at = FILE_HEADER; at < bytes.length;) {
    const length = bytes.readUInt32LE(at + 8);
    const ip = at + RECORD_HEADER + ETHERNET;
    segment(bytes, ip, directions, output);
    at += RECORD_HEADER + length;
  }
  for (const direction of directions.values()) output.end(direction);
  output.close();
  renameSync(unfinished, path);
}

function segment(bytes, ip, directions, output) {
  const tcp = ip + (bytes[ip] & 0x0f) * 4;
  const start = tcp + (bytes[tcp + 12] >> 4) * 4;
  const end = ip + bytes.readUInt16BE(ip + 2);
  const key = bytes.latin1Slice(ip + 12, ip + 20) + bytes.latin1Slice(tcp, tcp + 4);
  let direction = directions.get(key);
  if (direction === undefined) {
    direction = { number: 0, isUpgraded: false, held: Buffer.alloc(0) };
    directions.set(key, direction);
  }
  if (end > start) data(direction, bytes.subarray(start, end), output);
  if ((bytes[tcp + 13] & FIN_OR_RST) !== 0) output.end(direction);
}

function data(direction, bytes, output) {
  if (!direction.isUpgraded) {
    // The head is alone in its packet.
    direction.isUpgraded = true;
    return;
  }
  let rest = direction.held.length === 0 ? bytes : Buffer.concat([direction.held, bytes]);
  for (let frame = frameAt(rest); frame !== null; frame = frameAt(rest)) {
    if (rest[0] === COMPRESSED_FINAL_TEXT) output.message(direction, frame.payload);
    rest = rest.subarray(frame.length);
  }
  direction.held = Buffer.from(rest);
}

/** The frame at the beginning of these bytes, unmasked; null as long as it isn't complete. */
function frameAt(bytes) {
  if (bytes.length < 2) return null;
  const isMasked = bytes[1] >= 0x80;
  const code = bytes[1] & 0x7f;
  const lengthBytes = code < 126 ? 0 : code === 126 ? 2 : 8;
  const start = 2 + lengthBytes + (isMasked ? 4 : 0);
  if (bytes.length < start) return null;
  const size =
    lengthBytes === 0 ? code : lengthBytes === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (bytes.length < start + size) return null;
  const payload = Buffer.from(bytes.subarray(start, start + size));
  if (isMasked) for (let i = 0; i < size; i++) payload[i] ^= bytes[start - 4 + (i & 3)];
  return { payload, length: start + size };
}

class MessageFile {
  #file;
  #pieces = [];
  #size = 0;
  #directions = 0;

  constructor(path) {
    this.#file = openSync(path, 'w');
  }

  message(direction, payload) {
    if (direction.number === 0) direction.number = ++this.#directions;
    this.#record(direction.number, Buffer.concat([payload, FLUSH_TAIL]));
  }

  end(direction) {
    if (direction.number !== 0) this.#record(direction.number, Buffer.alloc(0));
    direction.number = 0;
  }

  close() {
    this.#flush();
    closeSync(this.#file);
  }

  #record(number, bytes) {
    const header = Buffer.alloc(8);
    header.writeUInt32LE(number, 0);
    header.writeUInt32LE(bytes.length, 4);
    this.#pieces.push(header, bytes);
    this.#size += header.length + bytes.length;
    if (this.#size >= FLUSHED_AT) this.#flush();
  }

  #flush() {
    writeSync(this.#file, Buffer.concat(this.#pieces));
    this.#pieces = [];
    this.#size = 0;
  }
}
