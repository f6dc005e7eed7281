/** The symbol of a severity as static HTML. */
import { markup, type Markup } from './markup.ts';
import type { Mark } from './page-data.ts';
import { SYMBOL_PATHS } from './symbol-paths.ts';

export function symbol(mark: Mark): Markup {
  const path = SYMBOL_PATHS[mark];
  return markup`<svg class="symbol" data-mark="${mark}" viewBox="0 0 16 16" aria-hidden="true"><path fill-rule="evenodd" d="${path}"/></svg>`;
}
