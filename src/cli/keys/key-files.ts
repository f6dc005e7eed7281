/**
 * Where the keys of TLS connections come from: files named by --keylog, by $WSCAP_KEYLOG and in the config file, and FILE.keylog beside a
 * capture. Each file is read once. Nothing of what is in it is ever shown.
 */
import { createReadStream, existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { KeyReading, namedKeys, unreadableKeys, type NamedKeys } from '../../tls/key-source.ts';
import { systemClause } from '../failure.ts';
import type { Io } from '../io.ts';
import { naming } from '../name-error.ts';
import { restoreOperand } from '../shelter.ts';
import { UsageError } from '../usage-error.ts';

/** A file that somebody named. */
export interface KeyFile {
  /** Absolute. */
  readonly path: string;
  /** As messages call it. */
  readonly name: string;
  /** As in {@link NamedKeys}. */
  readonly isForThisCapture: boolean;
}

/** The text of a key log, as threads share it. */
export interface KeyText extends KeyFile {
  readonly bytes: Uint8Array<SharedArrayBuffer>;
}

const KEY_LOG_ENDING = '.keylog';
const ENVIRONMENT = 'WSCAP_KEYLOG';
/** Nobody else may read it. */
const OWN_MODE = 0o600;
/** Bytes read at a time. */
const CHUNK = 1024 * 1024;

/** The key files that options, the environment and the config file name, each once. */
export function keyFiles(
  flags: readonly string[],
  ofConfig: readonly KeyFile[],
  { cwd, env }: Pick<Io, 'cwd' | 'env'>,
): KeyFile[] {
  if (flags.map(restoreOperand).includes('-')) {
    throw new UsageError('--keylog - is not possible: a key log is read from a file', 'analyze');
  }
  const usual = env[ENVIRONMENT] ?? '';
  const files: KeyFile[] = [
    ...flags.map((name) => ({ path: resolve(cwd, name), name, isForThisCapture: true })),
    ...(usual === '' ? [] : [{ path: resolve(cwd, usual), name: usual, isForThisCapture: false }]),
    ...ofConfig,
  ];
  return files.filter(({ path }, at) => files.findIndex((other) => other.path === path) === at);
}

/** @throws an error of the operating system where a file can't be read */
export async function readKeyFiles(files: readonly KeyFile[]): Promise<NamedKeys[]> {
  const read: NamedKeys[] = [];
  for (const { path, name, isForThisCapture } of files) {
    read.push(await readKeyFile(path, name, isForThisCapture));
  }
  return read;
}

/** The same for threads: each makes its own index of the text. */
export async function readKeyTexts(files: readonly KeyFile[]): Promise<KeyText[]> {
  const texts: KeyText[] = [];
  for (const file of files) {
    const pieces: Uint8Array[] = [];
    for await (const piece of piecesOf(file.path, file.name)) pieces.push(piece);
    const bytes = new Uint8Array(new SharedArrayBuffer(pieces.reduce((sum, { length }) => sum + length, 0)));
    let at = 0;
    for (const piece of pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    texts.push({ ...file, bytes });
  }
  return texts;
}

export function keysOfTexts(texts: readonly KeyText[]): NamedKeys[] {
  return texts.map(({ name, bytes, isForThisCapture }) => namedKeys(name, [bytes], isForThisCapture));
}

/**
 * The key logs that lie beside captures: dump.pcap.keylog beside dump.pcap, and beside dump.pcap.gz as well as
 * dump.pcap.gz.keylog. One that can't be read is no failure: nobody named it.
 *
 * @param captures as given; `-` has nothing beside it
 * @param named files that are read already
 */
export async function keysBeside(
  captures: readonly string[],
  cwd: string,
  named: readonly KeyFile[] = [],
): Promise<NamedKeys[]> {
  const names = captures.filter((capture) => capture !== '-').flatMap(namesBeside);
  const seen = new Set(named.map(({ path }) => path));
  const found: NamedKeys[] = [];
  for (const name of names) {
    const path = resolve(cwd, name);
    if (seen.has(path) || !existsSync(path)) continue;
    seen.add(path);
    found.push(await readOrExcuse(path, name));
  }
  return found;
}

/** The capture beside which this key log lies; null where it is none. */
export function captureOfKeyLog(path: string): string | null {
  return path.endsWith(KEY_LOG_ENDING) ? path.slice(0, -KEY_LOG_ENDING.length) : null;
}

/** Everything that a run of a command gets keys from. */
export async function readKeys(
  { keylogs = [] }: { readonly keylogs?: readonly string[] | undefined },
  ofConfig: readonly KeyFile[],
  captures: readonly string[],
  io: Pick<Io, 'cwd' | 'env'>,
): Promise<NamedKeys[]> {
  const files = keyFiles(keylogs, ofConfig, io);
  return [...(await readKeyFiles(files)), ...(await keysBeside(captures, io.cwd, files))];
}

/** @throws UsageError where an output would be written over a key log, by whatever name it is called */
export function refuseKeyLogs(
  outputs: readonly (string | undefined)[],
  keys: readonly { readonly name: string }[],
  cwd: string,
  command: string,
): void {
  for (const output of outputs) {
    if (output === undefined || !existsSync(resolve(cwd, output))) continue;
    const written = statSync(resolve(cwd, output));
    const isKeyLog = keys.some(({ name }) => {
      const stat = statSync(resolve(cwd, name), { throwIfNoEntry: false });
      return stat?.isFile() === true && stat.ino === written.ino && stat.dev === written.dev;
    });
    if (isKeyLog) throw new UsageError(`--output ${output} is a key log: choose another name`, command);
  }
}

/**
 * Writes a key log beside an extract, for its owner's eyes only. It appears whole.
 * @throws UsageError where it would replace a key log of this run
 */
export function writeKeyLog(
  name: string,
  text: string,
  keys: readonly { readonly name: string }[],
  cwd: string,
): void {
  refuseKeyLogs([name], keys, cwd, 'extract');
  const path = resolve(cwd, name);
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text, { flag: 'wx', mode: OWN_MODE });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw naming(name, error);
  }
}

function namesBeside(capture: string): string[] {
  const plain = capture.replace(/\.gz$/i, '');
  return [capture, plain].map((name) => name + KEY_LOG_ENDING);
}

async function readOrExcuse(path: string, name: string): Promise<NamedKeys> {
  try {
    return await readKeyFile(path, name, true);
  } catch (error) {
    const clause = systemClause(error, name);
    if (clause === null) throw error;
    return unreadableKeys(name, clause.slice(name.length + 2));
  }
}

async function readKeyFile(path: string, name: string, isForThisCapture: boolean): Promise<NamedKeys> {
  const reading = new KeyReading();
  for await (const piece of piecesOf(path, name)) reading.add(piece);
  return reading.end(name, isForThisCapture);
}

/** @throws an error of the operating system that names the file as the user calls it */
async function* piecesOf(path: string, name: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK }) as AsyncIterable<Buffer>) {
      yield new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
    }
  } catch (error) {
    throw naming(name, error);
  }
}
