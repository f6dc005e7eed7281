/** The findings on the connection, with the packets that prove them as a filter to copy. */
import type { CaptureReport } from '../../model.ts';
import { packetFilters } from '../../packet-filter.ts';
import { listOf } from '../../format-count.ts';
import type { PageConnection, PageFinding } from '../page-data.ts';
import { el, wire } from './dom.ts';
import { symbolOf } from './symbol.ts';

const LONGEST_FILTER = 200;
const SHOWN_ACROSS = 12;

export function findingsPart(
  { findings, id }: PageConnection,
  captures: readonly CaptureReport[],
): HTMLElement {
  return el(
    'section',
    { class: 'part found', hidden: findings.length === 0 },
    el('h4', {}, 'Findings'),
    el('ol', { class: 'cards' }, ...findings.map((finding) => card(finding, id, captures))),
  );
}

function card(finding: PageFinding, id: number, captures: readonly CaptureReport[]): HTMLElement {
  const { rule, severity, sentences, packets, evidence, across } = finding;
  const others = (across ?? []).filter((other) => other !== id);
  return el(
    'li',
    { class: 'card', 'data-mark': severity },
    el('h5', {}, symbolOf(severity), rule),
    el('p', {}, wire(sentences.join(' '))),
    others.length === 0
      ? null
      : el(
          'p',
          { class: 'where' },
          `Together with connections ${listOf(
            others.map((other) => `#${other}`),
            SHOWN_ACROSS,
          )}.`,
        ),
    packets.length === 0 ? null : filterList(packets, captures),
    el('details', { class: 'measured' }, el('summary', {}, 'What was measured'), measured(evidence)),
    el('p', { class: 'explain' }, 'More: ', el('code', {}, `wscap explain ${rule}`)),
  );
}

function filterList(packets: readonly number[], captures: readonly CaptureReport[]): HTMLElement {
  return el(
    'ul',
    { class: 'evidence' },
    ...packetFilters(packets, captures, LONGEST_FILTER).map(({ path, filter }) =>
      el(
        'li',
        {},
        el('span', { class: 'label' }, path === null ? 'Wireshark' : `Wireshark (${wire(path)})`),
        ' ',
        el('code', {}, filter),
        ' ',
        el('button', { type: 'button', class: 'copy', 'data-copy': filter }, 'Copy'),
      ),
    ),
  );
}

function measured(evidence: PageFinding['evidence']): HTMLElement {
  return el(
    'dl',
    { class: 'pairs' },
    ...Object.entries(evidence).map(([name, value]) =>
      el(
        'div',
        {},
        el('dt', {}, name),
        el('dd', { class: 'mono' }, wire(Array.isArray(value) ? value.join(', ') : String(value))),
      ),
    ),
  );
}
