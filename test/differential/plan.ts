/**
 * What two programs say to each other, and what the network does to it: plain data, made of a seed, from which the same
 * packets come every time. A plan can be made smaller, which is how a failure is brought down to what matters.
 */
import { Random } from '../fuzz/random.ts';

export type Side = 'client' | 'server';

/** How the connection ends. */
export const CLOSES = [
  'client-clean',
  'server-clean',
  'both-at-once',
  'client-unanswered',
  'server-unanswered',
  'client-fin',
  'server-fin',
  'client-rst',
  'server-rst',
  'open',
] as const;
export type Close = (typeof CLOSES)[number];

/** What comes before the 101, or in its place. */
export const OPENINGS = [
  'plain',
  'after-requests',
  'after-401',
  'interim',
  'refused',
  'not-upgraded',
] as const;
export type Opening = (typeof OPENINGS)[number];

/** A message or a control frame. */
export interface Turn {
  readonly from: Side;
  readonly kind: 'text' | 'binary' | 'ping' | 'pong';
  /** Bytes before compression; of texts about as many. */
  readonly length: number;
  /** Frames that a message is cut into. */
  readonly frames: number;
  /** Between its frames stands a ping. */
  readonly pingInside: boolean;
  readonly compressed: boolean;
}

/** Chances in a hundred, of a segment unless it is said otherwise. */
export interface Network {
  readonly segmentLength: number;
  /** Lost before it was captured, and sent again. */
  readonly lost: number;
  /** Overtaken by others. */
  readonly late: number;
  /** Sent again though it had arrived. */
  readonly again: number;
  /** The same, with other boundaries. */
  readonly overlap: number;
  /** Of a pair of packets: captured in the wrong order. */
  readonly swapped: number;
  /** Answered by a packet that only acknowledges. */
  readonly acknowledged: number;
}

export interface Plan {
  readonly seed: number;
  readonly opening: Opening;
  readonly deflate: 'no' | 'takeover' | 'no-takeover';
  readonly subprotocol: boolean;
  readonly turns: readonly Turn[];
  readonly close: Close;
  /** Of the first Close frame; null: without payload. */
  readonly code: number | null;
  readonly reason: string;
  readonly network: Network;
  /** The stream begins a few bytes before its sequence numbers wrap around. */
  readonly wraps: boolean;
  /** The bytes of one segment inside a payload never come, though they were received. */
  readonly gap: boolean;
}

const EDGES = [0, 1, 2, 124, 125, 126, 127, 128, 1459, 1460, 1461, 65_535, 65_536, 65_537];
/** The most segments of a message: tshark's time grows with the square of their number. */
const MOST_SEGMENTS = 150;
const REASONS = ['', 'bye', 'going away', 'größer als erlaubt', '終了', '🙂', 'a'.repeat(123)];
const CODES = [1000, 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 3000, 4000, 4999];

export const CALM: Network = {
  segmentLength: 1460,
  lost: 0,
  late: 0,
  again: 0,
  overlap: 0,
  swapped: 0,
  acknowledged: 50,
};

export function planOf(seed: number): Plan {
  const random = new Random(seed);
  const chance = (percent: number) => random.below(100) < percent;
  const opening = chance(60) ? 'plain' : random.of(OPENINGS);
  const deflate = chance(60) ? 'no' : random.of(['takeover', 'no-takeover'] as const);
  const network = networkOf(random);
  const turns = Array.from({ length: random.below(chance(80) ? 8 : 20) }, () => turnOf(random, deflate)).map(
    (turn) => ({ ...turn, length: Math.min(turn.length, MOST_SEGMENTS * network.segmentLength) }),
  );
  const code = chance(15) ? null : random.of(CODES);
  return {
    seed,
    opening,
    deflate,
    subprotocol: chance(30),
    turns,
    close: random.of(CLOSES),
    code,
    reason: code === null ? '' : random.of(REASONS),
    network,
    wraps: chance(20),
    gap: chance(25),
  };
}

function turnOf(random: Random, deflate: Plan['deflate']): Turn {
  const kind = random.of(['text', 'text', 'binary', 'binary', 'ping', 'pong'] as const);
  const isControl = kind === 'ping' || kind === 'pong';
  const length = random.below(4) === 0 ? random.of(EDGES) : random.below(random.of([20, 300, 5000]));
  const frames = isControl || random.below(3) > 0 ? 1 : 2 + random.below(4);
  return {
    from: random.of(['client', 'server'] as const),
    kind,
    length: isControl ? Math.min(length, 125) : length,
    frames,
    pingInside: frames > 1 && random.below(2) === 0,
    compressed: !isControl && deflate !== 'no' && random.below(4) > 0,
  };
}

function networkOf(random: Random): Network {
  const segmentLength = random.of([1460, 1460, 1460, 536, 100, 9000, 1 + random.below(60)]);
  const acknowledged = random.of([0, 50, 100]);
  if (random.below(4) === 0) return { ...CALM, segmentLength, acknowledged };
  const often = () => random.of([0, 0, 2, 5, 10]);
  return {
    segmentLength,
    lost: often(),
    late: often(),
    again: often(),
    overlap: often(),
    swapped: often(),
    acknowledged,
  };
}
