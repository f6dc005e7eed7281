/**
 * Reads a config file, JSON or a module, into the value that it holds. Only whether it can be read is checked
 * here.
 */
import { readFileSync, statSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { systemClause } from '../failure.ts';
import { ConfigError } from './config-error.ts';

export interface ReadConfig {
  readonly value: unknown;
  /** Where the value stands in the file: ['wscap'] in a package.json. */
  readonly at: readonly string[];
}

const CODE: readonly string[] = ['.js', '.mjs', '.cjs'];
const TYPESCRIPT: readonly string[] = ['.ts', '.mts', '.cts'];

/** @param name the file as messages call it */
export async function readConfig(file: string, name: string): Promise<ReadConfig> {
  const ending = extname(file);
  if (TYPESCRIPT.includes(ending)) {
    throw new ConfigError(
      name,
      'a config file is JSON or JavaScript (.json, .js, .mjs, .cjs), not TypeScript',
    );
  }
  if (CODE.includes(ending)) return { value: await importConfig(file, name), at: [] };
  const value = parseJson(readText(file, name), name);
  if (basename(file) !== 'package.json') return { value, at: [] };
  if (typeof value !== 'object' || value === null || !('wscap' in value)) {
    throw new ConfigError(name, 'has no key "wscap"');
  }
  return { value: value.wscap, at: ['wscap'] };
}

function readText(file: string, name: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    throw unreadable(error, name);
  }
}

async function importConfig(file: string, name: string): Promise<unknown> {
  try {
    statSync(file);
  } catch (error) {
    throw unreadable(error, name);
  }
  let module: object;
  try {
    module = (await import(pathToFileURL(file).href)) as object;
  } catch (error) {
    // It may throw anything at all.
    throw new ConfigError(name, `could not be run: ${String(error)}`);
  }
  if (!('default' in module)) throw new ConfigError(name, 'exports no default: export default { … }');
  return module.default;
}

function unreadable(error: unknown, name: string): unknown {
  const clause = systemClause(error, name);
  return clause === null ? error : new ConfigError(name, clause.slice(name.length + 2));
}

/** @throws ConfigError */
export function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConfigError(name, `is not JSON: ${faultOf(error as Error, text)}`);
  }
}

/** What V8 says is wrong, with a line and a column where it gives an offset; it doesn't always. */
function faultOf({ message }: Error, text: string): string {
  const [clause, offset] = /^(.*) in JSON at position (\d+)/.exec(message)?.slice(1) ?? [];
  if (clause === undefined) return message.replace(/ is not valid JSON$/, '');
  const before = text.slice(0, Number(offset)).split('\n');
  return `${clause}, line ${before.length}, column ${before.at(-1)!.length + 1}`;
}
