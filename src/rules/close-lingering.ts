/** close-lingering: the closing handshake is done, but the server does not end TCP, as a server should. */
import type { ConnectionRecord } from '../connection/record.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
import { fill } from '../judgement/fill.ts';
import type { Rule } from '../judgement/rule.ts';
import { describeClose, packetList, since } from '../judgement/wording.ts';

const MESSAGES = {
  'ended-late':
    'Both sides had sent their Close ({closes}, {packets}), but TCP stayed open for another {waited}, until the {by} sent {how} (packet {end}){clientEnd}.',
  'still-open':
    'Both sides had sent their Close ({closes}, {packets}), but {waited} later, at its last packet in the capture (packet {end}), the server had not ended TCP{clientEnd}.',
} as const;

const OPTIONS = {
  lingerMs: {
    default: 5000,
    unit: 'ms',
    description: 'a server that has not ended TCP this long after both Closes counts as lingering',
  },
} as const;

interface TcpEnd {
  readonly by: 'client' | 'server';
  readonly how: 'fin' | 'rst';
  readonly mark: PacketMark;
}

export const closeLingering: Rule<typeof OPTIONS> = {
  id: 'close-lingering',
  title: 'The server kept TCP open after the closing handshake',
  severity: 'warning',
  section: 'Closing',
  place: 4,
  spec: 'RFC 6455 §7.1.1',
  options: OPTIONS,
  messages: MESSAGES,
  requires: ['web-socket', 'frame-bytes', 'both-directions', 'first-end', 'every-packet', 'times'],
  check(record, _context, { lingerMs }) {
    const { clientSide, serverSide, tcp, closeFirstBy, last } = record;
    const isServerFirst = closeFirstBy === 'server';
    const first = isServerFirst ? serverSide.closeFrame : clientSide.closeFrame;
    const second = isServerFirst ? clientSide.closeFrame : serverSide.closeFrame;
    if (first === null || second === null) return null;
    const done = second.mark.packet > first.mark.packet ? second.mark : first.mark;
    const end = releasedBy(record);
    // `last` is the connection's own last packet. With the last packet of the whole capture, the rule would
    // accuse a server whose FIN (a single packet) was not captured.
    const until = end?.mark ?? last;
    const waitedMs = millisecondsBetween(done, until);
    if (waitedMs <= lingerMs) return null;

    const clientFin = tcp.client.fin !== null && tcp.client.fin.packet < until.packet ? tcp.client.fin : null;
    const values = {
      closes: `${describeClose(first)} from the ${closeFirstBy ?? 'client'} first`,
      packets: packetList([first.mark.packet, second.mark.packet]),
      waited: since(done, until),
      end: until.packet,
      clientEnd:
        clientFin === null
          ? ''
          : `; the client had ended its side with FIN ${since(done, clientFin)} after the Closes (packet ${clientFin.packet})`,
    };
    const told =
      end === null
        ? { kind: 'still-open', message: fill(MESSAGES['still-open'], values) }
        : {
            kind: 'ended-late',
            message: fill(MESSAGES['ended-late'], { ...values, by: end.by, how: end.how.toUpperCase() }),
          };
    return {
      ...told,
      severity: 'warning',
      advice:
        'After both Closes the server ends TCP at once, and the client waits for that (RFC 6455 §7.1.1). Look at whether ' +
        "the server's code closes the socket when its handler is done, and at what keeps it: each one holds a file descriptor.",
      packets: [first.mark.packet, second.mark.packet, until.packet].toSorted((a, b) => a - b),
      at: done,
      evidence: {
        waitedMs,
        closeFirstBy,
        endedBy: end?.by ?? null,
        how: end?.how ?? null,
        clientFinPacket: clientFin?.packet ?? null,
      },
    };
  },
};

/** What frees the server's socket: its FIN or RST, or a RST of the client. A FIN of the client doesn't. */
function releasedBy({ tcp }: ConnectionRecord): TcpEnd | null {
  const { fin, rst } = tcp.server;
  const first = earlier(earlier(fin, rst), tcp.client.rst);
  if (first === null) return null;
  return {
    by: first === tcp.client.rst ? 'client' : 'server',
    how: first === fin ? 'fin' : 'rst',
    mark: first,
  };
}

/** The one that comes first in the capture; `a` where both are in one packet. */
function earlier(a: PacketMark | null, b: PacketMark | null): PacketMark | null {
  if (a === null || b === null) return a ?? b;
  return b.packet < a.packet ? b : a;
}
