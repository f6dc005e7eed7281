/**
 * Scripts a TCP connection and takes it through TcpTracker and ConnectionTracker: what a capture of it becomes as a
 * record. Sequence and acknowledgement numbers follow from what was sent; packet n comes at n * 10 ms unless told.
 */
import { CaptureScope } from '../../src/connection/capture-scope.ts';
import type { SkipReason } from '../../src/connection/connection-events.ts';
import { ConnectionTracker } from '../../src/connection/connection-tracker.ts';
import type { ConversationListener } from '../../src/connection/conversation-listener.ts';
import type { ConnectionRecord } from '../../src/connection/record.ts';
import { TcpTracker } from '../../src/tcp/tcp-tracker.ts';
import { segmentOf, type SegmentSpec } from './segment-builder.ts';

export interface Outcome {
  readonly records: ConnectionRecord[];
  readonly skipped: SkipReason[];
  readonly upgradeRequests: number;
}

export class Conversation {
  readonly #outcome = { records: [] as ConnectionRecord[], skipped: [] as SkipReason[], upgradeRequests: 0 };
  readonly #tracker: TcpTracker;
  /** Next sequence number, by sender. */
  readonly #next: [number, number] = [1000, 5000];
  #packet = 0;

  /** @param ports server ports that the user names as those of WebSockets */
  constructor(ports: ReadonlySet<number> = new Set(), listener?: ConversationListener) {
    const outcome = this.#outcome;
    const scope = new CaptureScope(ports);
    this.#tracker = new TcpTracker({
      open: (connection) =>
        new ConnectionTracker(connection, scope, {
          record: (record) => outcome.records.push(record),
          skipped: (reason) => outcome.skipped.push(reason),
          upgradeRequested: () => outcome.upgradeRequests++,
          ...(listener === undefined ? {} : { listener }),
        }),
    });
  }

  /** A SYN without an answer, or sent again. */
  syn(): this {
    return this.#send(0, '', 'S', { seq: 999 });
  }

  /** SYN, SYN/ACK, ACK: packets 1 to 3. */
  open(): this {
    return this.#send(0, '', 'S').#send(1, '', 'SA').#send(0, '', 'A');
  }

  client(payload: string, more: SegmentSpec = {}): this {
    return this.#send(0, payload, 'PA', more);
  }

  server(payload: string, more: SegmentSpec = {}): this {
    return this.#send(1, payload, 'PA', more);
  }

  /** Sent, but not captured. */
  lost(from: 'client' | 'server', payload: string): this {
    this.#next[from === 'client' ? 0 : 1] += payload.length;
    return this;
  }

  fin(from: 'client' | 'server', payload = ''): this {
    return this.#send(from === 'client' ? 0 : 1, payload, 'FA');
  }

  rst(from: 'client' | 'server'): this {
    return this.#send(from === 'client' ? 0 : 1, '', 'RA');
  }

  ack(from: 'client' | 'server', times = 1): this {
    for (let i = 0; i < times; i++) this.#send(from === 'client' ? 0 : 1, '', 'A');
    return this;
  }

  /** Ends the capture. */
  outcome(): Outcome {
    this.#tracker.end();
    return this.#outcome;
  }

  /** Ends the capture; the record of the only connection. */
  record(): ConnectionRecord {
    const { records } = this.outcome();
    if (records.length !== 1) throw new Error(`${records.length} records`);
    return records[0]!;
  }

  #send(from: 0 | 1, payload: string, flags: string, more: SegmentSpec = {}): this {
    const bytes = Buffer.from(payload, 'latin1');
    const [seq, ack] = from === 0 ? this.#next : [this.#next[1], this.#next[0]];
    const spec = { from, seq, ack: flags === 'S' ? 0 : ack, flags, payload: Uint8Array.from(bytes), ...more };
    this.#packet++;
    this.#tracker.segment(segmentOf(spec, this.#packet));
    if (more.seq === undefined) this.#next[from] += bytes.length + (/[SF]/.test(flags) ? 1 : 0);
    return this;
  }
}
