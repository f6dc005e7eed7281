/** Compares when things happened, in the classes that the rules use (timing-classes.ts). */
import { formatDuration } from '../basics/format-duration.ts';
import type { ConnectionReport } from '../report/model.ts';
import type { Comparison } from './comparison.ts';
import { timingClass, timingLimits, type TimingLimits } from './timing-classes.ts';
import { framesHidden, upgradedAtMs, watchedMs, type Observed } from './watched.ts';

/** If two heartbeats differ by more than this factor, they are configured differently. */
const HEARTBEAT_FACTOR = 1.5;

export function compareTiming(good: Observed, bad: Observed, comparison: Comparison): void {
  const limits = timingLimits(bad.report.options);
  compareLatency(good.connection, bad.connection, limits, comparison);
  compareFirstFrame(good, bad, limits, comparison);
  compareHeartbeats(good, bad, comparison);
}

function compareLatency(
  good: ConnectionReport,
  bad: ConnectionReport,
  { slowUpgradeMs }: TimingLimits,
  comparison: Comparison,
): void {
  const [ours, theirs] = [good.upgrade?.latencyMs ?? null, bad.upgrade?.latencyMs ?? null];
  if (ours === null || theirs === null) return;
  const [one, other] = [timingClass(ours, [slowUpgradeMs]), timingClass(theirs, [slowUpgradeMs])];
  const packets = { good: good.upgrade?.responsePacket ?? null, bad: bad.upgrade?.responsePacket ?? null };
  comparison.compare('timing', 'answer', one, other, packets);
  if (one === other && ours !== theirs) {
    comparison.compare('timing', 'answer, exactly', formatDuration(ours), formatDuration(theirs), {
      ...packets,
      noise: 'times in the same class',
    });
  }
}

function compareFirstFrame(
  good: Observed,
  bad: Observed,
  { silentMs }: TimingLimits,
  comparison: Comparison,
): void {
  if (framesHidden(good.connection) !== null || framesHidden(bad.connection) !== null) return;
  const [ours, theirs] = [firstFrameMs(good.connection), firstFrameMs(bad.connection)];
  if (ours === null || theirs === null) return;
  comparison.compare('timing', 'first frame', timingClass(ours, [silentMs]), timingClass(theirs, [silentMs]));
}

/** Milliseconds after the 101. */
function firstFrameMs(connection: ConnectionReport): number | null {
  const upgraded = upgradedAtMs(connection);
  const first = connection.timeline.find(({ event, opcode }) => event === 'frame' && opcode !== 'close');
  return upgraded === null || first === undefined ? null : first.offsetMs - upgraded;
}

function compareHeartbeats(good: Observed, bad: Observed, comparison: Comparison): void {
  const [ours, theirs] = [
    good.connection.heartbeat?.intervalMs ?? null,
    bad.connection.heartbeat?.intervalMs ?? null,
  ];
  if (ours === null && theirs === null) return;
  const [longer, shorter] = [
    Math.max(ours ?? 0, theirs ?? 0),
    Math.min(ours ?? Infinity, theirs ?? Infinity),
  ];
  const without = ours === null ? good : theirs === null ? bad : null;
  if (without !== null) {
    // A ping would have been seen only if the connection was watched for two intervals.
    const lived = without.connection.verdict === 'open' ? watchedMs(without) : without.connection.durationMs;
    if (lived < 2 * longer || framesHidden(without.connection) !== null) return;
  } else if (longer <= HEARTBEAT_FACTOR * shorter) {
    comparison.same('timing', 'heartbeat', heartbeatText(theirs));
    return;
  }
  comparison.compare('timing', 'heartbeat', heartbeatText(ours), heartbeatText(theirs));
}

function heartbeatText(intervalMs: number | null): string {
  return intervalMs === null ? 'none' : `every ${formatDuration(intervalMs)}`;
}
