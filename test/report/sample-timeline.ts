/** Timelines made by hand: a packet and a millisecond an entry, unless told otherwise. */
import type { TimelineEntry } from '../../src/report/model.ts';

type Entry = Pick<TimelineEntry, 'event'> & Partial<TimelineEntry>;

export function timelineOf(...entries: readonly Entry[]): TimelineEntry[] {
  return entries.map((entry, i) => ({
    at: '2024-05-01T10:00:00.123456000Z',
    packet: i + 1,
    from: 'client',
    offsetMs: i,
    ...entry,
  }));
}

/** The timeline of the handshake-close in sample-report.ts. */
export function sampleTimeline(): TimelineEntry[] {
  return timelineOf(
    { event: 'syn', packet: 1, offsetMs: 0 },
    { event: 'syn-ack', packet: 2, offsetMs: 0.02, from: 'server' },
    { event: 'request', packet: 4, offsetMs: 0.08, detail: 'GET /chat?room=1 HTTP/1.1' },
    {
      event: 'response',
      packet: 6,
      offsetMs: 1.5,
      from: 'server',
      code: 101,
      detail: 'HTTP/1.1 101 Switching Protocols',
    },
    { event: 'fin', packet: 8, offsetMs: 2.157, from: 'server' },
    { event: 'fin', packet: 9, offsetMs: 2.4 },
  );
}
