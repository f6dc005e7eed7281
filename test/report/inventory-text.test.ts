import { describe, expect, it } from 'vitest';
import { renderAnnotations } from '../../src/report/github.ts';
import { renderHtml } from '../../src/report/html/render-html.ts';
import { inventoryRows, inventorySummary, nextStep } from '../../src/report/inventory-text.ts';
import { renderJunit } from '../../src/report/junit.ts';
import { renderMarkdown } from '../../src/report/markdown/markdown.ts';
import type { Report, ServerReport } from '../../src/report/model.ts';
import { renderTable } from '../../src/report/terminal/table.ts';
import { HOSTILE_ALL } from './hostile-text.ts';
import { sampleConnection, sampleReport } from './sample-report.ts';

function server(changes: Partial<ServerReport> = {}): ServerReport {
  return {
    server: { address: '10.0.0.1', port: 8080 },
    protocol: 'http',
    tls: false,
    connections: 1,
    midStream: 0,
    syns: 1,
    looksLikeWebSocket: false,
    requests: 0,
    upgrades: 0,
    serverNames: [],
    alpn: [],
    firstPacket: 1,
    lastPacket: 9,
    ...changes,
  };
}

function report(...servers: ServerReport[]): Report {
  const made = sampleReport([], { inventory: { servers, omitted: 0 } });
  made.totals.tcpConnections = servers.reduce((sum, { connections }) => sum + connections, 0);
  return made;
}

const formats: Readonly<Record<string, (report: Report) => string>> = {
  table: (each) => renderTable(each, { columns: 120, color: false, ascii: false, all: false }),
  markdown: (each) => renderMarkdown(each, { maxLength: undefined }),
  html: (each) => renderHtml(each, { redacted: false }),
  junit: (each) => [...renderJunit(each, { rules: [], captureRules: [], failOn: 'error' })].join(''),
  github: renderAnnotations,
};

describe('the inventory in words', () => {
  it.each([
    [
      server({ protocol: 'refused', connections: 3, syns: 3 }),
      ': all refused',
      'Nothing listens on 10.0.0.1:8080',
    ],
    [
      server({ protocol: 'unanswered', syns: 8 }),
      ': without an answer to the SYN',
      '10.0.0.1:8080 never answered (8 SYNs)',
    ],
    [server({ protocol: 'tls', tls: true }), ': TLS', 'Port 8080 speaks TLS'],
    [server({ protocol: 'http2' }), ': HTTP/2', 'Port 8080 speaks HTTP/2'],
    [server({ requests: 4 }), ': plain HTTP', 'no request asks for a WebSocket'],
    [server({ protocol: 'silent' }), ': without a byte of the server', 'sent no byte'],
    [server({ protocol: 'other' }), ': of another protocol', 'the WebSocket’s own port'],
    [server({ protocol: 'other', midStream: 1 }), ': of another protocol', '--port 8080'],
    [
      server({
        protocol: 'other',
        midStream: 1,
        looksLikeWebSocket: true,
        server: { address: '10.0.0.1', port: 12_345 },
      }),
      ': port 12345 looks like a WebSocket that was open before the capture',
      '--port 12345',
    ],
  ])('says of %j what it is, and the step that fits', (entry, summary, step) => {
    expect(inventorySummary(report(entry))).toBe(summary);
    expect(nextStep(report(entry))).toContain(step);
  });

  it('sums up what differs', () => {
    const mixed = report(server({ connections: 2 }), server({ protocol: 'refused', connections: 1200 }));
    expect(inventorySummary(mixed)).toBe(': 2 plain HTTP, 1,200 refused');
  });

  it('shows the most telling servers first, and counts the others', () => {
    const many = Array.from({ length: 20 }, (_, i) =>
      server({ protocol: 'silent', server: { address: '10.0.0.1', port: i + 1 } }),
    );
    const { rows, more } = inventoryRows(report(...many, server({ requests: 3, upgrades: 1 })));
    expect(rows).toHaveLength(12);
    expect(rows[0]).toEqual({
      server: '10.0.0.1:8080',
      speaks: 'plain HTTP',
      howOften: '1 connection, 3 requests, 1 for a WebSocket',
    });
    expect(more).toBe('…and 9 connections to other servers');
  });

  it.each(Object.keys(formats))('is shown in %s where no WebSocket opened, and only there', (name) => {
    const entry = server({ requests: 4 });
    expect(formats[name]!(report(entry))).toContain('10.0.0.1:8080');
    const opened = sampleReport([sampleConnection()], { inventory: { servers: [entry], omitted: 0 } });
    expect(formats[name]!(opened)).not.toContain('4 requests');
  });

  it.each(Object.keys(formats))('shows names of the wire in %s without giving them power', (name) => {
    const entry = server({ protocol: 'tls', serverNames: [`x${HOSTILE_ALL}`] });
    const text = formats[name]!(report(entry));
    expect(text).not.toContain(String.fromCharCode(0x1b));
    expect(text).not.toContain(HOSTILE_ALL);
  });
});
