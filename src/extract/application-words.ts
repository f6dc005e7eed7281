/**
 * Short texts by which an application keeps its WebSocket alive, opens or leaves it, and which name nobody: findings rest on them
 * (`protocols/`). They stay as they are; of Engine.IO's open packet, all but the values in quotation marks does.
 */
import { Utf8Filler } from './utf8-filler.ts';

/** A text that is longer is content. */
export const LONGEST_WORDS = 256;

/** Engine.IO and Socket.IO: close, ping, pong, upgrade, noop, the probe of an upgrade, connect, disconnect. */
const WORDS: ReadonlySet<string> = new Set(['1', '2', '3', '5', '6', '2probe', '3probe', '40', '41']);
const OPEN = '0{"sid":"';

/** What stands in place of a whole text. */
export function rewriteShortText(bytes: Uint8Array): Uint8Array {
  const text = String.fromCharCode(...bytes);
  if (WORDS.has(text)) return bytes;
  const filler = new Utf8Filler();
  if (!text.startsWith(OPEN)) return bytes.map((byte) => filler.next(byte));
  const isKept = namesAndNumbers(text);
  return bytes.map((byte, index) => {
    const filled = filler.next(byte);
    return isKept[index] === true ? byte : filled;
  });
}

/** By character: whether it belongs to a known name of a field, to a number, or to the punctuation of JSON. */
function namesAndNumbers(text: string): boolean[] {
  const kept = new Array<boolean>(text.length).fill(false);
  for (const match of text.matchAll(
    /"(?:sid|upgrades|pingInterval|pingTimeout|maxPayload)":|[{}[\]",]|(?<=:)\d{1,9}(?=[,}])|^0/g,
  )) {
    kept.fill(true, match.index, match.index + match[0].length);
  }
  return kept;
}
