/**
 * What is in pcapng's blocks: the interfaces that the current section declares, and its packets.
 * https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcapng/ §4 (appendix A: the obsolete packet block)
 *
 * HOT: `readBlock` is called once per packet, with numbers only.
 */
import type { BoundedNotes } from './bounded-notes.ts';
import { CaptureError } from './capture-error.ts';
import { MAX_SECRETS_LENGTH, type PacketHandler } from './packet-handler.ts';
import { MIN_INTERFACE_BLOCK_LENGTH, parseInterfaceBlock, type PcapngInterface } from './pcapng-interface.ts';
import { exactTime, remainingUnits, wholeSeconds } from './pcapng-time.ts';
import { readUint16, readUint32 } from './read-integers.ts';

/** Reads the same in both byte orders. */
export const SECTION_HEADER_BLOCK = 0x0a0d0d0a;
const INTERFACE_BLOCK = 1;
const OBSOLETE_PACKET_BLOCK = 2;
const SIMPLE_PACKET_BLOCK = 3;
const ENHANCED_PACKET_BLOCK = 6;
const SECRETS_BLOCK = 10;

const TRAILER_LENGTH = 4;

const VERSION_MAJOR_AT = 12;
const VERSION_MINOR_AT = 14;
const MIN_SECTION_HEADER_LENGTH = 28;

/** Enhanced and obsolete packet block: the same but for the width of the interface id. */
const INTERFACE_ID_AT = 8;
const TIMESTAMP_HIGH_AT = 12;
const TIMESTAMP_LOW_AT = 16;
const CAPTURED_LENGTH_AT = 20;
const ORIGINAL_LENGTH_AT = 24;
const PACKET_DATA_AT = 28;

const SECRETS_TYPE_AT = 8;
const SECRETS_LENGTH_AT = 12;
const SECRETS_AT = 16;

const SIMPLE_ORIGINAL_LENGTH_AT = 8;
const SIMPLE_PACKET_DATA_AT = 12;

/**
 * Real files have a handful. At the bound further interfaces count as undeclared.
 * @bound interfaces of a pcapng section: {count}
 */
const MAX_INTERFACES = 65_536;

/** A block whose length is believed only up to a bound: what else is damaged where it is longer? */
export function isReadBlock(type: number): boolean {
  return (
    type === ENHANCED_PACKET_BLOCK ||
    type === SECTION_HEADER_BLOCK ||
    type === INTERFACE_BLOCK ||
    type === SIMPLE_PACKET_BLOCK ||
    type === OBSOLETE_PACKET_BLOCK
  );
}

export class PcapngSection {
  /** Link types of the whole file, in the order in which they were declared. */
  readonly linkTypes: Set<number> = new Set<number>();
  resolutionLabel = 'us';
  packets = 0;
  private readonly handler: PacketHandler;
  private readonly notes: BoundedNotes;
  private readonly path: string;
  private interfaces: PcapngInterface[] = [];
  private fineness = -1;
  private lastSeconds = 0;
  private lastNanoseconds = 0;
  private packetsWithoutTime = 0;

  constructor(handler: PacketHandler, notes: BoundedNotes, path: string) {
    this.handler = handler;
    this.notes = notes;
    this.path = path;
  }

  /**
   * Reads a whole block, whose two lengths have been checked.
   *
   * @param position of the block in the file
   * @returns why the rest of the file can't be read; undefined if it can
   */
  readBlock(
    type: number,
    data: Uint8Array,
    start: number,
    end: number,
    littleEndian: boolean,
    position: number,
  ): string | undefined {
    switch (type) {
      case ENHANCED_PACKET_BLOCK:
      case OBSOLETE_PACKET_BLOCK:
        this.readPacket(type, data, start, end, littleEndian, position);
        return undefined;
      case SIMPLE_PACKET_BLOCK:
        this.readSimplePacket(data, start, end, littleEndian, position);
        return undefined;
      case INTERFACE_BLOCK:
        return this.readInterface(data, start, end, littleEndian);
      case SECTION_HEADER_BLOCK:
        return this.beginSection(data, start, end, littleEndian, position);
      case SECRETS_BLOCK:
        if (this.readsSecrets(end - start)) this.readSecrets(data, start, end, littleEndian);
        return undefined;
      default:
        return undefined;
    }
  }

  /** Is the block's content needed, or can it be passed over? */
  reads(type: number, length: number): boolean {
    return isReadBlock(type) || (type === SECRETS_BLOCK && this.readsSecrets(length));
  }

  end(): void {
    if (this.packetsWithoutTime > 0) {
      this.notes.add(
        'no-timestamp',
        `${this.packetsWithoutTime} packets carry no time (simple packet blocks) and were given that of the packet before`,
      );
    }
  }

  private readPacket(
    type: number,
    data: Uint8Array,
    start: number,
    end: number,
    littleEndian: boolean,
    position: number,
  ): void {
    if (end - start < PACKET_DATA_AT + TRAILER_LENGTH) {
      this.noteBadPacket(position, 'it is shorter than its fixed fields');
      return;
    }
    const interfaceId =
      type === ENHANCED_PACKET_BLOCK
        ? readUint32(data, start + INTERFACE_ID_AT, littleEndian)
        : readUint16(data, start + INTERFACE_ID_AT, littleEndian);
    const from = this.interfaces[interfaceId];
    if (from === undefined) {
      this.noteUndeclared(position, interfaceId);
      return;
    }
    const captured = readUint32(data, start + CAPTURED_LENGTH_AT, littleEndian);
    const original = readUint32(data, start + ORIGINAL_LENGTH_AT, littleEndian);
    const packetStart = start + PACKET_DATA_AT;
    if (captured > end - TRAILER_LENGTH - packetStart) {
      this.noteBadPacket(position, `it claims ${captured} captured bytes, more than fit into it`);
      return;
    }
    const high = readUint32(data, start + TIMESTAMP_HIGH_AT, littleEndian);
    const low = readUint32(data, start + TIMESTAMP_LOW_AT, littleEndian);
    const { resolution, offsetSeconds } = from;
    const { fastUnits } = resolution;
    if (fastUnits !== 0) {
      this.lastSeconds = wholeSeconds(high, low, fastUnits) + offsetSeconds;
      this.lastNanoseconds = remainingUnits(high, low, fastUnits) * resolution.nanosecondsPerUnit;
    } else {
      const [seconds, nanoseconds] = exactTime(high, low, resolution.exactUnits);
      this.lastSeconds = seconds + offsetSeconds;
      this.lastNanoseconds = nanoseconds;
    }
    this.packets++;
    this.handler.packet(
      data,
      packetStart,
      packetStart + captured,
      original < captured ? captured : original,
      this.lastSeconds,
      this.lastNanoseconds,
      from.linkType,
      interfaceId,
    );
  }

  private readSimplePacket(
    data: Uint8Array,
    start: number,
    end: number,
    littleEndian: boolean,
    position: number,
  ): void {
    const room = end - TRAILER_LENGTH - (start + SIMPLE_PACKET_DATA_AT);
    if (room < 0) {
      this.noteBadPacket(position, 'it is shorter than its fixed fields');
      return;
    }
    const from = this.interfaces[0];
    if (from === undefined) {
      this.noteUndeclared(position, 0);
      return;
    }
    const original = readUint32(data, start + SIMPLE_ORIGINAL_LENGTH_AT, littleEndian);
    const wanted = from.snaplen === 0 ? original : Math.min(original, from.snaplen);
    // The block has no captured length of its own. If even the smaller of the two doesn't fit, the packet is what is
    // there.
    const captured = Math.min(wanted, room);
    this.packetsWithoutTime++;
    this.packets++;
    this.handler.packet(
      data,
      start + SIMPLE_PACKET_DATA_AT,
      start + SIMPLE_PACKET_DATA_AT + captured,
      original,
      this.lastSeconds,
      this.lastNanoseconds,
      from.linkType,
    );
  }

  private readInterface(
    data: Uint8Array,
    start: number,
    end: number,
    littleEndian: boolean,
  ): string | undefined {
    // With this description left out, later interfaces would get wrong numbers.
    if (end - start < MIN_INTERFACE_BLOCK_LENGTH) return 'an interface description is too short';
    if (this.interfaces.length >= MAX_INTERFACES) return undefined;
    const declared = parseInterfaceBlock(data, start, end, littleEndian);
    this.interfaces.push(declared);
    this.linkTypes.add(declared.linkType);
    if (declared.resolution.fineness > this.fineness) {
      this.fineness = declared.resolution.fineness;
      this.resolutionLabel = declared.resolution.label;
    }
    return undefined;
  }

  private readsSecrets(blockLength: number): boolean {
    return (
      this.handler.secrets !== undefined && blockLength <= SECRETS_AT + MAX_SECRETS_LENGTH + TRAILER_LENGTH
    );
  }

  /** One that claims more than its block holds is left out: half a key log line is no key. */
  private readSecrets(data: Uint8Array, start: number, end: number, littleEndian: boolean): void {
    const room = end - TRAILER_LENGTH - (start + SECRETS_AT);
    if (room < 0) return;
    const length = readUint32(data, start + SECRETS_LENGTH_AT, littleEndian);
    if (length > room) return;
    const type = readUint32(data, start + SECRETS_TYPE_AT, littleEndian);
    this.handler.secrets?.(type, data.subarray(start + SECRETS_AT, start + SECRETS_AT + length));
  }

  private beginSection(
    data: Uint8Array,
    start: number,
    end: number,
    littleEndian: boolean,
    position: number,
  ): string | undefined {
    if (end - start < MIN_SECTION_HEADER_LENGTH) return 'a section header is too short';
    const major = readUint16(data, start + VERSION_MAJOR_AT, littleEndian);
    const minor = readUint16(data, start + VERSION_MINOR_AT, littleEndian);
    // 1.2 was written by some tools and means 1.0.
    if (major !== 1 || (minor !== 0 && minor !== 2)) {
      const version = `pcapng version ${major}.${minor} is unknown, only 1.0 is`;
      if (position === 0) throw new CaptureError(this.path, `can't be read: ${version}`, VERSION_MAJOR_AT);
      return version;
    }
    this.interfaces = [];
    return undefined;
  }

  private noteBadPacket(position: number, problem: string): void {
    this.notes.add(
      'corrupt-block',
      `the packet block at byte ${position} (after packet ${this.packets}) is damaged: ${problem}; it was left out`,
    );
  }

  private noteUndeclared(position: number, interfaceId: number): void {
    this.notes.add(
      'undeclared-interface',
      `the packet block at byte ${position} (after packet ${this.packets}) is of interface ${interfaceId}, which the file does not declare; it was left out`,
    );
  }
}
