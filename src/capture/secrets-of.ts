/**
 * The secrets that a capture carries (pcapng's Decryption Secrets Blocks), wherever they stand. A program that writes keys as it
 * learns them writes them behind the packets that need them; so where keys are missing, the file is gone through once more.
 */
import { wholeBytes } from '#platform/whole-bytes';
import { CaptureError } from './capture-error.ts';
import { DetectingReader } from './detecting-reader.ts';
import type { PacketHandler } from './packet-handler.ts';
import type { CaptureInput } from './capture-bytes.ts';

/** Whether {@link secretsOf} can read it: a file, or bytes in memory. */
export function canBeReadAgain(input: CaptureInput): boolean {
  return againFrom(input) !== null;
}

/**
 * Hands on all secrets, without waiting. What can't be read, or is no pcapng, has none: the analysis says what is wrong with it.
 */
export function secretsOf(input: CaptureInput, take: (type: number, bytes: Uint8Array) => void): void {
  const source = againFrom(input);
  if (source === null) return;
  const handler: PacketHandler = {
    packet: () => undefined,
    note: () => undefined,
    secrets: take,
  };
  const reader = new DetectingReader(handler, 'capture');
  try {
    for (const chunk of wholeBytes(source)) {
      reader.write(chunk);
      if (reader.finished || reader.facts.format !== 'pcapng') return;
    }
  } catch (error) {
    if (!isReadFailure(error)) throw error;
  }
}

function againFrom(input: CaptureInput): string | Uint8Array | null {
  if (typeof input === 'string') return input === '-' ? null : input;
  return input.whole ?? input.file ?? null;
}

/** Not one of a defect in wscap. */
function isReadFailure(error: unknown): boolean {
  return error instanceof CaptureError || (error instanceof Error && 'code' in error);
}
