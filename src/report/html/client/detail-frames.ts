/** The frames with the beginning of their payload. */
import { formatCount } from '../../format-count.ts';
import type { PayloadPreview } from '../../model.ts';
import type { PageConnection, PageFrame } from '../page-data.ts';
import { signed } from './detail-ladder.ts';
import { el, wire } from './dom.ts';

const HEADS = [
  ['After the 101', 'number'],
  ['From', ''],
  ['Frame', ''],
  ['Bytes', 'number'],
  ['Packet', 'number'],
  ['Payload', 'payload'],
] as const;

export function framesPart({ frames, omitted, omittedAfter, openedMs }: PageConnection): HTMLElement {
  const rows: HTMLElement[] = [];
  frames.forEach((frame, i) => {
    if (i === omittedAfter && omitted > 0) rows.push(omittedRow(omitted));
    rows.push(frameRow(frame, openedMs ?? 0));
  });
  if (omittedAfter >= frames.length && omitted > 0) rows.push(omittedRow(omitted));
  return el(
    'section',
    { class: 'part', hidden: rows.length === 0 },
    el('h4', {}, 'Frames'),
    el(
      'div',
      { class: 'wide', tabindex: 0, role: 'region', 'aria-label': 'Frames' },
      el(
        'table',
        { class: 'frames' },
        el(
          'thead',
          {},
          el('tr', {}, ...HEADS.map(([name, kind]) => el('th', { scope: 'col', class: kind }, name))),
        ),
        el('tbody', {}, ...rows),
      ),
    ),
  );
}

function omittedRow(count: number): HTMLElement {
  return el(
    'tr',
    { class: 'omitted' },
    el('td', { colspan: 6 }, `${formatCount(count)} more frames, not in this page`),
  );
}

function frameRow(
  { packet, offsetMs, from, opcode, length, more, payload }: PageFrame,
  zero: number,
): HTMLElement {
  return el(
    'tr',
    { class: from },
    el('td', { class: 'number' }, signed(offsetMs - zero)),
    el('td', { class: 'nowrap' }, from === 'client' ? 'client →' : '← server'),
    el(
      'td',
      {},
      el('span', { class: 'kind', 'data-kind': opcode }, opcode),
      more === true ? el('span', { title: 'the message continues' }, ' …') : null,
    ),
    el('td', { class: 'number' }, formatCount(length)),
    el('td', { class: 'number' }, formatCount(packet)),
    el('td', { class: 'payload' }, ...(payload === undefined ? [] : preview(payload))),
  );
}

function preview({ encoding, value, bytes, of }: PayloadPreview): (HTMLElement | string)[] {
  if (encoding === 'redacted') return [el('span', { class: 'faint' }, wire(value))];
  const text = encoding === 'hex' ? value.replace(/(..)(?!$)/g, '$1 ') : wire(value);
  const cut = bytes < of ? [el('span', { class: 'faint' }, ` … ${formatCount(of)} bytes in all`)] : [];
  return [el('span', { class: `mono ${encoding}` }, text), ...cut];
}
