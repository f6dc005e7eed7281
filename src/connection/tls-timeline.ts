/** Tells the timeline of a connection what happens in its TLS. */
import type { Direction } from '../basics/direction.ts';
import { CLOSE_NOTIFY } from '../tls/alerts.ts';
import type { TlsMark } from '../tls/facts.ts';
import type { TlsListener } from '../tls/tls-stream.ts';
import type { Timeline } from './timeline.ts';

export class TlsTimeline implements TlsListener {
  readonly #timeline: Timeline;
  readonly #onEstablished: () => void;

  constructor(timeline: Timeline, onEstablished: () => void) {
    this.#timeline = timeline;
    this.#onEstablished = onEstablished;
  }

  clientHello(direction: Direction, serverName: string | null, mark: TlsMark): void {
    const { packet, seconds, nanoseconds } = mark;
    const details = serverName === null ? {} : { detail: serverName };
    this.#timeline.add('tls-hello', direction, packet, seconds, nanoseconds, details);
  }

  established(direction: Direction, detail: string, mark: TlsMark): void {
    const { packet, seconds, nanoseconds } = mark;
    this.#timeline.add('tls-established', direction, packet, seconds, nanoseconds, { detail });
    this.#onEstablished();
  }

  alert(direction: Direction, code: number, detail: string, mark: TlsMark): void {
    const { packet, seconds, nanoseconds } = mark;
    if (code === CLOSE_NOTIFY) this.#timeline.add('close-notify', direction, packet, seconds, nanoseconds);
    else this.#timeline.add('tls-alert', direction, packet, seconds, nanoseconds, { code, detail });
  }
}
