/** What an output is by its name. */
import { UsageError } from '../usage-error.ts';

export interface EvidenceFormat {
  readonly format: 'pcap' | 'pcapng';
  readonly isGzip: boolean;
}

/** A socket in the place of standard output can't be opened by its name. */
export const STDOUT_NAMES: readonly string[] = ['-', '/dev/stdout'];

/** @throws UsageError where the ending says nothing that wscap writes */
export function formatOf(output: string): EvidenceFormat {
  if (STDOUT_NAMES.includes(output)) return { format: 'pcapng', isGzip: false };
  const [, ending, gzip] = /\.(pcap|pcapng)(\.gz)?$/i.exec(output) ?? [];
  if (ending !== undefined) {
    return { format: ending.toLowerCase() === 'pcap' ? 'pcap' : 'pcapng', isGzip: gzip !== undefined };
  }
  // A device has no ending.
  if (output.startsWith('/dev/')) return { format: 'pcapng', isGzip: false };
  throw new UsageError(
    `--output ${output}: the ending must be .pcap, .pcapng, .pcap.gz or .pcapng.gz`,
    'extract',
    '-o evidence.pcapng.gz',
  );
}
