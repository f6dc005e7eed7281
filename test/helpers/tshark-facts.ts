/**
 * What tshark says of each fixture, kept beside it: `fixtures/<folder>/tshark.json` has every capture of its folder, with the
 * SHA-256 of the file that tshark read and the version that said so. So most test runs need no tshark;
 * `npm run test:tshark` asks it again, `npm run record:tshark` writes the files.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { capturesUnder, FIXTURES } from './captures.ts';
import type { TsharkPacket } from './tshark.ts';

export const FACTS_NAME = 'tshark.json';
/** The command that repairs a file of facts that is not as it should be. */
export const MEND = 'npm run record:tshark';

/** Opcodes whose frames are counted, in the order of the counts. */
export const COUNTED_OPCODES: readonly number[] = [0x0, 0x1, 0x2, 0x8, 0x9, 0xa];

export interface StreamFacts {
  /** tcp.stream. */
  readonly stream: number;
  /** Its first and its last packet. */
  readonly packets: readonly [number, number];
  /** The packet of the first 101. */
  readonly switching: number | null;
  /** Frames by opcode ({@link COUNTED_OPCODES}) that were sent from each port; only ports that sent some. */
  readonly frames: Readonly<Record<string, readonly number[]>>;
  /** The first FIN or RST. */
  readonly end: readonly [packet: number, how: 'fin' | 'rst'] | null;
  /** Of both sides, sorted. */
  readonly closeCodes: readonly number[];
}

export interface CaptureFacts {
  readonly packets: number;
  readonly streams: readonly StreamFacts[];
}

export interface StoredFacts extends CaptureFacts {
  readonly sha256: string;
}

/** What a file of facts holds. */
export interface FolderFacts {
  /** The version that said it: "4.0.17". */
  readonly tshark: string;
  /** By file name. */
  readonly captures: Readonly<Record<string, StoredFacts>>;
}

export function factsOf(packets: readonly TsharkPacket[]): CaptureFacts {
  const byStream = new Map<number, TsharkPacket[]>();
  for (const packet of packets) {
    if (packet.stream === null) continue;
    const own = byStream.get(packet.stream);
    if (own === undefined) byStream.set(packet.stream, [packet]);
    else own.push(packet);
  }
  const streams = [...byStream].sort(([a], [b]) => a - b);
  return { packets: packets.length, streams: streams.map(([stream, own]) => factsOfStream(stream, own)) };
}

function factsOfStream(stream: number, packets: readonly TsharkPacket[]): StreamFacts {
  const frames = new Map<number, number[]>();
  for (const { sourcePort, opcodes } of packets) {
    for (const opcode of opcodes) {
      const index = COUNTED_OPCODES.indexOf(opcode);
      if (index === -1) continue;
      const counts = frames.get(sourcePort) ?? COUNTED_OPCODES.map(() => 0);
      counts[index]!++;
      frames.set(sourcePort, counts);
    }
  }
  const end = packets.find(({ isFin, isRst }) => isFin || isRst);
  return {
    stream,
    packets: [packets[0]!.number, packets.at(-1)!.number],
    switching: packets.find(({ statuses }) => statuses.includes(101))?.number ?? null,
    frames: Object.fromEntries(frames),
    end: end === undefined ? null : [end.number, end.isRst ? 'rst' : 'fin'],
    closeCodes: packets.flatMap(({ closeCodes }) => closeCodes).sort((a, b) => a - b),
  };
}

/** The text of a file of facts: a line for each stream, so that a diff shows which one changed. */
export function printFolderFacts({ tshark, captures }: FolderFacts): string {
  const entries = Object.keys(captures)
    .sort()
    .map((name) => {
      const { sha256, packets, streams } = captures[name]!;
      const lines = streams.map((stream) => `\n        ${JSON.stringify(stream)}`);
      const list = lines.length === 0 ? '[]' : `[${lines.join(',')}\n      ]`;
      const fields = [`"sha256": "${sha256}"`, `"packets": ${packets}`, `"streams": ${list}`];
      return `    ${JSON.stringify(name)}: {\n      ${fields.join(',\n      ')}\n    }`;
    });
  return `{\n  "tshark": ${JSON.stringify(tshark)},\n  "captures": {\n${entries.join(',\n')}\n  }\n}\n`;
}

/** The fixtures that have facts, by folder. */
export function fixturesByFolder(): Map<string, string[]> {
  const folders = new Map<string, string[]>();
  for (const path of capturesUnder(FIXTURES)) {
    const folder = dirname(path);
    folders.set(folder, [...(folders.get(folder) ?? []), path]);
  }
  return folders;
}

export function sha256Of(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** Null where the folder has no file of facts. */
export function readFolderFacts(folder: string): FolderFacts | null {
  const file = join(folder, FACTS_NAME);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as FolderFacts) : null;
}

/** What was stored of a capture; null where nothing was. */
export function storedFactsOf(path: string): StoredFacts | null {
  return readFolderFacts(dirname(path))?.captures[basename(path)] ?? null;
}

/** Every file of facts, wherever it lies under fixtures/. */
export function storedFiles(): string[] {
  return readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
    .filter((path) => basename(path) === FACTS_NAME)
    .map((path) => join(FIXTURES, path))
    .sort();
}
