/** The WebSocket frame (RFC 6455 §5.2) as a fact: what was seen, whether or not it was allowed. */

export const OPCODE_CONTINUATION = 0x0;
export const OPCODE_TEXT = 0x1;
export const OPCODE_BINARY = 0x2;
export const OPCODE_CLOSE = 0x8;
export const OPCODE_PING = 0x9;
export const OPCODE_PONG = 0xa;

/**
 * A control frame's payload has at most this many bytes (§5.5); of a longer one this many are kept.
 * @bound payload kept of a control frame: {bytes}
 */
export const MAX_CONTROL_PAYLOAD = 125;

/** {@link FrameParser} fills the same object for each frame: copy what must outlive the call. */
export interface Frame {
  readonly opcode: number;
  readonly isFinal: boolean;
  /** RSV1 to RSV3 as bits 2 to 0. */
  readonly reservedBits: number;
  readonly isMasked: boolean;
  /** As the header has it; not exact above 2^53. */
  readonly payloadLength: number;
  /** The length is written in the fewest bytes that can hold it. */
  readonly isShortestLength: boolean;
  /**
   * The unmasked payload of a Close, ping or pong; null for other frames, and where a part of it is missing.
   */
  readonly controlPayload: Uint8Array | null;
  /** The packet that holds the header's first byte. */
  readonly firstPacket: number;
  /** The packet that completes the frame, and its time. */
  readonly packet: number;
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** Text, binary or continuation. */
export function isDataOpcode(opcode: number): boolean {
  return opcode <= OPCODE_BINARY;
}

export function isControlOpcode(opcode: number): boolean {
  return opcode === OPCODE_CLOSE || opcode === OPCODE_PING || opcode === OPCODE_PONG;
}

export type OpcodeName = 'continuation' | 'text' | 'binary' | 'close' | 'ping' | 'pong' | 'reserved';

export function opcodeName(opcode: number): OpcodeName {
  switch (opcode) {
    case OPCODE_CONTINUATION:
      return 'continuation';
    case OPCODE_TEXT:
      return 'text';
    case OPCODE_BINARY:
      return 'binary';
    case OPCODE_CLOSE:
      return 'close';
    case OPCODE_PING:
      return 'ping';
    case OPCODE_PONG:
      return 'pong';
    default:
      return 'reserved';
  }
}
