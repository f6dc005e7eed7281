/**
 * Packets -> a pcapng file with comments: one section, an interface for each link type. Little-endian on every machine.
 * https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcapng/ §3.5 (options), §4
 */
import type { ByteSink, PacketWriter, WrittenPacket } from './packet-writer.ts';

const SECTION_HEADER_BLOCK = 0x0a0d0d0a;
const INTERFACE_BLOCK = 1;
const SIMPLE_PACKET_BLOCK = 3;
const ENHANCED_PACKET_BLOCK = 6;
const SECRETS_BLOCK = 10;
/** "TLSK": the secrets are the text of a key log (§4.8). */
const TLS_KEY_LOG = 0x544c534b;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

const OPT_COMMENT = 1;
const SHB_USERAPPL = 4;
const IF_TSRESOL = 9;
const IF_TSOFFSET = 14;

/** The most bytes that an option can hold. */
const MAX_OPTION = 0xffff;
/**
 * A time before 1970 can't be written as a number of units since then: such packets get an interface of their
 * own, whose times count from this many seconds earlier.
 */
const EARLY_OFFSET = -(2 ** 33);
const MAX_TICKS = 2n ** 64n - 1n;

export interface PcapngOptions {
  readonly nanoseconds: boolean;
  /** The program that writes the file, and the comments on the file as a whole. */
  readonly application: string;
  readonly comments: readonly string[];
  /** The text of a TLS key log, which stands in front of the packets; default: none. */
  readonly secrets?: string;
  /** Write packets without a time, because the source has none. Default: with times. */
  readonly withoutTimes?: boolean;
}

export class PcapngWriter implements PacketWriter {
  readonly #sink: ByteSink;
  readonly #options: PcapngOptions;
  /** Interface numbers by link type, and whether their times are early. */
  readonly #interfaces = new Map<string, number>();
  #hasHeader = false;

  constructor(sink: ByteSink, options: PcapngOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  packet(packet: WrittenPacket, comments: readonly string[] = []): void {
    this.#header();
    const { bytes, originalLength, seconds, nanoseconds, linkType } = packet;
    const isEarly = seconds < 0;
    const id = this.#interface(linkType, isEarly);
    // A simple packet has no captured length and no options, and belongs to the first interface.
    const isSimple = this.#options.withoutTimes === true && id === 0 && originalLength === bytes.length;
    if (isSimple) {
      const head = Buffer.alloc(4);
      head.writeUInt32LE(originalLength, 0);
      this.#block(SIMPLE_PACKET_BLOCK, [head, bytes, padding(bytes.length)]);
      return;
    }
    const ticks = this.#ticks(seconds - (isEarly ? EARLY_OFFSET : 0), nanoseconds);
    const head = Buffer.alloc(20);
    head.writeUInt32LE(id, 0);
    head.writeUInt32LE(Number(ticks >> 32n), 4);
    head.writeUInt32LE(Number(ticks & 0xffffffffn), 8);
    head.writeUInt32LE(bytes.length, 12);
    head.writeUInt32LE(originalLength, 16);
    const options = comments.map((comment) => option(OPT_COMMENT, comment));
    this.#block(ENHANCED_PACKET_BLOCK, [head, bytes, padding(bytes.length), ...withEnd(options)]);
  }

  end(): void {
    this.#header();
  }

  #header(): void {
    if (this.#hasHeader) return;
    this.#hasHeader = true;
    const { application, comments } = this.#options;
    const head = Buffer.alloc(16);
    head.writeUInt32LE(BYTE_ORDER_MAGIC, 0);
    head.writeUInt16LE(1, 4);
    // The section's length is not given.
    head.fill(0xff, 8);
    const options = [
      ...comments.map((comment) => option(OPT_COMMENT, comment)),
      option(SHB_USERAPPL, application),
    ];
    this.#block(SECTION_HEADER_BLOCK, [head, ...withEnd(options)]);
    const { secrets = '' } = this.#options;
    if (secrets !== '') this.#secrets(Buffer.from(secrets));
  }

  #secrets(text: Uint8Array): void {
    const head = Buffer.alloc(8);
    head.writeUInt32LE(TLS_KEY_LOG, 0);
    head.writeUInt32LE(text.length, 4);
    this.#block(SECRETS_BLOCK, [head, text, padding(text.length)]);
  }

  #interface(linkType: number, isEarly: boolean): number {
    const name = `${linkType} ${isEarly}`;
    const known = this.#interfaces.get(name);
    if (known !== undefined) return known;
    const id = this.#interfaces.size;
    this.#interfaces.set(name, id);
    const head = Buffer.alloc(8);
    head.writeUInt16LE(linkType & 0xffff, 0);
    const options = [option(IF_TSRESOL, Uint8Array.of(this.#options.nanoseconds ? 9 : 6))];
    if (isEarly) {
      const offset = Buffer.alloc(8);
      offset.writeBigInt64LE(BigInt(EARLY_OFFSET));
      options.push(option(IF_TSOFFSET, offset));
    }
    this.#block(INTERFACE_BLOCK, [head, ...withEnd(options)]);
    return id;
  }

  #ticks(seconds: number, nanoseconds: number): bigint {
    const { nanoseconds: isFine } = this.#options;
    const ticks = isFine
      ? BigInt(Math.max(0, seconds)) * 1_000_000_000n + BigInt(nanoseconds)
      : BigInt(Math.max(0, seconds)) * 1_000_000n + BigInt(Math.floor(nanoseconds / 1000));
    return ticks > MAX_TICKS ? MAX_TICKS : ticks;
  }

  #block(type: number, parts: readonly Uint8Array[]): void {
    const length = 12 + parts.reduce((sum, part) => sum + part.length, 0);
    const head = Buffer.alloc(8);
    head.writeUInt32LE(type, 0);
    head.writeUInt32LE(length, 4);
    const tail = Buffer.alloc(4);
    tail.writeUInt32LE(length, 0);
    this.#sink(head);
    for (const part of parts) this.#sink(part);
    this.#sink(tail);
  }
}

function option(code: number, value: string | Uint8Array): Uint8Array {
  const bytes = typeof value === 'string' ? cutAtCharacter(Buffer.from(value)) : value;
  const head = Buffer.alloc(4);
  head.writeUInt16LE(code, 0);
  head.writeUInt16LE(bytes.length, 2);
  return Buffer.concat([head, bytes, padding(bytes.length)]);
}

/** An empty option ends a list of options; an empty list needs no end. */
function withEnd(options: readonly Uint8Array[]): readonly Uint8Array[] {
  return options.length === 0 ? [] : [...options, new Uint8Array(4)];
}

function cutAtCharacter(text: Buffer): Buffer {
  let end = Math.min(text.length, MAX_OPTION);
  while (end < text.length && end > 0 && (text[end]! & 0xc0) === 0x80) end--;
  return text.subarray(0, end);
}

function padding(length: number): Uint8Array {
  return new Uint8Array((4 - (length & 3)) & 3);
}
