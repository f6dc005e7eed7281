/**
 * The life of a connection as one state table, from the SYN to the last packet: docs/lifecycle.md draws it.
 * Events come in the order of capture; where capture put packets in the wrong order, the record's own facts
 * (`firstEnd`, `closeFirstBy`) are right. The table decides: code asks the state what may happen to a
 * connection next, and no flag elsewhere remembers it.
 */
import type { PacketMark } from '../tcp/packet-mark.ts';

export const LIFECYCLE_STATES = [
  /** Nothing of it is known yet. */
  'new',
  /** A SYN, no answer. */
  'connecting',
  /** TCP is open; no upgrade was asked for. */
  'connected',
  /** The upgrade request is complete. */
  'upgrading',
  /** The request was answered by something other than a 101. */
  'refused',
  /** The 101 is complete, or frames show a WebSocket whose handshake was not captured. */
  'open',
  /** One side has sent its Close. */
  'client-closing',
  'server-closing',
  /** Both have (RFC 6455 §7.1.3). */
  'closing-done',
  /** TCP ended (first FIN or RST) … in the TCP handshake, */
  'not-connected',
  /** … before an upgrade was asked for, */
  'ended-without-request',
  /** … before it was answered, */
  'ended-unanswered',
  /** … after it was refused, */
  'ended-refused',
  /** … with no Close from either side, */
  'ended-without-close',
  /** … with a Close from one side, */
  'ended-with-one-close',
  /** … after the closing handshake. */
  'ended-clean',
] as const;

export type LifecycleState = (typeof LIFECYCLE_STATES)[number];

export const LIFECYCLE_EVENTS = [
  'syn',
  'syn-ack',
  'bytes',
  'request',
  'refusal',
  /** The 101. */
  'upgrade',
  /** Frames of a WebSocket whose handshake was not captured. */
  'frames',
  'client-close',
  'server-close',
  'end',
] as const;

export type LifecycleEvent = (typeof LIFECYCLE_EVENTS)[number];

/** For each state, where an event leads; an event that isn't named changes nothing. */
export const LIFECYCLE: Readonly<
  Record<LifecycleState, Readonly<Partial<Record<LifecycleEvent, LifecycleState>>>>
> = {
  new: {
    syn: 'connecting',
    'syn-ack': 'connected',
    bytes: 'connected',
    request: 'upgrading',
    upgrade: 'open',
    frames: 'open',
    end: 'ended-without-request',
  },
  connecting: {
    'syn-ack': 'connected',
    bytes: 'connected',
    request: 'upgrading',
    upgrade: 'open',
    frames: 'open',
    end: 'not-connected',
  },
  connected: { request: 'upgrading', upgrade: 'open', frames: 'open', end: 'ended-without-request' },
  upgrading: { refusal: 'refused', upgrade: 'open', end: 'ended-unanswered' },
  refused: { request: 'upgrading', upgrade: 'open', end: 'ended-refused' },
  open: { 'client-close': 'client-closing', 'server-close': 'server-closing', end: 'ended-without-close' },
  'client-closing': { 'server-close': 'closing-done', end: 'ended-with-one-close' },
  'server-closing': { 'client-close': 'closing-done', end: 'ended-with-one-close' },
  'closing-done': { end: 'ended-clean' },
  // After the end: what one side had sent before it saw the other side's end. Of each side only the first
  // Close counts.
  'not-connected': {
    request: 'ended-unanswered',
    upgrade: 'ended-without-close',
    frames: 'ended-without-close',
  },
  'ended-without-request': {
    request: 'ended-unanswered',
    upgrade: 'ended-without-close',
    frames: 'ended-without-close',
  },
  'ended-unanswered': { refusal: 'ended-refused', upgrade: 'ended-without-close' },
  'ended-refused': { request: 'ended-unanswered', upgrade: 'ended-without-close' },
  'ended-without-close': {
    'client-close': 'ended-with-one-close',
    'server-close': 'ended-with-one-close',
  },
  'ended-with-one-close': { 'client-close': 'ended-clean', 'server-close': 'ended-clean' },
  'ended-clean': {},
};

/** A state, and the packet that led to it. */
export interface Phase extends PacketMark {
  readonly state: LifecycleState;
}

/**
 * The most phases kept: a normal connection has at most eight. Refusals can repeat; then the last phases
 * stay.
 * @bound phases kept of a connection: {count}
 */
const MAX_PHASES = 16;

/** States in which no upgrade was asked for or answered, and no WebSocket is open. */
const UNTRIED: ReadonlySet<LifecycleState> = new Set<LifecycleState>([
  'new',
  'connecting',
  'connected',
  'not-connected',
  'ended-without-request',
]);

/** How a WebSocket came to be open. */
export interface Opened {
  /** By its 101, or by frames alone. */
  readonly how: 'handshake' | 'inferred';
  readonly at: PacketMark;
}

/** Only {@link advance} sets the state, as the table says; everything else follows from the state. */
export class Lifecycle {
  #state: LifecycleState = 'new';
  readonly #phases: Phase[] = [];
  #opened: Opened | null = null;

  get state(): LifecycleState {
    return this.#state;
  }

  /** The states that the connection went through so far, in the order of capture. */
  get phases(): readonly Phase[] {
    return [...this.#phases];
  }

  /** null where the connection is not a WebSocket, or not yet. */
  get opened(): Opened | null {
    return this.#opened;
  }

  /** An upgrade was asked for, or answered. */
  get isTried(): boolean {
    return !UNTRIED.has(this.#state) && this.#opened?.how !== 'inferred';
  }

  advance(event: LifecycleEvent, packet: number, seconds: number, nanoseconds: number): void {
    const next = LIFECYCLE[this.#state][event];
    if (next === undefined) return;
    this.#state = next;
    const at = { packet, seconds, nanoseconds };
    if (event === 'upgrade') this.#opened = { how: 'handshake', at };
    else if (event === 'frames') this.#opened = { how: 'inferred', at };
    if (this.#phases.length === MAX_PHASES) this.#phases.shift();
    this.#phases.push({ state: next, ...at });
  }
}
