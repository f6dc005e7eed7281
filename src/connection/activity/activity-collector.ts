/** Gives each connection an {@link ActivityLog}, and keeps the logs of connections that are reported. */
import { ActivityBudget } from './activity-budget.ts';
import { ActivityLog, type Activity } from './activity-log.ts';
import type { ConnectionEvents } from '../connection-events.ts';
import type { ConnectionRecord } from '../record.ts';

export class ActivityCollector {
  readonly #events: ConnectionEvents;
  readonly #budget = new ActivityBudget();
  readonly #logs = new Map<number, ActivityLog>();

  /** @param events gets everything that the connections report */
  constructor(events: ConnectionEvents) {
    this.#events = events;
  }

  /** The events for one connection. */
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
      carriesBytes: () => {
        this.#events.carriesBytes?.();
      },
      upgradeRequested: () => {
        this.#events.upgradeRequested();
      },
      listener,
    };
  }

  /** Gives the activity out, only once; undefined where the connection was not a WebSocket. */
  take(id: number): Activity | undefined {
    const log = this.#logs.get(id);
    this.#logs.delete(id);
    return log?.activity;
  }
}
