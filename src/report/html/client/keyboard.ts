/** Keys on the lanes, and the few that work on the whole page. */
import { pan, within, withMargin, zoom } from '../time-scale.ts';
import type { Lanes } from './lanes.ts';
import type { Store } from './store.ts';

const ZOOM = 0.7;
const PAN = 0.15;

/** Shown in the page; docs/html-report.md lists the same keys. */
export const KEYS: readonly (readonly [keys: string, what: string])[] = [
  ['↑ ↓  Page Up/Down  Home End', 'choose a connection'],
  ['Enter', 'open it'],
  ['Esc', 'close it'],
  ['← →', 'move through time'],
  ['+ −', 'zoom in, out (also Ctrl + wheel, or the wheel on the axis)'],
  ['0', 'show the whole time span'],
  ['z', 'zoom to the chosen connection'],
  ['/', 'search'],
];

export function watchKeyboard(store: Store, lanes: Lanes, search: HTMLInputElement): void {
  lanes.element.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (onLanes(event.key, store, lanes)) event.preventDefault();
  });
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isTyping =
      event.target instanceof Element && event.target.closest('input, select, textarea') !== null;
    if (event.key === '/' && !isTyping) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === 'Escape' && store.view.opened !== null) {
      store.open(null);
      lanes.element.focus();
    }
  });
}

function onLanes(key: string, store: Store, lanes: Lanes): boolean {
  const { view, shown, bounds } = store;
  const { span, active } = view;
  const choose = (place: number): true => {
    store.set({ active: Math.min(Math.max(place, 0), Math.max(0, shown.length - 1)) });
    return true;
  };
  const show = (next: typeof span): true => {
    store.set({ span: next });
    return true;
  };
  const middle = (span.from + span.to) / 2;
  const length = span.to - span.from;
  const row = shown[active];
  switch (key) {
    case 'ArrowDown':
      return choose(active + 1);
    case 'ArrowUp':
      return choose(active - 1);
    case 'PageDown':
      return choose(active + lanes.page);
    case 'PageUp':
      return choose(active - lanes.page);
    case 'Home':
      return choose(0);
    case 'End':
      return choose(shown.length - 1);
    case 'ArrowLeft':
      return show(pan(span, -PAN * length, bounds));
    case 'ArrowRight':
      return show(pan(span, PAN * length, bounds));
    case '+':
    case '=':
      return show(zoom(span, ZOOM, middle, bounds));
    case '-':
    case '_':
      return show(zoom(span, 1 / ZOOM, middle, bounds));
    case '0':
      return show(bounds);
    case 'z':
      if (row === undefined) return false;
      return show(lifeOf(store, row));
    case 'Enter':
    case ' ':
      if (row !== undefined) store.open(row);
      return true;
    default:
      return false;
  }
}

function lifeOf(store: Store, row: Store['shown'][number]): Store['bounds'] {
  const from = store.originOf(row);
  return within(withMargin({ from, to: from + row.durationMs }), store.bounds);
}
