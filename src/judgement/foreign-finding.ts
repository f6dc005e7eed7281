/** What findings about bytes in the place of a frame have in common: whose they are, what the other side did, and the packets. */
import type { ConnectionRecord, Role, WebSocketSideFacts } from '../connection/record.ts';
import type { ForeignBytes } from '../websocket/foreign-bytes.ts';
import { placeInLife, reactionTo } from './frame-finding.ts';
import type { EvidenceValue, Finding } from './rule.ts';
import type { RuleContext } from './rule-context.ts';
import { bothOrOne } from './sides.ts';

/** Bytes that a side sent in the place of a frame. */
export interface ForeignCase {
  readonly role: Role;
  readonly other: Role;
  readonly side: WebSocketSideFacts;
  readonly foreign: ForeignBytes;
  /** When they came, as a clause. */
  readonly when: string;
  readonly reaction: ReturnType<typeof reactionTo>;
  /** Of a finding about them: the packets that prove it, and when it happened. */
  readonly proof: Pick<Finding, 'packets' | 'at'>;
  /** Of its evidence: what the other side did. */
  readonly receiver: Readonly<Record<'receiver' | 'receiverCloseCode', EvidenceValue>>;
}

/** The findings about the bytes of each side that are no frames; `tell` says null of those that are another rule's. */
export function foreignFindings(
  record: ConnectionRecord,
  context: RuleContext,
  tell: (found: ForeignCase) => Finding | null,
): Finding | readonly Finding[] | null {
  if (record.clientSide.foreign === null && record.serverSide.foreign === null) return null;
  const told = (role: Role) => {
    const found = foreignCase(role, record, context);
    return found === null ? null : tell(found);
  };
  return bothOrOne(told('client'), told('server'));
}

function foreignCase(role: Role, record: ConnectionRecord, context: RuleContext): ForeignCase | null {
  const { clientSide, serverSide, tcp } = record;
  const [side, other] = role === 'client' ? [clientSide, serverSide] : [serverSide, clientSide];
  const { foreign } = side;
  if (foreign === null) return null;
  const { packet, seconds, nanoseconds } = foreign;
  const reaction = reactionTo(foreign, side, other, tcp[other.role], context);
  const packets = new Set([packet, ...(reaction.packet === null ? [] : [reaction.packet])]);
  return {
    role,
    other: other.role,
    side,
    foreign,
    when: placeInLife(record, foreign, context),
    reaction,
    proof: { packets: [...packets].toSorted((a, b) => a - b), at: { packet, seconds, nanoseconds } },
    receiver: {
      receiver: reaction.how,
      receiverCloseCode: reaction.how === 'close' ? (other.closeFrame?.code ?? null) : null,
    },
  };
}
