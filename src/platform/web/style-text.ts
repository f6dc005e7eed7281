/** Text in the colours of a terminal (ECMA-48 §8.3.117), for pages that show one. */

export type StyleName = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

const CODES: Readonly<Record<StyleName, readonly [on: number, off: number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

export function styleText(styles: readonly StyleName[], text: string): string {
  return styles.reduceRight((inner, style) => {
    const [on, off] = CODES[style];
    return `\x1b[${on}m${inner}\x1b[${off}m`;
  }, text);
}
