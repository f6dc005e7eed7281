/**
 * Takes the streams of a connection that nobody asked for, but which must be counted as `analyze` counts it.
 *
 * Connections in different tunnels may share addresses and ports. tcp/ tells copies of packets from another connection's packets
 * by the bytes that were read before. So connections in tunnels are read as `analyze` reads them: otherwise, in a damaged capture,
 * a number from `analyze` could mean another connection. (What tcp/ remembers of connections that nobody reads was not enough in
 * 22 of 6000 damaged captures of tunnels; reading them leaves 2 of 16,000, whose first byte came before any packet in a tunnel.)
 * All others are ignored with their first byte.
 */
import type { StreamConsumer } from '../tcp/stream-consumer.ts';
import type { TcpConnection } from '../tcp/tcp-connection.ts';
import type { CaptureScope } from './capture-scope.ts';
import { NOBODY } from './connection-events.ts';
import { ConnectionTracker } from './connection-tracker.ts';

export class OnlyCounted implements StreamConsumer {
  readonly #connection: TcpConnection;
  readonly #scope: CaptureScope;
  #tracker: ConnectionTracker | null;
  /** What came before the first byte; by then a connection that is captured inside and outside of a tunnel was seen in both. */
  #flags: Parameters<StreamConsumer['flag']>[] = [];

  constructor(connection: TcpConnection, scope: CaptureScope) {
    this.#connection = connection;
    this.#scope = scope;
    this.#tracker = connection.isTunneled ? new ConnectionTracker(connection, scope, NOBODY) : null;
  }

  data(...what: Parameters<StreamConsumer['data']>): void {
    this.#read()?.data(...what);
  }

  gap(...what: Parameters<StreamConsumer['gap']>): void {
    this.#read()?.gap(...what);
  }

  flag(...what: Parameters<StreamConsumer['flag']>): void {
    if (this.#tracker === null) this.#flags.push(what);
    else this.#tracker.flag(...what);
  }

  end(...what: Parameters<StreamConsumer['end']>): void {
    this.#tracker?.end(...what);
  }

  #read(): ConnectionTracker | null {
    if (this.#tracker !== null) return this.#tracker;
    if (!this.#connection.isTunneled) {
      this.#connection.ignore();
      return null;
    }
    const tracker = new ConnectionTracker(this.#connection, this.#scope, NOBODY);
    for (const what of this.#flags) tracker.flag(...what);
    this.#flags = [];
    this.#tracker = tracker;
    return tracker;
  }
}
