/** Text in the colours of a terminal, by Node. */
import { styleText as styleTextOfNode } from 'node:util';

export type StyleName = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Whoever asks has judged the stream by then; newer Nodes would judge stdout again. */
export function styleText(styles: readonly StyleName[], text: string): string {
  return styleTextOfNode([...styles], text, { validateStream: false });
}
