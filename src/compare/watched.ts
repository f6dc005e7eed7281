/** How long a connection was watched, and what its capture can't show. */
import type { ConnectionReport, Report } from '../report/model.ts';

/** A connection and the report that holds it. */
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

/** Milliseconds from its first packet to the end of the capture: an open connection may have been idle at the end. */
export function watchedMs({ connection, report }: Observed): number {
  const start = Date.parse(connection.openedAt);
  const ends = report.captures.flatMap(({ lastPacketAt }) =>
    lastPacketAt === null ? [] : [Date.parse(lastPacketAt)],
  );
  return Math.max(connection.durationMs, ...ends.map((end) => end - start));
}

/** Why unseen frames may have existed; null if the capture shows all frames. */
export function framesHidden({ traffic, notes, opening }: ConnectionReport): string | null {
  if (notes.some(({ code }) => code === 'one-direction')) return 'only one direction was captured';
  if (traffic.clientToServer.gapBytes + traffic.serverToClient.gapBytes > 0)
    return 'bytes are missing in the capture';
  return opening === 'inferred' ? 'the capture began in the middle of the connection' : null;
}

export function isOpen({ verdict, close }: ConnectionReport): boolean {
  return verdict === 'open' || (close?.how ?? null) === null;
}
