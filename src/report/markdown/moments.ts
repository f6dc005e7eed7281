/** Times of a connection as people compare them: from its 101, or from the first packet or frame if there is no 101. */
import { formatDuration } from '../../basics/format-duration.ts';
import type { ConnectionReport, TimelineEntry } from '../model.ts';

export interface Clock {
  /** "after the 101", "after the first packet". */
  readonly since: string;
  /** "+0.657 ms", "-1.4 ms", "0". */
  readonly at: (entry: TimelineEntry) => string;
}

export function clockOf({ upgrade, timeline, opening, lifecycle }: ConnectionReport): Clock {
  const packet =
    upgrade?.status === 101 ? upgrade.responsePacket : opening === null ? null : openPacket(lifecycle);
  const start = packet === null ? undefined : timeline.find((entry) => entry.packet === packet);
  const since = start === undefined ? 'first packet' : upgrade?.status === 101 ? '101' : 'first frame';
  const zero = start?.offsetMs ?? 0;
  return { since: `after the ${since}`, at: ({ offsetMs }) => signed(offsetMs - zero) };
}

function openPacket(lifecycle: ConnectionReport['lifecycle']): number | null {
  return lifecycle.find(({ state }) => state === 'open')?.packet ?? null;
}

function signed(milliseconds: number): string {
  if (milliseconds === 0) return '0';
  return milliseconds < 0 ? `−${formatDuration(-milliseconds)}` : `+${formatDuration(milliseconds)}`;
}
