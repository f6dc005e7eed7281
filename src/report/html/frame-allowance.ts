/**
 * How many frames and payloads the page holds of a connection. Those with a problem come first and may take all of
 * theirs, as long as half is left; the rest is shared evenly. Bounds the file: 10,000 connections take a few megabytes.
 */

/** Frames in the page; about 25 bytes each. */
const MAX_FRAMES = 60_000;
/** Characters of payloads. */
const MAX_PAYLOADS = 1_000_000;
const LEAST_FRAMES = 4;
/** Slices of time of a connection whose frames are not all there, and from how many connections on there are fewer. */
const SLICES = 48;
const SLICES_OF_MANY = 24;
const MANY = 1000;

export class FrameAllowance {
  #frames = MAX_FRAMES;
  #payloads = MAX_PAYLOADS;
  #connections: number;
  readonly slices: number;

  constructor(connections: number) {
    this.#connections = connections;
    this.slices = connections > MANY ? SLICES_OF_MANY : SLICES;
  }

  /** For the next connection, of which there are so many frames. */
  take(frames: number, isProblem: boolean): number {
    const share = Math.max(LEAST_FRAMES, Math.floor(this.#frames / Math.max(1, this.#connections)));
    this.#connections--;
    const wanted = isProblem && this.#frames > MAX_FRAMES / 2 ? frames : Math.min(frames, share);
    this.#frames = Math.max(0, this.#frames - wanted);
    return wanted;
  }

  /** Whether there is room for a payload of so many characters. */
  takePayload(characters: number): boolean {
    if (characters > this.#payloads) return false;
    this.#payloads -= characters;
    return true;
  }
}
