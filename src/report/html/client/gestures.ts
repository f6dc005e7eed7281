/**
 * Mouse, wheel and touch on the lanes: dragging moves through time, a pinch or Ctrl with the wheel zooms, a click
 * opens a connection.
 */
import { pan, toMs, zoom } from '../time-scale.ts';
import type { Lanes } from './lanes.ts';
import type { Store } from './store.ts';

/** A pointer that moves no further than this has clicked. */
const CLICK_SLOP = 5;
const WHEEL_SPEED = 0.0022;

export function watchGestures(store: Store, lanes: Lanes, axis: HTMLElement): void {
  watchWheel(store, lanes, axis);
  watchPointers(store, lanes, lanes.element, true);
  watchPointers(store, lanes, axis, false);
}

function timeAt(store: Store, lanes: Lanes, clientX: number): number {
  const left = lanes.element.getBoundingClientRect().left + lanes.labelWidth;
  const x = Math.min(Math.max(clientX - left, 0), lanes.timeWidth);
  return toMs(store.view.span, x, lanes.timeWidth);
}

function watchWheel(store: Store, lanes: Lanes, axis: HTMLElement): void {
  const onWheel = (event: WheelEvent, zooms: boolean): void => {
    const { span } = store.view;
    // Firefox's wheel counts in lines.
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
    if (zooms) {
      event.preventDefault();
      const factor = Math.exp(event.deltaY * unit * WHEEL_SPEED);
      store.set({ span: zoom(span, factor, timeAt(store, lanes, event.clientX), store.bounds) });
    } else if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
      event.preventDefault();
      const by = ((sideways * unit) / lanes.timeWidth) * (span.to - span.from);
      store.set({ span: pan(span, by, store.bounds) });
    }
  };
  lanes.element.addEventListener(
    'wheel',
    (event) => {
      onWheel(event, event.ctrlKey || event.metaKey);
    },
    { passive: false },
  );
  axis.addEventListener(
    'wheel',
    (event) => {
      onWheel(event, true);
    },
    { passive: false },
  );
}

function watchPointers(store: Store, lanes: Lanes, target: HTMLElement, opens: boolean): void {
  const pointers = new Map<number, { x: number; y: number }>();
  let moved = 0;
  target.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    if (pointers.size === 0) moved = 0;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  });
  target.addEventListener('pointermove', (event) => {
    const before = pointers.get(event.pointerId);
    if (before === undefined) return;
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    const by = event.clientX - before.x;
    moved += Math.abs(by) + Math.abs(event.clientY - before.y);
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (moved <= CLICK_SLOP) return;
    // From now on the lanes get the pointer's events, even outside them.
    if (!target.hasPointerCapture(event.pointerId)) target.setPointerCapture(event.pointerId);
    const { span } = store.view;
    if (other === undefined) {
      const ms = (-by / lanes.timeWidth) * (span.to - span.from);
      store.set({ span: pan(span, ms, store.bounds) });
    } else {
      const factor = Math.abs(before.x - other.x) / Math.max(1, Math.abs(event.clientX - other.x));
      store.set({
        span: zoom(span, factor, timeAt(store, lanes, (event.clientX + other.x) / 2), store.bounds),
      });
    }
  });
  const leave = (event: PointerEvent): void => {
    pointers.delete(event.pointerId);
  };
  target.addEventListener('pointercancel', leave);
  target.addEventListener('pointerup', (event) => {
    const isClick = pointers.has(event.pointerId) && moved <= CLICK_SLOP;
    leave(event);
    const place = isClick && opens ? lanes.rowAt(event.clientY) : null;
    if (place !== null) store.open(store.shown[place]!);
  });
}
