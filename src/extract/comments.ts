/** The comments in a pcapng extract: on the section, and on the packets that show a finding. */
import { escapeText } from '../report/escape.ts';
import type { AnomalyReport, ConnectionReport, Report } from '../report/model.ts';

/** The most connections named in the section's comment, and the most comments on one packet. */
const MAX_CONNECTIONS = 200;
const MAX_PER_PACKET = 8;

/** @param report of the extract: its numbers are those of the file in which the comments stand */
export function sectionComment(
  report: Report,
  origin: string,
  sourceIds: readonly number[],
  changed: readonly string[],
): string {
  const { name, version } = report.tool;
  const shown = report.connections.slice(0, MAX_CONNECTIONS);
  const left = report.connections.length - shown.length;
  return [
    `${name} ${version}: ${escapeText(origin)}. Packets and connections are numbered as in this file.`,
    ...changed.map((text) => escapeText(text)),
    ...shown.map((connection) => connectionLine(connection, sourceIds[connection.id])),
    ...(left > 0 ? [`and ${left} more connections`] : []),
    ...report.anomalies.map(
      (anomaly) => `tcp.stream ${anomaly.connections.join(', ')}: ${findingText(anomaly)}`,
    ),
  ].join('\n');
}

/** The comments by packet number, in the order of connections. */
export function packetComments(report: Report): Map<number, string[]> {
  const comments = new Map<number, string[]>();
  const add = (packet: number, text: string) => {
    const present = comments.get(packet);
    if (present === undefined) comments.set(packet, [text]);
    else if (present.length < MAX_PER_PACKET) present.push(text);
  };
  for (const { anomalies } of report.connections) {
    for (const anomaly of anomalies) {
      const [first, ...others] = anomaly.packets;
      if (first === undefined) continue;
      add(first, `wscap: ${findingText(anomaly)}`);
      for (const packet of new Set(others)) {
        if (packet !== first)
          add(packet, `wscap: ${anomaly.severity} ${anomaly.rule}, see the comment on packet ${first}`);
      }
    }
  }
  return comments;
}

function connectionLine(
  { id, verdict, client, server, anomalies }: ConnectionReport,
  sourceId: number | undefined,
): string {
  const ends = `${client.address}:${client.port} to ${server.address}:${server.port}`;
  const source = sourceId === undefined || sourceId === id ? '' : ` (${sourceId} in the source)`;
  const found = anomalies.map(({ severity, rule }) => `${severity} ${rule}`).join(', ');
  return `tcp.stream ${id}${source}: ${verdict}, ${ends}${found === '' ? '' : `: ${found}`}`;
}

function findingText({ severity, rule, message }: AnomalyReport): string {
  return escapeText(`${severity} ${rule}: ${message}`);
}
