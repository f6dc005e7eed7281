/**
 * One line of tcpdump's hex dump: `0x0010:  7f00 0001 04bf d23f 9377 304a 6d2f 9604  .......?.w0Jm/..` At most eight
 * groups of two bytes, with one space between them. After two spaces come the bytes as text, which may look like hex,
 * too.
 */

export const BYTES_PER_HEX_LINE = 16;

export interface HexLine {
  readonly offset: number;
  readonly bytes: readonly number[];
}

/** tcpdump before 3.9 wrote no colon. */
const OFFSET = /^0x([0-9a-f]{4,8})(?::| {2}) */i;
/** A whole group, or a single last byte if their number is odd. */
const GROUP = /([0-9a-f]{2})([0-9a-f]{2})?(?: |$)/iy;

/** @param line without indentation, tabs replaced by spaces; undefined if it is not a hex dump line */
export function parseHexLine(line: string): HexLine | undefined {
  const found = OFFSET.exec(line);
  if (found === null) return undefined;
  const bytes: number[] = [];
  // A second space after a group doesn't match: the text column begins there.
  GROUP.lastIndex = found[0].length;
  while (bytes.length < BYTES_PER_HEX_LINE) {
    const group = GROUP.exec(line);
    if (group === null) break;
    bytes.push(parseInt(group[1]!, 16));
    if (group[2] === undefined) break;
    bytes.push(parseInt(group[2], 16));
  }
  if (bytes.length === 0) return undefined;
  return { offset: parseInt(found[1]!, 16), bytes };
}
