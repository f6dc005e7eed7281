import { describe, expect, it } from 'vitest';
import type { Report } from '../../../src/report/model.ts';
import { noteLines } from '../../../src/report/terminal/note-list.ts';
import { createTheme } from '../../../src/report/terminal/theme.ts';
import { sampleCapture, sampleConnection, sampleReport } from '../sample-report.ts';

const theme = createTheme({ color: false, ascii: false });
const linesOf = (report: Report, all = false) => noteLines(report, theme, all, 200).slice(2);

describe('noteLines', () => {
  it('is empty without notes', () => {
    expect(noteLines(sampleReport([sampleConnection()]), theme, false, 80)).toEqual([]);
  });

  it('says the same note over many connections once', () => {
    const notes = [{ code: 'mid-stream', message: 'it began before the capture', packet: 7 }];
    const connections = Array.from({ length: 40 }, (_, id) => sampleConnection({ id, notes }));
    expect(linesOf(sampleReport(connections))).toEqual([
      '· mid-stream (connections 0, 1, 2, 3, 4 and 35 more): it began before the capture',
    ]);
  });

  it('says where a single one was met', () => {
    const notes = [{ code: 'gap', message: '12 bytes are missing', packet: 7 }];
    expect(linesOf(sampleReport([sampleConnection({ id: 3, notes })]))).toEqual([
      '· gap (connection 3, packet 7): 12 bytes are missing',
    ]);
  });

  it('counts notes that differ only in detail, unless all are asked for', () => {
    const connections = Array.from({ length: 6 }, (_, id) =>
      sampleConnection({ id, notes: [{ code: 'gap', message: `${id + 1} bytes are missing` }] }),
    );
    const lines = linesOf(sampleReport(connections));
    expect(lines).toHaveLength(4);
    expect(lines.at(-1)).toBe('· gap: 3 more notes like these (--all)');
    expect(linesOf(sampleReport(connections), true)).toHaveLength(6);
  });

  it('names the file where there are several', () => {
    const notes = [{ code: 'truncated-file', message: 'the file ends inside a packet' }];
    const captures = [sampleCapture(), sampleCapture({ path: 'b.pcap', notes })];
    expect(linesOf(sampleReport([], { captures }))).toEqual([
      '· truncated-file (b.pcap): the file ends inside a packet',
    ]);
  });

  it('escapes wire text', () => {
    const notes = [{ code: 'proxy-protocol', message: 'names \u001b[2J' }];
    expect(linesOf(sampleReport([], { notes }))).toEqual(['· proxy-protocol: names \\x1b[2J']);
  });
});
