/**
 * Where packets come in: counts and times them, decodes them, hands the segments to TCP, and remembers what could not
 * be used. HOT: `packet` runs once per packet of the capture.
 */
import type { CaptureNote } from '../capture/capture-note.ts';
import type { PacketHandler } from '../capture/packet-handler.ts';
import {
  decodePacket,
  DECODED,
  HEADERS_CUT,
  ICMP,
  IP_FRAGMENT,
  LINK_TYPE_UNKNOWN,
  MALFORMED,
  networkStart,
  NOT_TCP,
  TOO_DEEP,
  TUNNELED,
  type DecodeResult,
} from '../decode/decode-packet.ts';
import type { LostPieces } from '../decode/fragment-reassembler.ts';
import { DeepDecoder } from '../decode/deep-decoder.ts';
import { readIcmpError, type IcmpError } from '../decode/icmp-error.ts';
import { Segment } from '../decode/segment.ts';
import type { TunnelLayer } from '../decode/tunnel-table.ts';
import { onInterface, tunnelOf } from '../decode/capture-route.ts';
import { linkTypeAdvice, linkTypeName } from '../basics/link-types.ts';
import type { Timestamp } from '../basics/timestamp.ts';
import { EvenTimes } from './even-times.ts';

export interface SegmentSink {
  /** @param isInside deep-decoder.ts read it: it is in a tunnel or in pieces, or its link layer is a rare one */
  segment(segment: Segment, isInside: boolean): void;
  /** ICMP says that a segment could not be delivered; of `segment` only addresses, ports, sequence number, packet and time count. */
  undelivered?(segment: Segment, error: IcmpError): void;
  /** As {@link PacketHandler.keepBytes}. */
  keepBytes?(bytes: Uint8Array): void;
  freeBytes?(): void;
}

/** Something that happened to some packets: how often, and to which packet first. */
interface Occurrence {
  count: number;
  firstPacket: number;
}

/** The facts of one file. */
export interface FileFacts {
  packets: number;
  /** Sum of the packets' lengths on the wire. */
  bytes: number;
  first: Timestamp | null;
  last: Timestamp | null;
  readonly notes: (CaptureNote & { readonly packet?: number })[];
}

export class PacketPipeline implements PacketHandler {
  readonly #sink: SegmentSink;
  readonly #onNote: (note: CaptureNote) => void;
  readonly #onSecrets: (type: number, bytes: Uint8Array) => void;
  readonly #segment = new Segment();
  readonly #deep = new DeepDecoder();
  /** Packets so far, over all files: the number of the latest one. */
  packetCount = 0;
  #bytes = 0;
  #packetsBefore = 0;
  #first: Timestamp | null = null;
  #lastSeconds = 0;
  #lastNanoseconds = 0;
  #isFirst = true;
  /** null once the times of this capture are known to be measured. */
  #evenTimes: EvenTimes | null = new EvenTimes();
  /** What happened, by kind of trouble, for the notes of the current file. */
  #troubles = new Map<string, Occurrence>();
  #notes: FileFacts['notes'] = [];

  /**
   * @param onNote told at once of what the reader notes; default: nobody is
   * @param onSecrets as {@link PacketHandler.secrets}
   */
  constructor(
    sink: SegmentSink,
    onNote: (note: CaptureNote) => void = () => undefined,
    onSecrets: (type: number, bytes: Uint8Array) => void = () => undefined,
  ) {
    this.#sink = sink;
    this.#onNote = onNote;
    this.#onSecrets = onSecrets;
  }

  packet(
    data: Uint8Array,
    start: number,
    end: number,
    originalLength: number,
    seconds: number,
    nanoseconds: number,
    linkType: number,
    interfaceId = 0,
  ): void {
    this.packetCount++;
    this.#bytes += originalLength;
    if (this.#isFirst) {
      this.#isFirst = false;
      this.#first ??= { seconds, nanoseconds };
      if (this.#packetsBefore > 0 && this.#isBeforeLast(seconds, nanoseconds))
        this.#meet('files-out-of-order');
    } else if (this.#isBeforeLast(seconds, nanoseconds)) {
      this.#meet('time-went-back');
    }
    if (this.#evenTimes?.take(seconds, nanoseconds) === false) this.#evenTimes = null;
    this.#lastSeconds = seconds;
    this.#lastNanoseconds = nanoseconds;
    if (end - start < originalLength) this.#meet('snaplen');

    const segment = this.#segment;
    segment.packet = this.packetCount;
    segment.seconds = seconds;
    segment.nanoseconds = nanoseconds;
    const result = decodePacket(data, start, end, originalLength, linkType, segment);
    if (interfaceId !== 0) segment.route = onInterface(segment.route, interfaceId);
    if (result === DECODED) this.#sink.segment(segment, false);
    else if (result !== NOT_TCP) this.#takeUncommon(result, data, start, end, originalLength, linkType);
  }

  secrets(type: number, bytes: Uint8Array): void {
    this.#onSecrets(type, bytes);
  }

  keepBytes(bytes: Uint8Array): void {
    this.#sink.keepBytes?.(bytes);
  }

  freeBytes(): void {
    this.#sink.freeBytes?.();
  }

  /** Whether the times of the packets so far were made up by a program: see {@link EvenTimes}. */
  get areTimesInvented(): boolean {
    return this.#evenTimes?.areInvented === true;
  }

  /** The tunnels that a segment's or connection's `route` went through, outermost first. */
  tunnelsOf(route: number): readonly TunnelLayer[] {
    return this.#deep.tunnels.layers(tunnelOf(route));
  }

  /** The capture is over. Returns the notes on all of it: pieces of one packet may be in several files. */
  end(): FileFacts['notes'] {
    const { fragments } = this.#deep;
    fragments.end();
    return [
      ...lostNote(
        fragments.missing,
        'pieces of fragmented IP packets of which other pieces are not in the capture',
      ),
      ...lostNote(
        fragments.contradictory,
        'pieces of fragmented IP packets that overlap or contradict each other: receivers drop such packets',
      ),
    ];
  }

  #takeUncommon(
    found: DecodeResult,
    data: Uint8Array,
    start: number,
    end: number,
    originalLength: number,
    linkType: number,
  ): void {
    const segment = this.#segment;
    if (found === ICMP) {
      const error = readIcmpError(data, networkStart(), end, segment);
      if (error !== null) this.#sink.undelivered?.(segment, error);
      return;
    }
    const result = this.#deep.decode(found, data, start, end, originalLength, linkType, segment);
    if (result === DECODED) this.#sink.segment(segment, true);
    else this.#meetUndecoded(result, linkType);
  }

  #isBeforeLast(seconds: number, nanoseconds: number): boolean {
    return (
      seconds < this.#lastSeconds || (seconds === this.#lastSeconds && nanoseconds < this.#lastNanoseconds)
    );
  }

  note(note: CaptureNote): void {
    this.#onNote(note);
    this.#notes.push(this.packetCount > this.#packetsBefore ? { ...note, packet: this.packetCount } : note);
  }

  /** The facts of the file whose packets have come since the last call. */
  finishFile(): FileFacts {
    const packets = this.packetCount - this.#packetsBefore;
    const facts: FileFacts = {
      packets,
      bytes: this.#bytes,
      first: this.#first,
      last: packets === 0 ? null : { seconds: this.#lastSeconds, nanoseconds: this.#lastNanoseconds },
      notes: [
        ...this.#notes,
        ...this.#troubleNotes(),
        // Where a text has no times, that is said already.
        ...(this.areTimesInvented && !this.#notes.some(({ code }) => code === 'no-timestamp')
          ? [INVENTED_TIMES]
          : []),
      ],
    };
    this.#packetsBefore = this.packetCount;
    this.#bytes = 0;
    this.#first = null;
    this.#isFirst = true;
    this.#troubles = new Map();
    this.#notes = [];
    return facts;
  }

  #meetUndecoded(result: DecodeResult, linkType: number): void {
    switch (result) {
      case LINK_TYPE_UNKNOWN:
        this.#meet(`unsupported-link-type ${linkType}`);
        break;
      case HEADERS_CUT:
        this.#meet('headers-cut');
        break;
      case MALFORMED:
        this.#meet('malformed-packets');
        break;
      case TUNNELED:
        this.#meet('tunnels');
        break;
      case TOO_DEEP:
        this.#meet('too-deep');
        break;
      // Missing pieces are reported at the end.
      case IP_FRAGMENT:
      case ICMP:
      case DECODED:
      case NOT_TCP:
        break;
    }
  }

  #meet(trouble: string): void {
    const occurrence = this.#troubles.get(trouble);
    if (occurrence === undefined) this.#troubles.set(trouble, { count: 1, firstPacket: this.packetCount });
    else occurrence.count++;
  }

  #troubleNotes(): FileFacts['notes'] {
    return [...this.#troubles].map(([trouble, { count, firstPacket }]) => {
      const [code = '', linkType] = trouble.split(' ');
      const packets = count === 1 ? '1 packet' : `${count} packets`;
      const isPrinted = code === 'snaplen' && this.#notes.some((note) => note.code === 'no-packet-bytes');
      const message = isPrinted
        ? `${packets} of which not all bytes are printed: what is missing counts as a gap`
        : describeTrouble(code, packets, linkType);
      return { code, message, packet: firstPacket };
    });
  }
}

const INVENTED_TIMES = {
  code: 'invented-times',
  message:
    'all packets are the same time apart, as text2pcap and other converters make them: these are not times, and no rule that needs a time was judged',
};

function lostNote({ count, firstPacket }: LostPieces, what: string): FileFacts['notes'] {
  if (count === 0) return [];
  const packets = count === 1 ? '1 packet' : `${count} packets`;
  return [{ code: 'ip-fragments', message: `${packets} left out: ${what}`, packet: firstPacket }];
}

function describeTrouble(code: string, packets: string, linkType: string | undefined): string {
  switch (code) {
    case 'time-went-back':
      return `${packets} with a time before that of the packet in front: the order of capture is kept`;
    case 'snaplen':
      return `${packets} cut short by the snapshot length: what is missing counts as a gap (capture with \`-s 0\`)`;
    case 'files-out-of-order':
      return 'begins before the file in front of it ended: give rotated files in the order in which they were written';
    case 'tunnels':
      return `${packets} left out: inside a tunnel of a form that wscap can not read (compressed, encrypted or source-routed): capture at its end`;
    case 'too-deep':
      return `${packets} left out: more tunnels, tags or headers in each other than wscap follows`;
    case 'headers-cut':
      return `${packets} cut short inside the headers: nothing of them could be used`;
    case 'unsupported-link-type':
      return `${packets} of link type ${linkTypeName(Number(linkType))} left out: ${linkTypeAdvice(Number(linkType))}`;
    default:
      return `${packets} left out: their lengths contradict each other`;
  }
}
