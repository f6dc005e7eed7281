/** One connection at a glance: who closed it first and how, its handshake, its frames, when. */
import { formatDuration } from '../../basics/format-duration.ts';
import { isForged, isSealed, targetText } from '../connection-text.ts';
import { tlsLines } from '../tls-text.ts';
import { tunnelText } from '../tunnel-text.ts';
import type { CloseReport, ConnectionReport, Report, Role, UpgradeReport } from '../model.ts';
import { codeSpan, escapeProse, tableLines } from './escape-markdown.ts';
import { bothFramesText, endpoint, filterText, moment } from './phrases.ts';

export function connectionFacts(connection: ConnectionReport, report: Report): string {
  const { client, server, upgrade, close, traffic, id, tls } = connection;
  const between = `${codeSpan(endpoint(client))} → ${codeSpan(endpoint(server))}`;
  const rows: [string, string][] = [
    ['Closed first by', closedFirst(connection)],
    ...(isSealed(connection)
      ? []
      : ([
          ['Close frames', closeFrames(close, connection)],
          ['Opening handshake', handshake(connection)],
          ['Frames', bothFramesText(traffic)],
        ] as [string, string][])),
    ['Began', `${moment(connection.openedAt, report)}, lasted ${formatDuration(connection.durationMs)}`],
    ['Wireshark', `${codeSpan(`tcp.stream == ${id}`)}${evidenceFilter(connection, report)}`],
  ];
  if (tls !== undefined) {
    const lines = tlsLines(tls, (text) => text);
    rows.splice(rows.length - 2, 0, ['TLS', lines.map((line) => escapeProse(line)).join('. ')]);
  }
  const tunnels = tunnelText(connection);
  if (tunnels !== '') rows.splice(rows.length - 1, 0, ['Tunnel', escapeProse(tunnels)]);
  if (upgrade !== null && (upgrade.subprotocol ?? upgrade.extensions) !== null) {
    rows.splice(3, 0, ['Agreed on', agreedOn(upgrade)]);
  }
  return tableLines(
    [`Connection ${id}`, between],
    rows.map(([name, value]) => [`**${name}**`, value]),
  ).join('\n');
}

function evidenceFilter({ anomalies }: ConnectionReport, { captures }: Report): string {
  const packets = anomalies
    .filter(({ severity }) => severity !== 'info')
    .flatMap((anomaly) => anomaly.packets);
  const ascending = [...new Set(packets)].sort((a, b) => a - b);
  return ascending.length === 0 ? '' : `, the evidence: ${filterText(ascending, captures)}`;
}

function closedFirst({ close, verdict }: ConnectionReport): string {
  if (close?.how === null || close === null)
    return verdict === 'open' ? 'nobody: still open when the capture ended' : 'not captured';
  const { firstBy, how, afterUpgradeMs, packet } = close;
  const by = isForged(close)
    ? `not certain: a RST in the name of the ${firstBy ?? 'other side'}`
    : `**${firstBy ?? 'unknown'}**, ${how.toUpperCase()}`;
  const after =
    afterUpgradeMs === null
      ? ''
      : afterUpgradeMs === 0
        ? ', together with the 101'
        : `, ${formatDuration(afterUpgradeMs)} after the 101`;
  return `${by}${after}${packet === null ? '' : ` (packet ${packet})`}`;
}

/** In the order in which they were sent. */
function closeFrames(close: CloseReport | null, { traffic }: ConnectionReport): string {
  const sides: [Role, number | null, string | null, number][] = [
    ['client', close?.clientCode ?? null, close?.clientReason ?? null, traffic.clientToServer.frames.close],
    ['server', close?.serverCode ?? null, close?.serverReason ?? null, traffic.serverToClient.frames.close],
  ];
  if (close?.frameFirstBy === 'server') sides.reverse();
  const texts = sides
    .filter(([, code, , count]) => code !== null || count > 0)
    .map(([role, code, reason]) => {
      const words = reason === null || reason === '' ? '' : ` ${codeSpan(reason)}`;
      return `${role} ${code ?? 'without a code'}${words}`;
    });
  return texts.length === 0 ? 'none from either side' : texts.join(', then ');
}

function handshake(connection: ConnectionReport): string {
  const { upgrade } = connection;
  if (upgrade === null) return connection.opening === null ? 'none was tried' : 'not captured';
  const { method, requestPacket, responsePacket, status, latencyMs } = upgrade;
  const request =
    requestPacket === null
      ? 'request not captured'
      : `${codeSpan(`${method ?? ''} ${targetText(connection, (text) => text)}`.trim())} (packet ${requestPacket})`;
  if (responsePacket === null) return `${request}: no answer`;
  const wait = latencyMs === null ? '' : ` in ${formatDuration(latencyMs)}`;
  return `${request}: ${status === null ? 'an unreadable answer' : `**${status}**`}${wait} (packet ${responsePacket})${acceptText(upgrade)}`;
}

function acceptText({ accept }: UpgradeReport): string {
  if (accept === null || accept === 'unknown') return '';
  return accept === 'valid' ? ', Sec-WebSocket-Accept valid' : `, **Sec-WebSocket-Accept ${accept}**`;
}

function agreedOn({ subprotocol, extensions }: UpgradeReport): string {
  return [
    subprotocol === null ? '' : `subprotocol ${codeSpan(subprotocol)}`,
    extensions === null ? '' : `extensions ${codeSpan(extensions)}`,
  ]
    .filter((part) => part !== '')
    .join(escapeProse(', '));
}
