/** What damage, or somebody who means harm, does to a capture file. */
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Random } from './random.ts';
import { mutateStructure } from './structured-mutations.ts';

type Mutation = (bytes: Buffer, random: Random, other: Buffer) => Buffer;

const LENGTHS = [0, 1, 12, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

function at(bytes: Buffer, random: Random, room = 1): number {
  return random.below(Math.max(1, bytes.length - room + 1));
}

/** A stretch of at most a kilobyte. */
function stretch(bytes: Buffer, random: Random): [start: number, end: number] {
  const start = at(bytes, random);
  return [start, Math.min(bytes.length, start + 1 + random.below(1024))];
}

const flipBits: Mutation = (bytes, random) => {
  for (let i = random.below(8); i >= 0; i--) bytes[at(bytes, random)]! ^= 1 << random.below(8);
  return bytes;
};

const overwriteNumber: Mutation = (bytes, random) => {
  for (let i = random.below(3); i >= 0; i--) {
    const position = at(bytes, random, 4) & ~random.of([0, 3]);
    if (position + 4 > bytes.length) continue;
    const value = random.of(LENGTHS);
    if (random.below(2) === 0) bytes.writeUInt32LE(value, position);
    else bytes.writeUInt32BE(value, position);
  }
  return bytes;
};

const overwriteBytes: Mutation = (bytes, random) => {
  const [start, end] = stretch(bytes, random);
  const fill = random.of([0, 0x0a, 0x20, 0x7f, 0xff, -1]);
  for (let i = start; i < end; i++) bytes[i] = fill < 0 ? random.below(256) : fill;
  return bytes;
};

const truncate: Mutation = (bytes, random) => bytes.subarray(0, at(bytes, random));

const swapStretches: Mutation = (bytes, random) => {
  const [start, end] = stretch(bytes, random);
  const to = at(bytes, random, end - start);
  const copy = Buffer.from(bytes.subarray(start, end));
  bytes.copyWithin(start, to, to + copy.length);
  copy.copy(bytes, to);
  return bytes;
};

const duplicate: Mutation = (bytes, random) => {
  const [start, end] = stretch(bytes, random);
  return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
};

const remove: Mutation = (bytes, random) => {
  const [start, end] = stretch(bytes, random);
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
};

const insert: Mutation = (bytes, random) => {
  const position = at(bytes, random);
  const noise = Buffer.from(Array.from({ length: 1 + random.below(64) }, () => random.below(256)));
  return Buffer.concat([bytes.subarray(0, position), noise, bytes.subarray(position)]);
};

const splice: Mutation = (bytes, random, other) =>
  Buffer.concat([bytes.subarray(0, at(bytes, random)), other.subarray(at(other, random))]);

const MUTATIONS: readonly Mutation[] = [
  flipBits,
  flipBits,
  overwriteNumber,
  overwriteNumber,
  overwriteBytes,
  truncate,
  swapStretches,
  duplicate,
  remove,
  insert,
  splice,
];

function mutateBytes(bytes: Buffer, other: Buffer, random: Random): Buffer {
  let mutated: Buffer = Buffer.from(bytes);
  for (let i = random.below(3); i >= 0 && mutated.length > 0; i--) {
    mutated = random.of(MUTATIONS)(mutated, random, other);
  }
  return mutated;
}

/** `other` is a second capture, for what is put together of two. Half of classic pcap files are changed where their fields stand; gzip is now and then damaged inside. */
export function mutate(bytes: Buffer, other: Buffer, random: Random): Buffer {
  if (random.below(2) === 0) {
    const changed = mutateStructure(bytes, random);
    if (changed !== null) return changed;
  }
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!isGzip || random.below(3) === 0) return mutateBytes(bytes, other, random);
  return gzipSync(mutateBytes(gunzipSync(bytes), other, random), { level: 1 });
}
