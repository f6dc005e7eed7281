/**
 * Hands the packets of a printed text on, with times on one scale, and notes what the times can't say. A packet waits where it is not
 * yet known whether times count from the packet before.
 */
import type { BoundedNotes } from '../bounded-notes.ts';
import type { PacketHandler } from '../packet-handler.ts';
import type { PrintedTime, TimeStyle } from './printed-packet.ts';
import { isEarlier, mayBeDeltas, TcpdumpClock } from './tcpdump-clock.ts';

/**
 * Packets that wait until it is known whether times are deltas. At this bound they count as not.
 * @bound packets of a text that wait until it is known what their times count from: {count}
 */
const MAX_QUEUED_PACKETS = 256;
/** @bound packets of a text that wait until it is known what their times count from: {bytes} */
const MAX_QUEUED_BYTES = 1024 * 1024;

/**
 * Packets that stay here for a while: a later line may show more of them.
 * @bound packets of a text that wait for what later lines show of them: {count}
 */
const MAX_DELAYED = 64;

interface QueuedPacket {
  readonly time: PrintedTime | undefined;
  readonly data: Uint8Array;
  readonly originalLength: number;
  readonly linkType: number;
}

export class PacketOutlet {
  readonly #handler: PacketHandler;
  readonly #notes: BoundedNotes;
  readonly #clock = new TcpdumpClock();
  readonly #styles = new Set<TimeStyle>();
  readonly #linkTypes = new Set<number>();
  #digits: number | undefined;
  packets = 0;
  #withoutTime = 0;
  /** Packets that wait until it is known whether their times are deltas; undefined once it is known. */
  #queue: QueuedPacket[] | undefined = [];
  #queuedBytes = 0;
  #isRelative = false;
  #delayed: QueuedPacket[] = [];

  constructor(handler: PacketHandler, notes: BoundedNotes) {
    this.#handler = handler;
    this.#notes = notes;
  }

  get linkTypes(): readonly number[] {
    return [...this.#linkTypes];
  }

  get timestampResolution(): string {
    const digits = this.#digits ?? 6;
    return digits === 0 ? 's' : digits <= 3 ? 'ms' : digits <= 6 ? 'us' : 'ns';
  }

  /**
   * @param data may be reused afterwards, unless `isOwn`: then what is written into it while the packet waits counts
   */
  packet(
    time: PrintedTime | undefined,
    data: Uint8Array,
    originalLength: number,
    linkType: number,
    isOwn = false,
  ): void {
    this.packets++;
    if (data.length > 0) this.#linkTypes.add(linkType);
    if (time === undefined || time.style === 'none') this.#withoutTime++;
    else {
      this.#styles.add(time.style);
      this.#digits = Math.max(this.#digits ?? 0, time.digits);
    }
    const packet = { time, data: isOwn ? data : data.slice(), originalLength, linkType };
    const queue = this.#queue;
    if (queue === undefined || (queue.length === 0 && (time === undefined || !mayBeDeltas(time)))) {
      this.#queue = undefined;
      this.#delay(packet);
      return;
    }
    const before = queue.at(-1)?.time;
    queue.push(packet);
    this.#queuedBytes += data.length;
    if (time !== undefined && before !== undefined && isEarlier(time, before)) this.#release(true);
    else if (queue.length >= MAX_QUEUED_PACKETS || this.#queuedBytes >= MAX_QUEUED_BYTES)
      this.#release(false);
  }

  end(): void {
    this.#release(false);
    for (const packet of this.#delayed) this.#deliver(packet);
    this.#delayed = [];
    if (this.#withoutTime > 0) {
      this.#notes.add(
        'no-timestamp',
        this.#withoutTime === this.packets
          ? 'no packet is printed with its time: nothing is judged by time'
          : `${this.#withoutTime} of ${this.packets} packets are printed without a time and were given that of the packet before: nothing is judged by time`,
      );
    }
    if (!this.#clock.accumulates && this.#styles.has('clock')) {
      this.#notes.add(
        'no-date',
        'times are printed without a date: they count from 1970-01-01, in the time zone of whoever printed them',
      );
    }
    if (this.#styles.has('date')) {
      this.#notes.add(
        'local-time',
        'times are printed in the time zone of whoever printed them (tcpdump -tttt): they were taken for UTC',
      );
    }
  }

  #release(areDeltas: boolean): void {
    const queue = this.#queue;
    if (queue === undefined) return;
    this.#queue = undefined;
    this.#clock.accumulates = areDeltas;
    for (const packet of queue) this.#delay(packet);
  }

  /** Said before the first packet: no sentence about one may name a time of the clock. */
  #noteRelative({ style }: PrintedTime): void {
    const { accumulates } = this.#clock;
    if (this.#isRelative || style === 'none' || !(accumulates || style === 'relative')) return;
    this.#isRelative = true;
    this.#notes.add(
      'relative-time',
      accumulates
        ? 'times are printed relative to the packet before (tcpdump -ttt): they were added up from 1970-01-01T00:00:00Z'
        : 'times are printed relative to the first packet: they count from 1970-01-01T00:00:00Z',
    );
  }

  #delay(packet: QueuedPacket): void {
    this.#delayed.push(packet);
    if (this.#delayed.length < 2 * MAX_DELAYED) return;
    for (const old of this.#delayed.splice(0, MAX_DELAYED)) this.#deliver(old);
  }

  #deliver({ time, data, originalLength, linkType }: QueuedPacket): void {
    if (time !== undefined) {
      this.#noteRelative(time);
      this.#clock.advance(time);
    }
    const { seconds, nanoseconds } = this.#clock;
    this.#handler.packet(data, 0, data.length, originalLength, seconds, nanoseconds, linkType);
  }
}
