import fc from 'fast-check';
import mermaid from 'mermaid';
import { describe, expect, it } from 'vitest';
import { safeLabel, sequenceDiagram } from '../../../src/report/markdown/sequence-diagram.ts';
import type { ConnectionReport, TimelineEntry } from '../../../src/report/model.ts';
import { HOSTILE } from '../hostile-text.ts';
import { handshakeClose, sampleAnomaly, sampleConnection } from '../sample-report.ts';

const AT = '2024-05-01T10:00:00.123456000Z';

function entry(packet: number, changes: Partial<TimelineEntry> = {}): TimelineEntry {
  return {
    at: AT,
    packet,
    from: packet % 2 === 0 ? 'client' : 'server',
    event: 'frame',
    opcode: 'text',
    length: 5,
    offsetMs: packet,
    ...changes,
  };
}

/** 200 Close frames, which can't be drawn together. */
function busy(): ConnectionReport {
  const timeline = Array.from({ length: 200 }, (_, i) =>
    entry(i + 1, { detail: HOSTILE[i % HOSTILE.length]!, opcode: 'close', code: 1000 }),
  );
  return sampleConnection({ timeline, anomalies: [sampleAnomaly({ packets: [3, 197] })] });
}

const lines = (connection: ConnectionReport) =>
  sequenceDiagram(connection)!
    .split('\n')
    .map((line) => line.trim());

describe('sequenceDiagram', () => {
  it('draws who sent what, when from the 101, and marks what a rule points at', () => {
    const connection = handshakeClose({
      timeline: [
        entry(4, { from: 'client', event: 'request', detail: 'GET /chat HTTP/1.1', offsetMs: 0.5 }),
        entry(6, {
          from: 'server',
          event: 'response',
          code: 101,
          detail: 'HTTP/1.1 101 Switching Protocols',
          offsetMs: 2,
        }),
        entry(7, { from: 'client', offsetMs: 2.2 }),
        entry(9, { from: 'client', offsetMs: 2.4, length: 7 }),
        entry(8, { from: 'server', event: 'fin', offsetMs: 2.657 }),
      ],
    });
    expect(lines(connection)).toEqual([
      '%%{init: {"sequence": {"mirrorActors": false}}}%%',
      'sequenceDiagram',
      'participant C as client<br/>127.0.0.1#58;54321',
      'participant S as server<br/>127.0.0.1#58;8080',
      'C->>S: GET /chat, −1.5 ms (packet 4)',
      'rect rgba(255, 0, 0, 0.15)',
      'S->>C: 101 Switching Protocols (packet 6)',
      'end',
      'C->>S: 2 text frames, 12 B, +0.2 ms (packets 7–9)',
      'rect rgba(255, 0, 0, 0.15)',
      'S-xC: FIN, +0.657 ms (packet 8)',
      'end',
    ]);
  });

  it('says what is missing, and counts what is not drawn', () => {
    const connection = sampleConnection({
      timeline: [
        entry(1),
        entry(2, { event: 'omitted', count: 40 }),
        entry(3, { event: 'gap', length: 1448 }),
      ],
    });
    expect(lines(connection).filter((line) => line.startsWith('Note'))).toEqual([
      'Note over C,S: 40 more events',
      'Note over C,S: 1,448 bytes not captured',
    ]);
  });

  it('has no diagram of nothing', () => {
    expect(sequenceDiagram(sampleConnection({ timeline: [] }))).toBeNull();
  });

  it('stays under 2,000 characters, and keeps the beginning, the end and what a rule points at', async () => {
    const diagram = sequenceDiagram(busy())!;
    expect(diagram.length).toBeLessThan(2000);
    expect(diagram.length).toBeGreaterThan(1000);
    for (const packet of [1, 3, 197, 200]) expect(diagram).toContain(`(packet ${packet})`);
    expect(diagram).toMatch(/Note over C,S: \d+ more events/);
    await mermaid.parse(diagram);
  });

  it('is a diagram for Mermaid, whatever was on the wire', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary' })), fc.nat(6)), {
          minLength: 1,
          maxLength: 12,
        }),
        async (events) => {
          const kinds = ['request', 'response', 'frame', 'fin', 'rst', 'gap', 'omitted'] as const;
          const timeline = events.map(([detail, kind], i) =>
            entry(i + 1, { event: kinds[kind]!, detail, opcode: 'close', code: 1000, count: 3 }),
          );
          const diagram = sequenceDiagram(sampleConnection({ timeline }))!;
          const parsed = await mermaid.parse(diagram);
          expect(parsed.diagramType).toBe('sequence');
          // Nothing but our own statements begins a line.
          for (const line of diagram.split('\n').slice(2)) {
            expect(line).toMatch(
              /^ {2}(?:participant [CS] as (?:client|server)<br\/>\S*|Note over C,S: [\d,]+ [a-z ]+|rect rgba\([\d., ]+\)|end|[CS](?:->>|-x)[CS]: .*)$/,
            );
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('safeLabel', () => {
  it('leaves no character that Mermaid or HTML would obey', () => {
    for (const text of HOSTILE)
      expect(safeLabel(text).replace(/#\d+;/g, '')).not.toMatch(/[<>&#;:`"'\\%{}@$|~*\n\r]/);
  });
});
