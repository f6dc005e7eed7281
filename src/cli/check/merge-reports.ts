/**
 * `wscap merge-reports`: joins the blobs of all shards of a run into the report that the run would have given
 * without shards.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { mergeBlobs, MergeError } from '../../check/blob.ts';
import type { Io } from '../io.ts';
import { calledAs } from '../name-error.ts';
import { createOutputs } from '../output.ts';
import { UsageError } from '../usage-error.ts';
import { exitCodeOf } from './check.ts';
import { parseBlob } from './parse-blob.ts';
import { planReports } from './report-plan.ts';
import type { MergeRequest } from './check-request.ts';
import { writeReports } from './write-reports.ts';

export async function runMergeReports(request: MergeRequest, io: Io): Promise<number> {
  const { folder } = request;
  if (request.reporters.includes('blob')) {
    throw new UsageError('--reporter blob is for shards: a merged report is not a shard', 'merge-reports');
  }
  const plan = planReports(request, '', io.cwd, 'merge-reports');
  const names = calledAs(folder, () => readdirSync(resolve(io.cwd, folder)))
    .filter((name) => name.endsWith('.json'))
    .sort();
  const files = names.map((name) => {
    const path = join(folder, name);
    return {
      name: path,
      blob: parseBlob(
        calledAs(path, () => readFileSync(resolve(io.cwd, path), 'utf8')),
        path,
      ),
    };
  });
  if (files.length === 0) {
    throw new UsageError(
      `${folder} holds no blob: wscap check --shard 1/3 --reporter blob writes one`,
      'merge-reports',
    );
  }
  let result;
  try {
    result = mergeBlobs(files);
  } catch (error) {
    if (!(error instanceof MergeError)) throw error;
    throw new UsageError(
      error.file === null ? `${folder}: ${error.message}` : `${error.file} ${error.message}`,
      'merge-reports',
    );
  }
  const outputs = createOutputs(
    plan.map(({ path }) => path),
    names.map((name) => join(folder, name)),
    io,
    'merge-reports',
  );
  try {
    await writeReports(result, plan, outputs, request, io);
    return exitCodeOf(result);
  } finally {
    outputs.discard();
  }
}
