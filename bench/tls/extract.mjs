/**
 * The records of a generated capture of kind `wss` that hold application data, in a file of their own: the work that remains
 * without reading the capture, TCP and handshakes. Relies on what the generator writes: Ethernet, IPv4 and TCP, no lost
 * segment, TLS 1.3 with one record for each side's encrypted handshake.
 *
 * First u32 how many directions there are, and for each its key (16 bytes) and iv (12). Then each record, in the capture's
 * order: u32 number of its direction, u32 its number there, u32 length, its bytes with their header.
 */
import { closeSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { APPLICATION_DATA, expandLabel } from '../generate/tls-records.mjs';

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const ETHERNET = 14;
const TLS_HEADER = 5;
const TLS_PORT = 443;
const FLUSHED_AT = 1 << 22;

/**
 * @param {string} capture
 * @param {string} path of the file to write
 */
export function extractRecords(capture, path) {
  const bytes = readFileSync(capture);
  const secrets = secretsOf(readFileSync(`${capture}.keylog`, 'utf8'));
  const directions = new Map();
  const keys = [];
  const records = [];
  for (let at = FILE_HEADER; at < bytes.length;) {
    const length = bytes.readUInt32LE(at + 8);
    segment(bytes, at + RECORD_HEADER + ETHERNET, { directions, keys, records, secrets });
    at += RECORD_HEADER + length;
  }
  const unfinished = `${path}.part`;
  const file = openSync(unfinished, 'w');
  writeAll(file, [word(keys.length), ...keys, ...records]);
  closeSync(file);
  renameSync(unfinished, path);
}

function segment(bytes, ip, state) {
  const tcp = ip + (bytes[ip] & 0x0f) * 4;
  const start = tcp + (bytes[tcp + 12] >> 4) * 4;
  const end = ip + bytes.readUInt16BE(ip + 2);
  if (end === start) return;
  const [from, to] = [bytes.latin1Slice(ip + 12, ip + 16), bytes.latin1Slice(ip + 16, ip + 20)];
  const [fromPort, toPort] = [bytes.readUInt16BE(tcp), bytes.readUInt16BE(tcp + 2)];
  const isClient = toPort === TLS_PORT;
  const connection = isClient ? `${from}${fromPort}${to}` : `${to}${toPort}${from}`;
  let sides = state.directions.get(connection);
  if (sides === undefined) {
    sides = { client: null, server: null };
    state.directions.set(connection, sides);
  }
  const side = isClient ? 'client' : 'server';
  const direction = (sides[side] ??= { held: Buffer.alloc(0), index: -1, number: -1 });
  direction.held = Buffer.concat([direction.held, bytes.subarray(start, end)]);
  records(direction, isClient, sides, state);
}

function records(direction, isClient, sides, { keys, records, secrets }) {
  for (;;) {
    const { held } = direction;
    if (held.length < TLS_HEADER) return;
    const size = TLS_HEADER + held.readUInt16BE(3);
    if (held.length < size) return;
    const record = held.subarray(0, size);
    direction.held = held.subarray(size);
    if (record[0] === 22 && isClient) sides.random = record.subarray(11, 43).toString('hex');
    if (record[0] !== APPLICATION_DATA) continue;
    // The first one is the encrypted handshake.
    if (direction.number === -1) {
      const secret = secrets.get(`${isClient ? 'CLIENT' : 'SERVER'}_TRAFFIC_SECRET_0 ${sides.random}`);
      direction.index = keys.length;
      keys.push(Buffer.concat([expandLabel(secret, 'key', 16), expandLabel(secret, 'iv', 12)]));
    } else {
      records.push(word(direction.index), word(direction.number), word(size), record);
    }
    direction.number++;
  }
}

function secretsOf(keyLog) {
  return new Map(
    keyLog
      .trim()
      .split('\n')
      .map((line) => line.split(' '))
      .map(([label, random, secret]) => [`${label} ${random}`, Buffer.from(secret, 'hex')]),
  );
}

function word(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function writeAll(file, parts) {
  let held = [];
  let size = 0;
  const flush = () => {
    writeSync(file, Buffer.concat(held));
    held = [];
    size = 0;
  };
  for (const part of parts) {
    held.push(part);
    size += part.length;
    if (size >= FLUSHED_AT) flush();
  }
  flush();
}
