/**
 * Makes packets of lines that show TCP segments without their bytes. It remembers of each connection what later lines count
 * from: sequence numbers, and, for lists of packets, whose lines on HTTP and WebSocket show no ports, which connection
 * they can belong to. Where that is not certain, no packet is made of a line.
 */
import { latin1Bytes } from './known-bytes.ts';
import { flagsAt, makePacket, type MadePacket } from './packet-bytes.ts';
import { PrintedAddresses } from './printed-addresses.ts';
import type { PacketLine, PrintedPayload, PrintedSegment } from './printed-packet.ts';
import { PrintedNumbers } from './printed-numbers.ts';
import { ACK, FIN, PSH, RST, SYN } from './tcp-flags.ts';

/**
 * Connections of a text whose numbers are remembered; of more, lines count as they are printed.
 * @bound connections of a printed text that are remembered: {count}
 */
const MAX_CONNECTIONS = 20_000;
/**
 * Connections between two addresses among which a line without ports is looked for.
 * @bound connections between two hosts that a line without ports may belong to: {count}
 */
const MAX_CANDIDATES = 64;
const USUAL_WINDOW = 0xffff;
const USUAL_HOP_LIMIT = 64;
/** Between the first numbers of connections whose text counts from 0. */
const START_STEP = 0x0100_0001;

/** One end of a connection, as the text shows it. */
interface PrintedEnd {
  readonly numbers: PrintedNumbers;
  /** Bytes of headers around the payload, where a line showed both lengths. */
  overhead: number | null;
  /** A message of it has begun and not ended; and it is a head of which the first line was known. */
  isInPart: boolean;
  isInHead: boolean;
  /** The bytes of its last packet, whose line shows no flags. */
  withoutFlags: Uint8Array | null;
}

interface PrintedConnection {
  /** By whom the first line is. */
  readonly first: PrintedEnd;
  readonly second: PrintedEnd;
  readonly key: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Whether the first end opened it; null where no SYN was printed. */
  clientIsFirst: boolean | null;
  hasRequest: boolean;
  hasSwitched: boolean;
  hasEnded: boolean;
  hasData: boolean;
  /** A line without ports may have been one of it: from then on none is taken for its own. */
  isUncertain: boolean;
}

export class PrintedSegments {
  readonly addresses: PrintedAddresses = new PrintedAddresses();
  /** Lines without ports that fit several connections, or none. */
  ambiguous = 0;
  /** Lines without ports of which no line with ports shows the connection. */
  withoutPorts = 0;
  readonly #connections = new Map<string, PrintedConnection>();
  readonly #byHosts = new Map<string, PrintedConnection[]>();
  #starts = 0;

  /** The packet of a line without bytes; null where the line does not say enough. */
  make(line: PacketLine): MadePacket | null {
    const { segment } = line;
    if (segment === null) return null;
    const { sourcePort, destinationPort } = segment;
    const source = this.addresses.address(segment.source);
    const destination = this.addresses.address(segment.destination);
    if (source?.length === undefined || source.length !== destination?.length) return null;
    const found =
      sourcePort === null || destinationPort === null
        ? this.#findWithoutPorts(segment)
        : this.#find(segment, sourcePort, destinationPort);
    if (found === null) return null;
    const { connection, isFirst } = found;
    const end = isFirst ? connection.first : connection.second;
    const other = isFirst ? connection.second : connection.first;
    const flags = segment.flags ?? ACK | PSH;
    const sequence = this.#sequence(segment, flags, end.numbers);
    const acknowledgement = this.#acknowledgement(segment, flags, other.numbers);
    showHiddenFin(other, acknowledgement, flags);
    const { known, length } = this.#payload(segment, line.frameLength, connection, end, other);
    end.numbers.advance((sequence + length + ((flags & (SYN | FIN)) === 0 ? 0 : 1)) >>> 0);
    noteState(connection, segment, flags, length, isFirst);
    const made = makePacket(
      {
        source,
        destination,
        sourcePort: isFirst ? connection.sourcePort : connection.destinationPort,
        destinationPort: isFirst ? connection.destinationPort : connection.sourcePort,
        sequence,
        acknowledgement,
        flags: segment.acknowledgement === null && segment.flags === null ? flags | ACK : flags,
        window: segment.window ?? USUAL_WINDOW,
        hopLimit: segment.hopLimit ?? USUAL_HOP_LIMIT,
        identification: segment.identification ?? 0,
        checksum: segment.checksum ?? 0,
      },
      known,
      length,
    );
    end.withoutFlags = segment.flags === null ? made.data : null;
    return made;
  }

  /** A line whose bytes are printed too: what later lines count from. `sequence` and `acknowledgement` are the packet's own. */
  learn({ segment }: PacketLine, sequence: number, acknowledgement: number, payloadLength: number): void {
    if (segment === null) return;
    const { sourcePort, destinationPort } = segment;
    if (sourcePort === null || destinationPort === null) return;
    const found = this.#find(segment, sourcePort, destinationPort);
    if (found === null) return;
    const { connection, isFirst } = found;
    const end = isFirst ? connection.first : connection.second;
    const other = isFirst ? connection.second : connection.first;
    const flags = segment.flags ?? 0;
    if ((flags & SYN) !== 0) end.numbers.begin(sequence, sequence);
    else if (segment.sequence !== null) end.numbers.learn(segment.sequence, sequence);
    if (segment.acknowledgement !== null && (flags & SYN) === 0)
      other.numbers.learn(segment.acknowledgement, acknowledgement);
    end.numbers.advance((sequence + payloadLength + ((flags & (SYN | FIN)) === 0 ? 0 : 1)) >>> 0);
    if ((flags & ACK) !== 0) other.numbers.advance(acknowledgement);
    noteState(connection, segment, flags, payloadLength, isFirst);
  }

  #sequence(segment: PrintedSegment, flags: number, numbers: PrintedNumbers): number {
    const { sequence } = segment;
    if (sequence === null) return numbers.next;
    if ((flags & SYN) !== 0) return numbers.begin(sequence, this.#nextStart());
    return numbers.resolve(sequence, false);
  }

  #acknowledgement({ acknowledgement }: PrintedSegment, flags: number, numbers: PrintedNumbers): number {
    if (acknowledgement === null) return numbers.isKnown ? numbers.next : 0;
    // A RST without ACK has no number to acknowledge.
    if ((flags & ACK) === 0) return 0;
    const resolved = numbers.resolve(acknowledgement, true);
    if (!numbers.isKnown) numbers.advance(resolved);
    return resolved;
  }

  #nextStart(): number {
    this.#starts++;
    return Math.imul(this.#starts, START_STEP) >>> 0;
  }

  /** What is known of the payload, and how long it is. */
  #payload(
    segment: PrintedSegment,
    frameLength: number | undefined,
    connection: PrintedConnection,
    end: PrintedEnd,
    other: PrintedEnd,
  ): { known: Uint8Array; length: number } {
    const { payload, payloadLength, isPart } = segment;
    // A SYN has options that other packets don't have.
    if (payloadLength !== null && frameLength !== undefined && ((segment.flags ?? 0) & SYN) === 0)
      end.overhead = frameLength - payloadLength;
    const overhead = end.overhead ?? other.overhead;
    const measured =
      frameLength !== undefined && overhead !== null ? Math.max(0, frameLength - overhead) : null;
    const length = payloadLength ?? measured;
    const isWhole = !end.isInPart;
    if (length === null || length > 0) end.isInPart = isPart;
    if (!isWhole && length !== null && end.isInHead) {
      end.isInHead = isPart;
      // What follows an unknown line belongs to it; the last packet holds the end of the head.
      const isLast = !isPart && payload?.kind === 'whole-head' && length >= HEAD_END.length;
      const text = isLast
        ? '\0'.repeat(length - HEAD_END.length) + HEAD_END
        : '\0'.repeat(isPart ? length : 0);
      return { known: latin1Bytes(text), length };
    }
    end.isInHead = isWhole && isPart && payload?.kind === 'whole-head' && length !== null;
    const isReadable = isWhole && payload !== null && (payload.kind !== 'frame' || connection.hasSwitched);
    const known = isReadable ? bytesOf(payload, length, isPart) : new Uint8Array(0);
    // Without a length, only what the line shows: what comes next shows how much is missing.
    return { known: length === null ? known : known.subarray(0, length), length: length ?? known.length };
  }

  #find(
    segment: PrintedSegment,
    sourcePort: string,
    destinationPort: string,
  ): { connection: PrintedConnection; isFirst: boolean } | null {
    const forward = `${segment.source} ${sourcePort} ${segment.destination} ${destinationPort}`;
    const isOpening = ((segment.flags ?? 0) & (SYN | ACK)) === SYN;
    const known = this.#connections.get(forward);
    // A SYN after bytes or an end opens another connection on the same ports.
    if (known !== undefined && !(isOpening && (known.hasEnded || known.hasData)))
      return { connection: known, isFirst: true };
    const back = `${segment.destination} ${destinationPort} ${segment.source} ${sourcePort}`;
    const reverse = this.#connections.get(back);
    if (reverse !== undefined && !(isOpening && (reverse.hasEnded || reverse.hasData)))
      return { connection: reverse, isFirst: false };
    const from = this.addresses.port(sourcePort);
    const to = this.addresses.port(destinationPort);
    if (from === null || to === null) return null;
    if (reverse !== undefined) this.#connections.delete(back);
    const connection = newConnection(forward, from, to);
    if (this.#connections.size < MAX_CONNECTIONS) {
      this.#connections.set(forward, connection);
      this.#addCandidate(segment.source, segment.destination, connection);
    }
    return { connection, isFirst: true };
  }

  #addCandidate(source: string, destination: string, connection: PrintedConnection): void {
    const key = hostsKey(source, destination);
    const list = this.#byHosts.get(key) ?? [];
    const isOver = list.findIndex(({ hasEnded, key: old }) => hasEnded || old === connection.key);
    if (isOver >= 0) list.splice(isOver, 1);
    // One more than are looked through: with more than one that fits, none is taken.
    if (list.length <= MAX_CANDIDATES) list.push(connection);
    this.#byHosts.set(key, list);
  }

  /** The one connection between the two hosts to which a line without ports can belong. */
  #findWithoutPorts(segment: PrintedSegment): { connection: PrintedConnection; isFirst: boolean } | null {
    const candidates = this.#byHosts.get(hostsKey(segment.source, segment.destination));
    if (candidates === undefined) {
      this.withoutPorts++;
      return null;
    }
    const fitting = candidates.flatMap((connection) => {
      const isFirst = sentByFirst(segment, connection);
      return isFirst !== null && fits(segment, connection) ? [{ connection, isFirst }] : [];
    });
    const [only] = fitting;
    if (only !== undefined && fitting.length === 1 && !only.connection.isUncertain) return only;
    for (const { connection } of fitting) connection.isUncertain = true;
    this.ambiguous++;
    return null;
  }
}

/** Whether the first end of the connection sent the line's packet; null where that can't be. */
function sentByFirst(segment: PrintedSegment, { key, clientIsFirst }: PrintedConnection): boolean | null {
  const [first = '', , second = ''] = key.split(' ');
  const role = senderOf(segment);
  if (first === second) {
    // On one host, only what the line shows tells the two ends apart.
    if (role === null || clientIsFirst === null) return null;
    return (role === 'client') === clientIsFirst;
  }
  const isFirst = segment.source === first;
  if (role === null || clientIsFirst === null) return isFirst;
  return ((role === 'client') === clientIsFirst) === isFirst ? isFirst : null;
}

/** Lines on HTTP and frames show no flags: that the packet had a FIN, the other side's acknowledgement of it shows. */
function showHiddenFin({ withoutFlags, numbers }: PrintedEnd, acknowledgement: number, flags: number): void {
  if (withoutFlags === null || (flags & ACK) === 0) return;
  if (acknowledgement !== (numbers.next + 1) >>> 0) return;
  const at = flagsAt(withoutFlags);
  withoutFlags[at] = withoutFlags[at]! | FIN;
  numbers.advance(acknowledgement);
}

function senderOf({ payload }: PrintedSegment): 'client' | 'server' | null {
  if (payload === null) return null;
  if (payload.kind === 'frame') return payload.isMasked ? 'client' : 'server';
  return textOf(payload).startsWith('HTTP/') ? 'server' : 'client';
}

function fits(
  { payload }: PrintedSegment,
  { hasRequest, hasSwitched, hasEnded }: PrintedConnection,
): boolean {
  if (hasEnded) return false;
  if (payload === null) return true;
  if (payload.kind === 'frame') return hasSwitched;
  if (hasSwitched) return false;
  return textOf(payload).startsWith('HTTP/') ? hasRequest : true;
}

function textOf(payload: Exclude<PrintedPayload, { kind: 'frame' }>): string {
  return payload.kind === 'text' ? payload.text : payload.line;
}

function noteState(
  connection: PrintedConnection,
  { payload }: PrintedSegment,
  flags: number,
  length: number,
  isFirst: boolean,
): void {
  if ((flags & SYN) !== 0) connection.clientIsFirst = (flags & ACK) === 0 ? isFirst : !isFirst;
  if ((flags & (FIN | RST)) !== 0) connection.hasEnded ||= (flags & RST) !== 0 || connection.hasData;
  if (length > 0) connection.hasData = true;
  if (payload === null || payload.kind === 'frame') return;
  const text = textOf(payload);
  if (text.startsWith('HTTP/')) connection.hasSwitched ||= /^\S{1,10} 101(?:\s|$)/.test(text);
  else {
    connection.hasRequest = true;
    connection.clientIsFirst ??= isFirst;
  }
}

function newConnection(key: string, sourcePort: number, destinationPort: number): PrintedConnection {
  return {
    key,
    sourcePort,
    destinationPort,
    first: newEnd(),
    second: newEnd(),
    clientIsFirst: null,
    hasRequest: false,
    hasSwitched: false,
    hasEnded: false,
    hasData: false,
    isUncertain: false,
  };
}

function newEnd(): PrintedEnd {
  return {
    numbers: new PrintedNumbers(),
    overhead: null,
    isInPart: false,
    isInHead: false,
    withoutFlags: null,
  };
}

function hostsKey(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

const MASK_LENGTH = 4;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

/** What the payload begins with: of a head its first line, of a frame its header (RFC 6455 §5.2). */
function bytesOf(payload: PrintedPayload, length: number | null, isPart: boolean): Uint8Array {
  if (payload.kind === 'text') return latin1Bytes(payload.text);
  if (payload.kind !== 'frame') {
    const line = `${payload.line}\r\n`;
    const rest = length === null ? -1 : length - line.length - HEAD_END.length;
    // Zero bytes stand for header lines that the text doesn't show: see http/head.ts.
    if (payload.kind !== 'whole-head' || rest <= 0) return latin1Bytes(line);
    return latin1Bytes(line + '\0'.repeat(rest) + (isPart ? '\0'.repeat(HEAD_END.length) : HEAD_END));
  }
  if (length === null) return new Uint8Array(0);
  const mask = payload.isMasked ? MASK_LENGTH : 0;
  const first = (payload.isFinal ? 0x80 : 0) | payload.opcode;
  const maskBit = payload.isMasked ? 0x80 : 0;
  const short = length - 2 - mask;
  if (short < 0) return new Uint8Array(0);
  if (short < LENGTH_16) return Uint8Array.from([first, maskBit | short, ...new Array<number>(mask).fill(0)]);
  const medium = short - 2;
  if (medium <= 0xffff) {
    return Uint8Array.from([
      first,
      maskBit | LENGTH_16,
      medium >> 8,
      medium & 0xff,
      ...new Array<number>(mask).fill(0),
    ]);
  }
  const long = short - 8;
  const bytes = new Uint8Array(10 + mask);
  bytes.set([first, maskBit | LENGTH_64]);
  new DataView(bytes.buffer).setUint32(6, long);
  return bytes;
}

const HEAD_END = '\r\n\r\n';
