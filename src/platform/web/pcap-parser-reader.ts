/** `--reader pcap-parser`, the second opinion on classic pcap: the package needs Node's streams. */
import type { ReaderConstructor } from '../../capture/detecting-reader.ts';

/** Rejects. */
export function loadPcapParserReader(): Promise<ReaderConstructor> {
  return Promise.reject(new Error('pcap-parser runs on Node only: leave out --reader'));
}
