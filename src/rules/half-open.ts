/** half-open: one side sends again and again, and the other acknowledges nothing: it is gone, or the path to it is. */
import type { TcpSideFacts } from '../connection/record.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
import { fill } from '../judgement/fill.ts';
import type { Finding, OptionValues, Rule } from '../judgement/rule.ts';
import type { RuleContext } from '../judgement/rule-context.ts';
import { eachTcpSide } from '../judgement/sides.ts';
import { count, describeUndelivered, packetList, relativeTo, since } from '../judgement/wording.ts';

const MESSAGES = {
  'large-segments':
    'The {side} sent the same data again {times} ({packets}{over}), and the {other} acknowledged none of it. These segments carry {lost} bytes or more; of smaller ones (up to {acknowledged} bytes) the {other} acknowledged even what was sent later. The path from the {side} to the {other} loses large packets.{icmp}',
  'one-direction':
    'The {side} sent the same data again {times} ({packets}{over}), and the {other} acknowledged none of it, although packets of the {other} kept coming ({peerPackets} of them, {peerSegments} with data). The {other} is there, but does not receive what the {side} sends.{icmp}',
  'never-received':
    'The {other} never received bytes {from} to {to} of what the {side} sent ({bytes}). It acknowledged only what stands before them, in {acknowledgements}{over} ({packets}), although it has what comes behind. The {other} waits for them.',
  data: 'The {side} sent the same data again {times} ({packets}{over}), and the {other} acknowledged none of it{silent}.{icmp}',
  probe:
    'The {side} sent {times} of a keep-alive probe ({packets}{over}), and the {other} answered none of them{silent}.',
} as const;

const OPTIONS = {
  retransmissions: {
    default: 3,
    unit: 'count',
    description:
      'data that was sent again this often without an acknowledgement counts as lost on a dead connection',
  },
  standstillMs: {
    default: 2000,
    unit: 'ms',
    description:
      'a receiver whose acknowledgements stand still before missing bytes for longer than this never received them',
  },
} as const;

export const halfOpen: Rule<typeof OPTIONS> = {
  id: 'half-open',
  title: 'What one side sent did not arrive any more',
  severity: 'warning',
  section: 'Liveness',
  place: 4,
  follows: ['reset-from-between'],
  spec: 'RFC 9293 §3.5.1 (half-open connections), §3.8.3, §3.8.4',
  options: OPTIONS,
  messages: MESSAGES,
  requires: ['both-directions', 'first-end'],
  check: (record, context, options) =>
    eachTcpSide(
      record,
      (side, other) =>
        vanished(side, other, context, options.retransmissions) ??
        neverReceived(side, other, context, options),
    ),
};

type Kind = keyof typeof MESSAGES;
type Unacknowledged = NonNullable<TcpSideFacts['trouble']['unacknowledged']>;

function vanished(
  side: TcpSideFacts,
  other: TcpSideFacts,
  { hasTimes }: RuleContext,
  minimum: number,
): Finding | null {
  const { unacknowledged } = side.trouble;
  if (unacknowledged === null || unacknowledged.retransmissions < minimum) return null;
  const { retransmissions, first, last, isProbe, peerPackets, peerSegments, lostSize } = unacknowledged;
  // A side that had sent FIN or RST before is not silently gone.
  if ([other.fin, other.rst].some((end) => end !== null && end.packet < first.packet)) return null;
  const kind = kindOf(unacknowledged);
  const { lastByte } = other;
  const icmp = describeUndelivered(side);
  return {
    kind,
    severity: 'warning',
    message: fill(MESSAGES[kind], {
      side: side.role,
      other: other.role,
      times: describeTimes(retransmissions, isProbe),
      packets: packetList([first.packet, last.packet]),
      over: hasTimes && last.packet !== first.packet ? `, within ${since(first, last)}` : '',
      silent: lastByte === null ? '' : `; its last bytes had come ${whenOf(lastByte, first, hasTimes)}`,
      icmp: icmp === null ? '' : ` ${icmp}.`,
      lost: lostSize?.smallestLost ?? 0,
      acknowledged: lostSize?.largestAcknowledged ?? 0,
      peerPackets,
      peerSegments,
      // Of `never-received`, which is told below.
      from: 0,
      to: 0,
      bytes: '',
      acknowledgements: '',
    }),
    advice: adviceFor(kind, side, other),
    packets: [...(lastByte === null ? [] : [lastByte.packet]), first.packet, last.packet].toSorted(
      (a, b) => a - b,
    ),
    at: first,
    evidence: {
      by: side.role,
      isProbe,
      retransmissions,
      peerPackets,
      icmp: side.undelivered?.reason ?? null,
      smallestLost: lostSize?.smallestLost ?? null,
      largestAcknowledged: lostSize?.largestAcknowledged ?? null,
      retransmittedForMs: hasTimes ? millisecondsBetween(first, last) : null,
      lastBytePacket: lastByte?.packet ?? null,
      silentMs: hasTimes && lastByte !== null ? millisecondsBetween(lastByte, last) : null,
    },
  };
}

/** Packets of the other side that only repeat what they said before show that it is there. */
function kindOf({ isProbe, peerPackets, lostSize }: Unacknowledged): Kind {
  if (isProbe) return 'probe';
  if (peerPackets === 0) return 'data';
  return lostSize === null ? 'one-direction' : 'large-segments';
}

/** At the receiver's end: the bytes never came, and its acknowledgements say so. */
function neverReceived(
  side: TcpSideFacts,
  other: TcpSideFacts,
  { hasTimes }: RuleContext,
  { retransmissions: minimum, standstillMs }: OptionValues<typeof OPTIONS>,
): Finding | null {
  const { neverReceived: hole } = side;
  if (hole === null || !hasTimes || hole.acknowledgements < minimum) return null;
  const { first, last, offset, bytes, acknowledgements } = hole;
  const stoodStillMs = millisecondsBetween(first, last);
  if (stoodStillMs <= standstillMs) return null;
  const kind = 'never-received';
  return {
    kind,
    severity: 'warning',
    message: fill(MESSAGES[kind], {
      side: side.role,
      other: other.role,
      from: offset + 1,
      to: offset + bytes,
      bytes: count(bytes, 'byte'),
      acknowledgements: count(acknowledgements, 'packet'),
      over: ` over ${since(first, last)}`,
      packets: packetList([first.packet, last.packet]),
    }),
    advice: adviceFor(kind, side, other),
    packets: [first.packet, last.packet],
    at: first,
    evidence: { by: side.role, isProbe: false, bytes, offset, acknowledgements, stoodStillMs },
  };
}

function adviceFor(kind: Kind, { role }: TcpSideFacts, { role: other }: TcpSideFacts): string {
  switch (kind) {
    case 'large-segments':
      return (
        `Look at the path MTU from the ${role} to the ${other}: a tunnel or VPN with a smaller MTU, and a firewall that drops the ICMP messages ` +
        'that would say so. Lower the MTU of the interface, or clamp the MSS (iptables: TCPMSS --clamp-mss-to-pmtu).'
      );
    case 'never-received':
      return (
        `Look at the path from the ${role} to the ${other}. If only large packets are lost, its MTU is too small for them, and a firewall drops the ICMP ` +
        'messages that would say so (clamp the MSS). A capture at the other end shows the sizes of what is sent again.'
      );
    case 'one-direction':
      return `Look at what drops packets from the ${role} to the ${other} only: a firewall rule, a route that differs between the two directions, a NAT entry. The other direction works.`;
    case 'data':
    case 'probe':
      return (
        `Look at what became of the ${other}, or of the path to it: a device that went to sleep or changed networks, a NAT or ` +
        'firewall that forgot the connection, a host that died. Pings with a time limit find such connections; TCP alone takes minutes.'
      );
  }
}

/** "2.1 s before (packet 38)". */
function whenOf(lastByte: PacketMark, first: PacketMark, hasTimes: boolean): string {
  return `${hasTimes ? relativeTo(first, lastByte) : 'before'} (packet ${lastByte.packet})`;
}

function describeTimes(number: number, isProbe: boolean): string {
  return isProbe ? `${number} repetitions` : `${number} times`;
}
