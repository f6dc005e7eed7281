/** Takes the streams of a connection that nobody reads: with the first byte the connection is ignored. */
import type { StreamConsumer } from '../../src/tcp/stream-consumer.ts';
import type { TcpConnection } from '../../src/tcp/tcp-connection.ts';

export class Unread implements StreamConsumer {
  readonly #connection: TcpConnection;

  constructor(connection: TcpConnection) {
    this.#connection = connection;
  }

  data(): void {
    this.#connection.ignore();
  }

  gap(): void {
    this.#connection.ignore();
  }

  flag(): void {
    // Kept until it has bytes: a connection is known by its first packet.
  }

  end(): void {
    // Nothing was followed.
  }
}
