import { describe, expect, it } from 'vitest';
import { ColumnReader } from '../../../src/report/html/column-reader.ts';
import { encodePage } from '../../../src/report/html/encode-page.ts';
import { laneShapes } from '../../../src/report/html/lane-shapes.ts';
import type { PageConnection } from '../../../src/report/html/page-data.ts';
import type { ConnectionReport } from '../../../src/report/model.ts';
import { handshakeClose, sampleConnection, sampleReport, sampleUpgrade } from '../sample-report.ts';

function shapesOf(connection: ConnectionReport, changes: Partial<PageConnection> = {}) {
  const { connections, strings } = encodePage(sampleReport([connection]));
  const page = new ColumnReader(connections, strings).at(0) as unknown as PageConnection;
  return laneShapes({ ...page, ...changes });
}

describe('laneShapes', () => {
  it('draws the handshake up to the 101, the life up to the FIN, the finding where it was', () => {
    const shapes = shapesOf(handshakeClose(), {
      events: [{ event: 'fin', packet: 8, from: 'server', offsetMs: 2.077 }],
    });
    expect(shapes.handshake).toEqual({ from: 0, to: 1.42 });
    expect(shapes.life).toEqual({ from: 1.42, to: 2.077 });
    expect(shapes.end).toEqual({ at: 2.077, how: 'fin', by: 'server' });
    expect(shapes.findings).toEqual([{ at: 2.4, severity: 'error' }]);
  });

  it('finds long silences between frames and before the end', () => {
    const frame = { packet: 9, from: 'client' as const, opcode: 'text' as const, length: 1 };
    const shapes = shapesOf(sampleConnection({ durationMs: 10_000 }), {
      openedMs: 0,
      frames: [
        { ...frame, offsetMs: 100 },
        { ...frame, offsetMs: 4000 },
        { ...frame, offsetMs: 4400 },
      ],
    });
    expect(shapes.silences).toEqual([
      { from: 100, to: 4000 },
      { from: 4400, to: 10_000 },
    ]);
  });

  it('draws a refused and an unanswered upgrade without a life', () => {
    const refused = shapesOf(
      sampleConnection({ verdict: 'rejected', lifecycle: [], upgrade: sampleUpgrade({ status: 403 }) }),
    );
    expect([refused.answer, refused.life]).toEqual(['refused', null]);
    const unanswered = shapesOf(
      sampleConnection({ verdict: 'unanswered', lifecycle: [], upgrade: sampleUpgrade({ status: null }) }),
    );
    expect([unanswered.answer, unanswered.handshake]).toEqual(['none', { from: 0, to: 3210 }]);
  });

  it('takes a continuation for what it continues', () => {
    const frame = { packet: 9, from: 'client' as const, length: 1, offsetMs: 5 };
    const shapes = shapesOf(sampleConnection(), {
      frames: [
        { ...frame, opcode: 'text' },
        { ...frame, opcode: 'ping' },
        { ...frame, opcode: 'continuation' },
      ],
    });
    expect(shapes.frames.map(({ kind }) => kind)).toEqual(['text', 'control', 'text']);
  });

  it('draws counted frames by their levels instead of single ones', () => {
    const shapes = shapesOf(sampleConnection(), {
      density: { startMs: 100, sliceMs: 10, levels: [{ from: 'server', kind: 'text', digits: '03' }] },
    });
    expect(shapes.cells).toEqual([{ begin: 110, end: 120, from: 'server', kind: 'text', level: 3 }]);
    expect(shapes.frames).toEqual([]);
  });
});
