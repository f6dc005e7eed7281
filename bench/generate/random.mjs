/**
 * A small seeded generator of pseudo-random numbers (sfc32), so that a capture depends on its flags only.
 */
export class Random {
  #a;
  #b;
  #c;
  #counter = 1;

  /** @param {number} seed any 32-bit integer */
  constructor(seed) {
    this.#a = 0x9e3779b9;
    this.#b = 0x243f6a88;
    this.#c = seed | 0;
    for (let i = 0; i < 16; i++) this.uint32();
  }

  /** @returns {number} an integer from 0 to 2^32 - 1 */
  uint32() {
    const result = (this.#a + this.#b + this.#counter++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + result;
    return result >>> 0;
  }

  /** @returns {number} a number from 0 up to, not including, 1 */
  unit() {
    return this.uint32() / 0x1_0000_0000;
  }

  /** @returns {number} an integer from 0 to `limit - 1` */
  below(limit) {
    return Math.floor(this.unit() * limit);
  }

  /** @returns {number} an integer from `low` to `high`, both included */
  between(low, high) {
    return low + this.below(high - low + 1);
  }

  /** @returns {boolean} true with the given probability */
  chance(probability) {
    return this.unit() < probability;
  }

  /** @returns {number} a positive number, exponentially distributed around `mean` */
  exponential(mean) {
    return -Math.log(1 - this.unit()) * mean;
  }

  /** @template T @param {readonly T[]} items @returns {T} */
  pick(items) {
    return items[this.below(items.length)];
  }

  /** @returns {Buffer} `length` random bytes */
  bytes(length) {
    const words = new Uint32Array(Math.ceil(length / 4));
    for (let i = 0; i < words.length; i++) words[i] = this.uint32();
    return Buffer.from(words.buffer, 0, length);
  }
}
