/**
 * pcapng's interface description block and the options in it that a packet's time depends on.
 * https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcapng/ §3.5 (options), §4.2
 */
import { timestampResolution, type TimestampResolution } from './pcapng-time.ts';
import { readUint16, readUint32 } from './read-integers.ts';

/** From the start of the block. */
const LINK_TYPE_AT = 8;
const SNAPLEN_AT = 12;
const OPTIONS_AT = 16;
const TRAILER_LENGTH = 4;
/** Type, length, link type, reserved, snaplen and the closing length. */
export const MIN_INTERFACE_BLOCK_LENGTH: number = OPTIONS_AT + TRAILER_LENGTH;

const OPTION_HEADER_LENGTH = 4;
const OPT_ENDOFOPT = 0;
const OPT_IF_TSRESOL = 9;
const OPT_IF_TSOFFSET = 14;
const TSRESOL_LENGTH = 1;
const TSOFFSET_LENGTH = 8;

const TWO_32 = 0x1_0000_0000;

export interface PcapngInterface {
  readonly linkType: number;
  /** 0: unlimited. */
  readonly snaplen: number;
  readonly resolution: TimestampResolution;
  /** Seconds to add to every timestamp. */
  readonly offsetSeconds: number;
}

/** @param start,end a whole block of at least {@link MIN_INTERFACE_BLOCK_LENGTH} bytes */
export function parseInterfaceBlock(
  data: Uint8Array,
  start: number,
  end: number,
  littleEndian: boolean,
): PcapngInterface {
  let tsresol: number | undefined;
  let offsetSeconds = 0;
  const optionsEnd = end - TRAILER_LENGTH;
  let at = start + OPTIONS_AT;
  // An option that runs over the block's end ends the list: what was read before it holds.
  while (optionsEnd - at >= OPTION_HEADER_LENGTH) {
    const code = readUint16(data, at, littleEndian);
    const length = readUint16(data, at + 2, littleEndian);
    const value = at + OPTION_HEADER_LENGTH;
    if (code === OPT_ENDOFOPT || value + length > optionsEnd) break;
    if (code === OPT_IF_TSRESOL && length === TSRESOL_LENGTH) {
      tsresol = data[value]!;
    } else if (code === OPT_IF_TSOFFSET && length === TSOFFSET_LENGTH) {
      offsetSeconds = readInt64(data, value, littleEndian);
    }
    at = value + ((length + 3) & ~3);
  }
  return {
    linkType: readUint16(data, start + LINK_TYPE_AT, littleEndian),
    snaplen: readUint32(data, start + SNAPLEN_AT, littleEndian),
    resolution: timestampResolution(tsresol),
    offsetSeconds,
  };
}

/** Exact up to 2^53; nobody's clock is off by 285 million years. */
function readInt64(data: Uint8Array, at: number, littleEndian: boolean): number {
  const high = readUint32(data, littleEndian ? at + 4 : at, littleEndian) | 0;
  const low = readUint32(data, littleEndian ? at : at + 4, littleEndian);
  return high * TWO_32 + low;
}
