/** What the report says if no WebSocket was found: what the capture holds instead, and what to try. */
import { leftOutText } from './choice.ts';
import { wrapText } from './fit-text.ts';
import { countOf } from './format-count.ts';
import { inventorySummary, nextStep } from './inventory-text.ts';
import { sealedStep } from './sealed-text.ts';
import type { Report } from './model.ts';
import type { Theme } from './terminal/theme.ts';

const WIDEST_PROSE = 100;

/** The headline. */
export function emptyLines(report: Report, theme: Theme, width: number): string[] {
  return wrapText(whatWasSeen(report), width - 2).map(
    (line, i) => `${i === 0 ? theme.symbol('info') : ' '} ${theme.strong(line)}`,
  );
}

/** What to try; printed after the facts. */
export function hintLines(report: Report, theme: Theme, width: number): string[] {
  const lines = hints(report).flatMap((hint) => wrapText(theme.own(hint), Math.min(width, WIDEST_PROSE) - 2));
  return lines.length === 0 ? [] : ['', ...lines.map((line) => `  ${line}`)];
}

function whatWasSeen(report: Report): string {
  const noneChosen = noneChosenText(report);
  if (noneChosen !== null) return noneChosen;
  const { totals } = report;
  if (totals.packets === 0) return 'No packets: the capture is empty';
  if (totals.tcpConnections === 0) {
    const packets = countOf(totals.packets, 'packet');
    return isUnreadable(report)
      ? `${packets}, of a link type that wscap can not read`
      : `${packets}, but no TCP connection`;
  }
  return noHandshakeText(report);
}

/** Where no connection is as it was asked for; otherwise null. */
export function noneChosenText(report: Report): string | null {
  const leftOut = report.choice?.leftOut ?? 0;
  return leftOut > 0 && report.connections.length === 0
    ? `No connection is as asked for: ${leftOutText(report)}`
    : null;
}

/** "No WebSocket opening handshake in 3 TCP connections: all refused". */
export function noHandshakeText(report: Report): string {
  const connections = countOf(report.totals.tcpConnections, 'TCP connection');
  return `No WebSocket opening handshake in ${connections}${inventorySummary(report)}`;
}

export function hints(report: Report): string[] {
  if (noneChosenText(report) !== null) return [];
  const { packets, tcpConnections } = report.totals;
  if (packets === 0) {
    return [
      'Nothing matched while tcpdump ran, or it was stopped before it wrote anything (-U writes every packet at once).',
      'Check the interface and the port: tcpdump -i any -U -w dump.pcap tcp port 8080',
    ];
  }
  if (tcpConnections === 0) {
    if (isUnreadable(report)) {
      return [
        'Capture on another interface, or on all of them (tcpdump -i any -w dump.pcap tcp port 8080): wscap can read those packets.',
      ];
    }
    return [
      'Check the interface and the filter: tcpdump -i any -w dump.pcap tcp port 8080',
      'wscap does not look into encrypted tunnels (IPsec, WireGuard): capture where the traffic leaves them.',
    ];
  }
  const step = nextStep(report);
  if (step !== null) return [step];
  if (hasNote(report, 'encrypted')) {
    return [sealedStep([], true)];
  }
  return [
    'wscap looks for an HTTP/1.1 upgrade request or a 101 response on any port. Start the capture before the client connects, keep whole packets (tcpdump -s 0), and check that the port filter holds the WebSocket’s own port. Behind TLS, capture on the plain side of the TLS terminator. For connections that were open before the capture began, name the server’s port: --port 8080.',
  ];
}

/** Packets were captured, but wscap can't read their link type. */
function isUnreadable(report: Report): boolean {
  return report.totals.tcpConnections === 0 && hasNote(report, 'unsupported-link-type');
}

function hasNote(report: Report, code: string): boolean {
  return [report, ...report.captures].some(({ notes }) => notes.some((note) => note.code === code));
}
