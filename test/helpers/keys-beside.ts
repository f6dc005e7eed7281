/** The key log that lies beside a capture: `dump.pcap.keylog` for `dump.pcap` and for `dump.pcap.gz`. */
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { namedKeys, type NamedKeys } from '../../src/tls/key-source.ts';

/** Null where there is none. */
export function keyLogBeside(path: string): string | null {
  const names = [`${path}.keylog`, `${path.replace(/\.gz$/, '')}.keylog`];
  return names.find((name) => existsSync(name)) ?? null;
}

/** The keys that lie beside any of these captures. */
export function keysBeside(paths: readonly string[]): NamedKeys[] {
  const logs = paths.map(keyLogBeside).filter((log) => log !== null);
  return [...new Set(logs)].map((log) => namedKeys(basename(log), [readFileSync(log)]));
}
