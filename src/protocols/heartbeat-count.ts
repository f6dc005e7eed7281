/** Counts the heartbeats of an application and their answers. An answer answers all heartbeats before it. */
import { momentOf, type Moment } from './application-protocol.ts';

export class HeartbeatCount {
  sent = 0;
  answered = 0;
  #unanswered: { count: number; first: Moment; last: Moment } | null = null;

  beat(at: Moment): void {
    this.sent++;
    const moment = momentOf(at);
    if (this.#unanswered === null) this.#unanswered = { count: 1, first: moment, last: moment };
    else this.#unanswered = { ...this.#unanswered, count: this.#unanswered.count + 1, last: moment };
  }

  answer(): void {
    if (this.#unanswered === null) return;
    this.answered += this.#unanswered.count;
    this.#unanswered = null;
  }

  get unanswered(): { readonly count: number; readonly first: Moment; readonly last: Moment } | null {
    return this.#unanswered;
  }
}
