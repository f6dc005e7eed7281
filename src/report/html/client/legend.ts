/** What the shapes in a lane mean, painted by the same code that paints the lanes. */
import type { LaneShapes } from '../lane-shapes.ts';
import { el } from './dom.ts';
import { paintLane } from './lane-painter.ts';
import { readPalette } from './palette.ts';

const NOTHING: LaneShapes = {
  handshake: null,
  answer: 'accepted',
  life: null,
  silences: [],
  frames: [],
  cells: [],
  end: { at: 0, how: 'unknown', by: null },
  findings: [],
};
const WIDTH = 30;
const HEIGHT = 24;

/** Drawn over 0 to 30 ms, one pixel per millisecond. */
const ENTRIES: readonly (readonly [string, Partial<LaneShapes>])[] = [
  ['handshake', { handshake: { from: 3, to: 27 } }],
  ['refused', { handshake: { from: 3, to: 27 }, answer: 'refused' }],
  ['open', { life: { from: 2, to: 28 } }],
  ['silent', { life: { from: 2, to: 28 }, silences: [{ from: 2, to: 28 }] }],
  ['text', { life: { from: 2, to: 28 }, frames: frames('text') }],
  ['binary', { life: { from: 2, to: 28 }, frames: frames('binary') }],
  ['ping, pong', { life: { from: 2, to: 28 }, frames: frames('control') }],
  ['many', { life: { from: 2, to: 28 }, cells: cells() }],
  ['Close', { life: { from: 2, to: 28 }, frames: frames('close') }],
  ['FIN', { life: { from: 2, to: 20 }, end: { at: 20, how: 'fin', by: null } }],
  ['RST', { life: { from: 2, to: 20 }, end: { at: 20, how: 'rst', by: null } }],
  ['still open', { life: { from: 2, to: 20 }, end: { at: 20, how: 'open', by: null } }],
];

function frames(kind: LaneShapes['frames'][number]['kind']): LaneShapes['frames'] {
  return [
    { at: 10, from: 'client', kind },
    { at: 20, from: 'server', kind },
  ];
}

function cells(): LaneShapes['cells'] {
  return [3, 5, 8, 4].map((level, i) => ({
    begin: 5 + 5 * i,
    end: 10 + 5 * i,
    from: i % 2 === 0 ? ('client' as const) : ('server' as const),
    kind: 'text' as const,
    level,
  }));
}

export function legend(): HTMLElement {
  const items = ENTRIES.map(([name, shapes]) => {
    const canvas = el('canvas', { width: WIDTH * 2, height: HEIGHT * 2, 'aria-hidden': 'true' });
    const paint = (): void => {
      const context = canvas.getContext('2d')!;
      context.setTransform(2, 0, 0, 2, 0, 0);
      context.clearRect(0, 0, WIDTH, HEIGHT);
      const place = { x: (ms: number) => ms, width: WIDTH, y: HEIGHT / 2, half: HEIGHT / 2 - 1 };
      paintLane(context, { ...NOTHING, ...shapes }, place, readPalette(), () => '');
    };
    paint();
    canvas.addEventListener('repaint', paint);
    return el('li', {}, canvas, name);
  });
  const note =
    'Above the line: from the client. Below: from the server. A finding’s symbol stands where it happened.';
  return el('div', { class: 'legend' }, el('ul', {}, ...items), el('p', {}, note));
}

/** Call it after the colours have changed. */
export function repaintLegend(): void {
  for (const canvas of document.querySelectorAll('.legend canvas'))
    canvas.dispatchEvent(new Event('repaint'));
}
