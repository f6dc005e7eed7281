/** The key log that lies beside a capture: `dump.pcap.keylog` for `dump.pcap` and for `dump.pcap.gz`. */
import { existsSync } from 'node:fs';

/** Null where there is none. */
export function keyLogBeside(path: string): string | null {
  const names = [`${path}.keylog`, `${path.replace(/\.gz$/, '')}.keylog`];
  return names.find((name) => existsSync(name)) ?? null;
}
