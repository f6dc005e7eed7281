/** Compares how two connections ended: the closing handshake, who ended TCP, and when. */
import { formatDuration } from '../basics/format-duration.ts';
import type { CloseReport, ConnectionReport, Role } from '../report/model.ts';
import type { Comparison } from './comparison.ts';
import { timingClass, timingLimits } from './timing-classes.ts';
import { framesHidden, isOpen, watchedMs, type Observed } from './watched.ts';

export function compareEndings(good: Observed, bad: Observed, comparison: Comparison): void {
  const [ours, theirs] = [good.connection, bad.connection];
  if (isOpen(ours) && isOpen(theirs)) {
    comparison.same('end', 'ended', 'still open');
    return;
  }
  if (isOpen(ours) !== isOpen(theirs)) {
    compareWithOpen(good, bad, comparison);
    return;
  }
  compareClosingHandshakes(ours, theirs, comparison);
  const bothClean = ours.close!.clean && theirs.close!.clean;
  comparison.compare('end', 'tcp', tcpText(ours.close!), tcpText(theirs.close!), {
    good: ours.close!.packet,
    bad: theirs.close!.packet,
    noise: bothClean ? 'after a closing handshake either side may end TCP' : null,
  });
  compareTimes(good, bad, bothClean, comparison);
}

/** That a connection was still open counts only if it was watched for longer than the other one lived. */
function compareWithOpen(good: Observed, bad: Observed, comparison: Comparison): void {
  const [open, ended] = isOpen(good.connection) ? [good, bad] : [bad, good];
  const { close, durationMs } = ended.connection;
  const side = open === good ? 'good' : 'bad';
  if (watchedMs(open) < durationMs) {
    comparison.notCompared(
      'end',
      `the ${side} capture ended before its connection had lived as long as the other one`,
    );
    return;
  }
  if (close!.clean && close!.frameFirstBy === 'client') {
    comparison.notCompared(
      'end',
      `the client closed one with a clean handshake, the other was still open when the ${side} capture ended`,
    );
    return;
  }
  const text = endText(ended.connection);
  comparison.compare(
    'end',
    'ended',
    open === good ? 'still open' : text,
    open === good ? text : 'still open',
    {
      [side === 'good' ? 'bad' : 'good']: close!.packet,
    },
  );
}

function endText(connection: ConnectionReport): string {
  const close = connection.close!;
  const after = close.afterUpgradeMs === null ? '' : ` ${formatDuration(close.afterUpgradeMs)} after the 101`;
  const handshake = closingText(connection);
  return `${handshake === 'none' ? '' : `${handshake}, `}${tcpText(close)}${after}`;
}

function compareClosingHandshakes(
  good: ConnectionReport,
  bad: ConnectionReport,
  comparison: Comparison,
): void {
  // Without a WebSocket there is no closing handshake.
  if (good.opening === null && bad.opening === null) return;
  const hidden = framesHidden(good) ?? framesHidden(bad);
  if (hidden !== null) {
    comparison.notCompared('end', `closing handshake: ${hidden}`);
    return;
  }
  comparison.compare('end', 'closing handshake', closingText(good), closingText(bad), {
    good: closePacket(good),
    bad: closePacket(bad),
  });
  for (const role of ['client', 'server'] as const) {
    const [ours, theirs] = [reasonOf(good, role), reasonOf(bad, role)];
    // A Close that only one of the two had is reported above.
    if (ours === null || theirs === null) continue;
    comparison.compare('end', `reason of the ${role}`, ours, theirs, {
      good: closePacket(good),
      bad: closePacket(bad),
    });
  }
}

/** "client Close 1000, server Close 1000", in the order in which they were sent. */
function closingText(connection: ConnectionReport): string {
  const { close } = connection;
  const roles: Role[] = close?.frameFirstBy === 'server' ? ['server', 'client'] : ['client', 'server'];
  const texts = roles
    .filter((role) => closeCount(connection, role) > 0)
    .map((role) => `${role} Close ${codeText(close!, role)}`);
  return texts.length === 0 ? 'none' : texts.join(', ');
}

function codeText(close: CloseReport, role: Role): string {
  return String((role === 'client' ? close.clientCode : close.serverCode) ?? 'without code');
}

function reasonOf(connection: ConnectionReport, role: Role): string | null {
  if (closeCount(connection, role) === 0) return null;
  return (role === 'client' ? connection.close?.clientReason : connection.close?.serverReason) ?? '';
}

function closeCount({ traffic }: ConnectionReport, role: Role): number {
  return (role === 'client' ? traffic.clientToServer : traffic.serverToClient).frames.close;
}

function closePacket({ timeline }: ConnectionReport): number | null {
  return timeline.find(({ event, opcode }) => event === 'frame' && opcode === 'close')?.packet ?? null;
}

function tcpText({ firstBy, how }: CloseReport): string {
  return `${firstBy ?? 'unknown'} ${how?.toUpperCase() ?? 'end'}`;
}

function compareTimes(good: Observed, bad: Observed, bothClean: boolean, comparison: Comparison): void {
  const [ours, theirs] = [good.connection.close!, bad.connection.close!];
  const [one, other] = [ours.afterUpgradeMs, theirs.afterUpgradeMs];
  if (one === null || other === null) return;
  const { windowMs, shortLifeMs } = timingLimits(bad.report.options);
  // After a clean close, only the handshake-close window matters: people close a connection when they like.
  const limits = bothClean ? [windowMs] : [windowMs, shortLifeMs];
  const [ourClass, theirClass] = [timingClass(one, limits), timingClass(other, limits)];
  const packets = { good: ours.packet, bad: theirs.packet };
  comparison.compare('end', 'after the 101', ourClass, theirClass, packets);
  if (ourClass === theirClass && one !== other) {
    comparison.compare('end', 'after the 101, exactly', formatDuration(one), formatDuration(other), {
      ...packets,
      noise: 'times in the same class',
    });
  }
}
