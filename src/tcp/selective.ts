/**
 * Selective acknowledgements (RFC 2018): a receiver names the blocks of bytes that it has although it lacks others before them.
 * Read only where data was sent again, so that other packets pay nothing for it.
 */
import type { Segment } from '../decode/segment.ts';
import { viewOf } from '../basics/view-of.ts';

const END_OF_OPTIONS = 0;
const NO_OPERATION = 1;
const SELECTIVE = 5;
/** Two sequence numbers of four bytes. */
const BLOCK = 8;

/** Hands on the first sequence number of each block, and the one behind it. Damaged options end the reading. */
export function readSelective(
  { data, optionsStart, payloadStart }: Segment,
  take: (start: number, end: number) => void,
): void {
  let at = optionsStart;
  while (at < payloadStart) {
    const kind = data[at]!;
    if (kind === END_OF_OPTIONS) return;
    if (kind === NO_OPERATION) {
      at++;
      continue;
    }
    const length = at + 1 < payloadStart ? data[at + 1]! : 0;
    if (length < 2 || at + length > payloadStart) return;
    if (kind === SELECTIVE) {
      const view = viewOf(data);
      for (let block = at + 2; block + BLOCK <= at + length; block += BLOCK) {
        take(view.getInt32(block), view.getInt32(block + 4));
      }
      return;
    }
    at += length;
  }
}
