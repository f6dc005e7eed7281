/** The events of a connection in the order of capture: the first and the last ones, and a count of the middle. */
import type { OpcodeName } from '../websocket/frame.ts';

/** Events kept from either end; what is between is only counted. */
const KEPT_AT_EACH_END = 24;

export interface TimelineEvent {
  readonly event: 'syn' | 'syn-ack' | 'request' | 'response' | 'frame' | 'gap' | 'fin' | 'rst' | 'omitted';
  readonly from: 'client' | 'server';
  readonly packet: number;
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly opcode?: OpcodeName;
  /** Payload bytes of a frame, bytes of a gap. */
  readonly length?: number;
  /** HTTP status, or close code. */
  readonly code?: number;
  /** Wire text: request line, status line, close reason. */
  readonly detail?: string;
  /** Of 'omitted': how many events. */
  readonly count?: number;
}

/** An event before the roles are known. */
export type UnassignedEvent = Omit<TimelineEvent, 'from'> & { readonly direction: 0 | 1 };

export class Timeline {
  readonly #first: UnassignedEvent[] = [];
  /** A ring of the latest events once `#first` is full. */
  readonly #last: UnassignedEvent[] = [];
  #count = 0;

  /** Events come in the order in which they were captured. */
  add(event: UnassignedEvent): void {
    if (this.#first.length < KEPT_AT_EACH_END) this.#first.push(event);
    else this.#last[(this.#count - KEPT_AT_EACH_END) % KEPT_AT_EACH_END] = event;
    this.#count++;
  }

  /** All that was kept, in order; `client` is the direction of the client's bytes. */
  events(client: 0 | 1): TimelineEvent[] {
    const later = this.#count - this.#first.length;
    const omitted = Math.max(0, later - KEPT_AT_EACH_END);
    const turn = omitted % KEPT_AT_EACH_END;
    const last = [...this.#last.slice(turn), ...this.#last.slice(0, turn)];
    const next = last[0];
    const gap: UnassignedEvent[] =
      omitted > 0 && next !== undefined
        ? [
            {
              event: 'omitted',
              direction: next.direction,
              packet: next.packet,
              seconds: next.seconds,
              nanoseconds: next.nanoseconds,
              count: omitted,
            },
          ]
        : [];
    return [...this.#first, ...gap, ...last].map(({ direction, ...event }) => ({
      ...event,
      from: direction === client ? 'client' : 'server',
    }));
  }
}
