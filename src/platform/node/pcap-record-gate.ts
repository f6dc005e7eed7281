/**
 * Lets only whole records of classic pcap pass, and stops at an impossible one. It stands before pcap-parser, which
 * on a corrupt length would buffer the rest of the file, in quadratic time, and says nothing if the last record is
 * cut. It shares no code with PcapReader, so that the two check each other.
 */
import { ABSOLUTE_MAX_CAPTURED, DEFAULT_MAX_CAPTURED } from '../../capture/capture-limits.ts';

const FILE_HEADER_LENGTH = 24;
const SNAPLEN_AT = 16;
const RECORD_HEADER_LENGTH = 16;
const CAPTURED_LENGTH_AT = 8;

export interface GateProblem {
  readonly code: 'corrupt-record' | 'truncated-file';
  readonly message: string;
}

export class PcapRecordGate {
  problem: GateProblem | undefined;
  private held: Buffer = Buffer.alloc(0);
  private pieces: Buffer[] = [];
  private heldLength = 0;
  /** Not looked at again before this many bytes are held: many small chunks stay linear. */
  private wanted = FILE_HEADER_LENGTH;
  private isLittleEndian = true;
  private maxCaptured = 0;
  private records = 0;
  private position = 0;

  /** Copies the chunk; returns the whole records (and the file header) that are now there. */
  pass(chunk: Uint8Array): Buffer | undefined {
    if (this.problem !== undefined) return undefined;
    this.pieces.push(Buffer.from(chunk));
    this.heldLength += chunk.length;
    if (this.heldLength < this.wanted) return undefined;
    this.held = Buffer.concat([this.held, ...this.pieces]);
    this.pieces = [];
    const whole = this.wholeRecords(this.held);
    const passed = this.held.subarray(0, whole);
    this.held = this.held.subarray(whole);
    this.heldLength = this.held.length;
    this.position += whole;
    return passed.length > 0 ? passed : undefined;
  }

  end(): void {
    if (this.problem !== undefined || this.heldLength === 0) return;
    this.problem = {
      code: 'truncated-file',
      message:
        this.position === 0
          ? `the file ends inside its header after ${this.heldLength} bytes`
          : `the file ends inside packet ${this.records + 1} at byte ${this.position}: ${this.wanted - this.heldLength} bytes are missing, and it was left out`,
    };
  }

  /** Bytes of `data` that are whole records; sets `wanted` for the one after them. */
  private wholeRecords(data: Buffer): number {
    let at = 0;
    if (this.position === 0) {
      this.isLittleEndian = data[0] === 0xd4;
      const snaplen = this.isLittleEndian ? data.readUInt32LE(SNAPLEN_AT) : data.readUInt32BE(SNAPLEN_AT);
      this.maxCaptured = Math.min(Math.max(snaplen, DEFAULT_MAX_CAPTURED), ABSOLUTE_MAX_CAPTURED);
      at = FILE_HEADER_LENGTH;
    }
    for (;;) {
      this.wanted = RECORD_HEADER_LENGTH;
      if (data.length - at < RECORD_HEADER_LENGTH) return at;
      const lengthAt = at + CAPTURED_LENGTH_AT;
      const captured = this.isLittleEndian ? data.readUInt32LE(lengthAt) : data.readUInt32BE(lengthAt);
      if (captured > this.maxCaptured) {
        this.problem = {
          code: 'corrupt-record',
          message: `packet ${this.records + 1} at byte ${this.position + at} claims ${captured} captured bytes, where at most ${this.maxCaptured} are possible: the file is damaged there and was read no further (pcapfix may find the packets behind it)`,
        };
        return at;
      }
      this.wanted = RECORD_HEADER_LENGTH + captured;
      if (data.length - at < this.wanted) return at;
      at += this.wanted;
      this.records++;
    }
  }
}
