/**
 * Which connections are given up ("evicted") where too many are followed at once. Decides only: the tracker closes them
 * out. Asked once for every connection that begins; the live ones are looked at only where something is due.
 */
import type { TcpConnection } from './tcp-connection.ts';

/**
 * Connections followed at once. At the bound the quarter that was idle longest is closed out ("evicted").
 * @bound connections followed at once: {count}
 */
const MAX_LIVE = 1 << 18;

/**
 * With FIRST_SWEEP live connections, and after every SWEEP_STEP more, those on which no byte was sent are counted (a flood
 * of SYNs, a scan). Of these MAX_SILENT are kept, and those that were idle longest are closed out ("evicted").
 * @bound connections without a byte: looked for once {count} connections are open
 */
const FIRST_SWEEP = 1 << 15;
const SWEEP_STEP = 1 << 14;
/** @bound connections without a byte: {count} of them kept */
const MAX_SILENT = 1 << 14;

type IsChosen = (connection: TcpConnection) => boolean;

export class Eviction {
  readonly #maxLive: number;
  /** The number of live connections at which silent ones are counted next. */
  #nextSweep = FIRST_SWEEP;

  constructor(maxLive: number = MAX_LIVE) {
    this.#maxLive = maxLive;
  }

  /** More connections are live than may be. */
  isOverfull(liveCount: number): boolean {
    return liveCount > this.#maxLive;
  }

  /** It is time to count the connections without a byte. */
  isSweepDue(liveCount: number): boolean {
    return liveCount >= this.#nextSweep;
  }

  /** They have been counted, and those beyond the bound are gone; so many connections are left. */
  swept(liveCount: number): void {
    this.#nextSweep = Math.max(FIRST_SWEEP, liveCount + SWEEP_STEP);
  }

  /** A connection has gone: the next count may have been put off while there were more of them. */
  fewer(liveCount: number): void {
    const next = liveCount + 2 * SWEEP_STEP;
    if (next < this.#nextSweep) this.#nextSweep = Math.max(FIRST_SWEEP, next);
  }
}

/** The quarter of the live connections that has been idle longest, but not the newest. */
export function idleLongest(live: readonly TcpConnection[], newest: TcpConnection): IsChosen {
  const lastPackets = inOrder(live);
  const threshold = lastPackets[lastPackets.length >> 2]!;
  return (connection) => connection !== newest && connection.lastPacket <= threshold;
}

/** Where too many connections never had a byte: those of them that have been idle longest. null where few have none. */
export function silentLongest(live: readonly TcpConnection[], newest: TcpConnection): IsChosen | null {
  const lastPackets = inOrder(live.filter(isSilent));
  const excess = lastPackets.length - MAX_SILENT;
  if (excess <= 0) return null;
  const threshold = lastPackets[excess - 1]!;
  return (connection) => connection !== newest && isSilent(connection) && connection.lastPacket <= threshold;
}

/** The numbers of their last packets. */
function inOrder(connections: readonly TcpConnection[]): number[] {
  return connections.map(({ lastPacket }) => lastPacket).sort((a, b) => a - b);
}

/** Neither side has sent a byte. */
function isSilent({ stream0, stream1 }: TcpConnection): boolean {
  return stream0.segments === 0 && stream1.segments === 0;
}
