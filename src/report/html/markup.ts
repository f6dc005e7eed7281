/**
 * HTML templates: inserted values are escaped, unless they are {@link Markup} themselves. Static HTML is made only
 * through this.
 */
import { escapeMarkup } from '../escape.ts';

export class Markup {
  readonly text: string;

  /** @param text trusted HTML of our own */
  constructor(text: string) {
    this.text = text;
  }
}

export type Content = string | number | Markup | null | readonly Content[];

export function markup(template: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return new Markup(template.reduce((text, piece, i) => text + contentText(contents[i - 1] ?? null) + piece));
}

function contentText(content: Content): string {
  if (content === null) return '';
  if (content instanceof Markup) return content.text;
  if (typeof content === 'string') return escapeMarkup(content);
  return typeof content === 'number' ? String(content) : content.map(contentText).join('');
}
