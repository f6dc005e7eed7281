/** The page's own code: builds the explorer of connections. Everything static is already in the HTML. */
import { formatCount } from '../../format-count.ts';
import type { PageData } from '../page-data.ts';
import { watchCopies } from './copy.ts';
import { Detail } from './detail.ts';
import { byId, el } from './dom.ts';
import { FilterBar } from './filter-bar.ts';
import { watchHash } from './hash.ts';
import { KEYS, watchKeyboard } from './keyboard.ts';
import { LaneView } from './lane-view.ts';
import { repaintLegend } from './legend.ts';
import { Store } from './store.ts';
import { TableView } from './table-view.ts';
import { watchTheme } from './theme.ts';

document.documentElement.classList.add('scripting');
watchCopies();
const explorer = document.getElementById('explorer');
const lanes = explorer === null ? null : buildExplorer(explorer);
watchTheme(byId('theme'), () => {
  lanes?.lanes.repaint();
  lanes?.overview.draw();
  repaintLegend();
});

function buildExplorer(place: HTMLElement): LaneView {
  const store = new Store(JSON.parse(byId('data').textContent) as PageData);
  const isSingle = store.rows.all.length === 1;
  const bar = new FilterBar(store);
  const laneView = new LaneView(store);
  const table = new TableView(store);
  const detail = new Detail(store);
  const panes = el(
    'div',
    { class: 'panes' },
    el('div', { class: 'list' }, laneView.element, table.element),
    detail.element,
  );
  place.classList.toggle('single', isSingle);
  place.append(
    el(
      'div',
      { class: 'explorer-head' },
      el('h2', {}, isSingle ? 'The connection' : 'Connections in time'),
      modeSwitch(store),
      keyHelp(),
    ),
    bar.element,
    leftOut(store),
    panes,
  );
  store.listen((changed) => {
    if (changed.has('mode')) {
      laneView.element.hidden = store.view.mode !== 'lanes';
      table.element.hidden = store.view.mode !== 'table';
    }
    if (changed.has('opened')) {
      panes.classList.toggle('has-detail', store.view.opened !== null);
      if (store.view.opened !== null && !isSingle) bringIntoSight(panes, detail);
    }
  });
  watchKeyboard(store, laneView.lanes, bar.search);
  watchHash(store, bar, () => {
    place.scrollIntoView({ block: 'start' });
  });
  store.prepareSearch();
  if (isSingle && store.view.opened === null) store.open(store.rows.all[0]!);
  // Nobody asked for this connection, so the page must not scroll away from its headline.
  if (isSingle && location.hash === '') scrollTo(0, 0);
  return laneView;
}

/** On a narrow screen the connection replaces the list. */
function bringIntoSight(panes: HTMLElement, detail: Detail): void {
  detail.element.focus({ preventScroll: true });
  const isInPlaceOfList = matchMedia('(max-width: 1179px)').matches;
  if (isInPlaceOfList || panes.getBoundingClientRect().top < 0) panes.scrollIntoView({ block: 'start' });
}

function modeSwitch(store: Store): HTMLElement {
  const button = (mode: 'lanes' | 'table', name: string): HTMLButtonElement => {
    const made = el('button', { type: 'button', 'aria-pressed': mode === 'lanes' ? 'true' : 'false' }, name);
    made.addEventListener('click', () => {
      store.set({ mode });
    });
    store.listen(() => {
      made.setAttribute('aria-pressed', String(store.view.mode === mode));
    });
    return made;
  };
  return el(
    'span',
    { class: 'switch', role: 'group', 'aria-label': 'Show as' },
    button('lanes', 'Lanes'),
    button('table', 'Table'),
  );
}

function keyHelp(): HTMLElement {
  const lines = KEYS.map(([keys, what]) => el('div', {}, el('dt', {}, keys), el('dd', {}, what)));
  return el('details', { class: 'keys' }, el('summary', {}, 'Keys'), el('dl', {}, ...lines));
}

function leftOut({ data }: Store): HTMLElement {
  const count = data.connectionsLeftOut;
  return el(
    'p',
    { class: 'faint', hidden: count === 0 },
    `${formatCount(count)} less important connections are left out of this page; --format json has all.`,
  );
}
