/** idle-timeout: silence for as long as a known limit of proxies and load balancers, then the end without a Close. */
import type { ConnectionRecord, WebSocketSideFacts } from '../connection/record.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
import { formatDuration } from '../basics/format-duration.ts';
import { fill } from '../judgement/fill.ts';
import type { Rule } from '../judgement/rule.ts';
import { afterOpening } from '../judgement/wording.ts';

const MESSAGES = {
  'both-directions':
    'The {by} ended the connection with {how} {when} (packet {packet}), without a Close, when nothing had come from the client for {clientSilence} (since packet {clientPacket}) and from the server for {serverSilence} (since packet {serverPacket}). That matches {limits}.',
  'one-direction':
    'The {by} ended the connection with {how} {when} (packet {packet}), without a Close, when nothing had come from the {side} for {silence} (since packet {lastPacket}); {other}. That matches {limits}.',
} as const;

const OPTIONS = {
  toleranceMs: {
    default: 500,
    unit: 'ms',
    description:
      'a silence that differs from a known limit by at most this, or by at most 1 %, counts as that limit',
  },
} as const;

interface KnownLimit {
  readonly ms: number;
  readonly name: string;
}

/** Limits that many deployments share. A match is a candidate, not a proof. */
const KNOWN_LIMITS: readonly KnownLimit[] = [
  { ms: 30_000, name: 'the usual 30 s of HAProxy (timeout client)' },
  { ms: 60_000, name: 'the 60 s default of nginx (proxy_read_timeout) and AWS ALB' },
  { ms: 100_000, name: 'the 100 s of Cloudflare' },
  { ms: 240_000, name: 'the 240 s default of Azure Load Balancer' },
  { ms: 300_000, name: 'the 300 s default of Envoy (stream_idle_timeout)' },
  { ms: 350_000, name: 'the 350 s default of AWS NLB' },
  { ms: 600_000, name: 'the 600 s of AWS API Gateway' },
];
const RELATIVE_TOLERANCE = 0.01;

interface Silence {
  readonly side: WebSocketSideFacts;
  readonly since: PacketMark;
  readonly ms: number;
  readonly limit: KnownLimit | null;
}

/** A silence as long as a known limit. */
interface Match extends Silence {
  readonly limit: KnownLimit;
}

export const idleTimeout: Rule<typeof OPTIONS> = {
  id: 'idle-timeout',
  title: 'The connection was ended after a silence as long as a known idle timeout',
  severity: 'warning',
  section: 'Liveness',
  place: 1,
  explainsEnd: 6,
  aboutEnd: 'time-limit',
  silentKind: 'both-directions',
  spec: 'RFC 6455 §7.1.5; documented defaults of proxies and load balancers',
  options: OPTIONS,
  messages: MESSAGES,
  requires: [
    'web-socket',
    'both-directions',
    'times',
    'frames-of-ending-side',
    'frames-of-both-sides',
    'first-end',
    'every-packet',
  ],
  check(record, context, { toleranceMs }) {
    const { firstEnd, clientSide, serverSide } = record;
    if (firstEnd === null) return null;
    const { by, how, mark } = firstEnd;
    if (hasClosedBefore(clientSide, mark) || hasClosedBefore(serverSide, mark)) return null;
    const client = silenceOf(clientSide, record, mark, toleranceMs);
    const server = silenceOf(serverSide, record, mark, toleranceMs);
    const matching = [client, server].filter(isMatch);
    const [first, second] = matching;
    if (first === undefined) return null;

    const limits = [...new Set(matching.map(({ limit }) => limit.name))].join(' and ');
    const values = {
      by,
      how: how.toUpperCase(),
      when: afterOpening(record, mark, context),
      packet: mark.packet,
    };
    const told =
      second === undefined
        ? {
            kind: 'one-direction',
            message: fill(MESSAGES['one-direction'], {
              ...values,
              side: first.side.role,
              silence: formatDuration(first.ms),
              lastPacket: first.since.packet,
              other: describeOther(first === client ? server : client, first.side),
              limits,
            }),
          }
        : {
            kind: 'both-directions',
            message: fill(MESSAGES['both-directions'], {
              ...values,
              clientSilence: formatDuration(first.ms),
              clientPacket: first.since.packet,
              serverSilence: formatDuration(second.ms),
              serverPacket: second.since.packet,
              limits,
            }),
          };
    return {
      ...told,
      severity: 'warning',
      advice:
        'These are candidates, known by their time alone: look at the idle timeouts of every proxy, load balancer and server on ' +
        'the way. Raise the shortest, or send pings more often than that, from the side whose silence counts.',
      packets: [...new Set([...matching.map(({ since }) => since.packet), mark.packet])].toSorted(
        (a, b) => a - b,
      ),
      at: mark,
      evidence: {
        by,
        how,
        clientSilenceMs: client?.ms ?? null,
        serverSilenceMs: server?.ms ?? null,
        clientLimitMs: client?.limit?.ms ?? null,
        serverLimitMs: server?.limit?.ms ?? null,
      },
    };
  },
};

function hasClosedBefore({ closeFrame }: WebSocketSideFacts, end: PacketMark): boolean {
  return closeFrame !== null && closeFrame.mark.packet <= end.packet;
}

function isMatch(silence: Silence | null): silence is Match {
  return silence !== null && silence.limit !== null;
}

/** null where the silence began before the capture, or where there is no WebSocket. */
function silenceOf(
  side: WebSocketSideFacts,
  { openedAt, opening, tcp }: ConnectionRecord,
  end: PacketMark,
  toleranceMs: number,
): Silence | null {
  const { lastByte } = tcp[side.role];
  if (openedAt === null) return null;
  const isLater = lastByte !== null && lastByte.packet >= openedAt.packet;
  if (!isLater && opening === 'inferred') return null;
  const since = isLater ? lastByte : openedAt;
  const ms = millisecondsBetween(since, end);
  const [limit] = KNOWN_LIMITS.filter(
    (known) => Math.abs(ms - known.ms) <= Math.max(toleranceMs, known.ms * RELATIVE_TOLERANCE),
  ).sort((a, b) => Math.abs(ms - a.ms) - Math.abs(ms - b.ms));
  return { side, since, ms, limit: limit ?? null };
}

function describeOther(other: Silence | null, { role }: WebSocketSideFacts): string {
  return other === null
    ? `the ${role === 'client' ? 'server' : 'client'} had sent nothing since the capture began`
    : `the ${other.side.role}'s last bytes had come ${formatDuration(other.ms)} before the end (packet ${other.since.packet})`;
}
