import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth } from '../../../src/report/display-width.ts';
import { buildLadder } from '../../../src/report/ladder.ts';
import { ladderLines } from '../../../src/report/terminal/ladder-text.ts';
import type { TimelineEntry } from '../../../src/report/model.ts';
import { createTheme } from '../../../src/report/terminal/theme.ts';
import { sampleConnection } from '../sample-report.ts';
import { sampleTimeline, timelineOf } from '../sample-timeline.ts';

const PLAIN = { color: false, ascii: false };

function drawn(
  timeline: TimelineEntry[],
  {
    evidence = [6, 8],
    width = 78,
    ...theme
  }: Partial<typeof PLAIN & { evidence: number[]; width: number }> = {},
): string[] {
  const connection = sampleConnection({ timeline, lastPacket: 99, durationMs: timeline.at(-1)!.offsetMs });
  const ladder = buildLadder(connection, evidence)!;
  return ladderLines(ladder, createTheme({ ...PLAIN, ...theme }), { connection, severity: 'error', width });
}

describe('ladderLines', () => {
  it('looks like this', () => {
    expect(drawn(sampleTimeline())).toEqual([
      '  packet  ms from 101  client 127.0.0.1:54321  127.0.0.1:8080 server',
      '       1       -1.500  │── SYN ───────────────────────────────────►│',
      '       2       -1.480  │◄────────────────────────────── SYN, ACK ──│',
      '       4       -1.420  │── GET /chat?room=1 HTTP/1.1 ─────────────►│',
      '▸      6        0.000  │◄─────────────── 101 Switching Protocols ──│',
      '▸      8        0.657  │◄─────────────────────────────────── FIN ──│',
      '       9        0.900  │── FIN ───────────────────────────────────►│',
    ]);
  });

  it('looks like this in ASCII, with seconds, a pause, and bytes that were not captured', () => {
    const timeline = timelineOf(
      ...sampleTimeline().slice(3, 4),
      { event: 'gap', packet: 7, length: 160, offsetMs: 2, from: 'server' },
      { event: 'fin', packet: 12, offsetMs: 60_044, from: 'server' },
    );
    expect(drawn(timeline, { ascii: true, evidence: [12] })).toEqual([
      '  packet  s from 101  client 127.0.0.1:54321  127.0.0.1:8080 server',
      '       6    0.000000  |<--------------- 101 Switching Protocols --|',
      '       7    0.000500  |<.................... 160 B not captured ..|',
      '     ...              |  1 min later                              |',
      '>     12   60.042500  |<----------------------------------- FIN --|',
    ]);
  });

  it('looks like this on a narrow screen', () => {
    expect(drawn(sampleTimeline(), { width: 44 }).slice(2, 6)).toEqual([
      '       2       -1.480  ← SYN, ACK',
      '       4       -1.420  → GET /chat… HTTP/1.1',
      '▸      6        0.000  ← 101 Switc…Protocols',
      '▸      8        0.657  ← FIN',
    ]);
  });

  it('never shows a minus before nothing', () => {
    const timeline = sampleTimeline().slice(2, 4);
    timeline[0]!.offsetMs = timeline[1]!.offsetMs - 0.0001;
    expect(drawn(timeline)[1]).toContain('  0.000  ');
  });

  it('paints evidence in the colour of its finding, with the same words', () => {
    const colored = drawn(sampleTimeline(), { color: true });
    expect(colored.filter((line) => line.includes('\u001b[31m'))).toHaveLength(2);
    expect(colored.map((line) => line.replace(/\u001b\[\d+m/g, ''))).toEqual(drawn(sampleTimeline()));
  });

  it('fits the width, keeps its right lifeline straight, and lets no wire text act', () => {
    const hostile = fc.string({ unit: 'binary', maxLength: 40 });
    const width = fc.integer({ min: 38, max: 160 });
    fc.assert(
      fc.property(hostile, width, fc.boolean(), (text, columns, ascii) => {
        const timeline = timelineOf(
          { event: 'request', detail: text },
          { event: 'response', code: 101, detail: `HTTP/1.1 ${text}`, from: 'server' },
          { event: 'frame', opcode: 'close', code: 4000, detail: text },
          { event: 'rst', offsetMs: 9_999_999_999 },
        );
        const lines = drawn(timeline, { width: columns, ascii });
        for (const line of lines) expect(displayWidth(line), line).toBeLessThanOrEqual(columns);
        expect(lines.join('')).not.toMatch(
          /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/u,
        );
        if (ascii) expect(lines.join('')).toMatch(/^[\x20-\x7e]*$/);
        const drawnRows = lines.slice(1).filter((line) => /[│|]$/.test(line));
        expect(new Set(drawnRows.map(displayWidth)).size).toBeLessThanOrEqual(1);
      }),
      { numRuns: 200 },
    );
  });
});
