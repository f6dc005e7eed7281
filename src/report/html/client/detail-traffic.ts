/** A small table of what each side sent, and what happened to it in TCP. */
import { formatBytes, formatCount } from '../../format-count.ts';
import { formatDuration } from '../../../basics/format-duration.ts';
import type { DirectionTraffic } from '../../model.ts';
import type { PageConnection } from '../page-data.ts';
import { el } from './dom.ts';

const LINES: readonly (readonly [name: string, value: (traffic: DirectionTraffic) => string])[] = [
  ['text frames', ({ frames }) => formatCount(frames.text)],
  ['binary frames', ({ frames }) => formatCount(frames.binary)],
  ['continuations', ({ frames }) => formatCount(frames.continuation)],
  ['pings, pongs', ({ frames }) => `${formatCount(frames.ping)}, ${formatCount(frames.pong)}`],
  ['Close frames', ({ frames }) => formatCount(frames.close)],
  ['payload', ({ payloadBytes }) => formatBytes(payloadBytes)],
  ['TCP segments', ({ segments }) => formatCount(segments)],
  ['retransmissions', ({ retransmissions }) => formatCount(retransmissions)],
  ['out of order', ({ outOfOrder }) => formatCount(outOfOrder)],
  ['not captured', ({ gapBytes }) => formatBytes(gapBytes)],
];

export function trafficPart({ traffic, heartbeat }: PageConnection): HTMLElement {
  const { clientToServer, serverToClient } = traffic;
  const rows = LINES.map(([name, value]) =>
    el(
      'tr',
      {},
      el('th', { scope: 'row' }, name),
      el('td', { class: 'number' }, value(clientToServer)),
      el('td', { class: 'number' }, value(serverToClient)),
    ),
  );
  return el(
    'section',
    { class: 'part sent' },
    el('h4', {}, 'Traffic'),
    el(
      'table',
      { class: 'traffic' },
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          el('td'),
          el('th', { scope: 'col' }, 'client →'),
          el('th', { scope: 'col' }, '← server'),
        ),
      ),
      el('tbody', {}, ...rows),
    ),
    heartbeat === null ? null : el('p', { class: 'faint' }, heartbeatText(heartbeat)),
  );
}

function heartbeatText({
  pings,
  pongs,
  intervalMs,
  roundTripMs,
}: NonNullable<PageConnection['heartbeat']>): string {
  const every = intervalMs === null ? '' : `, every ${formatDuration(intervalMs)}`;
  const answered =
    roundTripMs === null
      ? ''
      : `, answered within ${formatDuration(roundTripMs.median)} (at most ${formatDuration(roundTripMs.max)})`;
  return `Heartbeat: ${formatCount(pings)} pings, ${formatCount(pongs)} pongs${every}${answered}.`;
}
