/**
 * pcapng: chunks of the file in, packets out. This file finds the blocks; pcapng-section.ts reads what is in a block.
 * https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcapng/ §3.1
 *
 * HOT: blocks are read in place. A block is copied only if it straddles two chunks and its kind is read; blocks of
 * other kinds are skipped, however long they are.
 */
import { BoundedNotes } from './bounded-notes.ts';
import { CaptureError } from './capture-error.ts';
import { ABSOLUTE_MAX_CAPTURED } from './capture-limits.ts';
import { NO_PACKETS } from './capture-note.ts';
import type { CaptureFacts, CaptureReader } from './capture-reader.ts';
import type { PacketHandler } from './packet-handler.ts';
import { isReadBlock, PcapngSection, SECTION_HEADER_BLOCK } from './pcapng-section.ts';
import { PendingBytes } from './pending-bytes.ts';
import { readUint32 } from './read-integers.ts';

const BLOCK_LENGTH_AT = 4;
const BYTE_ORDER_MAGIC_AT = 8;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const TRAILER_LENGTH = 4;
/** Type, length, closing length. A section header's length can be read only when this many bytes are there. */
const MIN_BLOCK_LENGTH = 12;
/** The largest captured length, and a mebibyte for options. At the bound the file counts as damaged. */
const MAX_READ_BLOCK_LENGTH = ABSOLUTE_MAX_CAPTURED + 1024 * 1024;

/** In place of an index: the file is damaged here and is read no further. */
const STOPPED = -1;

export class PcapngReader implements CaptureReader {
  finished = false;
  private readonly handler: PacketHandler;
  private readonly path: string;
  private readonly notes: BoundedNotes;
  private readonly section: PcapngSection;
  private readonly pending = new PendingBytes();
  private littleEndian = true;
  /** Length of the block whose head is in `pending`; 0 until that is known. */
  private blockLength = 0;
  /** The pending block is of a kind that is not read: its body is passed over. */
  private isSkipped = false;
  /** Bytes of that body still to come. */
  private toSkip = 0;
  /** Offset in the file of the block at which the walk stands. */
  private position = 0;

  constructor(handler: PacketHandler, path: string) {
    this.handler = handler;
    this.path = path;
    this.notes = new BoundedNotes(handler);
    this.section = new PcapngSection(handler, this.notes, path);
  }

  get facts(): CaptureFacts {
    return {
      format: 'pcapng',
      linkTypes: [...this.section.linkTypes],
      timestampResolution: this.section.resolutionLabel,
    };
  }

  write(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length && !this.finished) {
      if (this.toSkip > 0) {
        const skipped = Math.min(this.toSkip, chunk.length - at);
        this.toSkip -= skipped;
        at += skipped;
      } else if (this.pending.length > 0) {
        at = this.completeBlock(chunk, at);
      } else {
        this.handler.keepBytes?.(chunk);
        at = this.walk(chunk, at);
        this.handler.freeBytes?.();
        // walk() left less than one block, or the head of one to be skipped: completeBlock() goes on with it.
        if (at !== STOPPED) at = this.pending.fill(chunk, at, MIN_BLOCK_LENGTH);
      }
    }
  }

  end(): void {
    // A head that came whole with the last bytes: look at it, so that the note can say how much is missing.
    if (!this.finished && this.pending.length === MIN_BLOCK_LENGTH) this.completeBlock(new Uint8Array(0), 0);
    if (this.position === 0 && !this.finished) {
      throw new CaptureError(this.path, 'is cut short: the file ends inside the header of a pcapng file', 0);
    }
    if (!this.finished && (this.pending.length > 0 || this.toSkip > 0)) this.noteCutBlock();
    else if (!this.finished && this.section.packets === 0) this.handler.note(NO_PACKETS);
    this.finished = true;
    this.section.end();
    this.notes.flush();
  }

  /** Reads the whole blocks of `data` from `at`; returns the index of the first that is not whole, or STOPPED. */
  private walk(data: Uint8Array, at: number): number {
    const end = data.length;
    while (end - at >= MIN_BLOCK_LENGTH) {
      const length = this.paddedLength(data, at);
      if (length === STOPPED) return STOPPED;
      if (length > end - at) break;
      if (!this.readBlock(data, at, at + length)) return STOPPED;
      this.position += length;
      at += length;
    }
    return at;
  }

  /** Goes on with the block whose head is pending; returns the index after what was taken, or STOPPED. */
  private completeBlock(chunk: Uint8Array, at: number): number {
    const { pending } = this;
    at = pending.fill(chunk, at, MIN_BLOCK_LENGTH);
    if (pending.length < MIN_BLOCK_LENGTH) return at;
    if (this.blockLength === 0) {
      const length = this.paddedLength(pending.bytes, 0);
      if (length === STOPPED) return STOPPED;
      this.blockLength = length;
      if (
        length > MIN_BLOCK_LENGTH &&
        !this.section.reads(readUint32(pending.bytes, 0, this.littleEndian), length)
      ) {
        // Type and length stay, the body is passed over, and the closing length will be put straight behind.
        this.isSkipped = true;
        this.toSkip = length - MIN_BLOCK_LENGTH - TRAILER_LENGTH;
        pending.length = MIN_BLOCK_LENGTH - TRAILER_LENGTH;
        return at;
      }
    }
    const target = this.isSkipped ? MIN_BLOCK_LENGTH : this.blockLength;
    at = pending.fill(chunk, at, target);
    if (pending.length < target) return at;
    const mayGoOn = this.readBlock(pending.bytes, 0, target);
    this.position += this.blockLength;
    this.blockLength = 0;
    this.isSkipped = false;
    pending.clear();
    return mayGoOn ? at : STOPPED;
  }

  /**
   * The length of the block at `at`, of which MIN_BLOCK_LENGTH bytes are there. A section header's byte order
   * holds from its own length on. Lengths that are no multiple of 4 are rounded up, as Wireshark does.
   */
  private paddedLength(data: Uint8Array, at: number): number {
    const isSectionHeader = readUint32(data, at, true) === SECTION_HEADER_BLOCK;
    if (isSectionHeader) {
      this.littleEndian = readUint32(data, at + BYTE_ORDER_MAGIC_AT, true) === BYTE_ORDER_MAGIC;
      if (!this.littleEndian && readUint32(data, at + BYTE_ORDER_MAGIC_AT, false) !== BYTE_ORDER_MAGIC) {
        return this.stop('its byte-order magic is wrong');
      }
    }
    const length = readUint32(data, at + BLOCK_LENGTH_AT, this.littleEndian);
    if (length < MIN_BLOCK_LENGTH) return this.stop(`its length of ${length} bytes is impossible`);
    if (length > MAX_READ_BLOCK_LENGTH && isReadBlock(readUint32(data, at, this.littleEndian))) {
      return this.stop(`its length of ${length} bytes is impossible`);
    }
    return roundUpTo4(length);
  }

  /** @returns false where nothing after it can be read */
  private readBlock(data: Uint8Array, start: number, end: number): boolean {
    const { littleEndian } = this;
    const length = readUint32(data, start + BLOCK_LENGTH_AT, littleEndian);
    const closingLength = readUint32(data, end - TRAILER_LENGTH, littleEndian);
    if (length !== closingLength && roundUpTo4(length) !== roundUpTo4(closingLength)) {
      this.stop(`its two lengths are ${length} and ${closingLength}`);
      return false;
    }
    const type = readUint32(data, start, littleEndian);
    const problem = this.section.readBlock(type, data, start, end, littleEndian, this.position);
    if (problem === undefined) return true;
    this.stop(problem);
    return false;
  }

  private stop(problem: string): typeof STOPPED {
    if (this.position === 0) {
      throw new CaptureError(
        this.path,
        `begins like a pcapng file, but the first block is damaged: ${problem}`,
        0,
      );
    }
    this.notes.add(
      'corrupt-block',
      `the block at byte ${this.position} (after packet ${this.section.packets}) is damaged: ${problem}; the file was read no further (pcapfix may find the packets behind it)`,
    );
    this.finished = true;
    return STOPPED;
  }

  private noteCutBlock(): void {
    const known = this.blockLength > 0;
    const present = this.isSkipped
      ? this.blockLength - this.toSkip - (MIN_BLOCK_LENGTH - this.pending.length)
      : this.pending.length;
    this.notes.add(
      'truncated-file',
      `the file ends inside the block at byte ${this.position} (after packet ${this.section.packets}): ` +
        (known
          ? `${this.blockLength - present} of its ${this.blockLength} bytes are missing`
          : 'its head is cut') +
        ', and it was left out',
    );
  }
}

function roundUpTo4(length: number): number {
  return length + ((4 - (length & 3)) & 3);
}
