/** Text in the colours of a terminal, by Node. */
import { styleText as styleTextOfNode } from 'node:util';

export type StyleName = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** The caller has already decided about the stream; newer versions of Node would judge stdout again. */
export function styleText(styles: readonly StyleName[], text: string): string {
  return styleTextOfNode([...styles], text, { validateStream: false });
}
