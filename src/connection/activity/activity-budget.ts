/** Bounds what the activity logs of all connections keep together. A capture can hold millions of frames. */

/**
 * The most frames kept of all connections. Beyond it frames are only counted.
 * @bound frames kept to be drawn: {count} in all
 */
const MAX_FRAMES = 500_000;
/**
 * The most frames kept of one connection, and of a connection that opens when half of MAX_FRAMES are taken.
 * @bound frames kept to be drawn: {count} of a connection
 */
const FRAMES_OF_ONE = 96;
/** @bound frames kept to be drawn: {count} of one that comes once half is taken */
const FRAMES_OF_LATER_ONE = 16;
/**
 * The most payload bytes kept, plus BYTES_OF_ARRAY for each payload. Beyond it no payload is kept.
 * @bound payloads kept to be shown: {bytes} in all
 */
const MAX_PAYLOAD_BYTES = 32 * 1024 * 1024;
const BYTES_OF_ARRAY = 128;
/**
 * The most connections whose frames are counted in slices of time. Others have only the frames that are kept.
 * @bound connections whose frames are counted by time: {count}
 */
const MAX_DENSITIES = 20_000;

export class ActivityBudget {
  #frames = 0;
  #payloadBytes = 0;
  #densities = 0;

  /** How many frames a connection that opens now may keep. */
  framesOfOne(): number {
    return this.#frames < MAX_FRAMES / 2 ? FRAMES_OF_ONE : FRAMES_OF_LATER_ONE;
  }

  /** Returns false where there is no room for another frame. */
  takeFrame(): boolean {
    if (this.#frames >= MAX_FRAMES) return false;
    this.#frames++;
    return true;
  }

  /** Returns false where there is no room for a payload of this many bytes. */
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
