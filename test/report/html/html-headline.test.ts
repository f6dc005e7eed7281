import { describe, expect, it } from 'vitest';
import { rankConnections } from '../../../src/report/connection-rank.ts';
import { verdictOf } from '../../../src/report/html/html-headline.ts';
import type { Report } from '../../../src/report/model.ts';
import {
  handshakeClose,
  sampleClose,
  sampleConnection,
  sampleReport,
  sampleUpgrade,
} from '../sample-report.ts';

const verdict = (report: Report) => {
  const { mark, headline, summary } = verdictOf(report, rankConnections(report));
  return [mark, headline, summary.replaceAll('\u00a0', ' ')];
};

describe('verdictOf', () => {
  it('says of a single connection who closed it, when and how', () => {
    expect(verdict(sampleReport([handshakeClose()]))).toEqual([
      'error',
      'The server ended the connection with FIN 0.657 ms after the 101, without a Close frame.',
      '',
    ]);
  });

  it('says of a single problem among many which connection it is and how it ended', () => {
    expect(verdict(sampleReport([sampleConnection(), handshakeClose({ id: 4 })]))).toEqual([
      'error',
      '1 of 2 WebSocket connections has a problem',
      'Connection #4: The server ended the connection with FIN 0.657 ms after the 101, without a Close frame.',
    ]);
  });

  it('adds up who ended the problems, and leaves out who hung up after a refusal', () => {
    const rejected = sampleConnection({
      id: 3,
      verdict: 'rejected',
      upgrade: sampleUpgrade({ status: 403 }),
      close: sampleClose({ firstBy: 'client', afterUpgradeMs: null }),
    });
    const reset = handshakeClose({ id: 2, close: sampleClose({ how: 'rst', afterUpgradeMs: 2 }) });
    expect(verdict(sampleReport([handshakeClose(), reset, rejected]))).toEqual([
      'error',
      'All 3 connections have a problem',
      'The server ended 2 of them (1 with FIN, 1 with RST); 1 upgrade was refused; they ended within 2 ms of the 101.',
    ]);
    const late = handshakeClose({ id: 4, close: sampleClose({ afterUpgradeMs: 60_000 }) });
    expect(verdict(sampleReport([handshakeClose(), reset, late]))[2]).toBe(
      'The server ended all 3 (2 with FIN, 1 with RST); half of them within 2 ms of the 101.',
    );
  });

  it('says that nothing is wrong', () => {
    expect(verdict(sampleReport([sampleConnection(), sampleConnection({ id: 1 })]))).toEqual([
      'clean',
      'No problem found in 2 WebSocket connections',
      'By verdict: 2 clean.',
    ]);
    expect(verdict(sampleReport([sampleConnection()]))[0]).toBe('clean');
  });

  it('does not call a capture without a verdict clean', () => {
    const unknown = sampleConnection({ verdict: 'unknown', close: null });
    expect(verdict(sampleReport([unknown, { ...unknown, id: 1 }]))).toEqual([
      'neutral',
      '2 WebSocket connections, no verdict possible',
      'The notes say what the capture lacks.',
    ]);
  });

  it('says what there was instead of a WebSocket', () => {
    const totals = { ...sampleReport([]).totals, packets: 5, tcpConnections: 2 };
    expect(verdict(sampleReport([], { totals }))[1]).toBe(
      'No WebSocket opening handshake in 2 TCP connections',
    );
    expect(verdict(sampleReport([], { totals: { ...totals, packets: 0 } }))[1]).toBe(
      'The capture is empty: no packets',
    );
  });
});
