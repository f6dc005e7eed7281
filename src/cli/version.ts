import { readFileSync } from 'node:fs';

/** Put in by scripts/build.mjs; absent where the sources run as they are. */
declare const __WSCAP_VERSION__: string | undefined;

export function wscapVersion(): string {
  if (typeof __WSCAP_VERSION__ === 'string') return __WSCAP_VERSION__;
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
