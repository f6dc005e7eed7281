import { describe, expect, it } from 'vitest';
import { factLines, headlineLines } from '../../../src/report/terminal/terminal-headline.ts';
import type { Report } from '../../../src/report/model.ts';
import { createTheme } from '../../../src/report/terminal/theme.ts';
import {
  handshakeClose,
  sampleAnomaly,
  sampleCapture,
  sampleClose,
  sampleConnection,
  sampleReport,
  sampleUpgrade,
} from '../sample-report.ts';

const theme = createTheme({ color: false, ascii: false });
const headlineOf = (report: Report) => headlineLines(report, theme, 300).join('\n');
const factsOf = (report: Report) => factLines(report, theme, 300);

const clean = (id: number) => sampleConnection({ id });

describe('headlineLines', () => {
  it('names the only problem and how its connection ended', () => {
    expect(headlineOf(sampleReport([clean(0), handshakeClose({ id: 1 }), clean(2)]))).toBe(
      '✖ handshake-close on 1 of 3 WebSockets: server FIN 0.657 ms after the 101',
    );
  });

  it('counts the rules of several problems', () => {
    const slow = sampleAnomaly({ rule: 'slow-upgrade', severity: 'warning' });
    const report = sampleReport([
      handshakeClose({ id: 0 }),
      handshakeClose({ id: 1 }),
      sampleConnection({ id: 2, anomalies: [slow] }),
      clean(3),
    ]);
    expect(headlineOf(report)).toBe('✖ 2 handshake-close and slow-upgrade on 3 of 4 WebSockets');
  });

  it('counts connections without a 101 as connections only', () => {
    const rejected = sampleConnection({
      id: 1,
      verdict: 'rejected',
      upgrade: sampleUpgrade({ status: 403 }),
      anomalies: [sampleAnomaly({ rule: 'upgrade-rejected', severity: 'warning' })],
    });
    expect(headlineOf(sampleReport([clean(0), rejected]))).toBe(
      '! upgrade-rejected on 1 of 2 connections: status 403',
    );
  });

  it('says why where the findings that lead have a headline of their own, and names the others', () => {
    const why = sampleAnomaly({
      rule: 'upgrade-rejected',
      severity: 'warning',
      headline: 'upgrade refused, status 400: the port speaks TLS',
    });
    const slow = sampleAnomaly({ rule: 'slow-upgrade', severity: 'warning' });
    const report = sampleReport([
      sampleConnection({ id: 0, verdict: 'rejected', anomalies: [why] }),
      sampleConnection({ id: 1, verdict: 'rejected', anomalies: [why] }),
      sampleConnection({ id: 2, anomalies: [slow] }),
    ]);
    expect(headlineOf(report)).toBe(
      '! upgrade refused, status 400: the port speaks TLS (2 connections); also slow-upgrade',
    );
  });

  it('claims nothing where nothing could be judged', () => {
    expect(headlineOf(sampleReport([sampleConnection({ verdict: 'unknown' })]))).toContain(
      'no verdict possible (see the notes)',
    );
  });

  it('speaks of one, both and all', () => {
    expect(headlineOf(sampleReport([handshakeClose()]))).toContain('handshake-close on the only WebSocket: ');
    const two = [handshakeClose({ id: 0 }), handshakeClose({ id: 1 })];
    expect(headlineOf(sampleReport(two))).toContain('handshake-close on both WebSockets: ');
    expect(headlineOf(sampleReport([...two, handshakeClose({ id: 2 })]))).toContain('all 3 WebSockets');
  });

  it('says so when all is well, and no more than that', () => {
    expect(headlineOf(sampleReport([clean(0), clean(1)]))).toBe('✔ 2 WebSockets, all clean');
    const open = sampleConnection({ id: 1, verdict: 'open', close: null });
    expect(headlineOf(sampleReport([clean(0), open]))).toBe(
      'i 2 WebSockets, no problem found (1 clean and 1 open)',
    );
  });

  it('says how all of them ended, and between which times, where that is one thing to say', () => {
    const after = (id: number, afterUpgradeMs: number) =>
      handshakeClose({ id, close: sampleClose({ afterUpgradeMs }) });
    expect(headlineOf(sampleReport([after(0, 0.657), after(1, 12.4), after(2, 3.1)]))).toBe(
      '✖ handshake-close on all 3 WebSockets: server FIN 0.657 ms to 12 ms after the 101',
    );
    const reset = handshakeClose({ id: 3, close: sampleClose({ how: 'rst' }) });
    expect(headlineOf(sampleReport([after(0, 0.657), reset]))).toBe('✖ handshake-close on both WebSockets');
    const withClose = handshakeClose({
      id: 4,
      close: sampleClose({ frameFirstBy: 'server', serverCode: 1011, afterUpgradeMs: 7 }),
    });
    expect(headlineOf(sampleReport([after(0, 0.657), withClose]))).toBe(
      '✖ handshake-close on both WebSockets',
    );
  });
});

describe('factLines', () => {
  it('says what the capture is', () => {
    expect(factsOf(sampleReport([]))).toEqual([
      '  dump.pcap: 24 packets, 3.4 kB, 12.3 s from 2024-05-01 10:00:00.123 UTC, EN10MB, pcap',
    ]);
  });

  it('claims no date and no time zone that the capture does not have', () => {
    const withNote = (code: string) =>
      factsOf(sampleReport([], { captures: [sampleCapture({ notes: [{ code, message: '' }] })] }))[0];
    expect(withNote('no-date')).toContain('12.3 s from 10:00:00.123 of an unknown day, EN10MB');
    expect(withNote('local-time')).toContain('12.3 s from 2024-05-01 10:00:00.123 local time, EN10MB');
  });

  it('says that a file is damaged', () => {
    const note = { code: 'corrupt-record', message: '' };
    expect(factsOf(sampleReport([], { captures: [sampleCapture({ notes: [note] })] }))).toEqual([
      '  dump.pcap: 24 packets, 3.4 kB, 12.3 s from 2024-05-01 10:00:00.123 UTC, EN10MB, pcap, damaged (see the notes)',
    ]);
  });

  it('escapes the name of the file, and names standard input', () => {
    const captures = [sampleCapture({ path: 'a\u001b[2J.pcap' }), sampleCapture({ path: '-' })];
    const [first, second] = factsOf(sampleReport([clean(0)], { captures }));
    expect(first).toContain('a\\x1b[2J.pcap: ');
    expect(second).toContain('standard input: ');
  });

  it('says what there is of an empty one', () => {
    const empty = sampleCapture({
      packets: 0,
      bytes: 0,
      firstPacketAt: null,
      lastPacketAt: null,
      durationMs: null,
      linkTypes: [],
      compression: 'gzip',
    });
    expect(factsOf(sampleReport([], { captures: [empty] }))).toEqual([
      '  dump.pcap: 0 packets, 0 B, pcap (gzip)',
    ]);
  });

  it('names the first five of many files', () => {
    const captures = Array.from({ length: 8 }, (_, i) => sampleCapture({ path: `dump.pcap${i}` }));
    const lines = factsOf(sampleReport([], { captures }));
    expect(lines).toHaveLength(6);
    expect(lines[4]).toMatch(/^ {2}dump\.pcap4: 24 packets/);
    expect(lines[5]).toBe('  …and 3 more files');
  });
});
