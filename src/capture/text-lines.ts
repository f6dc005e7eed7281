/**
 * Bytes in, lines of text out: UTF-8, or UTF-16 if the file begins with its byte order mark (PowerShell's `>` writes
 * that). Undoes what pasting does to tcpdump's output: CRLF, no-break spaces, tabs, indentation, Markdown's quote
 * marks.
 */
/**
 * tcpdump's lines are far shorter. Of a longer line, the rest is dropped.
 * @bound line of a text: {bytes}
 */
const MAX_LINE_LENGTH = 64 * 1024;

const BYTE_ORDER_MARK_LENGTH = 2;
const INDENTED = /^(?:>| >)* ?(?:\t| {4})/;

export class TextLines {
  private readonly onLine: (line: string, isIndented: boolean) => void;
  private decoder: InstanceType<typeof TextDecoder> | undefined;
  private first: Uint8Array = new Uint8Array(0);
  private partial = '';

  /** @param onLine `isIndented`: white space stood in front of the line */
  constructor(onLine: (line: string, isIndented: boolean) => void) {
    this.onLine = onLine;
  }

  write(chunk: Uint8Array): void {
    if (this.decoder === undefined) {
      this.first = Uint8Array.from([...this.first, ...chunk.subarray(0, BYTE_ORDER_MARK_LENGTH)]);
      if (this.first.length < BYTE_ORDER_MARK_LENGTH) return;
      this.decoder = new TextDecoder(encodingOf(this.first));
      const taken = Math.min(chunk.length, BYTE_ORDER_MARK_LENGTH);
      this.split(this.decoder.decode(this.first, { stream: true }));
      chunk = chunk.subarray(taken);
    }
    this.split(this.decoder.decode(chunk, { stream: true }));
  }

  end(): void {
    this.split(
      (this.decoder ?? new TextDecoder()).decode(this.decoder === undefined ? this.first : undefined),
    );
    if (this.partial !== '') this.onLine(withoutPasteMarks(this.partial), INDENTED.test(this.partial));
    this.partial = '';
  }

  private split(text: string): void {
    let at = 0;
    for (;;) {
      const newline = text.indexOf('\n', at);
      const end = newline === -1 ? text.length : newline;
      const room = MAX_LINE_LENGTH - this.partial.length;
      if (room > 0) this.partial += text.slice(at, Math.min(end, at + room));
      if (newline === -1) return;
      const line = this.partial;
      this.partial = '';
      this.onLine(withoutPasteMarks(line), INDENTED.test(line));
      at = newline + 1;
    }
  }
}

function encodingOf(first: Uint8Array): string {
  if (first[0] === 0xff && first[1] === 0xfe) return 'utf-16le';
  if (first[0] === 0xfe && first[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

function withoutPasteMarks(line: string): string {
  return line
    .replace(/[\t\u00a0\u2007\u202f]/g, ' ')
    .replace(/^(?: *>)+ ?/, '')
    .trim();
}
