/**
 * Finds the config file: wscap.config.json, or a package.json with a key "wscap", in the working directory or the
 * nearest directory above it. A config file that is code is never taken, only pointed out: whoever analyses a
 * capture in somebody else's directory must not run that person's program.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const CONFIG_NAME = 'wscap.config.json';
const CODE_NAMES: readonly string[] = ['js', 'mjs', 'cjs', 'ts', 'mts'].map(
  (ending) => `wscap.config.${ending}`,
);

export interface Discovery {
  /** Absolute; null where there is none. */
  readonly file: string | null;
  /** A config file that is code, and at least as near: it was not read. */
  readonly passedOver: string | null;
}

export function discoverConfig(directory: string): Discovery {
  let passedOver: string | null = null;
  for (let at = directory; ; at = dirname(at)) {
    passedOver ??= CODE_NAMES.map((name) => join(at, name)).find((path) => existsSync(path)) ?? null;
    const file = configIn(at);
    if (file !== null || dirname(at) === at) return { file, passedOver };
  }
}

function configIn(directory: string): string | null {
  const config = join(directory, CONFIG_NAME);
  if (existsSync(config)) return config;
  const manifest = join(directory, 'package.json');
  return hasKey(manifest) ? manifest : null;
}

/** A package.json that can't be read or is not JSON is an error only if it may hold our key. */
function hasKey(manifest: string): boolean {
  let text;
  try {
    text = readFileSync(manifest, 'utf8');
  } catch {
    return false;
  }
  if (!text.includes('"wscap"')) return false;
  try {
    const content: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
    return typeof content === 'object' && content !== null && Object.hasOwn(content, 'wscap');
  } catch {
    return true;
  }
}
