/** The timeline of a connection in words; consecutive events of one kind are joined: "3 text frames, 96 B". */
import { EVENT_NAMES } from '../event-names.ts';
import { countOf, formatBytes, formatCount } from '../format-count.ts';
import type { TimelineEntry } from '../model.ts';

export interface Step {
  readonly first: TimelineEntry;
  readonly last: TimelineEntry;
  readonly entries: readonly TimelineEntry[];
  /** Our own words: what happened. */
  readonly text: string;
  /** Wire text: request or status line, close reason; null if there is none. */
  readonly wire: string | null;
}

/** @param apart packets that must stay steps of their own, because a finding points at them */
export function stepsOf(timeline: readonly TimelineEntry[], apart: ReadonlySet<number>): Step[] {
  const runs: TimelineEntry[][] = [];
  for (const entry of timeline) {
    const run = runs.at(-1);
    const before = run?.at(-1);
    if (
      run !== undefined &&
      before !== undefined &&
      isSameKind(before, entry) &&
      !apart.has(entry.packet) &&
      !apart.has(before.packet)
    ) {
      run.push(entry);
    } else runs.push([entry]);
  }
  return runs.map(stepOf);
}

/** Data frames, pings and pongs of one side are joined; everything else is a step of its own. */
function isSameKind(a: TimelineEntry, b: TimelineEntry): boolean {
  return (
    a.event === 'frame' &&
    b.event === 'frame' &&
    a.from === b.from &&
    a.opcode === b.opcode &&
    a.opcode !== 'close'
  );
}

function stepOf(entries: readonly TimelineEntry[]): Step {
  const first = entries[0]!;
  return { first, last: entries.at(-1)!, entries, text: textOf(first, entries), wire: wireOf(first) };
}

function wireOf({ event, detail = '' }: TimelineEntry): string | null {
  if (detail === '' || event === 'omitted') return null;
  return event === 'request'
    ? detail.replace(/ HTTP\/\d\.\d$/, '')
    : event === 'response'
      ? detail.replace(/^HTTP\/\d\.\d /, '')
      : detail;
}

function textOf(entry: TimelineEntry, run: readonly TimelineEntry[]): string {
  switch (entry.event) {
    case 'syn':
    case 'syn-ack':
    case 'fin':
    case 'rst':
    case 'tls-hello':
    case 'tls-established':
    case 'tls-alert':
    case 'close-notify':
      return EVENT_NAMES[entry.event];
    case 'request':
      return 'request';
    case 'response':
      return 'response';
    case 'gap':
      return `${formatCount(entry.length ?? 0)} bytes not captured`;
    case 'omitted':
      return countOf(entry.count ?? 0, 'more event');
    case 'frame':
      return frameText(entry, run);
  }
}

function frameText({ opcode = 'frame', code }: TimelineEntry, run: readonly TimelineEntry[]): string {
  if (opcode === 'close') return code === undefined ? 'Close without code' : `Close ${code}`;
  const bytes = run.reduce((sum, { length }) => sum + (length ?? 0), 0);
  const kind = opcode === 'ping' || opcode === 'pong' ? opcode : `${opcode} frame`;
  const name = run.length === 1 ? kind : `${formatCount(run.length)} ${kind}s`;
  return bytes === 0 ? name : `${name}, ${formatBytes(bytes)}`;
}

/** "packet 4", "packets 7–11". */
export function stepPackets({ first, last }: Step): string {
  return first.packet === last.packet ? String(first.packet) : `${first.packet}–${last.packet}`;
}
