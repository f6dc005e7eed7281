/**
 * Finds where a request's head ends, if its rest comes after the 101: the snapshot length has cut off bytes
 * before the rest. A client's frame can be told from the rest of a head by its second byte: the mask bit is
 * set there (RFC 6455 §5.1), and is not set in any header's text.
 */

const MASK_BIT = 0x80;
const FIRST_PRINTABLE = 0x20;
const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;

/**
 * Index of the first byte behind the head: `start` where no byte belongs to the head, `end` where the head
 * goes on.
 */
export function restOfHead(bytes: Uint8Array, start: number, end: number): number {
  if (beginsFrame(bytes, start, end)) return start;
  for (let at = start; at < end; at++) {
    if (bytes[at] !== LF) continue;
    // An empty line, or the end of one whose beginning came before.
    const isEmpty =
      at === start ||
      bytes[at - 1] === LF ||
      (bytes[at - 1] === CR && (at === start + 1 || bytes[at - 2] === LF));
    if (isEmpty && (at + 1 === end || beginsFrame(bytes, at + 1, end))) return at + 1;
  }
  return end;
}

function beginsFrame(bytes: Uint8Array, start: number, end: number): boolean {
  // No frame begins with these bytes: without FIN, 0xA is a fragmented pong, and 0xD is a reserved opcode.
  if (bytes[start] === LF || bytes[start] === CR) return false;
  if (end - start >= 2) return (bytes[start + 1]! & MASK_BIT) !== 0;
  const byte = bytes[start]!;
  return (byte & MASK_BIT) !== 0 || (byte < FIRST_PRINTABLE && byte !== TAB);
}
