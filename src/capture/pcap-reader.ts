/**
 * Classic pcap: chunks of the file in, packets out. https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcap/
 *
 * HOT: records are walked in place, with numbers only. Only a record that straddles two chunks is copied.
 */
import { BoundedNotes } from './bounded-notes.ts';
import { CaptureError } from './capture-error.ts';
import { NO_PACKETS } from './capture-note.ts';
import type { CaptureFacts, CaptureReader } from './capture-reader.ts';
import type { PacketHandler } from './packet-handler.ts';
import { parsePcapFileHeader, PCAP_FILE_HEADER_LENGTH, type PcapFileHeader } from './pcap-file-header.ts';
import { PendingBytes } from './pending-bytes.ts';
import { readUint32 } from './read-integers.ts';
import { viewOf } from '../basics/view-of.ts';

const SECONDS_AT = 0;
const FRACTION_AT = 4;
const CAPTURED_LENGTH_AT = 8;
const ORIGINAL_LENGTH_AT = 12;

const NANOSECONDS_PER_SECOND = 1_000_000_000;

/** Returned in place of an index: the file is damaged here, and the rest is not read. */
const STOPPED = -1;

export class PcapReader implements CaptureReader {
  finished = false;
  private readonly handler: PacketHandler;
  private readonly path: string;
  private readonly notes: BoundedNotes;
  private readonly pending = new PendingBytes();
  private header: PcapFileHeader | undefined;
  private packets = 0;
  /** Offset in the file of the first record that has not been delivered. */
  private position = PCAP_FILE_HEADER_LENGTH;

  constructor(handler: PacketHandler, path: string) {
    this.handler = handler;
    this.path = path;
    this.notes = new BoundedNotes(handler);
  }

  get facts(): CaptureFacts {
    return {
      format: 'pcap',
      linkTypes: this.header === undefined ? [] : [this.header.linkType],
      timestampResolution: this.header?.nanoseconds === true ? 'ns' : 'us',
    };
  }

  write(chunk: Uint8Array): void {
    if (this.finished) return;
    let at = 0;
    if (this.header === undefined) {
      at = this.pending.fill(chunk, at, PCAP_FILE_HEADER_LENGTH);
      if (this.pending.length < PCAP_FILE_HEADER_LENGTH) return;
      this.header = parsePcapFileHeader(this.pending.bytes, this.path);
      this.pending.clear();
    }
    const header = this.header;
    if (this.pending.length > 0) {
      at = this.pending.fill(chunk, at, header.recordHeaderLength);
      if (this.pending.length < header.recordHeaderLength) return;
      const captured = this.capturedLength(this.pending.bytes, header);
      // Don't wait for the bytes of an impossible length: walk() finds it in the record header and reports it.
      if (captured <= header.maxCaptured) {
        const recordLength = header.recordHeaderLength + captured;
        at = this.pending.fill(chunk, at, recordLength);
        if (this.pending.length < recordLength) return;
      }
      const stoppedAt = this.walk(this.pending.bytes, 0, this.pending.length, header);
      this.pending.clear();
      if (stoppedAt === STOPPED) return;
    }
    this.handler.keepBytes?.(chunk);
    at = this.walk(chunk, at, chunk.length, header);
    this.handler.freeBytes?.();
    // walk() left less than one record, and only where its length is believable: at most maxCaptured is copied.
    if (at !== STOPPED) this.pending.fill(chunk, at, chunk.length - at);
  }

  end(): void {
    if (this.header === undefined) {
      throw new CaptureError(
        this.path,
        `is cut short: ${this.pending.length} bytes, where the header of a pcap file alone has ${PCAP_FILE_HEADER_LENGTH}`,
      );
    }
    if (this.pending.length > 0) this.noteCutRecord(this.header);
    if (this.packets === 0 && !this.finished && this.pending.length === 0) {
      this.handler.note(NO_PACKETS);
    }
    this.finished = true;
    this.notes.flush();
  }

  /** Delivers the whole records of `data[at, end)`; returns the index of the first that is not whole, or STOPPED. */
  private walk(data: Uint8Array, at: number, end: number, header: PcapFileHeader): number {
    const { littleEndian, recordHeaderLength, maxCaptured, linkType, nanoseconds: inNanoseconds } = header;
    const plainOrder = header.lengthOrder === 'captured-first';
    const handler = this.handler;
    const view = viewOf(data);
    const walkStart = at;
    while (end - at >= recordHeaderLength) {
      let captured = view.getUint32(at + CAPTURED_LENGTH_AT, littleEndian);
      let original = view.getUint32(at + ORIGINAL_LENGTH_AT, littleEndian);
      if (!plainOrder && (header.lengthOrder === 'original-first' || captured > original)) {
        const first = captured;
        captured = original;
        original = first;
      }
      if (captured > maxCaptured) {
        this.stopAtCorruptLength(this.position + (at - walkStart), captured, maxCaptured);
        return STOPPED;
      }
      const start = at + recordHeaderLength;
      const stop = start + captured;
      if (stop > end) break;
      let seconds = view.getUint32(at + SECONDS_AT, littleEndian);
      let nanoseconds = view.getUint32(at + FRACTION_AT, littleEndian);
      if (!inNanoseconds) nanoseconds *= 1000;
      if (nanoseconds >= NANOSECONDS_PER_SECOND) {
        // No writer means this, but the fields can hold it: carry, so that handlers get what they are promised.
        seconds += Math.floor(nanoseconds / NANOSECONDS_PER_SECOND);
        nanoseconds %= NANOSECONDS_PER_SECOND;
      }
      this.packets++;
      handler.packet(
        data,
        start,
        stop,
        original < captured ? captured : original,
        seconds,
        nanoseconds,
        linkType,
      );
      at = stop;
    }
    this.position += at - walkStart;
    return at;
  }

  private capturedLength(record: Uint8Array, header: PcapFileHeader): number {
    const first = readUint32(record, CAPTURED_LENGTH_AT, header.littleEndian);
    if (header.lengthOrder === 'captured-first') return first;
    const second = readUint32(record, ORIGINAL_LENGTH_AT, header.littleEndian);
    return header.lengthOrder === 'original-first' ? second : Math.min(first, second);
  }

  private stopAtCorruptLength(offset: number, captured: number, maxCaptured: number): void {
    this.notes.add(
      'corrupt-record',
      `packet ${this.packets + 1} at byte ${offset} claims ${captured} captured bytes, where at most ${maxCaptured} are possible: the file is damaged there and was read no further (pcapfix may find the packets behind it)`,
    );
    this.finished = true;
  }

  private noteCutRecord(header: PcapFileHeader): void {
    const { length } = this.pending;
    const missing =
      length < header.recordHeaderLength
        ? `${header.recordHeaderLength - length} bytes of its record header are`
        : `${header.recordHeaderLength + this.capturedLength(this.pending.bytes, header) - length} of its bytes are`;
    this.notes.add(
      'truncated-file',
      `the file ends inside packet ${this.packets + 1} at byte ${this.position}: ${missing} missing, and it was left out`,
    );
  }
}
