/**
 * Which verdict a connection gets: from its record, and from its findings. Which verdict a rule's findings lead to
 * is the rule's own metadata. Findings that are only information lead to no verdict, unless it is a good one.
 */
import { isGoodVerdict, type Verdict } from '../basics/verdict.ts';
import type { ConnectionRecord, Role } from '../connection/record.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import { isBreach } from './following.ts';
import type { Judgement } from './judgement.ts';
import type { Anomaly } from './rule.ts';
import { sealedTls } from './sealed.ts';

/** With these codes a receiver refuses what it got (RFC 6455 §7.4.1). */
const REFUSALS: ReadonlySet<number | null> = new Set([1002, 1003, 1007, 1009, 1010]);

/** Capture may put two packets that follow each other in the wrong order: a refusal then stands before what it refuses. */
const NEIGHBOURS = 1;

export function verdictOf(record: ConnectionRecord, judgement: Judgement): Verdict {
  return record.openedAt === null ? verdictUnopened(record, judgement) : verdictOpened(record, judgement);
}

/** The verdict of a connection that did not become a WebSocket, as far as the capture shows. */
function verdictUnopened(record: ConnectionRecord, judgement: Judgement): Verdict {
  const { upgrade, firstEnd } = record;
  if (upgrade === null) {
    // A refusal is one also where it did no harm.
    if (judgement.anomalies.some(({ meta }) => meta.verdict === 'refused')) return 'refused';
    if (judgement.anomalies.some((each) => each.meta.verdict === 'tls-failed' && isOfVerdict(each)))
      return 'tls-failed';
    // No upgrade was asked for: a request of the session that should come to one was refused.
    if (leadsTo('rejected', judgement)) return 'rejected';
    if (sealedTls(record) !== null) return 'encrypted';
    return leadsTo('abnormal', judgement) ? 'abnormal' : 'unknown';
  }
  if (upgrade.response === null) {
    if (leadsTo('tls-failed', judgement)) return 'tls-failed';
    // Information counts here: that the client left soon makes the request no less unanswered.
    if (judgement.anomalies.some(({ meta }) => meta.verdict === 'unanswered')) return 'unanswered';
    return leadsTo('abnormal', judgement) ? 'abnormal' : 'unknown';
  }
  return isTooLate(upgrade.response, firstEnd) ? 'unanswered' : 'rejected';
}

/** The client had left when the answer came. */
function isTooLate(response: PacketMark, firstEnd: ConnectionRecord['firstEnd']): boolean {
  return firstEnd?.by === 'client' && firstEnd.mark.packet < response.packet;
}

/** The verdict of a WebSocket, whether its 101 was captured or only its frames. */
function verdictOpened(record: ConnectionRecord, judgement: Judgement): Verdict {
  // Most connections: no rule has said anything.
  if (judgement.anomalies.length + judgement.withheld.length === 0) return verdictInOrder(record, judgement);
  if (leadsTo('handshake-close', judgement)) return 'handshake-close';
  if (leadsTo('protocol-error', judgement) || judgement.anomalies.some((each) => isAnswered(each, record))) {
    return 'protocol-error';
  }
  if (
    leadsTo('error-close', judgement, (each) => isOnFirstClose(each, record)) ||
    gaveUp(record, judgement)
  ) {
    return 'error-close';
  }
  if (leadsTo('abnormal', judgement)) return 'abnormal';
  if (judgement.withheld.some(({ meta }) => meta.isVerdict === true && meta.verdict === 'abnormal'))
    return 'unknown';
  return verdictInOrder(record, judgement);
}

/** The verdict of a WebSocket with whose end no rule found fault. */
function verdictInOrder(record: ConnectionRecord, judgement: Judgement): Verdict {
  const { firstEnd, clientSide, serverSide, closeFirstBy, endedBy } = record;
  if (clientSide.closeFrame !== null && serverSide.closeFrame !== null) return 'clean';
  if (firstEnd !== null) {
    return closeFirstBy !== null || leadsTo('closed', judgement) ? 'closed' : 'abnormal';
  }
  return endedBy === 'evicted' || endedBy === 'not-shown' ? 'unknown' : 'open';
}

/** One side broke the protocol, and the other side refused that: with its Close, or by ending the connection without one. */
function isAnswered(breach: Anomaly, record: ConnectionRecord): boolean {
  const by = breach.evidence['by'];
  if (!isBreach(breach) || (by !== 'client' && by !== 'server')) return false;
  const { closeFrame, lastFrame } = sideOf(record, by === 'client' ? 'server' : 'client');
  const { packet } = breach.at;
  if (closeFrame !== null)
    return closeFrame.mark.packet + NEIGHBOURS >= packet && REFUSALS.has(closeFrame.code);
  const { firstEnd } = record;
  if (firstEnd === null || firstEnd.by === by || firstEnd.mark.packet < packet) return false;
  // A receiver that goes on has not minded.
  return lastFrame === null || lastFrame.packet <= packet;
}

function isOnFirstClose({ at }: Anomaly, record: ConnectionRecord): boolean {
  return firstCloseOf(record)?.mark.packet === at.packet;
}

/** The first Close is of the side whose last ping or heartbeat was not answered. */
function gaveUp(record: ConnectionRecord, { anomalies }: Judgement): boolean {
  const close = firstCloseOf(record);
  if (close === null) return false;
  return anomalies.some(
    ({ meta, severity, evidence, at, packets }) =>
      meta.missesAnswer === true &&
      severity !== 'info' &&
      evidence['by'] === record.closeFirstBy &&
      evidence['unanswered'] !== 0 &&
      at.packet <= close.mark.packet &&
      packets.includes(close.mark.packet),
  );
}

function firstCloseOf(record: ConnectionRecord): ConnectionRecord['clientSide']['closeFrame'] {
  return record.closeFirstBy === null ? null : sideOf(record, record.closeFirstBy).closeFrame;
}

function sideOf({ clientSide, serverSide }: ConnectionRecord, role: Role): ConnectionRecord['clientSide'] {
  return role === 'client' ? clientSide : serverSide;
}

/** Its rule leads to a verdict by findings of this kind. */
function isOfVerdict({ meta, kind }: Anomaly): boolean {
  return meta.verdictKinds?.includes(kind) ?? true;
}

function leadsTo(
  verdict: Verdict,
  { anomalies }: Judgement,
  isMeant: (anomaly: Anomaly) => boolean = () => true,
): boolean {
  return anomalies.some(
    (anomaly) =>
      anomaly.meta.verdict === verdict &&
      isOfVerdict(anomaly) &&
      (anomaly.severity !== 'info' || isGoodVerdict(verdict)) &&
      isMeant(anomaly),
  );
}
