import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildLadder, gapText } from '../../src/report/ladder.ts';
import type { LadderStep } from '../../src/report/ladder.ts';
import type { TimelineEntry } from '../../src/report/model.ts';
import { sampleConnection } from './sample-report.ts';
import { sampleTimeline, timelineOf } from './sample-timeline.ts';

function stepsOf(timeline: TimelineEntry[], evidence: number[] = [], lastPacket?: number): LadderStep[] {
  const last = timeline.at(-1)!;
  const connection = sampleConnection({
    timeline,
    firstPacket: timeline[0]!.packet,
    lastPacket: lastPacket ?? last.packet,
    durationMs: last.offsetMs,
  });
  return [...buildLadder(connection, evidence)!.steps];
}

/** "8 server FIN 0.657", "(7 frames in 1.6 s)"; evidence with a star. */
function told(steps: readonly LadderStep[]): string[] {
  return steps.map((step) =>
    step.kind === 'gap'
      ? `(${gapText(step)})${step.evidence.length > 0 ? '*' : ''}`
      : `${step.packet} ${step.from} ${step.text} ${step.sinceMs.toFixed(3)}${step.isEvidence ? '*' : ''}`,
  );
}

describe('buildLadder', () => {
  it('tells a short connection whole, in times from the 101, with the evidence marked', () => {
    const connection = sampleConnection({ timeline: sampleTimeline() });
    const ladder = buildLadder(connection, [6, 8])!;
    expect(ladder.zero).toBe('101');
    expect(told(ladder.steps.slice(0, 6))).toEqual([
      '1 client SYN -1.500',
      '2 server SYN, ACK -1.480',
      '4 client GET /chat?room=1 HTTP/1.1 -1.420',
      '6 server 101 Switching Protocols 0.000*',
      '8 server FIN 0.657*',
      '9 client FIN 0.900',
    ]);
  });

  it('says how a Close reads, and what frames and gaps hold', () => {
    const steps = stepsOf(
      timelineOf(
        { event: 'frame', opcode: 'text', length: 12 },
        { event: 'frame', opcode: 'binary', length: 2500, from: 'server' },
        { event: 'gap', length: 160 },
        { event: 'frame', opcode: 'close', length: 2, code: 1000 },
        { event: 'frame', opcode: 'close', length: 8, code: 1008, detail: 'policy', from: 'server' },
        { event: 'frame', opcode: 'close', length: 0 },
        { event: 'rst' },
      ),
    );
    expect(steps.map((step) => (step.kind === 'event' ? step.text : ''))).toEqual([
      'text, 12 B',
      'binary, 2.5 kB',
      '160 B not captured',
      'Close 1000',
      'Close 1008 “policy”',
      'Close without code',
      'RST',
    ]);
  });

  it('counts from the request where there is no 101, from the first packet where there is neither', () => {
    const request = { event: 'request', detail: 'GET / HTTP/1.1' } as const;
    const refused = {
      event: 'response',
      code: 403,
      from: 'server',
      detail: 'HTTP/1.1 403 Forbidden',
    } as const;
    const zeroOf = (timeline: TimelineEntry[]) => buildLadder(sampleConnection({ timeline }), [])!.zero;
    expect(zeroOf(timelineOf({ event: 'syn' }, request, refused))).toBe('request');
    expect(zeroOf(timelineOf({ event: 'frame', opcode: 'text', length: 1 }))).toBe('first packet');
    const first = { ...refused, code: 401 };
    const accepted = { ...refused, code: 101 };
    const steps = stepsOf(timelineOf(request, first, request, accepted));
    expect(steps.map((step) => (step.kind === 'event' ? step.sinceMs : null))).toEqual([-3, -2, -1, 0]);
  });

  it('is null where nothing is known', () => {
    expect(buildLadder(sampleConnection({ timeline: [] }), [])).toBeNull();
  });

  it('keeps the beginning, the evidence and the end of a long one, and counts what is between', () => {
    const frames = Array.from({ length: 20 }, () => ({ event: 'frame', opcode: 'text', length: 3 }) as const);
    const timeline = timelineOf(
      { event: 'syn' },
      { event: 'request', detail: 'GET / HTTP/1.1' },
      { event: 'response', code: 101, from: 'server', detail: 'HTTP/1.1 101 OK' },
      ...frames,
      { event: 'fin', from: 'server' },
      { event: 'fin' },
    );
    expect(told(stepsOf(timeline, [14]))).toEqual([
      '1 client SYN -2.000',
      '2 client GET / HTTP/1.1 -1.000',
      '3 server 101 OK 0.000',
      '4 client text, 3 B 1.000',
      '(8 frames in 9 ms)',
      '13 client text, 3 B 10.000',
      '14 client text, 3 B 11.000*',
      '15 client text, 3 B 12.000',
      '(7 frames in 8 ms)',
      '23 client text, 3 B 20.000',
      '24 server FIN 21.000',
      '25 client FIN 22.000',
    ]);
  });

  it('counts what the timeline itself left out, as events, for they may be any', () => {
    const omitted = { event: 'omitted', count: 968 } as const;
    const [before, gap, after] = stepsOf(
      timelineOf({ event: 'frame', opcode: 'text', length: 1 }, omitted, { event: 'fin' }),
    );
    expect(told([before!, gap!, after!])).toEqual([
      '1 client text, 1 B 0.000',
      '(968 events in 2 ms)',
      '3 client FIN 2.000',
    ]);
  });

  it('names evidence that is not an event at its place, before, between and after events', () => {
    const timeline = timelineOf({ event: 'syn', packet: 2 }, { event: 'fin', packet: 9 });
    expect(told(stepsOf(timeline, [2, 5, 6, 12, 40], 12))).toEqual([
      '2 client SYN 0.000*',
      '(packets 5 and 6 in 1 ms)*',
      '9 client FIN 1.000',
      '(packet 12 in 0 ms)*',
    ]);
  });

  it('says in one line what lies between', () => {
    const gap = { kind: 'gap', events: 0, onlyFrames: true, elapsedMs: 2500, evidence: [] } as const;
    expect(gapText(gap)).toBe('2.5 s later');
    expect(gapText({ ...gap, events: 1 })).toBe('1 frame in 2.5 s');
    expect(gapText({ ...gap, events: 101, onlyFrames: false, evidence: [22] })).toBe(
      '101 events around packet 22 in 2.5 s',
    );
    expect(gapText({ ...gap, evidence: [1, 2, 3, 4, 5, 6] })).toBe('packets 1, 2, 3, 4 and 2 more in 2.5 s');
    // The clock of the capture was set back meanwhile.
    expect(gapText({ ...gap, events: 7, elapsedMs: -1 })).toBe('7 frames');
  });

  it('says how long nothing happened, from a second on', () => {
    const pause = (offsetMs: number) =>
      told(stepsOf(timelineOf({ event: 'syn' }, { event: 'fin', offsetMs })));
    expect(pause(999)).toHaveLength(2);
    expect(pause(60_042)[1]).toBe('(1 min later)');
  });

  it('puts a gap, which is noticed late, where it lies', () => {
    const gap = { event: 'gap', length: 5, packet: 2, offsetMs: 1 } as const;
    const timeline = timelineOf({ event: 'syn' }, { event: 'fin', packet: 3, offsetMs: 2 }, gap);
    const packets = stepsOf(timeline, [], 3).map((step) => (step.kind === 'event' ? step.packet : 0));
    expect(packets).toEqual([1, 2, 3]);
  });

  it('is short, in order and complete whatever the timeline', () => {
    const entry = fc.record({
      event: fc.constantFrom('syn', 'request', 'response', 'frame', 'gap', 'fin', 'rst', 'omitted'),
      from: fc.constantFrom('client', 'server'),
      packet: fc.integer({ min: 1, max: 60 }),
      opcode: fc.constantFrom('text', 'close'),
      length: fc.nat(),
      code: fc.constantFrom(101, 403, 1000),
      count: fc.integer({ min: 1, max: 1000 }),
    });
    const entries = fc.array(entry, { minLength: 1, maxLength: 33 });
    fc.assert(
      fc.property(entries, fc.uniqueArray(fc.integer({ min: 1, max: 60 })), (changes, evidence) => {
        const timeline = timelineOf(
          ...changes.map(({ count, ...rest }) =>
            rest.event === 'omitted' ? { ...rest, event: rest.event, count } : rest,
          ),
        );
        const connection = sampleConnection({ timeline, firstPacket: 1, lastPacket: 60 });
        const ladder = buildLadder(connection, evidence);
        if (ladder === null) return;
        const events = ladder.steps.filter((step) => step.kind === 'event');
        const gaps = ladder.steps.filter((step) => step.kind === 'gap');
        expect(ladder.steps.length).toBeLessThanOrEqual(21);
        const packets = events.map(({ packet }) => packet);
        expect(packets).toEqual(packets.toSorted((a, b) => a - b));
        // Every event is shown or counted, all evidence is marked or named.
        const all = timeline.reduce((sum, { event, count }) => sum + (event === 'omitted' ? count! : 1), 0);
        expect(events.length + gaps.reduce((sum, gap) => sum + gap.events, 0)).toBe(all);
        const named = [
          ...events.flatMap(({ packet, isEvidence }) => (isEvidence ? [packet] : [])),
          ...gaps.flatMap((gap) => gap.evidence),
        ];
        expect([...new Set(named)].sort((a, b) => a - b)).toEqual(evidence.toSorted((a, b) => a - b));
      }),
      { numRuns: 300 },
    );
  });
});
