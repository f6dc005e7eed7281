/**
 * The steps of a connection's sequence diagram: each is an arrow between client and server. Runs of similar frames
 * are joined, long pauses are named. In the order of capture.
 */
import type { PageConnection, PageEvent, PageFrame } from './page-data.ts';
import type { Role } from '../model.ts';

export type Step =
  | {
      readonly kind: 'arrow';
      readonly at: number;
      readonly from: Role;
      readonly what: PageEvent['event'] | PageFrame['opcode'];
      /** The first packet, for a run. */
      readonly packet: number;
      /** Number of frames joined into this step. */
      readonly count: number;
      readonly lastPacket: number;
      /** Payload bytes. */
      readonly length: number | null;
      readonly code: number | null;
      /** Wire text. */
      readonly detail: string | null;
      readonly isEvidence: boolean;
    }
  | { readonly kind: 'pause'; readonly ms: number }
  | { readonly kind: 'omitted'; readonly count: number };

type Arrow = Extract<Step, { kind: 'arrow' }>;

const PAUSE_MS = 1000;
/** Most arrows shown: of a longer list, the first and the last. */
const MAX_STEPS = 60;

export function ladderOf(connection: PageConnection): Step[] {
  const evidence = new Set(connection.findings.flatMap(({ packets }) => packets));
  const steps = withPauses(joined(arrows(connection, evidence)));
  if (steps.length <= MAX_STEPS) return steps;
  const half = MAX_STEPS / 2;
  const left = steps.slice(half, -half);
  const count = left.reduce((sum, step) => sum + (step.kind === 'pause' ? 0 : step.count), 0);
  return [...steps.slice(0, half), { kind: 'omitted', count }, ...steps.slice(-half)];
}

function arrows(connection: PageConnection, evidence: ReadonlySet<number>): Step[] {
  const { events, frames, omitted, omittedAfter, close } = connection;
  const items: { packet: number; order: number; step: Step }[] = [];
  for (const event of events) {
    items.push({ packet: event.packet, order: orderOf(event), step: eventArrow(event, evidence) });
  }
  frames.forEach((frame, i) => {
    if (i === omittedAfter && omitted > 0) {
      items.push({ packet: frame.packet, order: 1, step: { kind: 'omitted', count: omitted } });
    }
    items.push({ packet: frame.packet, order: 2, step: frameArrow(frame, close, evidence) });
  });
  // Sorted by packet; within a packet, a head comes before frames and a FIN after them.
  return items.sort((a, b) => a.packet - b.packet || a.order - b.order).map(({ step }) => step);
}

function orderOf({ event }: PageEvent): number {
  return event === 'fin' || event === 'rst' ? 3 : 0;
}

function eventArrow(event: PageEvent, evidence: ReadonlySet<number>): Arrow {
  return {
    kind: 'arrow',
    at: event.offsetMs,
    from: event.from,
    what: event.event,
    packet: event.packet,
    count: 1,
    lastPacket: event.packet,
    length: event.length ?? null,
    code: event.code ?? null,
    detail: event.detail ?? null,
    isEvidence: evidence.has(event.packet),
  };
}

function frameArrow(
  { offsetMs, from, opcode, packet, length }: PageFrame,
  close: PageConnection['close'],
  evidence: ReadonlySet<number>,
): Arrow {
  const isClose = opcode === 'close';
  const code = from === 'client' ? close?.clientCode : close?.serverCode;
  const reason = from === 'client' ? close?.clientReason : close?.serverReason;
  return {
    kind: 'arrow',
    at: offsetMs,
    from,
    what: opcode,
    packet,
    count: 1,
    lastPacket: packet,
    length,
    code: isClose ? (code ?? null) : null,
    detail: isClose ? (reason ?? null) : null,
    isEvidence: evidence.has(packet),
  };
}

/** Consecutive frames of one kind and side become one arrow, except those that a finding points at. */
function joined(steps: readonly Step[]): Step[] {
  const result: Step[] = [];
  for (const step of steps) {
    const last = result.at(-1);
    if (last?.kind === 'arrow' && step.kind === 'arrow' && isRun(last, step)) {
      result[result.length - 1] = {
        ...last,
        count: last.count + 1,
        lastPacket: step.packet,
        length: (last.length ?? 0) + (step.length ?? 0),
      };
    } else {
      result.push(step);
    }
  }
  return result;
}

function isRun(last: Arrow, step: Arrow): boolean {
  if (last.isEvidence || step.isEvidence || last.what !== step.what || last.from !== step.from) return false;
  return isFrame(step.what) && step.what !== 'close' && step.at - last.at < PAUSE_MS;
}

function isFrame(what: Arrow['what']): boolean {
  return ['text', 'binary', 'continuation', 'close', 'ping', 'pong', 'reserved'].includes(what);
}

function withPauses(steps: readonly Step[]): Step[] {
  const result: Step[] = [];
  let before: number | null = null;
  for (const step of steps) {
    if (step.kind === 'arrow') {
      if (before !== null && step.at - before >= PAUSE_MS)
        result.push({ kind: 'pause', ms: step.at - before });
      before = step.at;
    } else {
      before = null;
    }
    result.push(step);
  }
  return result;
}
