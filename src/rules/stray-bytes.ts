/** stray-bytes: one to four line ends or zeros between the head of the handshake and the first frame. */
import type { ConnectionRecord, Role } from '../connection/record.ts';
import { fill } from '../judgement/fill.ts';
import { placeInLife, reactionTo } from '../judgement/frame-finding.ts';
import type { Finding, Rule } from '../judgement/rule.ts';
import type { RuleContext } from '../judgement/rule-context.ts';
import { bothOrOne } from '../judgement/sides.ts';
import { count } from '../judgement/wording.ts';

const MESSAGES = {
  behind:
    'The {role} sent {bytes} too many behind the head of the handshake {when}: {hex}. They are no frame, and the {other} reads the first frame from there{reaction}.',
} as const;

export const strayBytes: Rule = {
  id: 'stray-bytes',
  title: 'Line ends or zeros behind the head of the handshake',
  severity: 'error',
  section: 'Frames and messages',
  place: 2,
  covers: [{ rule: 'coalesced-first-frame' }],
  spec: 'RFC 6455 §4.2.2, §5.2; RFC 9112 §2.2',
  options: {},
  messages: MESSAGES,
  requires: ['web-socket', 'frame-bytes'],
  check: (record, context) =>
    record.clientSide.foreign === null && record.serverSide.foreign === null
      ? null
      : bothOrOne(findingOf('client', record, context), findingOf('server', record, context)),
};

function findingOf(role: Role, record: ConnectionRecord, context: RuleContext): Finding | null {
  const { clientSide, serverSide, tcp } = record;
  const [side, other] = role === 'client' ? [clientSide, serverSide] : [serverSide, clientSide];
  const { foreign } = side;
  if (foreign?.kind !== 'stray') return null;
  const { packet, seconds, nanoseconds, text, length } = foreign;
  const reaction = reactionTo(foreign, side, other, tcp[other.role], context);
  const hex = Array.from(text, (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join(' ');
  return {
    kind: 'behind',
    // A receiver that goes on has passed over them, or the first frame has hidden them.
    severity: reaction.how === 'continued' ? 'warning' : 'error',
    message: fill(MESSAGES.behind, {
      role,
      other: other.role,
      bytes: count(length, 'byte'),
      when: placeInLife(record, foreign, context),
      hex,
      reaction: reaction.text,
    }),
    advice: `Look at how the ${role} writes the head of the handshake: one empty line ends it, and nothing may come between that line and the first frame.`,
    packets: [...new Set([packet, ...(reaction.packet === null ? [] : [reaction.packet])])].toSorted(
      (a, b) => a - b,
    ),
    at: { packet, seconds, nanoseconds },
    evidence: {
      by: role,
      bytes: length,
      hex,
      receiver: reaction.how,
      receiverCloseCode: reaction.how === 'close' ? (other.closeFrame?.code ?? null) : null,
    },
  };
}
