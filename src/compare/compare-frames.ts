/** Compares the first messages, each direction by itself: which side speaks first is a matter of milliseconds. */
import type { ConnectionReport, FrameReport, PayloadPreview, Role, TimelineEntry } from '../report/model.ts';
import type { Comparison } from './comparison.ts';
import { messageShape } from './message-shape.ts';
import { framesHidden } from './watched.ts';

/** Messages compared per direction. */
const COMPARED = 3;

interface FirstMessage {
  readonly kind: 'text' | 'binary';
  readonly packet: number;
  readonly payload: PayloadPreview | null;
}

export function compareFrames(good: ConnectionReport, bad: ConnectionReport, comparison: Comparison): void {
  if (good.opening === null || bad.opening === null) return;
  const hidden = framesHidden(good) ?? framesHidden(bad);
  if (hidden !== null) {
    comparison.notCompared('frames', hidden);
    return;
  }
  for (const role of ['client', 'server'] as const) compareDirection(role, good, bad, comparison);
}

function compareDirection(
  role: Role,
  good: ConnectionReport,
  bad: ConnectionReport,
  comparison: Comparison,
): void {
  const [ours, theirs] = [firstMessages(role, good), firstMessages(role, bad)];
  const common = Math.min(ours.length, theirs.length);
  const kinds = (messages: readonly FirstMessage[], count: number) =>
    messages
      .slice(0, count)
      .map(({ kind }) => kind)
      .join(', ');
  // The number of messages doesn't matter, unless one connection has none.
  const isSilent = common === 0 && ours.length + theirs.length > 0;
  const count = isSilent ? COMPARED : common;
  const field = `first messages of the ${role}`;
  comparison.compare('frames', field, kinds(ours, count) || 'none', kinds(theirs, count) || 'none', {
    good: ours[0]?.packet ?? null,
    bad: theirs[0]?.packet ?? null,
  });
  const [total, otherTotal] = [messageCount(role, good), messageCount(role, bad)];
  if (total !== otherTotal && !isSilent) {
    comparison.compare('frames', `number of messages of the ${role}`, String(total), String(otherTotal), {
      noise: 'how many messages were sent',
    });
  }
  for (let i = 0; i < common; i++) compareContents(role, i, ours[i]!, theirs[i]!, comparison);
}

function compareContents(
  role: Role,
  index: number,
  good: FirstMessage,
  bad: FirstMessage,
  comparison: Comparison,
): void {
  if (good.kind !== 'text' || bad.kind !== 'text') return;
  const [ours, theirs] = [textOf(good), textOf(bad)];
  if (ours === null || theirs === null || ours === theirs) return;
  const [shape, otherShape] = [messageShape(ours), messageShape(theirs)];
  const isTold = shape !== null && otherShape !== null && shape !== otherShape;
  comparison.compare('frames', `contents of message ${index + 1} of the ${role}`, ours, theirs, {
    good: good.packet,
    bad: bad.packet,
    noise: isTold
      ? null
      : shape === null || otherShape === null
        ? 'contents'
        : 'other values, the same kind of message',
  });
}

function textOf({ payload }: FirstMessage): string | null {
  if (payload?.encoding !== 'text') return null;
  return payload.bytes < payload.of ? `${payload.value}…` : payload.value;
}

function firstMessages(role: Role, { activity, timeline }: ConnectionReport): FirstMessage[] {
  const messages: FirstMessage[] = [];
  for (const frame of activity === undefined ? timelineFrames(timeline) : activityFrames(activity)) {
    if (messages.length === COMPARED) break;
    if (frame.from !== role || (frame.opcode !== 'text' && frame.opcode !== 'binary')) {
      completeLast(messages, frame, role);
      continue;
    }
    messages.push({ kind: frame.opcode, packet: frame.packet, payload: frame.payload ?? null });
  }
  return messages;
}

type FrameFacts = Pick<FrameReport, 'packet' | 'from' | 'payload'> & { readonly opcode?: string | undefined };

/** A message's payload is stored with the frame that completes it. */
function completeLast(messages: FirstMessage[], frame: FrameFacts, role: Role): void {
  const last = messages.at(-1);
  if (frame.from === role && frame.opcode === 'continuation' && last?.payload === null) {
    messages[messages.length - 1] = { ...last, payload: frame.payload ?? null };
  }
}

function activityFrames({
  frames,
  omitted,
  omittedAfter,
}: NonNullable<ConnectionReport['activity']>): FrameFacts[] {
  return omitted === 0 ? frames : frames.slice(0, omittedAfter);
}

function timelineFrames(timeline: readonly TimelineEntry[]): FrameFacts[] {
  const cut = timeline.findIndex(({ event }) => event === 'omitted');
  return timeline
    .slice(0, cut < 0 ? undefined : cut)
    .filter(({ event }) => event === 'frame')
    .map(({ packet, from, opcode }) => ({ packet, from, opcode }));
}

function messageCount(role: Role, { traffic }: ConnectionReport): number {
  return (role === 'client' ? traffic.clientToServer : traffic.serverToClient).messages;
}
