/**
 * Reads what programs print of packets, as people paste it into tickets: text in, packets out. Lines on packets (of tcpdump,
 * tshark, Wireshark) and hex dumps are recognised line by line, so several forms and prose may stand in one text. A packet's
 * bytes are those of the dump below its line; without a dump the packet is made of what the line says. Not hot, but linear.
 */
import { BoundedNotes } from '../bounded-notes.ts';
import { CaptureError } from '../capture-error.ts';
import { DEFAULT_MAX_CAPTURED } from '../capture-limits.ts';
import type { CaptureFacts, CaptureFormat, CaptureReader } from '../capture-reader.ts';
import { LINKTYPE_RAW, linkTypeFromName } from '../../basics/link-types.ts';
import type { PacketHandler } from '../packet-handler.ts';
import { TextLines } from '../text-lines.ts';
import { DetailLines } from './detail-lines.ts';
import { DumpedFile } from './dumped-file.ts';
import { FollowedStream } from './followed-stream.ts';
import { HexDump } from './hex-dump.ts';
import { makeOtherPacket } from './packet-bytes.ts';
import { PacketLists } from './packet-lists.ts';
import { PacketOutlet } from './packet-outlet.ts';
import { parsePlainHexLine } from './plain-hex-line.ts';
import { PrintedHead } from './printed-head.ts';
import { NO_TIME, type PacketLine } from './printed-packet.ts';
import { PrintedSegments } from './printed-segments.ts';
import { parseHeaderLine } from './tcpdump-header-line.ts';
import { parseHexLine } from './tcpdump-hex-line.ts';
import { findDumpStart } from './tcpdump-link-layer.ts';
import { parseIpHeader, parseTcpdumpSegment, type PrintedIpHeader } from './tcpdump-segment.ts';
import { readTcpHeader } from './tcp-header.ts';
import { undecorated } from './undecorate.ts';

/**
 * After this many bytes without a line on a packet, the file is some other text.
 * @bound bytes before the first packet text: {bytes}
 */
const MAX_FOREIGN_BYTES = 1024 * 1024;
/** @bound characters quoted of a line that was not understood: {count} */
const MAX_QUOTED = 60;

const LINK_TYPE_BANNER = /link-type (\w{1,40})/;
const BANNER = /^(?:tcpdump: )?(?:listening on|reading from file) /;
/** What tcpdump and tickets put between packets. */
const NO_TEXT =
  /^(?:tcpdump: |\d{1,10} packets? (?:captured|received|dropped)|```|~~~|\*$|-{3,}$|={3,}$|Capturing on |\d{1,10} packets captured)/;
const ASCII_STREAM = /^Follow: \w{2,12},(?:ascii|ebcdic|utf-?8)\b/i;
/** The heading of the bytes of the packet itself, and those of bytes that a dissector made. */
const HEADING = /^([A-Z][\w .()/:-]{1,60}?) \((\d{1,10}) bytes?\):?$/;
const OWN_HEADING = /^(?:Frame|Packet|Data)\b/;

export class PrintedTextReader implements CaptureReader {
  readonly finished = false;
  readonly #handler: PacketHandler;
  readonly #path: string;
  #file: DumpedFile | null = null;
  readonly #notes: BoundedNotes;
  readonly #lines: TextLines;
  readonly #outlet: PacketOutlet;
  readonly #segments = new PrintedSegments();
  readonly #lists = new PacketLists();
  readonly #details = new DetailLines();
  readonly #dump = new HexDump();
  readonly #follow: FollowedStream;
  #isIndented = false;
  #streamPackets = 0;
  #sawAscii = false;
  #format: CaptureFormat | null = null;
  #bytesSeen = 0;

  /** A packet's line whose dump has not come yet. */
  #waiting: PacketLine | undefined;
  /** Of the first of the two lines of `-v`. */
  #ipHeader: PrintedIpHeader | null = null;
  /** The text of a head that tcpdump prints below the packet's line (`-v`, `-A`). */
  #head: PrintedHead | undefined;
  /** The line above the dump that is being read. */
  #dumpLine: PacketLine | undefined;
  /** The dump that follows is one of bytes that a dissector made, not of a packet; and the dump that is being read. */
  #isForeignHeading = false;
  #isForeignDump = false;
  #hasTimes = false;
  #lacksTimes = false;

  /**
   * For a dump without an IP header, such as ARP's: the link type of the dump before, or the one in tcpdump's banner.
   */
  #likelyLinkType = LINKTYPE_RAW;
  #dumps = 0;
  /** Packets that were made of their lines, and those of which no packet could be made. */
  #made = 0;
  #unmade = 0;
  #heads = 0;
  /** The text numbers its packets, and not as they are counted here. */
  #isRenumbered = false;
  #notRead = 0;
  #firstNotRead = '';

  constructor(handler: PacketHandler, path: string) {
    this.#handler = handler;
    this.#path = path;
    this.#notes = new BoundedNotes(handler);
    this.#outlet = new PacketOutlet(handler, this.#notes);
    this.#lines = new TextLines((line, isIndented) => {
      this.#isIndented = isIndented;
      this.#line(line);
    });
    this.#follow = new FollowedStream(this.#segments.addresses, ({ data, originalLength }) => {
      this.#streamPackets++;
      this.#outlet.packet(NO_TIME, data, originalLength, LINKTYPE_RAW, true);
    });
  }

  get facts(): CaptureFacts {
    if (this.#file !== null) return this.#file.facts;
    return {
      format: this.#format ?? 'tcpdump-text',
      linkTypes: this.#outlet.linkTypes,
      timestampResolution: this.#outlet.timestampResolution,
      lacksBytes: this.#made > 0,
    };
  }

  write(chunk: Uint8Array): void {
    this.#lines.write(chunk);
    this.#bytesSeen += chunk.length;
    if (this.#bytesSeen > MAX_FOREIGN_BYTES && !this.#hasAnything()) throw this.#nothingFound();
  }

  end(): void {
    this.#lines.end();
    this.#finishDump();
    this.#giveUpWaiting();
    this.#follow.end();
    if (this.#file !== null) {
      if (this.#file.isBroken)
        this.#notes.add(
          'lost-lines',
          'lines of the hex dump of the file are missing: what follows the gap was left out',
        );
      this.#file.end();
      this.#notes.flush();
      return;
    }
    if (this.#dumps + this.#made + this.#streamPackets === 0) throw this.#nothingFound();
    this.#outlet.end();
    this.#noteWhatIsMissing();
    this.#notes.flush();
  }

  #hasAnything(): boolean {
    return (
      this.#file !== null ||
      this.#follow.isInside ||
      this.#dumps > 0 ||
      this.#dump.isOpen ||
      this.#outlet.packets > 0 ||
      this.#waiting?.isCertain === true
    );
  }

  #line(line: string): void {
    if (this.#take(line)) return;
    for (const inner of undecorated(line)) if (this.#take(inner)) return;
    if (this.#head?.line(line) === true || line === '' || NO_TEXT.test(line)) return;
    if (this.#details.isInside || this.#waiting?.isCertain === true) return;
    this.#notRead++;
    if (this.#firstNotRead === '') this.#firstNotRead = line;
  }

  /** @returns whether the line says something */
  #take(line: string): boolean {
    if (line === '') return false;
    if (this.#file?.line(line) === true) return true;
    if (this.#follow.line(line, this.#isIndented)) {
      this.#format ??= 'followed-stream';
      return true;
    }
    const hex = parseHexLine(line);
    if (hex !== undefined) {
      this.#hexLine(hex.offset, hex.bytes, 'tcpdump-text');
      return true;
    }
    const plain = parsePlainHexLine(line);
    if (plain !== undefined) return this.#plainLine(line, plain.offset, plain.bytes);
    const header = parseHeaderLine(line);
    if (header?.isCertain === true) return this.#packetLine(header, line, 'tcpdump-text');
    const listed = this.#lists.line(line);
    if (listed === 'heading') return true;
    if (listed !== undefined) return this.#packetLine(listed, line, 'packet-list');
    if (this.#waiting?.segment === null && this.#ipHeader !== null) {
      const segment = parseTcpdumpSegment(line, this.#ipHeader);
      if (segment !== null) {
        this.#waiting = { ...this.#waiting, segment };
        this.#ipHeader = null;
        this.#head = new PrintedHead();
        return true;
      }
    }
    if (header !== undefined) return this.#uncertainLine(header);
    return this.#otherLine(line);
  }

  #otherLine(line: string): boolean {
    if (ASCII_STREAM.test(line)) this.#sawAscii = true;
    if (BANNER.test(line)) {
      const name = LINK_TYPE_BANNER.exec(line)?.[1];
      this.#likelyLinkType =
        (name === undefined ? undefined : linkTypeFromName(name)) ?? this.#likelyLinkType;
      return true;
    }
    const heading = HEADING.exec(line);
    if (heading !== null) {
      this.#finishDump();
      this.#isForeignHeading = !OWN_HEADING.test(heading[1]!);
      return true;
    }
    const detail = this.#details.line(line);
    if (detail === null) return false;
    if (detail === 'frame') {
      this.#finishDump();
      this.#isForeignHeading = false;
      // The packet's line in the list stands in front of its details.
      if (this.#waiting === undefined || this.#waiting.isCertain) {
        if (this.#waiting === undefined || this.#waiting.number !== this.#details.number) {
          this.#giveUpWaiting();
          this.#waiting = this.#details.packetLine();
        }
      }
    } else if (this.#waiting !== undefined && detail !== 'text' && this.#waiting.style !== 'epoch') {
      this.#waiting = { ...this.#waiting, ...detail };
    }
    return true;
  }

  #uncertainLine(line: PacketLine): boolean {
    if (line.style === 'none' && this.#hasTimes && !this.#lacksTimes) return false;
    if (this.#waiting?.isCertain === true) return false;
    this.#waiting = line;
    return false;
  }

  #packetLine(line: PacketLine, text: string, format: CaptureFormat): boolean {
    // If packets have times, a line without one is part of a packet's text (-v), even if it looks like a packet's line.
    if (line.style === 'none' && this.#hasTimes && !this.#lacksTimes) return false;
    this.#finishDump();
    this.#giveUpWaiting();
    this.#format ??= format;
    this.#isForeignHeading = false;
    this.#waiting = line;
    this.#ipHeader = line.segment === null ? parseIpHeader(text) : null;
    this.#head = line.segment === null || format !== 'tcpdump-text' ? undefined : new PrintedHead();
    if (line.style === 'none') this.#lacksTimes = true;
    else this.#hasTimes = true;
    return true;
  }

  #plainLine(line: string, printed: string, bytes: readonly number[]): boolean {
    const offset = this.#dump.offsetOf(printed);
    // A file is dumped as a whole: nothing on packets stands in front.
    if (offset === 0 && this.#file === null && !this.#hasAnything()) {
      this.#file = DumpedFile.of(bytes, this.#handler, this.#path);
      if (this.#file !== null) return this.#file.line(line);
    }
    if (offset === 0 && printed.length === 8 && this.#waiting === undefined && beginsHttp(bytes)) {
      this.#finishDump();
      this.#format ??= 'followed-stream';
      this.#follow.beginHex();
      return this.#follow.line(line, this.#isIndented);
    }
    if (offset === 0) {
      this.#isForeignDump = this.#isForeignHeading;
      this.#isForeignHeading = false;
    }
    if (this.#isForeignDump) return true;
    // Without its first line, this is no dump but prose that looks like one.
    if (offset !== 0 && !this.#dump.isOpen) return false;
    this.#hexLine(offset, bytes, 'hex-dump');
    return true;
  }

  #hexLine(offset: number, bytes: readonly number[], format: CaptureFormat): void {
    if (offset === 0) {
      this.#finishDump();
      this.#format ??= format;
      this.#dumpLine = this.#waiting;
      this.#waiting = undefined;
      this.#head = undefined;
      this.#dump.open();
    }
    // Without its first line (for which a packet's line is still waiting) a dump can't be used.
    this.#dump.add(offset, bytes, DEFAULT_MAX_CAPTURED);
  }

  #finishDump(): void {
    if (!this.#dump.isOpen) return;
    this.#dumps++;
    const { data, isCut } = this.#dump.close();
    this.#packet(this.#dumpLine, data, isCut);
    this.#dumpLine = undefined;
  }

  /** The next packet's line comes, or the end, and this packet had no hex dump. It still counts as a packet. */
  #giveUpWaiting(): void {
    const line = this.#waiting;
    this.#waiting = undefined;
    const head = this.#head;
    this.#head = undefined;
    if (line?.isCertain !== true) return;
    const withHead = head?.completed(line) ?? line;
    if (withHead !== line) this.#heads++;
    const made = this.#segments.make(withHead);
    if (made === null) this.#unmade++;
    else this.#made++;
    const { data, originalLength } = made ?? makeOtherPacket();
    this.#checkNumber(line);
    this.#outlet.packet(line, data, originalLength, LINKTYPE_RAW, true);
  }

  #packet(line: PacketLine | undefined, data: Uint8Array, isCut: boolean): void {
    if (isCut) {
      this.#notes.add(
        'lost-lines',
        `lines of the hex dump of packet ${this.#outlet.packets + 1} are missing: what follows the gap was left out`,
      );
    }
    const start = findDumpStart(data, data.length, line?.ipVersion ?? 0);
    const linkType = start?.linkType ?? this.#likelyLinkType;
    if (start !== undefined) this.#likelyLinkType = linkType;
    let originalLength = Math.max(data.length, start?.wireLength ?? 0);
    // -e prints the length of the whole frame; a dump that starts at the IP header doesn't show it.
    if (linkType !== LINKTYPE_RAW) originalLength = Math.max(originalLength, line?.frameLength ?? 0);
    if (line !== undefined) {
      const header = start === undefined ? null : readTcpHeader(data, start.ipAt, start.wireLength);
      if (header !== null)
        this.#segments.learn(line, header.sequence, header.acknowledgement, header.payloadLength);
      this.#checkNumber(line);
    }
    this.#outlet.packet(line ?? NO_TIME, data, originalLength, linkType);
  }

  #checkNumber({ number }: PacketLine): void {
    if (this.#format !== 'tcpdump-text' && number !== null && number !== this.#outlet.packets + 1)
      this.#isRenumbered = true;
  }

  #noteWhatIsMissing(): void {
    const { packets } = this.#outlet;
    if (this.#streamPackets > 0) {
      this.#notes.add(
        'followed-stream',
        'a followed stream has neither times nor flags: how TCP opened and ended is not in it; give the capture itself',
      );
    }
    if (this.#made > 0) {
      const what = this.#format === 'packet-list' ? 'a list of packets' : 'printed lines';
      this.#notes.add(
        'no-packet-bytes',
        `${this.#made} of ${packets} packets are ${what} without their bytes: who sent what length when is known, and nothing of frames that the lines do not show; give the capture itself, or print it with tcpdump -X`,
      );
    }
    this.#noteNames();
    const { ambiguous, withoutPorts } = this.#segments;
    if (ambiguous + withoutPorts > 0) {
      this.#notes.add(
        'no-ports',
        `${ambiguous + withoutPorts} of ${packets} lines show no ports, and it is not certain to which connection they belong: they were left out`,
      );
    }
    if (this.#isRenumbered) {
      this.#notes.add(
        'renumbered',
        'the text numbers its packets otherwise: here packet 1 is the first one that the text shows',
      );
    }
    if (this.#notRead > 0) {
      const quoted = JSON.stringify(this.#firstNotRead.slice(0, MAX_QUOTED));
      this.#notes.add(
        'text-not-read',
        `${this.#notRead} ${this.#notRead === 1 ? 'line' : 'lines'} of the text on no packet, the first: ${quoted}`,
      );
    }
  }

  #noteNames(): void {
    const { names, services } = this.#segments.addresses;
    if (names.length > 0) {
      const list = names.slice(0, 4).map(({ name, address }) => `${name} is ${address}`);
      this.#notes.add(
        'names-for-addresses',
        `names are printed in place of addresses, and addresses stand in for them here: ${list.join(', ')}${names.length > 4 ? ', …' : ''}`,
      );
    }
    if (services.length > 0) {
      const list = services.slice(0, 4).map(({ name, port }) => `${name} is ${port}`);
      this.#notes.add(
        'names-for-ports',
        `names that are not known are printed in place of ports, and ports stand in for them here: ${list.join(', ')}${services.length > 4 ? ', …' : ''}`,
      );
    }
  }

  #nothingFound(): CaptureError {
    if (this.#sawAscii) {
      return new CaptureError(
        this.#path,
        'is a followed stream printed as characters, in which the bytes of frames are lost: follow it as hex (`tshark -r dump.pcap -q -z follow,tcp,hex,0`), or give the capture itself',
      );
    }
    if (this.#unmade > 0) {
      return new CaptureError(
        this.#path,
        'is text on packets, but shows no TCP segments with their flags and numbers (tcpdump -q leaves them out): print again with `tcpdump -X -r dump.pcap`, or give the capture itself',
      );
    }
    return new CaptureError(
      this.#path,
      'is text, but no packets that wscap can read are printed in it: give a capture (`tcpdump -w dump.pcap`) or its printout (`tcpdump -X -r dump.pcap`)',
    );
  }
}

/** "GET " or "HTTP": the beginning of a stream, and hardly of an IP or Ethernet header. */
function beginsHttp(bytes: readonly number[]): boolean {
  const text = String.fromCharCode(...bytes.slice(0, 4));
  return text === 'GET ' || text === 'HTTP';
}
