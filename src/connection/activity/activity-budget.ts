/** What the activity logs of all connections may keep together. A capture can hold millions of frames. */

/** Frames kept of all connections. Beyond it frames are only counted. */
const MAX_FRAMES = 500_000;
/** Frames kept of one connection, and of one that opens when half of all are taken. */
const FRAMES_OF_ONE = 96;
const FRAMES_OF_LATER_ONE = 16;
/** Payload bytes kept of all connections, each with what its array takes. Beyond it no payload is kept. */
const MAX_PAYLOAD_BYTES = 32 * 1024 * 1024;
const BYTES_OF_ARRAY = 128;
/** Connections whose frames are counted in slices of time. Beyond it the frames that are kept must do. */
const MAX_DENSITIES = 20_000;

export class ActivityBudget {
  #frames = 0;
  #payloadBytes = 0;
  #densities = 0;

  /** Frames that a connection may keep that opens now. */
  framesOfOne(): number {
    return this.#frames < MAX_FRAMES / 2 ? FRAMES_OF_ONE : FRAMES_OF_LATER_ONE;
  }

  /** False: no room for another frame. */
  takeFrame(): boolean {
    if (this.#frames >= MAX_FRAMES) return false;
    this.#frames++;
    return true;
  }

  /** False: no room for a payload of so many bytes. */
  takePayload(bytes: number): boolean {
    const size = bytes + BYTES_OF_ARRAY;
    if (this.#payloadBytes + size > MAX_PAYLOAD_BYTES) return false;
    this.#payloadBytes += size;
    return true;
  }

  releasePayload(bytes: number): void {
    this.#payloadBytes -= bytes + BYTES_OF_ARRAY;
  }

  takeDensity(): boolean {
    return this.#densities++ < MAX_DENSITIES;
  }
}
