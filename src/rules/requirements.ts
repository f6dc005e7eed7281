/** What a capture must show before a rule may speak. A gap never becomes an accusation. */
import { upgradeResponse, type ConnectionRecord } from '../connection/record.ts';
import type { RuleOptions } from './rule-options.ts';
import { millisecondsBetween } from '../timestamp.ts';

export type RequirementId =
  /** Both directions were captured. */
  | 'both-directions'
  /** Every frame of the side that ended the connection could be read. */
  | 'frames-of-ending-side'
  /** Whoever ended the connection first was captured doing so. */
  | 'first-end'
  /** No byte of the server is missing. */
  | 'bytes-of-server'
  /** It is known which request each response answers. */
  | 'pairs'
  /** No byte of the request or the response is missing. */
  | 'whole-heads'
  /** Packets carry their times, and the clock was not set back between the 101 and the end. */
  | 'times';

type Requirement = (record: ConnectionRecord, options: RuleOptions) => string | null;

/** For each requirement, why a record doesn't meet it, as a clause; null where it does. */
const REQUIREMENTS: Readonly<Record<RequirementId, Requirement>> = {
  'both-directions': ({ clientSide, serverSide }) => {
    if (!clientSide.isCaptured) return 'no packet from the client was captured';
    return serverSide.isCaptured ? null : 'no packet from the server was captured';
  },
  'frames-of-ending-side': ({ firstEnd, clientSide, serverSide }) => {
    const side = firstEnd?.by === 'client' ? clientSide : serverSide;
    return side.isFramingLost
      ? `${side.gapBytes} bytes from the ${side.role} are not in the capture, and a Close may be among them`
      : null;
  },
  'first-end': ({ firstEnd }) => {
    if (firstEnd?.followsUnseen !== true) return null;
    const other = firstEnd.by === 'client' ? 'server' : 'client';
    return `what the ${other} had sent before that ${firstEnd.how.toUpperCase()} is not in the capture, and may be a FIN of its own`;
  },
  'bytes-of-server': ({ serverSide: { gapBytes } }) =>
    gapBytes > 0
      ? `${gapBytes} bytes from the server are not in the capture, and an answer may be among them`
      : null,
  pairs: ({ clientSide, serverSide }) =>
    clientSide.gapBytes > 0 && serverSide.streamBytes > 0
      ? `${clientSide.gapBytes} bytes from the client are not in the capture, and an answer may belong to a request among them, or to this one`
      : null,
  'whole-heads': ({ upgrade }) =>
    upgrade?.request?.head.isCut === true || upgrade?.response?.head.isCut === true
      ? 'the capture cut the heads of the opening handshake short'
      : null,
  times: (record, { hasTimes, windowMs }) => {
    if (!hasTimes) return 'packets of this capture carry no time';
    return wasClockSetBack(record, windowMs) ? 'the clock was set back between the 101 and the end' : null;
  },
};

/**
 * A later packet has an earlier time. By less than the window that is the capture's doing (several queues of one
 * interface), and counts as the same moment.
 */
function wasClockSetBack(record: ConnectionRecord, windowMs: number): boolean {
  const response = upgradeResponse(record);
  const { firstEnd, serverSide } = record;
  const ends = [firstEnd?.mark ?? null, serverSide.fin, serverSide.rst];
  return (
    response !== null &&
    ends.some(
      (end) => end !== null && end.packet > response.packet && millisecondsBetween(end, response) > windowMs,
    )
  );
}

/** The first requirement that the record doesn't meet, as a clause; null where it meets all. */
export function unmetRequirement(
  ids: readonly RequirementId[],
  record: ConnectionRecord,
  options: RuleOptions,
): string | null {
  for (const id of ids) {
    const reason = REQUIREMENTS[id](record, options);
    if (reason !== null) return reason;
  }
  return null;
}
