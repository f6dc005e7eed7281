/**
 * Links within the page: `#connection-3` opens that connection, `#rule-handshake-close` shows the connections with a
 * finding of that rule.
 */
import { NO_FILTER } from '../row-filter.ts';
import type { FilterBar } from './filter-bar.ts';
import type { Store } from './store.ts';

export function watchHash(store: Store, bar: FilterBar, reveal: () => void): void {
  const follow = (): void => {
    const [, kind, value] = /^#(connection|rule)-([a-z0-9-]+)$/.exec(location.hash) ?? [];
    if (kind === undefined) return;
    if (kind === 'rule') {
      bar.show({ ...NO_FILTER, rule: value! });
      store.open(null);
    } else {
      const row = store.rowOf(Number(value));
      if (row === undefined) return;
      store.open(row);
    }
    reveal();
  };
  window.addEventListener('hashchange', follow);
  // Clicking the same link again causes no hashchange event, but the user means it.
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link !== null && link.hash !== '' && link.hash === location.hash) follow();
  });
  follow();
}
