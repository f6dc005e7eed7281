/**
 * Splits a generated capture in two: each connection is whole in one of them, and each has half of the connections.
 * Relies on what the generator writes: little-endian records of Ethernet, IPv4 and TCP.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const ETHERNET = 14;
const CHUNK = 8 * 1024 * 1024;

/**
 * @param {string} capture
 * @param {[string, string]} paths of the halves to write
 */
export function writeHalves(capture, paths) {
  const input = openSync(capture, 'r');
  const outputs = paths.map((path) => openSync(path, 'w'));
  const chunk = Buffer.allocUnsafe(CHUNK);
  const header = chunk.subarray(0, FILE_HEADER);
  readSync(input, header, 0, FILE_HEADER, 0);
  for (const output of outputs) writeSync(output, header);
  for (let position = FILE_HEADER; ;) {
    const length = readSync(input, chunk, 0, CHUNK, position);
    const parts = [[], []];
    let at = 0;
    while (at + RECORD_HEADER <= length) {
      const end = at + RECORD_HEADER + chunk.readUInt32LE(at + 8);
      if (end > length) break;
      parts[halfOf(chunk, at + RECORD_HEADER + ETHERNET)].push(chunk.subarray(at, end));
      at = end;
    }
    if (at === 0) break;
    position += at;
    for (const [half, records] of parts.entries()) writeSync(outputs[half], Buffer.concat(records));
  }
  for (const file of [input, ...outputs]) closeSync(file);
}

/** The same half for both directions. */
function halfOf(bytes, ip) {
  const tcp = ip + (bytes[ip] & 0x0f) * 4;
  const addresses = bytes.readUInt32BE(ip + 12) ^ bytes.readUInt32BE(ip + 16);
  const ports = bytes.readUInt16BE(tcp) ^ bytes.readUInt16BE(tcp + 2);
  return (Math.imul(addresses ^ ports, 0x9e3779b1) >>> 16) & 1;
}
