/** What a capture must show before a rule may speak. A gap never becomes an accusation. */
import type { ConnectionRecord } from '../connection/record.ts';
import type { RuleOptions } from './rule.ts';

export type RequirementId =
  /** Both directions were captured. */
  | 'both-directions'
  /** Every frame of the side that ended the connection could be read. */
  | 'frames-of-ending-side'
  /** No byte of the request or the response is missing. */
  | 'whole-heads'
  /** Packets carry their times. */
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
  'whole-heads': ({ upgrade }) =>
    upgrade?.request?.head.isCut === true || upgrade?.response?.head.isCut === true
      ? 'the capture cut the heads of the opening handshake short'
      : null,
  times: (_record, { hasTimes }) => (hasTimes ? null : 'packets of this capture carry no time'),
};

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
