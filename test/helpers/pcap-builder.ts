/**
 * Capture files for tests, byte by byte: classic pcap in all its variants, and pcapng block by block. Nothing here
 * checks what it is given: damaged files are built by giving damaged numbers.
 */

export interface PacketSpec {
  readonly data: Uint8Array;
  /** Whole seconds since 1970; default 0. */
  readonly seconds?: number;
  readonly nanoseconds?: number;
  /** Bytes on the wire; default: as captured. */
  readonly originalLength?: number;
  /** What the record claims; default: the length of `data`. */
  readonly capturedLength?: number;
}

export interface PcapOptions {
  readonly littleEndian?: boolean;
  readonly nanoseconds?: boolean;
  /** LINKTYPE_ value, default 1 (Ethernet). */
  readonly linkType?: number;
  readonly snaplen?: number;
  readonly version?: readonly [major: number, minor: number];
  /** In place of the magic that the other options lead to. */
  readonly magic?: number;
}

/** A whole classic pcap file. */
export function pcapFile(packets: readonly PacketSpec[], options: PcapOptions = {}): Uint8Array {
  return concat([pcapHeader(options), ...packets.map((packet) => pcapRecord(packet, options))]);
}

export function pcapHeader(options: PcapOptions = {}): Uint8Array {
  const { littleEndian = true, nanoseconds = false, linkType = 1, snaplen = 262_144 } = options;
  const [major, minor] = options.version ?? [2, 4];
  const bytes = new FieldWriter(littleEndian);
  bytes.u32(options.magic ?? (nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4));
  bytes.u16(major).u16(minor).u32(0).u32(0).u32(snaplen).u32(linkType);
  return bytes.done();
}

export function pcapRecord(packet: PacketSpec, options: PcapOptions = {}): Uint8Array {
  const { data, seconds = 0, nanoseconds = 0 } = packet;
  const { capturedLength = data.length, originalLength = capturedLength } = packet;
  return new FieldWriter(options.littleEndian ?? true)
    .u32(seconds)
    .u32(options.nanoseconds === true ? nanoseconds : Math.floor(nanoseconds / 1000))
    .u32(capturedLength)
    .u32(originalLength)
    .bytes(data)
    .done();
}

/** A pcapng option: code and value, padded by the block that holds it. */
export interface PcapngOption {
  readonly code: number;
  readonly value: Uint8Array;
}

const OPT_IF_TSRESOL = 9;
const OPT_IF_TSOFFSET = 14;

/** Makes pcapng blocks of one byte order; concatenate them to a file. */
export class PcapngBuilder {
  readonly littleEndian: boolean;

  constructor(littleEndian = true) {
    this.littleEndian = littleEndian;
  }

  /** Any block: type, body (padded to 4 bytes), and lengths that are right unless given. */
  block(type: number, body: Uint8Array, length?: number, closingLength?: number): Uint8Array {
    const padding = (4 - (body.length % 4)) % 4;
    const total = length ?? 12 + body.length + padding;
    return this.fields()
      .u32(type)
      .u32(total)
      .bytes(body)
      .zeros(padding)
      .u32(closingLength ?? total)
      .done();
  }

  sectionHeader(version: readonly [number, number] = [1, 0]): Uint8Array {
    const body = this.fields()
      .u32(0x1a2b3c4d)
      .u16(version[0])
      .u16(version[1])
      .u32(0xffffffff)
      .u32(0xffffffff);
    return this.block(0x0a0d0d0a, body.done());
  }

  interface(linkType = 1, snaplen = 0, options: readonly PcapngOption[] = []): Uint8Array {
    return this.block(1, this.fields().u16(linkType).u16(0).u32(snaplen).bytes(this.options(options)).done());
  }

  /** Interface option: resolution byte as in the file, e.g. 9 for nanoseconds, 0x80 + 10 for 2^-10 s. */
  tsresol(value: number): PcapngOption {
    return { code: OPT_IF_TSRESOL, value: Uint8Array.of(value) };
  }

  /** Interface option: seconds to add. */
  tsoffset(seconds: bigint): PcapngOption {
    return { code: OPT_IF_TSOFFSET, value: this.fields().u64(BigInt.asUintN(64, seconds)).done() };
  }

  /** @param time in units of the interface's resolution */
  enhancedPacket(
    packet: PacketSpec,
    time: bigint,
    interfaceId = 0,
    options: readonly PcapngOption[] = [],
  ): Uint8Array {
    return this.block(6, this.packetBody(this.fields().u32(interfaceId), packet, time, options));
  }

  obsoletePacket(packet: PacketSpec, time: bigint, interfaceId = 0): Uint8Array {
    return this.block(2, this.packetBody(this.fields().u16(interfaceId).u16(0), packet, time, []));
  }

  simplePacket(data: Uint8Array, originalLength: number = data.length): Uint8Array {
    return this.block(3, this.fields().u32(originalLength).bytes(data).done());
  }

  private packetBody(
    head: FieldWriter,
    packet: PacketSpec,
    time: bigint,
    options: readonly PcapngOption[],
  ): Uint8Array {
    const { data, capturedLength = data.length, originalLength = capturedLength } = packet;
    return head
      .u32(Number(time >> 32n))
      .u32(Number(time & 0xffffffffn))
      .u32(capturedLength)
      .u32(originalLength)
      .bytes(data)
      .zeros((4 - (data.length % 4)) % 4)
      .bytes(this.options(options))
      .done();
  }

  private options(options: readonly PcapngOption[]): Uint8Array {
    if (options.length === 0) return new Uint8Array(0);
    const fields = this.fields();
    for (const { code, value } of options) {
      fields
        .u16(code)
        .u16(value.length)
        .bytes(value)
        .zeros((4 - (value.length % 4)) % 4);
    }
    return fields.u32(0).done();
  }

  private fields(): FieldWriter {
    return new FieldWriter(this.littleEndian);
  }
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

/** Bytes out of hex digits; white space is for the eye. */
export function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replace(/\s+/g, ''), 'hex'));
}

class FieldWriter {
  private readonly littleEndian: boolean;
  private readonly parts: Uint8Array[] = [];

  constructor(littleEndian: boolean) {
    this.littleEndian = littleEndian;
  }

  u16(value: number): this {
    const bytes = Buffer.alloc(2);
    if (this.littleEndian) bytes.writeUInt16LE(value);
    else bytes.writeUInt16BE(value);
    return this.bytes(bytes);
  }

  u32(value: number): this {
    const bytes = Buffer.alloc(4);
    if (this.littleEndian) bytes.writeUInt32LE(value);
    else bytes.writeUInt32BE(value);
    return this.bytes(bytes);
  }

  u64(value: bigint): this {
    const bytes = Buffer.alloc(8);
    if (this.littleEndian) bytes.writeBigUInt64LE(value);
    else bytes.writeBigUInt64BE(value);
    return this.bytes(bytes);
  }

  bytes(bytes: Uint8Array): this {
    this.parts.push(bytes);
    return this;
  }

  zeros(count: number): this {
    return this.bytes(new Uint8Array(count));
  }

  done(): Uint8Array {
    return concat(this.parts);
  }
}
