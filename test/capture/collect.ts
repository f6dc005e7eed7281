/** A handler that keeps everything, and what the tests of several readers do with it. */
import type { CaptureNote } from '../../src/capture/capture-note.ts';
import type { CaptureReader } from '../../src/capture/capture-reader.ts';
import type { PacketHandler } from '../../src/capture/packet-handler.ts';

export interface CollectedPacket {
  readonly data: string;
  readonly originalLength: number;
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly linkType: number;
}

export class Collector implements PacketHandler {
  readonly packets: CollectedPacket[] = [];
  readonly notes: CaptureNote[] = [];

  packet(
    data: Uint8Array,
    start: number,
    end: number,
    originalLength: number,
    seconds: number,
    nanoseconds: number,
    linkType: number,
  ): void {
    this.packets.push({
      data: Buffer.from(data.subarray(start, end)).toString('hex'),
      originalLength,
      seconds,
      nanoseconds,
      linkType,
    });
  }

  note(note: CaptureNote): void {
    this.notes.push(note);
  }

  get noteCodes(): string[] {
    return this.notes.map((note) => note.code);
  }
}

export type ReaderClass = new (handler: PacketHandler, path: string) => CaptureReader;

/** What a reader makes of a file that arrives in chunks of these lengths (the last one repeats). */
export function read(
  readerClass: ReaderClass,
  file: Uint8Array,
  chunkLengths: readonly number[] = [file.length],
): Collector & { facts: CaptureReader['facts'] } {
  const collector = new Collector();
  const reader = new readerClass(collector, 'test.pcap');
  // One buffer for all chunks, wiped in between: this detects a reader that keeps a view of it.
  const buffer = new Uint8Array(file.length);
  let at = 0;
  for (let i = 0; at < file.length; i++) {
    const wanted = chunkLengths[Math.min(i, chunkLengths.length - 1)] ?? file.length;
    const length = Math.min(Math.max(wanted, 1), file.length - at);
    buffer.set(file.subarray(at, at + length));
    reader.write(buffer.subarray(0, length));
    buffer.fill(0xee);
    at += length;
  }
  reader.end();
  return Object.assign(collector, { facts: reader.facts });
}
