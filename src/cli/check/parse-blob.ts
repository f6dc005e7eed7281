/**
 * Reads a blob. Another wscap or somebody else may have written it: all that is printed from it is checked
 * first.
 */
import { BLOB_SCHEMA, type Blob } from '../../check/blob.ts';
import type { CheckStatus } from '../../check/result.ts';
import { ConfigError } from '../config/config-error.ts';
import { parseJson } from '../config/read.ts';

const STATUSES: readonly CheckStatus[] = ['passed', 'different', 'missing', 'written', 'updated', 'failed'];

type Fields = Readonly<Record<string, unknown>>;

/** @param name the file as messages call it */
export function parseBlob(text: string, name: string): Blob {
  const value = parseJson(text, name);
  const schema = isObject(value) ? value['schema'] : null;
  if (typeof schema === 'string' && schema !== BLOB_SCHEMA && isSameKind(schema)) {
    throw new ConfigError(
      name,
      `comes from another version of wscap: ${JSON.stringify(schema)}, not "${BLOB_SCHEMA}"`,
    );
  }
  if (!isObject(value) || schema !== BLOB_SCHEMA) {
    throw new ConfigError(name, 'is not a blob of wscap check: keep only blobs in this folder');
  }
  if (!isBlob(value)) throw new ConfigError(name, 'is a damaged blob: run its shard again');
  return value as unknown as Blob;
}

/** The number behind the "@" may differ. */
function isSameKind(schema: string): boolean {
  return /^(.*@)\d{1,6}$/.exec(schema)?.[1] === BLOB_SCHEMA.replace(/\d+$/, '');
}

function isBlob({ version, options, update, shard, all, unchecked, captures, obsolete }: Fields): boolean {
  return (
    typeof version === 'string' &&
    isObject(options) &&
    typeof update === 'boolean' &&
    isObject(shard) &&
    isCount(shard['count']) &&
    isCount(shard['index']) &&
    shard['index'] >= 1 &&
    shard['index'] <= shard['count'] &&
    isObject(all) &&
    isCount(all['captures']) &&
    typeof all['digest'] === 'string' &&
    isCount(unchecked) &&
    isListOf(captures, isOutcome) &&
    isListOf(obsolete, ({ path, removed }) => typeof path === 'string' && typeof removed === 'boolean')
  );
}

function isOutcome({
  path,
  status,
  connections,
  errors,
  differences,
  moreDifferences,
  failure,
}: Fields): boolean {
  return (
    typeof path === 'string' &&
    (STATUSES as readonly unknown[]).includes(status) &&
    isCount(connections) &&
    isCount(errors) &&
    isListOf(differences, isDifference) &&
    isCount(moreDifferences) &&
    (failure === null || typeof failure === 'string')
  );
}

function isDifference({ sentence, expected, actual }: Fields): boolean {
  return typeof sentence === 'string' && [expected, actual].every(isTextList);
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isListOf(value: unknown, isRight: (item: Fields) => boolean): boolean {
  return Array.isArray(value) && value.every((item) => isObject(item) && isRight(item));
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
