/** Rewrites both directions of a connection: hands the bytes of TCP to a ByteStreamScrubber. */
import { otherOf, type Direction } from '../basics/direction.ts';
import type { StreamConsumer } from '../tcp/stream-consumer.ts';
import type { TcpConnection } from '../tcp/tcp-connection.ts';
import { ByteStreamScrubber, type ScrubbingTools } from './byte-stream-scrubber.ts';
import { newStreams, type Streams } from './rewritten-stream.ts';

export class ConnectionScrubber implements StreamConsumer {
  readonly streams: Streams;
  readonly #connection: TcpConnection;
  readonly #tools: ScrubbingTools;
  /** Made with the first bytes. */
  #scrubber: ByteStreamScrubber | null = null;
  #isEnded = false;

  constructor(connection: TcpConnection, tools: ScrubbingTools) {
    this.#connection = connection;
    this.#tools = tools;
    this.streams = newStreams(tools.spool, tools.tails);
  }

  /** Messages that inflate to more than wscap follows: the messages that replace them don't. */
  get tooLongMessages(): number {
    return this.#scrubber?.tooLongMessages ?? 0;
  }

  data(
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    this.#begun().data(direction, bytes, start, end, packet, seconds, nanoseconds);
  }

  gap(direction: Direction, length: number, packet: number, seconds: number, nanoseconds: number): void {
    this.#begun().gap(direction, length, packet, seconds, nanoseconds);
  }

  flag(): void {
    // Flags carry no bytes.
  }

  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#scrubber?.finish();
  }

  #begun(): ByteStreamScrubber {
    if (this.#scrubber !== null) return this.#scrubber;
    const { ports } = this.#tools;
    const { originator } = this.#connection;
    this.#scrubber = new ByteStreamScrubber(this.streams, this.#tools, {
      isFromStart: originator !== null,
      server: originator === null ? null : otherOf(originator),
      isNamedPort: ([0, 1] as const).some((each) => ports.has(this.#connection.endpoint(each).port)),
      carriersAround: 0,
    });
    return this.#scrubber;
  }
}
