/** One direction of a ByteStreamScrubber: its bytes before the WebSocket, its frames, and the bytes of a carrier. */
import { HeldSpans } from './held-spans.ts';
import { HttpScrubber } from './http-scrubber.ts';
import type { Endpoints } from './proxy-header.ts';
import type { FrameScrubber } from './frame-scrubber.ts';
import type { RewrittenStream } from './rewritten-stream.ts';

/** In place of what nobody has said anything of. */
const CONTENT = 0xff;

export class ScrubbedSide {
  readonly stream: RewrittenStream;
  /** What http/ says of its bytes goes through here. */
  readonly spans: HeldSpans;
  readonly #http: HttpScrubber;
  /** Its frames, once it is the WebSocket's. */
  frames: FrameScrubber | null = null;
  /** Bytes of its stream so far, those that are missing too. */
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

  /** @param writeCarried appends what a carrier has taken: from some byte on, all that came */
  end(writeCarried: (to: RewrittenStream) => void): void {
    this.spans.release();
    this.#http.end();
    this.frames?.end();
    writeCarried(this.stream);
    this.stream.fill(CONTENT, this.#received - this.stream.end);
    this.stream.flush();
  }
}
