/** One direction of a ByteStreamScrubber: bytes before the WebSocket, then its frames or the bytes of a carrier. */
import { HeldSpans } from './held-spans.ts';
import { HttpScrubber } from './http-scrubber.ts';
import type { Endpoints } from './proxy-header.ts';
import type { FrameScrubber } from './frame-scrubber.ts';
import type { RewrittenStream } from './rewritten-stream.ts';

/** Replaces bytes about which nothing was reported. */
const CONTENT = 0xff;

export class ScrubbedSide {
  readonly stream: RewrittenStream;
  /** What http/ reports about the bytes goes through here. */
  readonly spans: HeldSpans;
  readonly #http: HttpScrubber;
  /** Rewrites the frames, once the direction is the WebSocket's. */
  frames: FrameScrubber | null = null;
  /** Bytes of the stream so far, including missing ones. */
  #received = 0;

  constructor(stream: RewrittenStream, endpoints: Endpoints) {
    this.stream = stream;
    this.#http = new HttpScrubber(stream, endpoints);
    this.spans = new HeldSpans(this.#http);
  }

  received(length: number): void {
    this.#received += length;
  }

  /** The last `length` bytes that were reported, and all that follow, are frames. */
  open(frames: FrameScrubber, length: number): void {
    this.spans.releaseAllBut(length);
    this.#http.end();
    this.frames = frames;
  }

  /** @param writeCarried appends the rewritten bytes of a carrier, where one has begun */
  end(writeCarried: (to: RewrittenStream) => void): void {
    this.spans.release();
    this.#http.end();
    this.frames?.end();
    writeCarried(this.stream);
    this.stream.fill(CONTENT, this.#received - this.stream.end);
    this.stream.flush();
  }
}
