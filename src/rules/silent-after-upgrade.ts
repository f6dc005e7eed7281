/** silent-after-upgrade: a good handshake, and then no frame from either side for a long time, or at all. */
import type { ConnectionRecord, WebSocketSideFacts } from '../connection/record.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import { markOf } from '../tcp/packet-mark.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
import { frameName } from '../judgement/wording.ts';
import { fillChosen, type ChosenMessage } from '../judgement/fill.ts';
import type { Rule } from '../judgement/rule.ts';
import { since } from '../judgement/wording.ts';
import { watchedUntil, type WatchedUntil } from '../judgement/watched-until.ts';

const MESSAGES = {
  'late-first-frame':
    'For {silence} after the 101 no frame came from either side; the first one was a {frame} from the {side} (packet {packet}).',
  'until-the-end':
    'No frame came from either side in the {silence} from the 101 until the {by} ended the connection with {how} (packet {packet}).',
  'still-silent': 'No frame came from either side in the {silence} from the 101 to {until}.',
} as const;

/** Information from `silenceMs` on; an open connection that has been silent for so long is a warning. */
const WARNING_MS = 30_000;

const OPTIONS = {
  silenceMs: {
    default: 10_000,
    unit: 'ms',
    description: 'this long after the 101 without a frame counts as silence',
  },
  minimumLifeMs: {
    default: 1000,
    unit: 'ms',
    description: 'a connection that ends without a frame must have lasted this long to count',
  },
} as const;

const ADVICE =
  'Where the server should speak first, look at whether its open handler ran at all: a custom handshake handler may keep ' +
  'the library from calling it. Where the client should speak first, look for a first message that was sent before the socket was open.';
const LATE_ADVICE =
  'That is usual where a person or a timer sends the first message. Where the other side should have spoken at once, look at its open handler.';

/** What ended the silence, or where the capture of it ended. */
type Sound = ChosenMessage<typeof MESSAGES, 'silence' | 'packet'> & { readonly mark: PacketMark };

export const silentAfterUpgrade: Rule<typeof OPTIONS> = {
  id: 'silent-after-upgrade',
  title: 'No frame came from either side after the upgrade',
  severity: 'warning',
  section: 'Liveness',
  place: 3,
  spec: 'Experience; RFC 6455 §4.2.2 (the connection is open once the 101 is sent)',
  options: OPTIONS,
  messages: MESSAGES,
  follows: ['flow-forgotten'],
  requires: [
    'web-socket',
    'frame-bytes',
    'both-directions',
    'frames-of-both-sides',
    'first-end',
    'times',
    'response-acknowledged',
  ],
  check(record, context, { silenceMs, minimumLifeMs }) {
    const { windowMs } = context;
    const { opening, openedAt, clientSide, serverSide, firstEnd } = record;
    if (opening !== 'handshake' || openedAt === null) return null;
    if (hasBegun(clientSide) || hasBegun(serverSide)) return null;
    const { firstFrame } = earlierOf(clientSide, serverSide);
    // Nearly every connection returns here, before the cost of describing its first frame.
    if (
      firstFrame !== null &&
      isInTime(firstFrame, firstEnd) &&
      millisecondsBetween(openedAt, firstFrame) < silenceMs
    )
      return null;
    const sound = firstSound(record, watchedUntil(record, context));
    const { kind, mark } = sound;
    // In front of an address translation: behind it frames may have come that it lost. The connection behind it tells the silence.
    if (kind === 'still-silent' && record.translated?.side === 'front') return null;
    const silentMs = millisecondsBetween(openedAt, mark);
    // handshake-close reports an end within the window.
    const isSilent =
      kind === 'until-the-end' ? silentMs >= minimumLifeMs && silentMs > windowMs : silentMs >= silenceMs;
    if (!isSilent) return null;
    return {
      kind,
      severity:
        kind === 'until-the-end' || (kind === 'still-silent' && silentMs >= WARNING_MS) ? 'warning' : 'info',
      message: fillChosen(MESSAGES, sound, { silence: since(openedAt, mark), packet: mark.packet }),
      advice: kind === 'late-first-frame' ? LATE_ADVICE : ADVICE,
      packets: [openedAt.packet, kind === 'still-silent' ? record.last.packet : mark.packet],
      at: kind === 'still-silent' ? markOf(record.last) : mark,
      evidence: {
        silentMs,
        endedBy: kind === 'until-the-end' ? (firstEnd?.by ?? null) : null,
        how: kind === 'until-the-end' ? (firstEnd?.how ?? null) : null,
      },
    };
  },
};

/**
 * The side began to send at a time that is not known. A frame that came in several packets has the place
 * of the last one, and a frame without its last byte is not counted at all.
 */
function hasBegun({ firstFrame, unfinished }: WebSocketSideFacts): boolean {
  return firstFrame === null ? unfinished !== null : firstFrame.firstPacket !== firstFrame.packet;
}

/** The frame came before the end, or in the packet of the end. */
function isInTime({ packet }: PacketMark, firstEnd: ConnectionRecord['firstEnd']): boolean {
  return firstEnd === null || packet <= firstEnd.mark.packet;
}

/** The first frame of either side, or the end; a frame in the packet of the FIN came before it. */
function firstSound({ clientSide, serverSide, firstEnd }: ConnectionRecord, watched: WatchedUntil): Sound {
  const speaker = earlierOf(clientSide, serverSide);
  const frame = speaker.firstFrame;
  if (frame !== null && isInTime(frame, firstEnd)) {
    return {
      kind: 'late-first-frame',
      mark: markOf(frame),
      values: { frame: frameName(frame.opcode), side: speaker.role },
    };
  }
  if (firstEnd === null) {
    return { kind: 'still-silent', mark: watched.mark, values: { until: watched.text } };
  }
  return {
    kind: 'until-the-end',
    mark: firstEnd.mark,
    values: { by: firstEnd.by, how: firstEnd.how.toUpperCase() },
  };
}

/** The side whose first frame came first, if either sent one. */
function earlierOf(client: WebSocketSideFacts, server: WebSocketSideFacts): WebSocketSideFacts {
  if (client.firstFrame === null || server.firstFrame === null) {
    return client.firstFrame === null ? server : client;
  }
  return client.firstFrame.packet <= server.firstFrame.packet ? client : server;
}
