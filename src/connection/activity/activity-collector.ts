/** Gives each connection an {@link ActivityLog} and keeps those of the ones that are reported. */
import { ActivityBudget } from './activity-budget.ts';
import { ActivityLog, type Activity } from './activity-log.ts';
import type { ConnectionEvents } from '../connection-events.ts';
import type { ConnectionRecord } from '../record.ts';

export class ActivityCollector {
  readonly #events: ConnectionEvents;
  readonly #budget = new ActivityBudget();
  readonly #logs = new Map<number, ActivityLog>();

  /** What it is told it hands on to `events`. */
  constructor(events: ConnectionEvents) {
    this.#events = events;
  }

  /** For one connection. */
  events(): ConnectionEvents {
    const listener = new ActivityLog(this.#budget);
    return {
      record: (record: ConnectionRecord) => {
        if (record.opening !== null) this.#logs.set(record.id, listener);
        this.#events.record(record);
      },
      skipped: (reason) => {
        this.#events.skipped(reason);
      },
      upgradeRequested: () => {
        this.#events.upgradeRequested();
      },
      listener,
    };
  }

  /** Gives it out once; undefined where it was no WebSocket. */
  take(id: number): Activity | undefined {
    const log = this.#logs.get(id);
    this.#logs.delete(id);
    return log?.activity;
  }
}
