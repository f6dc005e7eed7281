import { describe, expect, it } from 'vitest';
import { ladderOf, type Step } from '../../../src/report/html/sequence-steps.ts';
import type { PageConnection, PageFrame } from '../../../src/report/html/page-data.ts';
import { ColumnReader } from '../../../src/report/html/column-reader.ts';
import { encodePage } from '../../../src/report/html/encode-page.ts';
import { handshakeClose, sampleReport } from '../sample-report.ts';

const { connections, strings } = encodePage(sampleReport([handshakeClose()]));
const base = new ColumnReader(connections, strings).at(0) as unknown as PageConnection;

const frame = (packet: number, offsetMs: number, more: Partial<PageFrame> = {}): PageFrame => ({
  packet,
  offsetMs,
  from: 'client',
  opcode: 'text',
  length: 10,
  ...more,
});

const words = (steps: readonly Step[]) =>
  steps.map((step) =>
    step.kind === 'arrow'
      ? `${step.from} ${step.what}${step.count > 1 ? ` ×${step.count}` : ''}${step.isEvidence ? '!' : ''}`
      : step.kind === 'pause'
        ? `pause ${step.ms}`
        : `omitted ${step.count}`,
  );

describe('ladderOf', () => {
  it('puts the head before frames and FIN after them where all ride on one packet, and marks evidence', () => {
    const steps = ladderOf({
      ...base,
      events: [
        { event: 'fin', packet: 8, from: 'server', offsetMs: 2 },
        { event: 'response', packet: 8, from: 'server', offsetMs: 2, code: 101 },
      ],
      frames: [frame(8, 2, { from: 'server' })],
    });
    expect(words(steps)).toEqual(['server response!', 'server text!', 'server fin!']);
  });

  it('puts runs of like frames together and says pauses', () => {
    const steps = ladderOf({
      ...base,
      events: [],
      frames: [frame(10, 0), frame(11, 5), frame(12, 6, { from: 'server' }), frame(13, 5006)],
    });
    expect(words(steps)).toEqual(['client text ×2', 'server text', 'pause 5000', 'client text']);
    expect(steps[0]).toMatchObject({ length: 20, packet: 10, lastPacket: 11 });
  });

  it('says what is left out, by the report and by itself', () => {
    const frames = Array.from({ length: 200 }, (_, i) =>
      frame(i + 10, i, { from: i % 2 === 0 ? 'client' : 'server' }),
    );
    const steps = ladderOf({ ...base, events: [], frames, omitted: 50, omittedAfter: 100 });
    expect(steps.length).toBe(61);
    expect(words(steps)[30]).toBe('omitted 190');
  });
});
