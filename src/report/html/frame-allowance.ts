/**
 * How many frames and payloads of each connection go into the page. Connections with a problem come first and may
 * have all of theirs, as long as half of the allowance is left; the rest is shared evenly. Bounds the size of the
 * file: 10,000 connections take a few megabytes.
 */

/**
 * Frames in the page; about 25 bytes each.
 * @bound frames that an HTML report draws: {count}
 */
const MAX_FRAMES = 60_000;
/**
 * Characters of payloads.
 * @bound payloads that an HTML report shows: {count} characters
 */
const MAX_PAYLOADS = 1_000_000;
const LEAST_FRAMES = 4;
/**
 * Time slices of a connection whose frames are not all in the page, and the number of connections beyond which there
 * are fewer.
 */
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

  /** Returns how many frames the next connection may have; it has `frames` in all. */
  take(frames: number, isProblem: boolean): number {
    const share = Math.max(LEAST_FRAMES, Math.floor(this.#frames / Math.max(1, this.#connections)));
    this.#connections--;
    const wanted = isProblem && this.#frames > MAX_FRAMES / 2 ? frames : Math.min(frames, share);
    this.#frames = Math.max(0, this.#frames - wanted);
    return wanted;
  }

  /** Takes room for a payload of this many characters; false if there is none. */
  takePayload(characters: number): boolean {
    if (characters > this.#payloads) return false;
    this.#payloads -= characters;
    return true;
  }
}
