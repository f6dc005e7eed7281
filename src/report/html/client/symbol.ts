/** The symbol of a severity as an element. */
import type { Mark } from '../page-data.ts';
import { MARK_NAMES, SYMBOL_PATHS } from '../symbol-paths.ts';
import { el, svg } from './dom.ts';

/** With its name for screen readers. */
export function symbolOf(mark: Mark): HTMLElement {
  return el('span', {}, symbolShape(mark), el('span', { class: 'unseen' }, `${MARK_NAMES[mark]}: `));
}

export function symbolShape(mark: Mark): SVGElement {
  return svg(
    'svg',
    { class: 'symbol', 'data-mark': mark, viewBox: '0 0 16 16', 'aria-hidden': 'true' },
    svg('path', { 'fill-rule': 'evenodd', d: SYMBOL_PATHS[mark] }),
  );
}
