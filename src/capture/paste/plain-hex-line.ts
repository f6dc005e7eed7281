/**
 * A line of the hex dumps of Wireshark, tshark, `hexdump -C`, `od -t x1` and `snoop`: an offset, then single bytes, then the bytes as
 * text: `0010  0a 00 00 01 c3 50 1f 90 00 00 03 e8 00 00 00 00   .....P..........`; and that of `xxd`, whose bytes stand in pairs.
 */
import { rendersAs } from './rendered-bytes.ts';

export const BYTES_PER_LINE = 16;

export interface PlainHexLine {
  /** As printed: what base it has, one line does not say. */
  readonly offset: string;
  readonly bytes: readonly number[];
}

const OFFSET = /^([0-9a-f]{4,8}):? {1,4}(?=[0-9a-f]{2})/i;
const BYTE = /([0-9a-f]{2})(?= |$|\|)( ?(?: (?=[0-9a-f]{2}(?: |$)))?)/iy;
const PAIR = /([0-9a-f]{2})([0-9a-f]{2})?(?: |$)/iy;

/** @param line without indentation; undefined where it is not a line of a hex dump */
export function parsePlainHexLine(line: string): PlainHexLine | undefined {
  const found = OFFSET.exec(line);
  if (found === null) return undefined;
  const at = found[0].length;
  const bytes = /^[0-9a-f]{4}(?: |$)/i.test(line.slice(at, at + 5)) ? pairs(line, at) : singles(line, at);
  return bytes.length === 0 ? undefined : { offset: found[1]!, bytes };
}

function singles(line: string, start: number): number[] {
  const bytes: number[] = [];
  const ends: number[] = [];
  BYTE.lastIndex = start;
  while (bytes.length < BYTES_PER_LINE) {
    const found = BYTE.exec(line);
    if (found === null) break;
    bytes.push(parseInt(found[1]!, 16));
    ends.push(BYTE.lastIndex);
    // Two spaces stand in the middle of a line only. Elsewhere the text begins behind them.
    if (found[2]!.length === 0 || (found[2]!.length > 1 && bytes.length !== BYTES_PER_LINE / 2)) break;
  }
  return withoutText(bytes, ends, line);
}

function pairs(line: string, start: number): number[] {
  const bytes: number[] = [];
  const ends: number[] = [];
  PAIR.lastIndex = start;
  while (bytes.length < BYTES_PER_LINE) {
    const found = PAIR.exec(line);
    if (found === null) break;
    bytes.push(parseInt(found[1]!, 16));
    ends.push(PAIR.lastIndex);
    if (found[2] === undefined) break;
    bytes.push(parseInt(found[2], 16));
    ends.push(PAIR.lastIndex);
  }
  return withoutText(bytes, ends, line);
}

/** Where spaces were lost, the first characters of the text may look like bytes: the text must be that of the bytes before it. */
function withoutText(bytes: number[], ends: readonly number[], line: string): number[] {
  if (bytes.length === BYTES_PER_LINE) return bytes;
  for (let count = 1; count < bytes.length; count++) {
    if (rendersAs(bytes.slice(0, count), line.slice(ends[count - 1]).trimStart()))
      return bytes.slice(0, count);
  }
  return bytes;
}
