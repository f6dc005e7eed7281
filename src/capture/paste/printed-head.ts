/**
 * The head of an HTTP message that tcpdump prints as text below a packet's line: one line each with `-v`, the packet's characters with
 * `-A`. Whole only where its empty line is printed.
 */
import { startLineOf } from './http-start-line.ts';
import type { PacketLine } from './printed-packet.ts';

/** @bound text of a head that is printed below a packet's line: {bytes} */
const MAX_HEAD = 64 * 1024;
const START_LINE = /(?:[A-Z]{3,12} [!-~]{1,8192} HTTP\/1\.[01]|HTTP\/1\.[01] \d{3}(?: [ -~]{0,200})?)$/;
const FIELD = /^[\w!#$%&'*+.^`|~-]{1,256}:/;

export class PrintedHead {
  #text = '';
  #isWhole = false;

  /** @returns whether the line belongs to the packet's text */
  line(line: string): boolean {
    if (this.#isWhole) return true;
    if (this.#text === '') {
      // In front of it stand the characters of the packet's headers.
      const found = START_LINE.exec(line)?.[0];
      const start = found === undefined ? null : startLineOf(found);
      if (start !== null) this.#text = `${start}\r\n`;
      return true;
    }
    if (line === '') {
      this.#text += '\r\n';
      this.#isWhole = true;
    } else if (FIELD.test(line) && this.#text.length + line.length < MAX_HEAD) this.#text += `${line}\r\n`;
    else this.#isWhole = true;
    return true;
  }

  /** The packet's line with what was printed below it; undefined where nothing was. */
  completed(line: PacketLine): PacketLine | undefined {
    const { segment } = line;
    if (this.#text === '' || segment === null) return undefined;
    return { ...line, segment: { ...segment, payload: { kind: 'text', text: this.#text } } };
  }
}
