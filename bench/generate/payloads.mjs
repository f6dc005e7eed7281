const POOL = 1024 * 1024;
const LARGEST_SLICE = 128 * 1024;

/** Payload bytes, made once: messages are slices of two pools at random offsets. */
export class Payloads {
  #random;

  /** @param {import('./random.mjs').Random} random */
  constructor(random) {
    this.#random = random;
    /** JSON texts one after the other, ASCII only: valid UTF-8 wherever it is cut. */
    this.text = jsonText(random, POOL);
    /** Random bytes. */
    this.binary = random.bytes(POOL);
  }

  /** @returns {number} where a slice of up to 128 KiB may begin in either pool */
  anywhere() {
    return this.#random.below(POOL - LARGEST_SLICE);
  }
}

/** @returns {string} a message as a program might send it */
export function jsonMessage(random) {
  const symbol = random.pick(['ALFA', 'BRVO', 'CHRL', 'DLTA', 'ECHO', 'FXTR']);
  return JSON.stringify({
    type: random.pick(['quote', 'trade', 'depth', 'heartbeat']),
    id: random.below(1e9),
    symbol,
    price: random.below(1e6) / 100,
    size: random.between(1, 5000),
    venue: `exchange-${random.between(1, 9)}`,
    tags: random.chance(0.3) ? ['late', symbol.toLowerCase()] : [],
  });
}

function jsonText(random, length) {
  const parts = [];
  for (let size = 0; size < length; size += parts.at(-1).length) parts.push(jsonMessage(random) + '\n');
  return Buffer.from(parts.join('')).subarray(0, length);
}
