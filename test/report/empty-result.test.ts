import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/report/model.ts';
import { renderTable } from '../../src/report/terminal/table.ts';
import { sampleCapture, sampleReport } from './sample-report.ts';

function textOf(totals: { packets: number; tcpConnections: number }, changes: Partial<Report> = {}): string {
  const report = sampleReport([], changes);
  report.totals = { ...report.totals, ...totals };
  return renderTable(report, { columns: 400, color: false, ascii: false, all: false });
}

describe('a capture without a WebSocket', () => {
  it('says that it holds no packets, and how to capture some', () => {
    const text = textOf({ packets: 0, tcpConnections: 0 });
    expect(text).toMatch(/^i No packets: the capture is empty\n/);
    expect(text).toContain('tcpdump -i any -U -w dump.pcap tcp port 8080');
  });

  it('says that it holds no TCP', () => {
    const text = textOf({ packets: 120, tcpConnections: 0 });
    expect(text).toMatch(/^i 120 packets, but no TCP connection\n/);
    expect(text).toContain('Check the interface and the filter');
  });

  it('does not say that nothing was there where it could read nothing', () => {
    const note = { code: 'unsupported-link-type', message: '120 packets of link type X left out' };
    const text = textOf(
      { packets: 120, tcpConnections: 0 },
      { captures: [sampleCapture({ notes: [note] })] },
    );
    expect(text).toMatch(/^i 120 packets, of a link type that wscap can not read\n/);
    expect(text).toContain('Capture on another interface');
  });

  it('says how many TCP connections were seen without an opening handshake', () => {
    const text = textOf({ packets: 120, tcpConnections: 4 });
    expect(text).toMatch(/^i No WebSocket opening handshake in 4 TCP connections\n/);
    expect(text.replace(/\s+/g, ' ')).toContain('Start the capture before the client connects');
  });

  it('points to the plain side of the TLS terminator where it saw TLS', () => {
    const notes = [{ code: 'encrypted', message: '4 connections encrypted by TLS' }];
    const text = textOf({ packets: 120, tcpConnections: 4 }, { notes });
    expect(text).toContain('TLS hides the handshake. Three ways to see more');
    expect(text.replaceAll(/\s+/g, ' ')).toContain('capture on the plain side of what terminates TLS');
    expect(text).toContain('· encrypted: 4 connections encrypted by TLS');
  });
});
