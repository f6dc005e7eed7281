/** Gives each connection an {@link ActivityLog} and keeps those of the ones that are reported. */
import { ActivityBudget } from './activity-budget.ts';
import { ActivityLog, type Activity } from './activity-log.ts';
import type { ConnectionSink } from '../connection-tracker.ts';
import type { ConnectionRecord } from '../record.ts';

export class ActivityCollector {
  readonly #sink: ConnectionSink;
  readonly #budget = new ActivityBudget();
  readonly #logs = new Map<number, ActivityLog>();

  /** What it is told it hands on to `sink`. */
  constructor(sink: ConnectionSink) {
    this.#sink = sink;
  }

  /** For one connection. */
  sink(): ConnectionSink {
    const { httpBudget, inflateBudget, ports } = this.#sink;
    const listener = new ActivityLog(this.#budget);
    return {
      record: (record: ConnectionRecord) => {
        if (record.opening !== null) this.#logs.set(record.id, listener);
        this.#sink.record(record);
      },
      skipped: (reason) => {
        this.#sink.skipped(reason);
      },
      upgradeRequested: () => {
        this.#sink.upgradeRequested();
      },
      ...(httpBudget === undefined ? {} : { httpBudget }),
      inflateBudget,
      ports,
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
