/** The findings, one of each kind in full; if many connections have the same one, the others are listed. */
import { clockTextOf } from '../clock-text.ts';
import { storiesOf, type PlacedAnomaly } from '../stories.ts';
import { groupFindings, type FindingGroup } from '../terminal/finding-groups.ts';
import { countOf } from '../format-count.ts';
import type { Report } from '../model.ts';
import type { Block } from './budget.ts';
import { codeSpan, escapeProse, tableLines } from './escape-markdown.ts';
import { connectionsText, filterText, firstSentence, packetText, SIGNS } from './phrases.ts';

const SHOWN_CONNECTIONS = 8;
const SHOWN_OTHERS = 30;

/**
 * @param first the importance of the first finding; each further kind is one less important
 * @param others the importance of the lists of connections with the same finding
 */
export function findingBlocks(report: Report, first: number, others: number): Block[] {
  return groupFindings(storiesOf(report)).flatMap((group, i) =>
    groupBlocks(group, report, first + i, others),
  );
}

function groupBlocks(
  { members: [full, ...others], follows }: FindingGroup,
  report: Report,
  importance: number,
  listImportance: number,
): Block[] {
  const { rule, severity, message, packets, explain, at } = full.anomaly;
  const where = connectionsText(full.connections, SHOWN_CONNECTIONS);
  const same = others.length === 0 ? '' : `, and the same on ${countOf(others.length, 'other connection')}`;
  const time = clockTextOf(report)(at);
  const when = time === null ? '' : `, ${time}`;
  const evidence =
    packets.length === 0 ? '' : ` · ${packetText(packets)}${when} · ${filterText(packets, report.captures)}`;
  const lines = [
    `${SIGNS[severity]} **${rule}** on ${where}${same}${evidence}  `,
    `${escapeProse(message)} (${codeSpan(explain)})`,
  ];
  // A quotation is drawn indented, under the finding from which it follows.
  const text = lines.map((line) => (follows ? `> ${line}` : line)).join('\n');
  const blocks: Block[] = [{ importance, label: ['finding', 'findings'], text }];
  if (others.length > 0) blocks.push(othersBlock(others, listImportance));
  return blocks;
}

function othersBlock(others: readonly PlacedAnomaly[], importance: number): Block {
  const shown = others.slice(0, SHOWN_OTHERS);
  const rows = shown.map(({ anomaly, connections }) => [
    connections.join(', '),
    packetText(anomaly.packets).replace(/^packets? /, ''),
    escapeProse(firstSentence(anomaly.message)),
  ]);
  const more =
    others.length > shown.length
      ? `\n\n… and ${countOf(others.length - shown.length, 'more')}`.replace(/s$/, '')
      : '';
  return {
    summary: `${countOf(others.length, 'other connection')} with ${others[0]!.anomaly.rule}`,
    open: false,
    pieces: [
      {
        importance,
        label: ['list of connections with the same finding', 'lists of connections with the same finding'],
        text: tableLines(['connection', 'packets', 'what happened'], rows).join('\n') + more,
      },
    ],
  };
}
