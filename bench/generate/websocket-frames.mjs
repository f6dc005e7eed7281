/** The opcodes of RFC 6455 by name. */
const OPCODES = { continuation: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa };

/**
 * @typedef {object} Frame
 * @property {keyof typeof OPCODES} opcode
 * @property {Buffer} source the unmasked payload is `source[start..start + length)`
 * @property {number} start
 * @property {number} length
 * @property {boolean} [isFinal] the FIN bit; true by default
 * @property {boolean} [isCompressed] the RSV1 bit; false by default
 */

/**
 * Encodes frames, one after the other, into a buffer of their own.
 * @param {Frame[]} frames
 * @param {import('./random.mjs').Random | null} maskingKeys where the masking keys come from; null: not masked
 * @returns {Buffer}
 */
export function encodeFrames(frames, maskingKeys) {
  let size = 0;
  for (const frame of frames) size += headerLength(frame.length, maskingKeys !== null) + frame.length;
  const target = Buffer.allocUnsafe(size);
  let at = 0;
  for (const frame of frames) {
    at = writeHeader(target, at, frame, maskingKeys !== null);
    if (maskingKeys === null) {
      frame.source.copy(target, at, frame.start, frame.start + frame.length);
    } else {
      const key = maskingKeys.uint32();
      at = target.writeUInt32BE(key, at);
      copyMasked(target, at, frame, key);
    }
    at += frame.length;
  }
  return target;
}

function headerLength(length, isMasked) {
  const extended = length < 126 ? 0 : length <= 0xffff ? 2 : 8;
  return 2 + extended + (isMasked ? 4 : 0);
}

function writeHeader(target, at, { opcode, length, isFinal = true, isCompressed = false }, isMasked) {
  const maskBit = isMasked ? 0x80 : 0;
  target[at] = (isFinal ? 0x80 : 0) | (isCompressed ? 0x40 : 0) | OPCODES[opcode];
  if (length < 126) {
    target[at + 1] = maskBit | length;
    return at + 2;
  }
  if (length <= 0xffff) {
    target[at + 1] = maskBit | 126;
    return target.writeUInt16BE(length, at + 2);
  }
  target[at + 1] = maskBit | 127;
  target.writeUInt32BE(0, at + 2);
  return target.writeUInt32BE(length, at + 6);
}

function copyMasked(target, at, { source, start, length }, key) {
  const k0 = key >>> 24;
  const k1 = (key >>> 16) & 0xff;
  const k2 = (key >>> 8) & 0xff;
  const k3 = key & 0xff;
  const whole = length & ~3;
  let i = 0;
  for (; i < whole; i += 4) {
    target[at + i] = source[start + i] ^ k0;
    target[at + i + 1] = source[start + i + 1] ^ k1;
    target[at + i + 2] = source[start + i + 2] ^ k2;
    target[at + i + 3] = source[start + i + 3] ^ k3;
  }
  for (; i < length; i++) target[at + i] = source[start + i] ^ ((key >>> (24 - 8 * (i & 3))) & 0xff);
}
