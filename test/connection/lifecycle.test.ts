import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { drawLifecycle } from '../../scripts/draw-lifecycle.mjs';
import {
  Lifecycle,
  LIFECYCLE,
  LIFECYCLE_EVENTS,
  LIFECYCLE_STATES,
  type LifecycleEvent,
  type LifecycleState,
} from '../../src/connection/lifecycle.ts';

function stateAfter(...events: LifecycleEvent[]): LifecycleState {
  const lifecycle = new Lifecycle();
  events.forEach((event, index) => {
    lifecycle.advance(event, index + 1, 0, 0);
  });
  return lifecycle.state;
}

const OPEN: readonly LifecycleEvent[] = ['syn', 'syn-ack', 'bytes', 'request', 'upgrade'];

describe('a connection', () => {
  test.each<[string, LifecycleEvent[], LifecycleState]>([
    ['of which nothing is known', [], 'new'],
    ['that is called', ['syn'], 'connecting'],
    ['that is refused', ['syn', 'end'], 'not-connected'],
    ['that is closed before a request', ['syn', 'syn-ack', 'end'], 'ended-without-request'],
    ['that waits for its answer', ['syn', 'syn-ack', 'bytes', 'request'], 'upgrading'],
    ['without an answer', ['syn', 'syn-ack', 'bytes', 'request', 'end'], 'ended-unanswered'],
    ['with another answer', ['syn', 'syn-ack', 'bytes', 'request', 'refusal'], 'refused'],
    ['let in at the second try', ['bytes', 'request', 'refusal', 'request', 'upgrade'], 'open'],
    ['that is open', [...OPEN], 'open'],
    ['dropped after the upgrade', [...OPEN, 'end'], 'ended-without-close'],
    ['whose client says goodbye', [...OPEN, 'client-close'], 'client-closing'],
    ['whose client is not answered', [...OPEN, 'client-close', 'end'], 'ended-with-one-close'],
    ['closed by both', [...OPEN, 'server-close', 'client-close'], 'closing-done'],
    ['closed in good order', [...OPEN, 'server-close', 'client-close', 'end', 'end'], 'ended-clean'],
    ['whose echo comes after the FIN', [...OPEN, 'server-close', 'end', 'client-close'], 'ended-clean'],
    ['captured from the 101 on', ['upgrade', 'end'], 'ended-without-close'],
  ])('%s', (_name, events, state) => {
    expect(stateAfter(...events)).toBe(state);
  });
});

test('phases name the packet that led to each state', () => {
  const lifecycle = new Lifecycle();
  lifecycle.advance('syn', 1, 10, 5);
  lifecycle.advance('syn', 2, 11, 5);
  lifecycle.advance('syn-ack', 3, 12, 5);
  expect(lifecycle.phases).toEqual([
    { state: 'connecting', packet: 1, seconds: 10, nanoseconds: 5 },
    { state: 'connected', packet: 3, seconds: 12, nanoseconds: 5 },
  ]);
});

test('phases are bounded, the last ones win', () => {
  const lifecycle = new Lifecycle();
  for (let i = 0; i < 1000; i++) lifecycle.advance(i % 2 === 0 ? 'request' : 'refusal', i, 0, 0);
  expect(lifecycle.phases).toHaveLength(16);
  expect(lifecycle.phases.at(-1)?.packet).toBe(999);
});

test('every state can be reached, and every event leads somewhere', () => {
  const reached = new Set<string>(['new']);
  const events = new Set<string>();
  for (const state of LIFECYCLE_STATES) {
    for (const [event, target] of Object.entries(LIFECYCLE[state])) {
      events.add(event);
      reached.add(target);
    }
  }
  expect([...reached].toSorted()).toEqual([...LIFECYCLE_STATES].toSorted());
  expect([...events].toSorted()).toEqual([...LIFECYCLE_EVENTS].toSorted());
});

test('docs/lifecycle.md shows the table as it is', () => {
  const page = readFileSync(new URL('../../docs/lifecycle.md', import.meta.url), 'utf8');
  expect(page).toContain(drawLifecycle(LIFECYCLE_STATES, LIFECYCLE));
});

describe('what is asked of the state', () => {
  test.each<[string, LifecycleEvent[], boolean, 'handshake' | 'inferred' | null]>([
    ['nothing yet', ['syn', 'syn-ack', 'bytes'], false, null],
    ['a request', ['bytes', 'request'], true, null],
    ['a request after the FIN', ['bytes', 'end', 'request'], true, null],
    ['a refusal', ['bytes', 'request', 'refusal'], true, null],
    ['a 101', ['bytes', 'request', 'upgrade'], true, 'handshake'],
    ['a 101 without its request', ['upgrade'], true, 'handshake'],
    ['frames alone', ['bytes', 'frames'], false, 'inferred'],
    ['frames alone, and their end', ['bytes', 'frames', 'server-close', 'end'], false, 'inferred'],
  ])('after %s', (_name, events, isTried, how) => {
    const lifecycle = new Lifecycle();
    for (const event of events) lifecycle.advance(event, 1, 0, 0);
    expect(lifecycle.isTried).toBe(isTried);
    expect(lifecycle.opened?.how ?? null).toBe(how);
  });
});

test('the state is set by a transition of the table alone', () => {
  const source = readFileSync(new URL('../../src/connection/lifecycle.ts', import.meta.url), 'utf8');
  expect(source.match(/#state = .*/g)).toEqual(['#state = next;']);
  const lifecycle = new Lifecycle();
  expect(() => {
    Object.assign(lifecycle, { state: 'open' });
  }).toThrow(TypeError);
  (lifecycle.phases as unknown[]).push('open');
  expect(lifecycle.phases).toEqual([]);
});

test.each(['connection-tracker', 'opening-handshake', 'web-socket-life', 'upgrade-log', 'tcp-life'])(
  'no other field remembers what the state says: %s',
  (name) => {
    const source = readFileSync(new URL(`../../src/connection/${name}.ts`, import.meta.url), 'utf8');
    expect(source).not.toMatch(/#(?:hasBytes|opening|openedAt|isTried|isRefused)\b/);
  },
);
