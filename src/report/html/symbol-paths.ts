/**
 * The shapes of severities, in a square of 16. They differ in outline, so that none depends on its colour. Used for
 * SVG and for canvas; fill them by the even-odd rule.
 */
import type { Mark } from './page-data.ts';

export const SYMBOL_PATHS: Readonly<Record<Mark, string>> = {
  // A diamond with a cross cut out.
  error: 'M8 .2 15.8 8 8 15.8 .2 8ZM5.5 4.5l-1 1L7 8l-2.5 2.5 1 1L8 9l2.5 2.5 1-1L9 8l2.5-2.5-1-1L8 7Z',
  // A triangle with an exclamation mark.
  warning: 'M8 .8 15.8 14.8H.2ZM7.2 5.6v4.6h1.6V5.6ZM7.2 11.4V13h1.6v-1.6Z',
  // A disc with an i.
  info: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1ZM7.2 7v5h1.6V7ZM7.2 4v1.7h1.6V4Z',
  clean: 'M1.8 8.6 3.4 7l3 3 6.2-6.2 1.6 1.6-7.8 7.8Z',
  neutral: 'M8 4a4 4 0 1 0 0 8A4 4 0 0 0 8 4ZM8 5.6a2.4 2.4 0 1 1 0 4.8A2.4 2.4 0 0 1 8 5.6Z',
};

export const MARK_NAMES: Readonly<Record<Mark, string>> = {
  error: 'error',
  warning: 'warning',
  info: 'information',
  clean: 'clean',
  neutral: 'no finding',
};
