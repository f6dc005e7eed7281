/**
 * The ladder of a connection: the few steps of its timeline that tell the story, in the order of capture; the steps
 * between them are counted. Pure data for any format; `text` may hold wire text, which the format escapes.
 */
import { EVENT_NAMES } from './event-names.ts';
import { formatDuration } from '../basics/format-duration.ts';
import { countOf, formatBytes, listOf } from './format-count.ts';
import type { ConnectionReport, Role, TimelineEntry } from './model.ts';

/** What the times of a ladder count from. */
export type LadderZero = '101' | 'request' | 'first packet';

export interface LadderEvent {
  readonly kind: 'event';
  readonly packet: number;
  /** Milliseconds since the ladder's zero; negative before it. */
  readonly sinceMs: number;
  readonly from: Role;
  readonly event: Exclude<TimelineEntry['event'], 'omitted'>;
  /** "101 Switching Protocols", "text, 12 B", "Close 1008 “token expired”", "FIN". */
  readonly text: string;
  readonly isEvidence: boolean;
}

/** What is left out between two events. */
export interface LadderGap {
  readonly kind: 'gap';
  readonly events: number;
  /** All of them are frames. */
  readonly onlyFrames: boolean;
  readonly elapsedMs: number;
  /** Packets of evidence that are not events: an acknowledgment, a segment sent again, a frame in the middle. */
  readonly evidence: readonly number[];
}

export type LadderStep = LadderEvent | LadderGap;

export interface Ladder {
  readonly zero: LadderZero;
  readonly steps: readonly LadderStep[];
}

/**
 * Events shown at most.
 * @bound steps of a ladder: {count}, and single ones between them
 */
const SHOWN_EVENTS = 10;
/** If a finding has more evidence than this, its first and last packets. */
const EVIDENCE_AT_EACH_END = 3;
/** Packets named between two events. */
const SHOWN_OF_GAP = 4;
/** A pause at least this long gets a line that says so. */
const LONG_PAUSE_MS = 1000;

/**
 * @param evidence packets that a finding names
 * @returns null if nothing of the connection's course is known
 */
export function buildLadder(connection: ConnectionReport, evidence: readonly number[]): Ladder | null {
  // A gap is noticed late, and its event is in the timeline where it was noticed.
  const timeline = connection.timeline.toSorted((a, b) => a.packet - b.packet);
  const events = timeline.filter(isEvent);
  if (events.length === 0) return null;
  const { zero, at } = zeroOf(events);
  const proof = new Set(evidence);
  const shown = chooseEvents(events, proof);
  const unlisted = [...proof].filter((packet) => !events.some((entry) => entry.packet === packet));
  const steps: LadderStep[] = [];
  let last = { packet: connection.firstPacket, offsetMs: 0 };
  let hidden: TimelineEntry[] = [];
  const close = (next: { packet: number; offsetMs: number }): void => {
    const gap: LadderGap = {
      kind: 'gap',
      events: hidden.reduce((sum, { count }) => sum + (count ?? 1), 0),
      // Events that the timeline left out may be of any kind.
      onlyFrames: hidden.every(({ event }) => event === 'frame'),
      elapsedMs: next.offsetMs - last.offsetMs,
      evidence: [
        ...hidden.filter(isEvent).flatMap(({ packet }) => (proof.has(packet) ? [packet] : [])),
        ...unlisted.filter((packet) => packet >= last.packet && packet <= next.packet),
      ].sort((a, b) => a - b),
    };
    if (gap.events > 0 || gap.evidence.length > 0 || gap.elapsedMs >= LONG_PAUSE_MS) steps.push(gap);
    hidden = [];
    last = next;
  };
  for (const entry of timeline) {
    if (!isEvent(entry) || !shown.has(entry)) {
      hidden.push(entry);
      continue;
    }
    close(entry);
    const { packet, offsetMs, from, event } = entry;
    const isEvidence = proof.has(packet);
    steps.push({
      kind: 'event',
      packet,
      sinceMs: offsetMs - at,
      from,
      event,
      text: eventText(entry),
      isEvidence,
    });
  }
  close({ packet: connection.lastPacket, offsetMs: connection.durationMs });
  return { zero, steps };
}

type Event = TimelineEntry & { event: LadderEvent['event'] };

function isEvent(entry: TimelineEntry): entry is Event {
  return entry.event !== 'omitted';
}

/** "7 frames in 2.5 s", "60.04 s later", "packets 24 and 28 in 6.45 s", "30 events around packet 22 in 1.9 s". */
export function gapText({ events, onlyFrames, elapsedMs, evidence }: LadderGap): string {
  const counted = events === 0 ? '' : countOf(events, onlyFrames ? 'frame' : 'event');
  const named =
    evidence.length === 0
      ? ''
      : `${evidence.length === 1 ? 'packet' : 'packets'} ${listOf(evidence.map(String), SHOWN_OF_GAP)}`;
  const what = [counted, named].filter((part) => part !== '').join(' around ');
  if (elapsedMs < 0) return what;
  const pause = formatDuration(elapsedMs);
  return what === '' ? `${pause} later` : `${what} in ${pause}`;
}

/** What the times of a timeline are counted from. */
export function zeroOf(events: readonly TimelineEntry[]): { zero: LadderZero; at: number } {
  const upgrade = events.findLast(({ event, code }) => event === 'response' && code === 101);
  if (upgrade !== undefined) return { zero: '101', at: upgrade.offsetMs };
  const request = events.find(({ event }) => event === 'request');
  return request === undefined ? { zero: 'first packet', at: 0 } : { zero: 'request', at: request.offsetMs };
}

/** All events if there are few. Otherwise evidence, handshake and end first, then what surrounds them. */
function chooseEvents(events: readonly Event[], proof: ReadonlySet<number>): Set<Event> {
  if (events.length <= SHOWN_EVENTS) return new Set(events);
  const evident = events.filter(({ packet }) => proof.has(packet));
  const named =
    evident.length <= 2 * EVIDENCE_AT_EACH_END
      ? evident
      : [...evident.slice(0, EVIDENCE_AT_EACH_END), ...evident.slice(-EVIDENCE_AT_EACH_END)];
  const ends = events.filter(({ event }) => event === 'fin' || event === 'rst');
  const closes = events.filter(({ opcode }) => opcode === 'close');
  const beforeEnd = ends[0] === undefined ? events.length - 1 : events.indexOf(ends[0]) - 1;
  const first = (kind: Event['event']): Event[] => events.filter(({ event }) => event === kind).slice(0, 1);
  const beside = named.map((entry) => events.indexOf(entry)).flatMap((i) => [events[i - 1], events[i + 1]]);
  const byImportance = [
    ...named,
    ...events.filter(({ event, code }) => event === 'response' && code === 101).slice(-1),
    ends[0],
    ...closes.slice(0, 2),
    ...first('request'),
    ...first('response'),
    events[beforeEnd],
    ends[1],
    ...first('gap'),
    ...first('frame'),
    ...beside,
    ...first('syn'),
    events.at(-1),
  ].filter((entry) => entry !== undefined);
  const shown = new Set<Event>();
  for (const entry of byImportance) {
    if (shown.size < SHOWN_EVENTS) shown.add(entry);
  }
  // A single event takes no more room than the line that would say that it was left out.
  const chosen = new Set(shown);
  for (let i = 1; i < events.length - 1; i++) {
    if (chosen.has(events[i - 1]!) && chosen.has(events[i + 1]!)) shown.add(events[i]!);
  }
  return shown;
}

/** What happened, in a few words; may hold wire text. */
export function eventText({ event, opcode, length, code, detail }: Event): string {
  switch (event) {
    case 'syn':
    case 'syn-ack':
    case 'fin':
    case 'rst':
    case 'close-notify':
      return EVENT_NAMES[event];
    case 'request':
      return detail ?? 'request';
    case 'response':
      return (detail ?? '').replace(/^HTTP\/\S+ /, '') || String(code ?? 'response');
    case 'frame':
      return opcode === 'close'
        ? closeText(code, detail)
        : `${opcode ?? 'frame'}, ${formatBytes(length ?? 0)}`;
    case 'gap':
      return `${formatBytes(length ?? 0)} not captured`;
    case 'tls-hello':
      return detail === undefined ? EVENT_NAMES[event] : `${EVENT_NAMES[event]} for ${detail}`;
    case 'tls-established':
      return detail ?? EVENT_NAMES[event];
    case 'tls-alert':
      return `${EVENT_NAMES[event]}: ${detail ?? String(code ?? '')}`;
  }
}

function closeText(code: number | undefined, reason: string | undefined): string {
  const text = `Close ${code ?? 'without code'}`;
  return reason === undefined || reason === '' ? text : `${text} “${reason}”`;
}
