/**
 * A capture file that somebody printed as a hex dump (`hexdump -C`, `xxd`, `od -A x -t x1`, `od -t x1`): its bytes go to the reader of that
 * file. `*` stands for lines that are the same as the one above.
 */
import type { CaptureReader } from '../capture-reader.ts';
import type { PacketHandler } from '../packet-handler.ts';
import { pcapMagic } from '../pcap-file-header.ts';
import { PcapReader } from '../pcap-reader.ts';
import { PcapngReader } from '../pcapng-reader.ts';
import { BYTES_PER_LINE, parsePlainHexLine } from './plain-hex-line.ts';

const PCAPNG: readonly number[] = [0x0a, 0x0d, 0x0d, 0x0a];
/**
 * Lines that a `*` may stand for.
 * @bound bytes that one line of a hex dump of a file may stand for: {bytes}
 */
const MAX_REPEATED = 1024 * 1024;
const BASES: readonly number[] = [16, 8, 10];

export class DumpedFile {
  readonly #reader: CaptureReader;
  #length = 0;
  #last: readonly number[] = [];
  #isRepeated = false;
  /** A line does not follow the one before: what comes after it is not known to be in place. */
  isBroken = false;

  private constructor(reader: CaptureReader) {
    this.#reader = reader;
  }

  /** The reader for a dump whose first line holds these bytes; null where they do not begin a capture file. */
  static of(bytes: readonly number[], handler: PacketHandler, path: string): DumpedFile | null {
    if (pcapMagic(Uint8Array.from(bytes)) !== undefined) return new DumpedFile(new PcapReader(handler, path));
    const isPcapng = PCAPNG.every((byte, at) => bytes[at] === byte);
    return isPcapng ? new DumpedFile(new PcapngReader(handler, path)) : null;
  }

  get facts(): CaptureReader['facts'] {
    return this.#reader.facts;
  }

  /** @returns whether the line belongs to the dump */
  line(line: string): boolean {
    if (line === '*') {
      this.#isRepeated = true;
      return true;
    }
    const found = parsePlainHexLine(line);
    if (found === undefined || this.isBroken) return found !== undefined;
    if (!this.#isAt(found.offset)) {
      this.isBroken = true;
      return true;
    }
    this.#isRepeated = false;
    this.#write(found.bytes);
    this.#last = found.bytes;
    return true;
  }

  end(): void {
    this.#reader.end();
  }

  #isAt(offset: string): boolean {
    if (BASES.some((base) => parseInt(offset, base) === this.#length)) return true;
    if (!this.#isRepeated || this.#last.length !== BYTES_PER_LINE) return false;
    const missing = parseInt(offset, 16) - this.#length;
    if (missing <= 0 || missing > MAX_REPEATED || missing % BYTES_PER_LINE !== 0) return false;
    for (let count = missing / BYTES_PER_LINE; count > 0; count--) this.#write(this.#last);
    return true;
  }

  #write(bytes: readonly number[]): void {
    this.#length += bytes.length;
    this.#reader.write(Uint8Array.from(bytes));
  }
}
