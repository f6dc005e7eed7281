/** Request and response side by side, each with the requirements of RFC 6455. */
import { formatDuration } from '../../../basics/format-duration.ts';
import { formatCount } from '../../format-count.ts';
import type { HeaderLine, UpgradeReport } from '../../model.ts';
import { handshakeChecks, type Check } from '../handshake-checks.ts';
import { el, wire } from './dom.ts';

/** Headers of the handshake; the others are printed fainter. */
const OF_THE_HANDSHAKE = /^(upgrade|connection|host|origin|server|sec-websocket-.*)$/i;

export function handshakePart(upgrade: UpgradeReport): HTMLElement {
  const checks = handshakeChecks(upgrade);
  const { method, target, httpVersion, status, requestPacket, responsePacket, latencyMs } = upgrade;
  const request = requestPacket === null ? null : `${method ?? ''} ${target ?? ''} HTTP/${httpVersion ?? ''}`;
  const response = status === null ? null : `HTTP/${httpVersion ?? '1.1'} ${status}`;
  const after = latencyMs === null ? '' : ` · ${formatDuration(latencyMs)} later`;
  return el(
    'section',
    { class: 'part' },
    el('h4', {}, 'Opening handshake'),
    el(
      'div',
      { class: 'sides' },
      side('Request', placeOf(requestPacket), request, upgrade.requestHeaders, of(checks, 'request')),
      side(
        'Response',
        placeOf(responsePacket) + after,
        response,
        upgrade.responseHeaders,
        of(checks, 'response'),
      ),
    ),
  );
}

function placeOf(packet: number | null): string {
  return packet === null ? 'not captured' : `packet ${formatCount(packet)}`;
}

function of(checks: readonly Check[], side: Check['side']): Check[] {
  return checks.filter((check) => check.side === side);
}

function side(
  name: string,
  place: string,
  firstLine: string | null,
  headers: readonly HeaderLine[],
  checks: readonly Check[],
): HTMLElement {
  return el(
    'div',
    { class: 'side' },
    el('h5', {}, name, ' ', el('span', { class: 'faint' }, place)),
    checks.length === 0 ? null : el('ul', { class: 'checks' }, ...checks.map(checkLine)),
    firstLine === null
      ? el('p', { class: 'faint' }, 'Not in the capture.')
      : el('p', { class: 'mono first-line' }, wire(firstLine)),
    el(
      'dl',
      { class: 'headers mono' },
      ...headers.map((header) =>
        el(
          'div',
          { class: OF_THE_HANDSHAKE.test(header.name) ? 'key' : 'other' },
          el('dt', {}, wire(header.name)),
          el('dd', {}, wire(header.value)),
        ),
      ),
    ),
  );
}

const SIGNS = { met: '✓', failed: '✕', unknown: '?' };
const WORDS = { met: 'met', failed: 'not met', unknown: 'not known' };

function checkLine({ what, isMet, found }: Check): HTMLElement {
  const state = isMet === null ? 'unknown' : isMet ? 'met' : 'failed';
  return el(
    'li',
    { 'data-check': state },
    el('span', { class: 'sign', 'aria-hidden': 'true' }, SIGNS[state]),
    el('span', { class: 'unseen' }, `${WORDS[state]}: `),
    what,
    state === 'met' ? null : el('span', { class: 'found mono' }, ` ${wire(found)}`),
  );
}
