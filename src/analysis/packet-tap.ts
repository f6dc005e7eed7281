/**
 * Stands around the packet pipeline for callers that want the packets themselves: remembers each packet on
 * its way in, and hands it on with the connection that took its segment. HOT: once per packet, where somebody
 * wants packets.
 */
import type { CaptureNote } from '../capture/capture-note.ts';
import type { PacketHandler } from '../capture/packet-handler.ts';
import type { IcmpError } from '../decode/icmp-error.ts';
import { Segment } from '../decode/segment.ts';
import type { TakenSegment } from '../tcp/taken-segment.ts';
import type { TcpTracker } from '../tcp/tcp-tracker.ts';
import { PacketPipeline, type SegmentSink } from './packet-pipeline.ts';

/** A packet with a TCP segment. The same object is filled again for each packet. */
export interface TappedPacket {
  /** Holds the captured bytes at `start` up to `end`; valid until the call returns. */
  readonly data: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly originalLength: number;
  readonly linkType: number;
  /** Has the packet's number and time. The same object is filled again for each packet. */
  readonly segment: Segment;
  /** As {@link SegmentSink.segment}: the segment then says where its IP packet begins. */
  readonly isInside: boolean;
}

export type PacketListener = (packet: TappedPacket, taken: TakenSegment) => void;

export class PacketTap implements PacketHandler, SegmentSink {
  readonly pipeline: PacketPipeline;
  readonly #tracker: TcpTracker;
  readonly #onPacket: PacketListener;
  readonly #packet: { -readonly [Field in keyof TappedPacket]: TappedPacket[Field] } = {
    data: new Uint8Array(0),
    start: 0,
    end: 0,
    originalLength: 0,
    linkType: 0,
    segment: new Segment(),
    isInside: false,
  };

  constructor(
    tracker: TcpTracker,
    onPacket: PacketListener,
    onNote: (note: CaptureNote) => void,
    onSecrets: (type: number, bytes: Uint8Array) => void,
  ) {
    this.#tracker = tracker;
    this.#onPacket = onPacket;
    this.pipeline = new PacketPipeline(this, onNote, onSecrets);
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
    const packet = this.#packet;
    packet.data = data;
    packet.start = start;
    packet.end = end;
    packet.originalLength = originalLength;
    packet.linkType = linkType;
    this.pipeline.packet(data, start, end, originalLength, seconds, nanoseconds, linkType, interfaceId);
  }

  segment(segment: Segment, isInside: boolean): void {
    const packet = this.#packet;
    packet.segment = segment;
    packet.isInside = isInside;
    this.#onPacket(packet, this.#tracker.segment(segment));
  }

  undelivered(segment: Segment, error: IcmpError): void {
    this.#tracker.undelivered(segment, error);
  }

  secrets(type: number, bytes: Uint8Array): void {
    this.pipeline.secrets(type, bytes);
  }

  note(note: CaptureNote): void {
    this.pipeline.note(note);
  }
}
