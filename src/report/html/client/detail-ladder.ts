/** The sequence diagram: a list of arrows between two lines, one for the client and one for the server. */
import { EVENT_NAMES } from '../../event-names.ts';
import { formatBytes, formatCount } from '../../format-count.ts';
import { formatDuration } from '../../../basics/format-duration.ts';
import { ladderOf, type Step } from '../sequence-steps.ts';
import type { PageConnection } from '../page-data.ts';
import { el, wire } from './dom.ts';

type Arrow = Extract<Step, { kind: 'arrow' }>;

/** @param clock what the clock showed so many milliseconds after the connection began; null where packets have no such times */
export function ladderPart(connection: PageConnection, clock: ((ms: number) => string) | null): HTMLElement {
  const steps = ladderOf(connection);
  return el(
    'section',
    { class: clock === null ? 'part sequence' : 'part sequence clocked', hidden: steps.length === 0 },
    el('h4', {}, 'Sequence'),
    el(
      'div',
      { class: 'ladder-heads', 'aria-hidden': 'true' },
      el('span', {}, 'client'),
      el('span', {}, 'server'),
    ),
    el('ol', { class: 'ladder' }, ...steps.map((step) => stepLine(step, connection.openedMs ?? 0, clock))),
  );
}

function stepLine(step: Step, zero: number, clock: ((ms: number) => string) | null): HTMLElement {
  switch (step.kind) {
    case 'pause':
      return el(
        'li',
        { class: 'rung pause' },
        el('span', { class: 'arrow' }, `nothing for ${formatDuration(step.ms)}`),
      );
    case 'omitted':
      return el(
        'li',
        { class: 'rung pause' },
        el('span', { class: 'arrow' }, `${formatCount(step.count)} more, not shown`),
      );
    case 'arrow':
      return arrowLine(step, zero, clock);
  }
}

function arrowLine(step: Arrow, zero: number, clock: ((ms: number) => string) | null): HTMLElement {
  const { at, from, packet, lastPacket, isEvidence } = step;
  const packets =
    packet === lastPacket ? formatCount(packet) : `${formatCount(packet)}–${formatCount(lastPacket)}`;
  return el(
    'li',
    { class: `rung ${from}${isEvidence ? ' evident' : ''}`, 'data-what': step.what },
    el(
      'span',
      { class: 'time' },
      clock === null ? null : el('span', { class: 'clock' }, clock(at)),
      el('span', {}, signed(at - zero)),
    ),
    el(
      'span',
      { class: 'arrow' },
      el('span', { class: 'unseen' }, `${from} to ${from === 'client' ? 'server' : 'client'}: `),
      el('span', { class: 'what' }, whatOf(step)),
      step.detail === null || step.detail === ''
        ? null
        : el('span', { class: 'said' }, ` ${wire(step.detail)}`),
    ),
    el('span', { class: 'packet' }, el('span', { class: 'unseen' }, 'packet '), packets),
  );
}

function whatOf({ what, count, length, code, detail }: Arrow): string {
  switch (what) {
    case 'syn':
    case 'syn-ack':
    case 'fin':
    case 'rst':
    case 'tls-hello':
    case 'tls-established':
    case 'tls-alert':
    case 'close-notify':
      return EVENT_NAMES[what];
    case 'request':
    case 'response':
      // The status line says it.
      return detail === null ? (code === null ? what : String(code)) : '';
    case 'gap':
      return `${formatBytes(length ?? 0)} not captured`;
    case 'close':
      return code === null ? 'Close' : `Close ${code}`;
    default:
      return `${count > 1 ? `${formatCount(count)} × ` : ''}${what}${length === null ? '' : `, ${formatBytes(length)}`}`;
  }
}

/** Time since the 101; a time before it has a minus sign. */
export function signed(ms: number): string {
  // The difference of two times has digits below the nanosecond that mean nothing.
  return formatDuration(Math.round(ms * 1e6) / 1e6).replace('-', '−');
}
