import { describe, expect, it } from 'vitest';
import { anomalyLines, severityCounts } from '../../../src/report/terminal/anomaly-list.ts';
import { placeAnomalies, storiesOf } from '../../../src/report/stories.ts';
import type { ConnectionReport, Report } from '../../../src/report/model.ts';
import { createTheme } from '../../../src/report/terminal/theme.ts';
import {
  handshakeClose,
  sampleAcross,
  sampleAnomaly,
  sampleCapture,
  sampleConnection,
  sampleReport,
} from '../sample-report.ts';

const theme = createTheme({ color: false, ascii: false });

function linesOf(report: Report, changes: { all?: boolean; width?: number } = {}): string[] {
  const options = {
    all: false,
    width: 80,
    captures: report.captures,
    connections: report.connections,
    ...changes,
  };
  return anomalyLines(storiesOf(report), theme, options);
}

const withAnomaly = (changes: Parameters<typeof sampleAnomaly>[0], id = 0): ConnectionReport =>
  sampleConnection({ id, anomalies: [sampleAnomaly(changes)] });

describe('anomalyLines', () => {
  it('gives rule, connection, message, packets, a filter, and the command that explains it', () => {
    const message = 'The server sent FIN. Look at its log.';
    expect(linesOf(sampleReport([withAnomaly({ message })]))).toEqual([
      '',
      '✖ error: handshake-close on connection 0',
      '  The server sent FIN. Look at its log.',
      '  packets 6 and 8   Wireshark: frame.number in {6, 8}',
      '  wscap explain handshake-close',
    ]);
  });

  it('says all that on one line where it fits', () => {
    const lines = linesOf(sampleReport([withAnomaly({ rule: 'x', message: 'FIN.' })]));
    expect(lines.slice(3)).toEqual([
      '  packets 6 and 8   Wireshark: frame.number in {6, 8}   wscap explain x',
    ]);
  });

  it('says what several have in common once', () => {
    const common = 'Handshake: Server: example. Look at what the server does after it: a handler.';
    const connections = [0, 1, 2].map((id) => withAnomaly({ message: `FIN ${id} ms after. ${common}` }, id));
    const other = withAnomaly({ message: 'FIN 3 ms after. Something else. Look elsewhere.' }, 3);
    const messages = linesOf(sampleReport([...connections, other]), { width: 200 }).filter((line) =>
      /^ {2}#\d /.test(line),
    );
    expect(messages).toEqual([
      `  #0 FIN 0 ms after. ${common}`,
      '  #1 FIN 1 ms after. (packets 6 and 8)',
      '  #2 FIN 2 ms after. (packets 6 and 8)',
      '  #3 FIN 3 ms after. Something else. Look elsewhere. (packets 6 and 8)',
    ]);
  });

  it('leaves no packet out of a short filter, however narrow the screen', () => {
    expect(linesOf(sampleReport([withAnomaly({})]), { width: 24 })).toContain(
      '  Wireshark: frame.number in {6, 8}',
    );
  });

  it('names the connections of one across connections', () => {
    const loop = sampleAcross([1, 2, 3], { rule: 'reconnect-loop', message: 'Again.' });
    expect(linesOf(sampleReport([], { anomalies: [loop] }))[1]).toBe(
      '✖ error: reconnect-loop on 3 connections: 1, 2 and 3',
    );
  });

  it('names the file to open where the capture is several', () => {
    const captures = [sampleCapture({ packets: 7 }), sampleCapture({ path: 'b.pcap' })];
    const lines = linesOf(sampleReport([withAnomaly({ message: 'FIN.' })], { captures }));
    expect(lines.slice(3)).toEqual([
      '  packets 6 and 8',
      '  in dump.pcap:',
      '  Wireshark: frame.number == 6',
      '  in b.pcap:',
      '  Wireshark: frame.number == 1',
      '  wscap explain handshake-close',
    ]);
  });

  it('does without evidence lines where there is no packet', () => {
    const lines = linesOf(sampleReport([withAnomaly({ message: 'FIN.', packets: [] })]));
    expect(lines.slice(2)).toEqual(['  FIN.', '  wscap explain handshake-close']);
  });

  it('keeps a long list of packets short', () => {
    const packets = Array.from({ length: 500 }, (_, i) => i * 2 + 1);
    const lines = linesOf(sampleReport([withAnomaly({ message: 'Seen again.', packets })]));
    expect(lines).toHaveLength(6);
    expect(lines[3]).toBe('  packets 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23 and 488 more');
    expect(lines[4]!.length).toBeLessThanOrEqual(80);
  });

  it('shows a few of each rule, so that many of one do not hide another', () => {
    const connections = Array.from({ length: 1000 }, (_, id) => handshakeClose({ id }));
    const report = sampleReport([
      ...connections,
      withAnomaly({ rule: 'slow-upgrade', severity: 'warning' }, 1000),
    ]);
    const lines = linesOf(report);
    expect(lines[1]).toBe('✖ error: handshake-close on 1,000 connections: 0, 1, 2, 3, 4 and 995 more');
    expect(lines.filter((line) => /^ {2}#\d /.test(line))).toHaveLength(3);
    expect(lines).toContain('! warning: slow-upgrade on connection 1000');
    expect(lines).toContain('  …and 997 more handshake-close (--all or --format json shows them)');
    expect(lines).toContain(
      '  all 1,000   Wireshark: tcp.stream in {0..999}   wscap explain handshake-close',
    );
  });

  it('shows twenty kinds and three of each, and every one with --all', () => {
    const connections = Array.from({ length: 250 }, (_, id) => withAnomaly({ rule: `rule-${id % 25}` }, id));
    const report = sampleReport(connections);
    const count = (all: boolean, start: RegExp) =>
      linesOf(report, { all }).filter((line) => start.test(line)).length;
    expect([count(false, /^✖/), count(true, /^✖/)]).toEqual([20, 25]);
    expect([count(false, /^ {2}#/), count(true, /^ {2}#/)]).toEqual([60, 250]);
    expect(linesOf(report).join('\n')).toContain('…and 10 more rule-20, 10 more rule-21,');
  });

  it('sets apart what to look at next', () => {
    const connection = withAnomaly({
      message: 'The server sent FIN. Look at its log.',
      advice: 'Look at its log.',
    });
    expect(linesOf(sampleReport([connection])).slice(2, 4)).toEqual([
      '  The server sent FIN.',
      '  → Look at its log.',
    ]);
  });

  it('does not put together what is to be looked at elsewhere', () => {
    const told = (id: number, side: string) =>
      withAnomaly({ message: `FIN. Look at the ${side}.`, advice: `Look at the ${side}.` }, id);
    const report = sampleReport([told(0, 'server'), told(1, 'client'), told(2, 'server')]);
    expect(linesOf(report).filter((line) => line.startsWith('✖'))).toEqual([
      '✖ error: handshake-close on 2 connections: 0 and 2',
      '✖ error: handshake-close on connection 1',
    ]);
  });

  it('has no filter by connection over several files, where their numbers begin anew', () => {
    const captures = [sampleCapture(), sampleCapture({ path: 'b.pcap' })];
    const text = linesOf(sampleReport([withAnomaly({}, 0), withAnomaly({}, 1)], { captures })).join('\n');
    expect(text).not.toContain('tcp.stream');
    expect(text).toContain('wscap explain handshake-close');
  });

  it('escapes wire text in the message', () => {
    const lines = linesOf(sampleReport([withAnomaly({ message: 'Server: \u001b]0;pwned\u0007\u202e' })]));
    expect(lines[2]).toBe('  Server: \\x1b]0;pwned\\x07\\u{202e}');
  });
});

describe('severityCounts', () => {
  it('counts what there is', () => {
    const report = sampleReport([
      handshakeClose(),
      handshakeClose({ id: 1 }),
      withAnomaly({ severity: 'info' }, 2),
    ]);
    expect(severityCounts(placeAnomalies(report))).toBe('2 errors, 1 info');
  });
});
