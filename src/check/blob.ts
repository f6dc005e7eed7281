/**
 * Blobs are what shards write for `merge-reports`. They are joined only if every shard of one run is there exactly
 * once.
 */
import type { ReportOptions } from '../report/model.ts';
import { countOf, listOf } from '../report/format-count.ts';
import type { CaptureOutcome, CheckResult, Obsolete } from './result.ts';
import { byName, type Shard } from './shard.ts';

export const BLOB_SCHEMA = 'wscap/check-blob@1';

export interface Blob {
  readonly schema: typeof BLOB_SCHEMA;
  readonly version: string;
  readonly options: ReportOptions;
  readonly update: boolean;
  readonly shard: Shard;
  /** Of all shards together. */
  readonly all: { readonly captures: number; readonly digest: string };
  readonly unchecked: number;
  readonly captures: readonly CaptureOutcome[];
  readonly obsolete: readonly Obsolete[];
}

/** Why the blobs are not one complete run: a clause that follows the name of the file at fault, if there is one. */
export class MergeError extends Error {
  override readonly name = 'MergeError';
  readonly file: string | null;

  constructor(file: string | null, message: string) {
    super(message);
    this.file = file;
  }
}

/** @throws MergeError */
export function mergeBlobs(files: readonly { readonly name: string; readonly blob: Blob }[]): CheckResult {
  const [first, ...others] = files;
  if (first === undefined) throw new MergeError(null, 'there is no blob to merge');
  for (const { name, blob } of others) {
    const difference = foreignness(first.blob, blob);
    if (difference !== null)
      throw new MergeError(name, `is not from the same run as ${first.name}: ${difference}`);
  }
  const byShard = new Map<number, string>();
  for (const { name, blob } of files) {
    const twin = byShard.get(blob.shard.index);
    if (twin !== undefined)
      throw new MergeError(name, `is shard ${shardText(blob.shard)}, and so is ${twin}`);
    byShard.set(blob.shard.index, name);
    if (blob.unchecked > 0) {
      throw new MergeError(
        name,
        `comes from a shard that was interrupted with ${countOf(blob.unchecked, 'capture')} left: run it again`,
      );
    }
  }
  const { count } = first.blob.shard;
  const missing = Array.from({ length: count }, (_, i) => i + 1).filter((index) => !byShard.has(index));
  if (missing.length > 0) {
    const noun = missing.length === 1 ? 'shard' : 'shards';
    throw new MergeError(
      null,
      `${noun} ${listOf(missing.map(String), 10)} of ${count} ${missing.length === 1 ? 'is' : 'are'} missing`,
    );
  }
  const captures = files.flatMap(({ blob }) => blob.captures).sort((a, b) => byName(a.path, b.path));
  if (captures.length !== first.blob.all.captures) {
    throw new MergeError(null, `the shards hold ${captures.length} of ${first.blob.all.captures} captures`);
  }
  return {
    version: first.blob.version,
    options: first.blob.options,
    captures,
    obsolete: files.flatMap(({ blob }) => blob.obsolete).sort((a, b) => byName(a.path, b.path)),
    unchecked: 0,
  };
}

/** null if both are from the same run. */
function foreignness(a: Blob, b: Blob): string | null {
  if (a.version !== b.version) return `wscap ${b.version}, not ${a.version}`;
  if (a.shard.count !== b.shard.count) return `${b.shard.count} shards, not ${a.shard.count}`;
  if (a.update !== b.update) return 'one was run with --update';
  if (JSON.stringify(a.options) !== JSON.stringify(b.options)) return 'different options';
  if (a.all.digest !== b.all.digest) return 'different captures';
  return null;
}

function shardText({ index, count }: Shard): string {
  return `${index} of ${count}`;
}
