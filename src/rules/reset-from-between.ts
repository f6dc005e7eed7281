/**
 * reset-from-between: the RST that ended the connection was not sent by the host in whose name it came, but by something
 * between the two: certainly, where that host went on sending; perhaps, where only the RST's TTL says so.
 */
import type { ConnectionRecord, FirstEnd, TcpSideFacts } from '../connection/record.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
import { fill } from '../judgement/fill.ts';
import type { Finding, Rule } from '../judgement/rule.ts';
import type { RuleContext } from '../judgement/rule-context.ts';
import { afterOpening, count, describeHopLimits, packetList, since } from '../judgement/wording.ts';

const MESSAGES = {
  'went-on':
    'A RST in the name of the {by} ended the connection{when} (packet {packet}), but the {by} did not send it: it sent {segments} more{during} ({packets}), and no host does that after its own RST. Something between the two sent the RST{hopLimit}.',
  translated:
    'A RST in the name of the {by} ended the connection{when} (packet {packet}), but the {by} did not send it: on the other side of the address translation the same TCP connection (connection {twin}) lacks it. The translation, or something beside it, sent the RST{hopLimit}.',
  'hop-limit':
    'The RST in the name of the {by} that ended the connection{when} (packet {packet}) came with {hopLimit}: something between the two probably sent it.',
} as const;

export const resetFromBetween: Rule = {
  id: 'reset-from-between',
  title: 'Something in between reset the connection',
  severity: 'error',
  section: 'Closing',
  place: 6,
  verdict: 'abnormal',
  explainsEnd: 13,
  // Where the RST is certainly not the side's, everything that these rules say of that side is wrong. A suspicion is a warning.
  covers: [
    { rule: 'abnormal-closure', at: 'error' },
    { rule: 'handshake-close', at: 'error' },
    { rule: 'client-handshake-close', at: 'error' },
    { rule: 'closed-before-request', at: 'error' },
    { rule: 'upgrade-unanswered', at: 'error' },
    { rule: 'close-unanswered', at: 'error' },
    { rule: 'idle-timeout', at: 'error' },
  ],
  spec: 'RFC 9293 §3.5.2, §3.10.7; Weaver, Sommer, Paxson: Detecting Forged TCP Reset Packets (NDSS 2009)',
  options: {},
  messages: MESSAGES,
  requires: [],
  check(record, context) {
    const { firstEnd, tcp, clientSide, serverSide } = record;
    const forged = firstEnd?.forged ?? null;
    if (firstEnd === null || forged === null) return null;
    // After both Closes nobody is harmed by who ends TCP.
    if (clientSide.closeFrame !== null && serverSide.closeFrame !== null) return null;
    const side = tcp[firstEnd.by];
    return forged === 'certain'
      ? certain(record, firstEnd, side, context)
      : suspected(record, firstEnd, side, context);
  },
};

function certain(
  record: ConnectionRecord,
  firstEnd: FirstEnd,
  side: TcpSideFacts,
  context: RuleContext,
): Finding | null {
  const { by, mark, absentFrom } = firstEnd;
  const sentAfter = side.reset?.sentAfter ?? null;
  const other = describeHopLimits(record, by);
  const values = {
    by,
    when: whenOf(record, firstEnd, context),
    packet: mark.packet,
    hopLimit: other === null ? '' : ` (it has ${other})`,
  };
  const told =
    sentAfter === null
      ? {
          kind: 'translated',
          message: fill(MESSAGES.translated, { ...values, twin: absentFrom ?? record.id }),
        }
      : {
          kind: 'went-on',
          message: fill(MESSAGES['went-on'], {
            ...values,
            segments: count(sentAfter.segments, 'data segment'),
            during: context.hasTimes ? `, up to ${since(mark, sentAfter.last)} after that RST` : '',
            packets: packetList([sentAfter.first.packet, sentAfter.last.packet]),
          }),
        };
  return {
    ...told,
    severity: 'error',
    advice:
      'Neither end closed it. Look at what stands between the two: a firewall that rejects (REJECT with tcp-reset), an intrusion prevention system, ' +
      'a load balancer, or a NAT that no longer knows the connection.',
    packets: [mark.packet, ...(sentAfter === null ? [] : packetsOf(sentAfter.first, sentAfter.last))],
    at: mark,
    evidence: {
      ...evidenceOf(record, firstEnd, side, context),
      sentAfter: sentAfter?.segments ?? 0,
      twin: absentFrom,
    },
  };
}

function suspected(
  record: ConnectionRecord,
  firstEnd: FirstEnd,
  side: TcpSideFacts,
  context: RuleContext,
): Finding | null {
  const { by, mark } = firstEnd;
  const hopLimit = describeHopLimits(record, by);
  if (hopLimit === null) return null;
  return {
    kind: 'hop-limit',
    severity: 'warning',
    message: fill(MESSAGES['hop-limit'], {
      by,
      when: whenOf(record, firstEnd, context),
      packet: mark.packet,
      hopLimit,
    }),
    advice: `Look for a load balancer, firewall or NAT that answers in the ${by}'s name. A capture at the ${by} shows whether the ${by} sent that RST.`,
    packets: [mark.packet],
    at: mark,
    evidence: { ...evidenceOf(record, firstEnd, side, context), sentAfter: 0, twin: null },
  };
}

function evidenceOf(
  { opening, openedAt }: ConnectionRecord,
  { by, forged, mark }: FirstEnd,
  { reset, hopLimits }: TcpSideFacts,
  { hasTimes }: RuleContext,
): Finding['evidence'] {
  return {
    by,
    forged,
    afterUpgradeMs:
      opening === 'handshake' && openedAt !== null && hasTimes ? millisecondsBetween(openedAt, mark) : null,
    hopLimit: reset?.hopLimit ?? null,
    otherHopLimits: hopLimits === null ? null : `${hopLimits.lowest}-${hopLimits.highest}`,
    otherPackets: hopLimits?.packets ?? 0,
    identification: reset?.identification ?? null,
    window: reset?.window ?? null,
  };
}

/** " 3.01 s after the 101"; nothing where none came. */
function whenOf(record: ConnectionRecord, { mark }: FirstEnd, context: RuleContext): string {
  return record.openedAt === null ? '' : ` ${afterOpening(record, mark, context)}`;
}

function packetsOf(first: PacketMark, last: PacketMark): readonly number[] {
  return first.packet === last.packet ? [first.packet] : [first.packet, last.packet];
}
