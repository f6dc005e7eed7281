/**
 * The inventory in words: what each server port of the capture speaks, and the one next step that fits it. People see
 * it where no WebSocket opened.
 */
import { countOf, formatCount, listOf } from './format-count.ts';
import { endpointText } from './connection-text.ts';
import { sealedStep, unsupportedIn } from './sealed-text.ts';
import type { Report, ServerProtocol, ServerReport } from './model.ts';

export interface InventoryRow {
  /** "10.0.0.1:8080". */
  readonly server: string;
  /** "refuses connections", "plain HTTP". */
  readonly speaks: string;
  /** "3 connections, 12 requests, none for a WebSocket". */
  readonly howOften: string;
}

/** Not escaped here: whoever prints it escapes it. */
const asIs = (text: string): string => text;

const SPEAKS: Readonly<Record<ServerProtocol, string>> = {
  websocket: 'WebSocket',
  http: 'plain HTTP',
  http2: 'HTTP/2',
  tls: 'TLS',
  refused: 'refused',
  unanswered: 'no answer',
  silent: 'sent nothing',
  other: 'another protocol',
  unknown: 'no byte of it is shown',
};
/** The most telling first. */
const ORDER: readonly ServerProtocol[] = [
  'websocket',
  'http',
  'http2',
  'refused',
  'unanswered',
  'tls',
  'other',
  'unknown',
  'silent',
];
const SHOWN_ROWS = 12;
const SHOWN_NAMES = 3;
const SHOWN_SERVERS = 3;

/** null where a WebSocket opened, or the report has no inventory: then there is nothing to show. */
export function inventoryOf(report: Report): readonly ServerReport[] | null {
  const servers = report.inventory?.servers ?? [];
  return servers.length === 0 || report.totals.webSocketConnections > 0 || report.choice !== undefined
    ? null
    : servers;
}

/** The most telling servers, as many as a screen has room for, and how many are left out. */
export function inventoryRows(report: Report): { rows: InventoryRow[]; more: string | null } {
  const servers = [...(inventoryOf(report) ?? [])].sort((a, b) => rankOf(a) - rankOf(b));
  const omitted = report.inventory?.omitted ?? 0;
  const hidden = servers.slice(SHOWN_ROWS).reduce((sum, { connections }) => sum + connections, omitted);
  return {
    rows: servers.slice(0, SHOWN_ROWS).map((entry) => ({
      server: endpointText(entry.server, asIs),
      speaks: speaksText(entry),
      howOften: howOftenText(entry),
    })),
    more: hidden === 0 ? null : `…and ${countOf(hidden, 'connection')} to other servers`,
  };
}

function rankOf(entry: ServerReport): number {
  return entry.looksLikeWebSocket ? -1 : ORDER.indexOf(entry.protocol);
}

function speaksText({ protocol, looksLikeWebSocket }: ServerReport): string {
  return looksLikeWebSocket ? 'WebSocket frames?' : SPEAKS[protocol];
}

function howOftenText(entry: ServerReport): string {
  const { protocol, connections, midStream, syns, requests, upgrades, serverNames, alpn } = entry;
  const parts = [countOf(connections, 'connection')];
  if (protocol === 'unanswered' || protocol === 'refused') parts.push(countOf(syns, 'SYN'));
  if (midStream > 0) {
    parts.push(
      midStream === connections ? 'open before the capture' : `${midStream} open before the capture`,
    );
  }
  if (requests > 0) {
    const asked = upgrades === 0 ? 'none' : upgrades === requests ? 'all' : formatCount(upgrades);
    parts.push(
      requests === 1
        ? `1 request${upgrades === 0 ? ', not' : ''} for a WebSocket`
        : `${countOf(requests, 'request')}, ${asked} for a WebSocket`,
    );
  }
  if (serverNames.length > 0) parts.push(`to ${listOf(serverNames, SHOWN_NAMES)}`);
  if (alpn.length > 0) parts.push(`offering ${listOf(alpn, SHOWN_NAMES)}`);
  return parts.join(', ');
}

/** ": all refused", ": 3 of TLS, 1 refused"; empty without an inventory. */
export function inventorySummary(report: Report): string {
  const servers = inventoryOf(report);
  if (servers === null) return '';
  const looksLike = servers.filter(({ looksLikeWebSocket }) => looksLikeWebSocket);
  if (looksLike.length > 0) {
    const verb = isOne(looksLike) ? 'looks like a WebSocket that was' : 'look like WebSockets that were';
    return `: ${portsText(looksLike)} ${verb} open before the capture`;
  }
  const counts = new Map<ServerProtocol, number>();
  for (const { protocol, connections } of servers) {
    counts.set(protocol, (counts.get(protocol) ?? 0) + connections);
  }
  const parts = ORDER.flatMap((protocol) => {
    const count = counts.get(protocol);
    return count === undefined ? [] : [{ protocol, count }];
  });
  const [only, ...others] = parts;
  if (only !== undefined && others.length === 0 && report.inventory?.omitted === 0) {
    return `: ${only.count === 1 ? '' : only.count === 2 ? 'both ' : 'all '}${SUMMARY[only.protocol]}`;
  }
  return `: ${parts.map(({ protocol, count }) => `${formatCount(count)} ${SUMMARY[protocol]}`).join(', ')}`;
}

const SUMMARY: Readonly<Record<ServerProtocol, string>> = {
  websocket: 'WebSocket',
  http: 'plain HTTP',
  http2: 'HTTP/2',
  tls: 'TLS',
  refused: 'refused',
  unanswered: 'without an answer to the SYN',
  silent: 'without a byte of the server',
  other: 'of another protocol',
  unknown: 'without their bytes',
};

/** The one thing to do next, by what the capture holds; null without an inventory. */
export function nextStep(report: Report): string | null {
  const servers = inventoryOf(report);
  if (servers === null) return null;
  const of = (protocol: ServerProtocol) => servers.filter((entry) => entry.protocol === protocol);
  const looksLike = servers.filter(({ looksLikeWebSocket }) => looksLikeWebSocket);
  if (looksLike.length > 0) {
    const ports = [...new Set(looksLike.map(({ server }) => server.port))];
    const options = ports.map((port) => `--port ${port}`).join(' ');
    return `${capital(portsText(looksLike))} ${ports.length === 1 ? 'looks' : 'look'} like a WebSocket that was open before the capture began. To have its frames read: ${options}`;
  }
  const asked = of('http').filter(({ upgrades }) => upgrades > 0);
  if (asked.length > 0 || of('http2').some(({ upgrades }) => upgrades > 0)) return null;
  const unreached = [...of('refused'), ...of('unanswered')];
  if (unreached.length === servers.length) return unreachedStep(of('refused'), of('unanswered'));
  if (of('http').length > 0) {
    return `${capital(portsText(of('http')))} ${isOne(of('http')) ? 'speaks' : 'speak'} HTTP, but no request asks for a WebSocket (Upgrade: websocket). Look at whether the client opens one at all, whether a proxy in front removes its Upgrade header, and whether the WebSocket uses another port.`;
  }
  if (of('http2').length > 0) {
    return `${capital(portsText(of('http2')))} ${isOne(of('http2')) ? 'speaks' : 'speak'} HTTP/2, inside which wscap does not look for WebSockets. Capture where HTTP/1.1 is spoken, for instance between the proxy and the application.`;
  }
  if (of('tls').length > 0) {
    const ports = [...new Set(of('tls').map(({ server }) => server.port))];
    return sealedStep(
      ports,
      ports.every((port) => report.options.ports.includes(port)),
      unsupportedIn(report.connections),
    );
  }
  if (unreached.length > 0) return unreachedStep(of('refused'), of('unanswered'));
  if (of('unknown').length > 0) {
    return `The bytes that were sent are not shown, so it is not known what the servers speak: print the packets with their bytes (tcpdump -X), or capture whole packets (-s 0).`;
  }
  if (servers.some(({ midStream }) => midStream > 0)) {
    const ports = portsText(servers.filter(({ midStream }) => midStream > 0));
    return `The connections to ${ports} were open before the capture began, so a handshake can not be in it. Start the capture before the client connects; for a WebSocket that was open before, name its port: --port ${portOf(servers)}`;
  }
  if (of('silent').length === servers.length) {
    return `The servers accepted the connections and sent no byte. Look at whether the client sent its request (or whether the capture holds only one direction: tcpdump -i any).`;
  }
  return `No connection speaks HTTP/1.1 or TLS. Check that the capture holds the WebSocket’s own port.`;
}

function unreachedStep(refused: readonly ServerReport[], unanswered: readonly ServerReport[]): string {
  if (refused.length > 0) {
    return `Nothing listens on ${serversText(refused)}: look at whether the server runs, and on which address and port.`;
  }
  const syns = unanswered.reduce((sum, entry) => sum + entry.syns, 0);
  return `${serversText(unanswered)} never answered (${countOf(syns, 'SYN')}): a firewall that drops them, a host that is down, or a wrong address. Capture at the server to see whether they arrive.`;
}

function isOne(servers: readonly ServerReport[]): boolean {
  return new Set(servers.map(({ server }) => server.port)).size === 1;
}

/** "port 8080", "ports 80 and 8080". */
function portsText(servers: readonly ServerReport[]): string {
  const ports = [...new Set(servers.map(({ server }) => server.port))];
  return `${ports.length === 1 ? 'port' : 'ports'} ${listOf(ports.map(String), SHOWN_SERVERS)}`;
}

function portOf(servers: readonly ServerReport[]): string {
  const entry = servers.find(({ midStream }) => midStream > 0);
  return String(entry?.server.port ?? '');
}

function serversText(servers: readonly ServerReport[]): string {
  return listOf(
    servers.map(({ server }) => endpointText(server, asIs)),
    SHOWN_SERVERS,
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
