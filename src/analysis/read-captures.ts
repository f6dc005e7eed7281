/**
 * Reads the files of one capture into an Analyzer, one after the other. Knows what rotated files need: an
 * empty file that tcpdump is about to write is skipped, a stop leaves the rest unread, and progress counts
 * all files.
 */
import { CaptureError } from '../capture/capture-error.ts';
import { fileDigest } from '#platform/file-digest';
import { nameOf, type CaptureInput } from '../capture/capture-bytes.ts';
import { loadReader, pumpCapture, type ReaderName } from '../capture/source.ts';
import type { ReaderConstructor } from '../capture/detecting-reader.ts';
import type { Analyzer, FileReading } from './analyzer.ts';

export interface ReadCapturesOptions {
  /** Which code reads classic pcap files. Default "wscap". */
  readonly reader?: ReaderName;
  /** Take the SHA-256 of each file, by reading it once more. Default false. */
  readonly sha256?: boolean;
  /** The part of the input that was read (0 to 1, undefined where its size is not known), and the packets so far. */
  readonly onProgress?: ((fraction: number | undefined, packets: number) => void) | undefined;
  /** Rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Ends the reading early; what was read until then counts. */
  readonly stop?: AbortSignal | undefined;
}

export interface ReadFile extends FileReading {
  readonly kind: 'read';
  readonly name: string;
  readonly compression: 'gzip' | null;
  /** Absent where nobody asked for it; null where the input is not a file. */
  readonly sha256?: string | null;
}

/** What became of a file. */
export type CaptureFile = ReadFile | { readonly kind: 'empty' | 'not-read'; readonly name: string };

/**
 * @returns what became of each file, in order; at least one was read
 * @throws CaptureError where a file can't be read, or all files are empty
 */
export async function readCaptures(
  inputs: readonly CaptureInput[],
  analyzer: Analyzer,
  { reader = 'wscap', sha256 = false, onProgress, signal, stop }: ReadCapturesOptions = {},
): Promise<CaptureFile[]> {
  const onlyReader = await loadReader(reader);
  const files: CaptureFile[] = [];
  for (const [index, input] of inputs.entries()) {
    const name = nameOf(input);
    if (index > 0 && stop?.aborted === true) {
      files.push({ kind: 'not-read', name });
      continue;
    }
    const progress = (read: number, total: number | undefined): void => {
      const fraction = total === undefined ? undefined : (index + read / total) / inputs.length;
      onProgress?.(fraction, analyzer.packetCount);
    };
    try {
      const file = await readFile(input, analyzer, onlyReader, { onProgress: progress, signal, stop });
      const isDigested = sha256 && stop?.aborted !== true;
      files.push(isDigested ? { ...file, sha256: await digestOf(input, signal) } : file);
    } catch (error) {
      // The file that tcpdump is about to write when it rotates.
      if (!(inputs.length > 1 && error instanceof CaptureError && error.isEmptyFile)) throw error;
      files.push({ kind: 'empty', name });
    }
  }
  if (!files.some(({ kind }) => kind === 'read'))
    throw new CaptureError(files[0]!.name, 'is empty (0 bytes), and so are the others');
  return files;
}

async function readFile(
  input: CaptureInput,
  analyzer: Analyzer,
  onlyReader: ReaderConstructor | undefined,
  options: Parameters<typeof pumpCapture>[2],
): Promise<ReadFile> {
  const name = nameOf(input);
  analyzer.beginFile(name, onlyReader);
  const { compression, isWhole } = await pumpCapture(input, analyzer, options);
  const reading = isWhole ? analyzer.endFile() : analyzer.leaveFile();
  return { kind: 'read', name, compression, ...reading };
}

async function digestOf(input: CaptureInput, signal: AbortSignal | undefined): Promise<string | null> {
  const file = typeof input === 'string' ? input : input.file;
  return file === undefined ? null : fileDigest(file, signal);
}
