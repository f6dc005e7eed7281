/**
 * A connection as a Mermaid sequence diagram, which GitHub and GitLab draw. GitLab draws up to 2,000 characters
 * without a click, so that is the bound: the middle of a long connection is left out, but packets of findings stay.
 */
import { endpointText } from '../connection-text.ts';
import { escapeText } from '../escape.ts';
import { cutText } from './phrases.ts';
import { countOf } from '../format-count.ts';
import type { ConnectionReport } from '../model.ts';
import { clockOf, type Clock } from './moments.ts';
import { stepPackets, stepsOf, type Step } from './timeline-text.ts';

/** @bound a sequence diagram: {count} characters */
const MAX_LENGTH = 1990;
const LONGEST_WIRE = 32;
const LONGEST_ADDRESS = 50;
/** Readable on a light and on a dark background. */
const GUILTY = 'rect rgba(255, 0, 0, 0.15)';

/** The diagram without its fence; null if the capture shows nothing of the connection. */
export function sequenceDiagram(connection: ConnectionReport): string | null {
  const guilty = new Set(
    connection.anomalies.filter(({ severity }) => severity !== 'info').flatMap(({ packets }) => packets),
  );
  const steps = stepsOf(connection.timeline, guilty);
  if (steps.length === 0) return null;
  const clock = clockOf(connection);
  const head = [
    // Shows the participants at the top only, not again at the bottom.
    '%%{init: {"sequence": {"mirrorActors": false}}}%%',
    'sequenceDiagram',
    `  participant C as ${participant('client', connection)}`,
    `  participant S as ${participant('server', connection)}`,
  ];
  const lines = steps.map((step) => ({
    step,
    text: stepLine(step, clock),
    isGuilty: isGuilty(step, guilty),
  }));
  let kept = lines.map((_, i) => i);
  for (;;) {
    const text = [...head, ...draw(lines, kept)].join('\n');
    if (text.length <= MAX_LENGTH) return text;
    const next = withoutMiddle(kept, lines);
    if (next === null) return [...head, ...draw(lines, kept.slice(-4))].join('\n').slice(0, MAX_LENGTH);
    kept = next;
  }
}

interface Line {
  readonly step: Step;
  readonly text: string;
  readonly isGuilty: boolean;
}

function isGuilty({ entries, first }: Step, guilty: ReadonlySet<number>): boolean {
  return first.event !== 'omitted' && entries.some(({ packet }) => guilty.has(packet));
}

/** Removes the line nearest to the middle; a line that a finding points at goes only when no other is left. */
function withoutMiddle(kept: readonly number[], lines: readonly Line[]): number[] | null {
  if (kept.length <= 4) return null;
  const middle = (kept.length - 1) / 2;
  const inner = kept.slice(1, -1);
  const free = inner.filter((index) => !lines[index]!.isGuilty);
  const candidates = free.length > 0 ? free : inner;
  const gone = candidates.reduce((best, index) =>
    Math.abs(kept.indexOf(index) - middle) < Math.abs(kept.indexOf(best) - middle) ? index : best,
  );
  return kept.filter((index) => index !== gone);
}

function draw(lines: readonly Line[], kept: readonly number[]): string[] {
  const drawn: string[] = [];
  let before = -1;
  let isOpen = false;
  const close = () => {
    if (isOpen) drawn.push('  end');
    isOpen = false;
  };
  for (const index of kept) {
    const { text, isGuilty: marked } = lines[index]!;
    const hidden = lines.slice(before + 1, index).reduce((sum, { step }) => sum + eventCount(step), 0);
    if (hidden > 0) {
      close();
      drawn.push(`  Note over C,S: ${countOf(hidden, 'more event')}`);
    }
    if (marked && !isOpen) {
      drawn.push(`  ${GUILTY}`);
      isOpen = true;
    } else if (!marked) close();
    drawn.push(`  ${text}`);
    before = index;
  }
  close();
  return drawn;
}

function eventCount({ first, entries }: Step): number {
  return first.event === 'omitted' ? (first.count ?? 1) : entries.length;
}

function stepLine(step: Step, { at }: Clock): string {
  const { first, text, wire } = step;
  const [from, to] = first.from === 'client' ? ['C', 'S'] : ['S', 'C'];
  if (first.event === 'omitted' || first.event === 'gap') return `Note over C,S: ${text}`;
  const arrow = first.event === 'fin' || first.event === 'rst' ? '-x' : '->>';
  const what = first.event === 'request' || first.event === 'response' ? '' : text;
  const words = [what, wire === null ? '' : safeLabel(cutText(wire, LONGEST_WIRE))].filter(
    (part) => part !== '',
  );
  const time = at(first);
  const when = time === '0' ? '' : `, ${time}`;
  const noun = step.entries.length === 1 ? 'packet' : 'packets';
  return `${from}${arrow}${to}: ${words.join(' ')}${when} (${noun} ${stepPackets(step)})`;
}

function participant(role: 'client' | 'server', connection: ConnectionReport): string {
  return `${role}<br/>${safeLabel(cutText(endpointText(connection[role], escapeText), LONGEST_ADDRESS))}`;
}

/**
 * Mermaid has its own grammar, allows HTML in labels, and has no quoting: everything but letters, digits and a few
 * harmless signs is written as one of its entities (`#35;`).
 */
export function safeLabel(text: string): string {
  return escapeText(text).replace(
    /[^\p{L}\p{N} ./,()=?_…–[\]-]/gu,
    (character) => `#${character.codePointAt(0)!};`,
  );
}
