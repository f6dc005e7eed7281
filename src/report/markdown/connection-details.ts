/** The details of a connection, each part by itself: diagram, heads of the handshake, last frames, TCP. */
import { escapeMarkup } from '../escape.ts';
import { formatBytes, formatCount } from '../format-count.ts';
import type { ConnectionReport, DirectionTraffic, HeaderLine } from '../model.ts';
import type { Fold, Piece } from './budget.ts';
import { codeBlock, codeSpan, tableLines } from './escape-markdown.ts';
import { clockOf } from './moments.ts';
import { cutText, endpoint } from './phrases.ts';
import { sequenceDiagram } from './sequence-diagram.ts';
import { stepPackets, stepsOf } from './timeline-text.ts';

const SHOWN_STEPS = 12;
const SHOWN_HEADERS = 40;
const LONGEST_HEADER = 300;

export function diagramPiece(connection: ConnectionReport, importance: number): Piece | null {
  const diagram = sequenceDiagram(connection);
  if (diagram === null) return null;
  // The strings are escaped by Mermaid's rules. They can't close the fence, since no label holds a backtick.
  return {
    importance,
    label: ['sequence diagram', 'sequence diagrams'],
    text: `\`\`\`mermaid\n${diagram}\n\`\`\``,
  };
}

/** @param first the importance of the first part; the others follow it */
export function detailsFold(connection: ConnectionReport, first: number, withDiagram: boolean): Fold | null {
  const { id, client, server, verdict } = connection;
  const pieces = [
    withDiagram ? diagramPiece(connection, first) : null,
    handshakePiece(connection, first + 1),
    stepsPiece(connection, first + 2),
    tcpPiece(connection, first + 3),
  ].filter((piece) => piece !== null);
  if (pieces.length === 0) return null;
  const between = escapeMarkup(`${endpoint(client)} → ${endpoint(server)}`);
  const what = withDiagram ? `${verdict}, ${between}` : 'handshake headers, last frames, TCP';
  return { summary: `<b>Connection ${id}</b>: ${what}`, open: false, pieces };
}

function handshakePiece({ upgrade, timeline }: ConnectionReport, importance: number): Piece | null {
  if (upgrade === null) return null;
  const { method, target, httpVersion, status, requestHeaders, responseHeaders } = upgrade;
  const parts: string[] = [];
  if (upgrade.requestPacket !== null) {
    parts.push(`**Request**, packet ${upgrade.requestPacket}`);
    parts.push(
      codeBlock('http', [
        cutText(`${method ?? ''} ${target ?? ''} HTTP/${httpVersion ?? '?'}`, LONGEST_HEADER),
        ...headerLines(requestHeaders),
      ]),
    );
  }
  if (upgrade.responsePacket !== null) {
    const seen = timeline.find(
      ({ event, packet }) => event === 'response' && packet === upgrade.responsePacket,
    );
    const statusLine = seen?.detail ?? `HTTP/${httpVersion ?? '?'} ${status ?? ''}`;
    parts.push(`**Response**, packet ${upgrade.responsePacket}`);
    parts.push(codeBlock('http', [cutText(statusLine, LONGEST_HEADER), ...headerLines(responseHeaders)]));
  }
  return parts.length === 0
    ? null
    : { importance, label: ['opening handshake', 'opening handshakes'], text: parts.join('\n\n') };
}

function headerLines(headers: readonly HeaderLine[]): string[] {
  const lines = headers
    .slice(0, SHOWN_HEADERS)
    .map(({ name, value }) => cutText(`${name}: ${value}`, LONGEST_HEADER));
  const hidden = headers.length - lines.length;
  return hidden > 0 ? [...lines, `… ${formatCount(hidden)} more`] : lines;
}

/** The last steps, in order: a conversation usually breaks near its end. */
function stepsPiece(connection: ConnectionReport, importance: number): Piece | null {
  const guilty = new Set(connection.anomalies.flatMap(({ packets }) => packets));
  const steps = stepsOf(connection.timeline, guilty);
  if (steps.length === 0) return null;
  const clock = clockOf(connection);
  const rows = steps.slice(-SHOWN_STEPS).map((step) => {
    const { first, text, wire } = step;
    const packets = stepPackets(step);
    return [
      first.event === 'omitted'
        ? ''
        : step.entries.some(({ packet }) => guilty.has(packet))
          ? `**${packets}**`
          : packets,
      clock.at(first),
      first.event === 'omitted' ? '' : first.from === 'client' ? 'client →' : '← server',
      wire === null ? text : `${text} ${codeSpan(cutText(wire, 80))}`,
    ];
  });
  const title =
    steps.length > rows.length
      ? `The last ${rows.length} of ${steps.length} steps`
      : 'All of it, step by step';
  const bold = rows.some(([packets]) => packets?.startsWith('**') === true)
    ? '; packets that a finding names are bold'
    : '';
  return {
    importance,
    label: ['list of last frames', 'lists of last frames'],
    text: [`${title}${bold}:`, '', ...tableLines(['packet', clock.since, 'from', 'what'], rows)].join('\n'),
  };
}

function tcpPiece({ traffic, heartbeat }: ConnectionReport, importance: number): Piece {
  const row = (name: string, side: DirectionTraffic) => [
    name,
    formatCount(side.messages),
    formatBytes(side.payloadBytes),
    formatCount(side.segments),
    formatCount(side.retransmissions),
    formatCount(side.outOfOrder),
    side.gapBytes === 0 ? '0' : `**${formatCount(side.gapBytes)}**`,
  ];
  const lines = tableLines(
    ['', 'messages', 'payload', 'TCP segments', 'sent again', 'out of order', 'bytes not captured'],
    [row('client →', traffic.clientToServer), row('← server', traffic.serverToClient)],
  );
  if (heartbeat !== null) lines.push('', heartbeatLine(heartbeat));
  return { importance, label: ['table of TCP facts', 'tables of TCP facts'], text: lines.join('\n') };
}

function heartbeatLine({
  pings,
  pongs,
  intervalMs,
  roundTripMs,
}: NonNullable<ConnectionReport['heartbeat']>): string {
  const parts = [`${formatCount(pings)} pings, ${formatCount(pongs)} pongs`];
  if (intervalMs !== null) parts.push(`one every ${(intervalMs / 1000).toFixed(1)} s`);
  if (roundTripMs !== null) parts.push(`answered within ${roundTripMs.median.toFixed(1)} ms (median)`);
  return `Heartbeat: ${parts.join(', ')}.`;
}
