/**
 * Damage by somebody who knows the formats: lengths, flags, sequence numbers and frame headers of a packet that are
 * changed where they stand, so that everything around them still holds and the parsers behind are reached.
 */
import type { Random } from './random.ts';
import { splitPcap } from './split-pcap.ts';

const LINK_HEADER: Readonly<Record<number, number>> = { 0: 4, 1: 14, 101: 0, 113: 16, 276: 20 };
const RECORD = 16;
const EXTREMES = [0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/**
 * Where the headers are in a record; null where it is not TCP in IPv4 or IPv6 right behind the link layer.
 */
interface Layout {
  readonly ip: number;
  readonly tcp: number;
  readonly payload: number;
}

function layoutOf(record: Buffer, linkHeader: number): Layout | null {
  const ip = RECORD + linkHeader;
  const version = (record[ip] ?? 0) >> 4;
  const tcp = version === 4 ? ip + (record[ip]! & 15) * 4 : version === 6 ? ip + 40 : -1;
  if (tcp < 0 || tcp + 20 > record.length) return null;
  return { ip, tcp, payload: Math.min(record.length, tcp + (record[tcp + 12]! >> 4) * 4) };
}

/** What it returns is for nothing. */
type Change = (record: Buffer, layout: Layout, random: Random) => unknown;

/** Returns whether there was room. */
function put(record: Buffer, at: number, size: 1 | 2 | 4, value: number): boolean {
  if (at < 0 || at + size > record.length) return false;
  const bits = size === 4 ? value >>> 0 : value & (2 ** (8 * size) - 1);
  record.writeUIntBE(bits, at, size);
  return true;
}

const extreme = (random: Random) => random.of(EXTREMES);

const CHANGES: readonly Change[] = [
  // The record's own lengths; mostly back within the file.
  (record, _, random) =>
    record.writeUInt32LE(random.below(3) === 0 ? extreme(random) : random.below(record.length), 8),
  (record, _, random) => record.writeUInt32LE(extreme(random) >>> 0, 12),
  // Time: back, far ahead, too many microseconds.
  (record, _, random) => record.writeUInt32LE(extreme(random) >>> 0, random.of([0, 4])),
  // IP: version and header length, total length, fragment, protocol.
  (record, { ip }, random) => put(record, ip, 1, random.below(256)),
  (record, { ip }, random) => put(record, ip + random.of([2, 4]), 2, extreme(random)),
  (record, { ip }, random) => put(record, ip + 6, random.of([1, 2] as const), random.below(0x10000)),
  (record, { ip }, random) =>
    put(record, ip + 9, 1, random.of([0, 4, 6, 17, 41, 43, 44, 47, 50, 51, 60, 255])),
  // TCP: ports, numbers, length of the header, flags, window.
  (record, { tcp }, random) => put(record, tcp + random.of([0, 2]), 2, extreme(random)),
  (record, { tcp }, random) => put(record, tcp + random.of([4, 8]), 4, extreme(random)),
  (record, { tcp }, random) => {
    const at = tcp + random.of([4, 8]);
    put(
      record,
      at,
      4,
      record.readUInt32BE(at) + random.of([-70_000, -1460, -1, 1, 2, 1460, 70_000, 2 ** 30, 2 ** 31]),
    );
  },
  (record, { tcp }, random) => put(record, tcp + 12, 1, random.below(256)),
  (record, { tcp }, random) => put(record, tcp + 13, 1, random.below(256)),
  (record, { tcp }, random) => put(record, tcp + 14, 2, extreme(random)),
  // The first bytes of the payload, which may be a frame's header: opcode and bits, lengths.
  (record, { payload }, random) => put(record, payload, 1, random.below(256)),
  (record, { payload }, random) =>
    put(record, payload + 1, 1, random.of([0, 1, 125, 126, 127, 128, 253, 254, 255])),
  (record, { payload }, random) =>
    put(record, payload + random.of([2, 6]), random.of([2, 4] as const), extreme(random)),
  // A byte of a head: an end of line, a colon, a digit.
  (record, { payload }, random) => {
    if (payload >= record.length) return;
    record[payload + random.below(record.length - payload)] = random.of([
      0, 9, 10, 13, 32, 44, 58, 59, 61, 34, 48, 57, 128, 255,
    ]);
  },
];

/** Changes a few records of a classic little-endian pcap file, or their order; null where it is something else. */
export function mutateStructure(bytes: Buffer, random: Random): Buffer | null {
  if (bytes.length < 24 || (bytes[0] !== 0xd4 && bytes[0] !== 0x4d)) return null;
  const linkHeader = LINK_HEADER[bytes.readUInt32LE(20)];
  if (linkHeader === undefined) return null;
  const { head, records } = splitPcap(bytes);
  if (records.length === 0) return null;
  const changed = records.map((record) => Buffer.from(record));
  for (let i = random.below(6); i >= 0; i--) {
    const index = random.below(changed.length);
    const record = changed[index]!;
    const layout = layoutOf(record, linkHeader);
    if (layout !== null) random.of(CHANGES)(record, layout, random);
  }
  for (let i = random.below(3); i > 0; i--) move(changed, random);
  return Buffer.concat([head, ...changed]);
}

/** Takes a record away, repeats it, or puts it somewhere else. */
function move(records: Buffer[], random: Random): void {
  const [record] = records.splice(random.below(records.length), 1);
  if (record === undefined) return;
  for (let copies = random.below(3); copies > 0; copies--)
    records.splice(random.below(records.length + 1), 0, record);
  if (records.length === 0) records.push(record);
}
