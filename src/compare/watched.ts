/** How long a connection was watched, and what its capture can't show of it. */
import type { ConnectionReport, Report } from '../report/model.ts';

/** A connection with the report that it stands in. */
export interface Observed {
  readonly connection: ConnectionReport;
  readonly report: Report;
}

/** Offset of the 101 from the connection's first packet, in milliseconds; null without one. */
export function upgradedAtMs({ upgrade, timeline }: ConnectionReport): number | null {
  if (upgrade?.status !== 101) return null;
  return (
    timeline.find(({ packet, event }) => packet === upgrade.responsePacket && event === 'response')
      ?.offsetMs ?? null
  );
}

/** From its first packet to the end of the capture, in milliseconds: an open connection may have been idle since. */
export function watchedMs({ connection, report }: Observed): number {
  const start = Date.parse(connection.openedAt);
  const ends = report.captures.flatMap(({ lastPacketAt }) =>
    lastPacketAt === null ? [] : [Date.parse(lastPacketAt)],
  );
  return Math.max(connection.durationMs, ...ends.map((end) => end - start));
}

/** Why nothing may be said of frames that were not seen; null where all of them were. */
export function framesHidden({ traffic, notes, opening }: ConnectionReport): string | null {
  if (notes.some(({ code }) => code === 'one-direction')) return 'only one direction was captured';
  if (traffic.clientToServer.gapBytes + traffic.serverToClient.gapBytes > 0)
    return 'bytes are missing in the capture';
  return opening === 'inferred' ? 'the capture began in the middle of it' : null;
}

export function isOpen({ verdict, close }: ConnectionReport): boolean {
  return verdict === 'open' || (close?.how ?? null) === null;
}
