/** The inside of a Markdown paragraph, for a terminal: code, emphasis, links. Painted word by word, so it can be wrapped. */
import { displayWidth } from '../../report/display-width.ts';
import { wrapText } from '../../report/fit-text.ts';
import type { Theme } from '../../report/terminal/theme.ts';

const INLINE =
  /(?<ticks>`+)(?<code>.+?)\k<ticks>|\*\*(?<strong>.+?)\*\*|\*(?<emphasis>[^\s*](?:[^*]*[^\s*])?)\*|\[(?<text>(?:[^\]\\]|\\.)+)\]\((?<target>[^)\s]+)\)|<(?<address>https?:[^>\s]+)>|\\(?<escaped>[\\`*_[\](){}<>#|])/g;

type Paint = (text: string) => string;

/** Wrapped to `width`, safe for this terminal. */
export function inlineLines(markdown: string, theme: Theme, width: number): string[] {
  return wrapText(
    inlineText(markdown, theme, width, (text) => text),
    width,
  );
}

function inlineText(markdown: string, theme: Theme, width: number, outer: Paint): string {
  let result = '';
  let from = 0;
  const paintWords = (text: string, style: Paint): string =>
    theme
      .safe(text)
      .split(' ')
      // A word that must be broken stays plain: the break could fall inside of a colour sequence.
      .map((word) => (displayWidth(word) > width ? word : style(word)))
      .join(' ');
  for (const match of markdown.matchAll(INLINE)) {
    result += paintWords(markdown.slice(from, match.index), outer);
    from = match.index + match[0].length;
    const { code, strong, emphasis, text, target, address, escaped } = match.groups!;
    if (code !== undefined) {
      // Without colour, backquotes must show that it is code.
      result += theme.color ? paintWords(code, theme.code) : paintWords(`\`${code}\``, outer);
    } else if (strong !== undefined) {
      result += inlineText(strong, theme, width, theme.strong);
    } else if (emphasis !== undefined) {
      result += inlineText(emphasis, theme, width, outer);
    } else if (text !== undefined && target !== undefined) {
      result += inlineText(text, theme, width, outer);
      // Links between pages are of no use here; their text is the rule's name.
      if (/^https?:/.test(target) && target !== text) result += paintWords(` (${target})`, outer);
    } else {
      result += paintWords((address ?? escaped)!, outer);
    }
  }
  return result + paintWords(markdown.slice(from), outer);
}
