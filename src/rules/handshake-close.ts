/** handshake-close: the server's FIN or RST within milliseconds of its own 101. The founding case. */
import { millisecondsBetween } from '../basics/timestamp.ts';
import {
  upgradeResponse,
  type CloseFrame,
  type ConnectionRecord,
  type FirstEnd,
  type TcpSideFacts,
  type WebSocketSideFacts,
} from '../connection/record.ts';
import type { SeenResponse } from '../http/upgrade-exchange.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import { goodbyeOf } from '../judgement/application.ts';
import { fill, fillChosen, type ChosenMessage } from '../judgement/fill.ts';
import type { Severity } from '../basics/severity.ts';
import type { RuleContext } from '../judgement/rule-context.ts';
import type { Finding, Rule } from '../judgement/rule.ts';
import { asksToClose, count, describeClose, describeHandshake, packetList } from '../judgement/wording.ts';
import { formatDuration } from '../basics/format-duration.ts';

/** Codes by which a side says that all is well (RFC 6455 §7.4.1). */
const ORDERLY_CODES: readonly (number | null)[] = [null, 1000, 1001];

/** Codes of a side that found fault with the other side's frames (RFC 6455 §7.4.1). */
const COMPLAINTS: ReadonlySet<number> = new Set([1002, 1003, 1007, 1009, 1010]);

/** Codes of a server, or of a gateway, that failed. */
const FAILURES: ReadonlySet<number> = new Set([1011, 1014]);

/** Codes of a server that sends its client away: a policy, a restart, too much to do. */
const REFUSALS: ReadonlySet<number> = new Set([1008, 1012, 1013]);

/** How the server ended what it sends, and when: the earliest of its close_notify (in TLS), FIN and RST. */
interface ServerEnd {
  readonly how: 'FIN' | 'RST' | 'close_notify';
  readonly mark: PacketMark;
  /** The FIN or RST behind a close_notify; null where there is none in the capture, or `mark` is its own. */
  readonly tcpEnd: TcpEnd | null;
}

interface TcpEnd {
  readonly how: 'FIN' | 'RST';
  readonly mark: PacketMark;
}

/** A close_notify and the FIN behind it are one act where they are no further apart. */
const SAME_ACT_MS = 1;

const MESSAGES = {
  /** No Close of either side explains it: the founding case. */
  bare: 'The server sent {how} {when}, {frames}. Handshake: {handshake}.',
  'server-close':
    'The server sent {how} {when}, after a {close} of its own ({closePacket}). Handshake: {handshake}.',
  'server-close-code':
    'The server sent {how} {when}, and had said why: {close}, {closePacket}. Handshake: {handshake}.',
  'server-close-echo':
    'The server sent {how} {when}, after a {close} ({closePacket}), which may answer one that is not in the capture. Handshake: {handshake}.',
  /** The Close acknowledges a message of the client. */
  'served-close':
    'The server sent {how} {when}, after it had received data from the client and sent a {close} of its own ({closePacket}). Handshake: {handshake}.',
  /** Each side had sent a message, and one of them was the answer to the other. */
  conversation:
    'The server sent {how} {when}, without a Close, after the two sides had exchanged messages ({frames}; the reply of the {replier} is in {replyPacket}). Handshake: {handshake}.',
  goodbye:
    'The server sent {how} {when}, after the {role} had said goodbye with {goodbye} ({goodbyePacket}). Handshake: {handshake}.',
  'client-close':
    'The server sent {how} {when}, after the client had begun the closing handshake: {close} in {closePacket}, {answer}. Handshake: {handshake}.',
  'client-end':
    "The server sent {how} {when}, but only after the client's {clientHow} in {clientPacket}. Handshake: {handshake}.",
  'client-unseen':
    'The server sent {how} {when}, and what the client had sent by then is not all in the capture. Handshake: {handshake}.',
  'server-unseen':
    'The server sent {how} {when}, and the client had sent {clientFrames}. Handshake: {handshake}.',
  /** A text, or a capture of headers, that shows none of the bytes. */
  perhaps:
    '{ender} sent {how} {after} after {bytes} bytes ({packets}), the first and only ones that it sent here. None of them is shown: if they were a 101, the server ended the WebSocket right after the handshake.',
  /** The hop limit of the RST speaks against the server. */
  'reset-in-name': "A RST in the server's name came {when}, {before}. Handshake: {handshake}.",
} as const;

export const handshakeClose: Rule = {
  id: 'handshake-close',
  title: 'The server closed the connection right after the upgrade',
  severity: 'error',
  section: 'Opening handshake',
  place: 12,
  verdict: 'handshake-close',
  isVerdict: true,
  spoilsUpgrade: true,
  explainsEnd: 1,
  followsBreach: true,
  follows: ['http-in-websocket', 'stray-bytes', 'error-close-code'],
  aboutEnd: 'sender',
  covers: [{ rule: 'abnormal-closure', at: 'error' }],
  spec: 'RFC 6455 §7.1.1, §7.2.1; RFC 9293 §3.6',
  options: {},
  messages: MESSAGES,
  requires: ['times'],
  check(record, context) {
    if (record.upgrade === null && record.opening === null) return perhaps(record, context);
    const { windowMs } = context;
    const response = upgradeResponse(record);
    if (response === null) return null;
    const end = serverEnd(record, response);
    if (end === null) return null;
    // A RST that something in between sent is no act of the server: reset-from-between tells it.
    if (forgeryOf(record, end) === 'certain') return null;
    const afterUpgradeMs = millisecondsBetween(response, end.mark);
    return afterUpgradeMs <= windowMs ? finding(record, response, end, afterUpgradeMs) : null;
  },
};

/** Printed lines that show no byte: length, flags and times are those of a 101 that is followed by the server's end. */
function perhaps(record: ConnectionRecord, context: RuleContext): Finding | null {
  const { firstEnd, tcp, client, server } = record;
  if (!context.lacksBytes || firstEnd === null || firstEnd.followsUnseen) return null;
  const { by, how, mark } = firstEnd;
  // Where nobody is seen to open the connection, its sides are no more than two ends.
  const ender = tcp[by];
  const other = tcp[by === 'client' ? 'server' : 'client'];
  const answer = ender.lastByte;
  if (answer === null || ender.gapBytes !== ender.streamBytes || other.gapBytes !== other.streamBytes)
    return null;
  if (other.lastByte !== null && other.lastByte.packet > answer.packet) return null;
  // A side that sent several packets, or was asked several times, had more to say than one 101.
  const ofSide = (side: 'client' | 'server') =>
    record.timeline().filter(({ event, from }) => event === 'gap' && from === side).length;
  if (ofSide(by) !== 1 || ofSide(other.role) > 1) return null;
  const afterMs = millisecondsBetween(answer, mark);
  if (afterMs < 0 || afterMs > context.windowMs) return null;
  const { address, port } = by === 'client' ? client : server;
  return {
    kind: 'perhaps',
    severity: 'info',
    message: fill(MESSAGES.perhaps, {
      ender: `${address}:${port}`,
      how: how.toUpperCase(),
      after: formatDuration(afterMs),
      bytes: ender.streamBytes,
      packets: packetList([...new Set([answer.packet, mark.packet])]),
    }),
    advice:
      'An ordinary answer of HTTP that ends its connection looks the same: print the packets with their bytes (`tcpdump -X`), or give the capture.',
    packets: [...new Set([answer.packet, mark.packet])],
    at: mark,
    evidence: {
      by: null,
      afterUpgradeMs: null,
      how,
      responsePacket: answer.packet,
      endPacket: mark.packet,
      bytes: ender.streamBytes,
    },
  };
}

/** The server's first end at or behind its 101. */
function serverEnd({ tcp, tls }: ConnectionRecord, response: SeenResponse): ServerEnd | null {
  const tcpEnd = tcpEndOf(tcp.server);
  const notify = tls?.closeNotify.server ?? null;
  if (notify !== null && notify.packet >= response.packet) {
    // A RST gives up what its sender had still to send; its close_notify stays what came first.
    if (tcpEnd === null || notify.packet <= tcpEnd.mark.packet)
      return { how: 'close_notify', mark: notify, tcpEnd };
  }
  return tcpEnd === null ? null : { ...tcpEnd, tcpEnd: null };
}

/** The server's first FIN or RST in the capture. A retransmitted one is not the first. */
function tcpEndOf({ fin, rst }: TcpSideFacts): TcpEnd | null {
  if (rst !== null && (fin === null || rst.packet < fin.packet)) return { how: 'RST', mark: rst };
  return fin === null ? null : { how: 'FIN', mark: fin };
}

/** As sentences name it: "FIN", "close_notify and FIN", or "close_notify" alone. */
function howOf({ how, mark, tcpEnd }: ServerEnd): string {
  const isOneAct = tcpEnd !== null && millisecondsBetween(mark, tcpEnd.mark) <= SAME_ACT_MS;
  return isOneAct ? `${how} and ${tcpEnd.how}` : how;
}

/** What speaks against the server as the sender of its end. */
function forgeryOf({ firstEnd }: ConnectionRecord, { how, mark }: ServerEnd): FirstEnd['forged'] {
  const isFirst = firstEnd?.by === 'server' && firstEnd.mark.packet === mark.packet;
  return isFirst && how === 'RST' ? firstEnd.forged : null;
}

/** What came between the 101 and the end. */
type Judgement = ChosenMessage<typeof MESSAGES, 'how' | 'when' | 'handshake'> & {
  readonly severity: Severity;
  readonly advice: string;
  readonly packets: readonly number[];
};

function finding(
  record: ConnectionRecord,
  response: SeenResponse,
  end: ServerEnd,
  afterUpgradeMs: number,
): Finding {
  const { clientSide, serverSide, upgrade } = record;
  const judged = judge(record, end);
  const judgement = forgeryOf(record, end) === null ? judged : judgeInName(record, judged);
  const { kind, severity, advice, packets } = judgement;
  return {
    kind,
    severity,
    message: fillChosen(MESSAGES, judgement, {
      how: howOf(end),
      when: describeWhen(response, end, afterUpgradeMs),
      handshake: describeHandshake(record),
    }),
    advice,
    packets: [
      ...new Set([
        response.packet,
        ...packets,
        end.mark.packet,
        ...(end.tcpEnd === null ? [] : [end.tcpEnd.mark.packet]),
      ]),
    ].sort((a, b) => a - b),
    at: end.mark,
    evidence: {
      by: 'server',
      afterUpgradeMs,
      how: evidenceHow(end.how === 'close_notify' ? (end.tcpEnd?.how ?? null) : end.how),
      end: end.how === 'close_notify' ? 'close_notify' : evidenceHow(end.how),
      responsePacket: response.packet,
      endPacket: end.mark.packet,
      clientFrames: clientSide.framesBeforePeerEnd,
      serverFrames: serverSide.frameCount,
      clientCloseCode: clientSide.closeFrame?.code ?? null,
      serverCloseCode: serverSide.closeFrame?.code ?? null,
      hasConversation: hasConversation(record, end),
      accept: upgrade?.accept ?? null,
    },
  };
}

function evidenceHow(how: 'FIN' | 'RST' | null): 'fin' | 'rst' | null {
  return how === null ? null : how === 'FIN' ? 'fin' : 'rst';
}

function describeWhen(response: SeenResponse, end: ServerEnd, afterUpgradeMs: number): string {
  const { mark, tcpEnd } = end;
  const later =
    tcpEnd === null || millisecondsBetween(mark, tcpEnd.mark) <= SAME_ACT_MS
      ? ''
      : `, and its ${tcpEnd.how} ${formatDuration(millisecondsBetween(response, tcpEnd.mark))} after it (packet ${tcpEnd.mark.packet})`;
  if (mark.packet === response.packet) return `in the packet of its 101 (packet ${mark.packet})${later}`;
  if (mark.packet < response.packet) {
    return `right after its 101 (packet ${mark.packet}, captured before the 101's packet ${response.packet})`;
  }
  return `${formatDuration(afterUpgradeMs)} after its 101 (${packetList([response.packet, mark.packet])})${later}`;
}

/** Chooses message, severity and advice from what came between the 101 and the server's end. */
function judge(record: ConnectionRecord, end: ServerEnd): Judgement {
  const { clientSide, serverSide, tcp, firstEnd } = record;
  const clientClose = clientSide.closeFrame;
  const serverClose = serverSide.closeFrame;
  const clientBegan =
    clientClose !== null &&
    clientClose.isBeforePeerEnd &&
    record.closeFirstBy === 'client' &&
    (end.how !== 'close_notify' || clientClose.mark.packet <= end.mark.packet);
  if (clientBegan) {
    const answer = serverClose === null ? 'the server sent none back' : 'the server answered it';
    return {
      kind: 'client-close',
      severity: 'info',
      values: { ...closeValues(clientClose), answer },
      advice: isComplaint(clientClose)
        ? 'The client ended the connection because of what it had received: look at what the server sent before that Close.'
        : 'The client ended a short session: there is nothing to look for at the server.',
      packets: [clientClose.mark.packet],
    };
  }
  const clientEnd = clientEndBefore(end, record);
  // The server sent its Close before its FIN, and before the client ended: that Close ended the connection.
  if (serverClose !== null && (clientEnd === null || serverClose.mark.packet < clientEnd.mark.packet)) {
    return judgeServerClose(serverClose, isUnseen(clientSide, tcp.client));
  }
  if (clientEnd !== null) {
    return {
      kind: 'client-end',
      severity: 'info',
      values: { clientHow: clientEnd.how, clientPacket: `packet ${clientEnd.mark.packet}` },
      advice: 'The client hung up first; the server only followed.',
      packets: [clientEnd.mark.packet],
    };
  }
  const goodbye = goodbyeOf(record);
  if (goodbye !== null) {
    return {
      kind: 'goodbye',
      severity: 'info',
      values: { role: goodbye.from, goodbye: goodbye.text, goodbyePacket: `packet ${goodbye.packet}` },
      advice: 'This is how a session of this protocol ends: there is nothing to look for at the server.',
      packets: [goodbye.packet],
    };
  }
  const { reply } = record.conversation;
  if (reply !== null && hasConversation(record, end)) {
    return {
      kind: 'conversation',
      severity: 'info',
      values: {
        frames: describeTraffic(clientSide.framesBeforePeerEnd, serverSide.frameCount),
        replier: reply.by,
        replyPacket: `packet ${reply.mark.packet}`,
      },
      advice:
        'So the handshake is not to blame: look at what the server did with the last messages before its end.',
      packets: [reply.mark.packet],
    };
  }
  const isClientUnseen = isUnseen(clientSide, tcp.client) || firstEnd?.followsUnseen === true;
  if (isUnseen(serverSide, tcp.server) || isClientUnseen) return judgeUnseen(clientSide, isClientUnseen);
  return {
    kind: 'bare',
    severity: 'error',
    values: { frames: describeFrames(clientSide.framesBeforePeerEnd, serverSide.frameCount) },
    advice: adviceFor(record, end),
    packets: [],
  };
}

/** The client's close_notify, FIN or RST, where it came before the server's end. */
function clientEndBefore(
  end: ServerEnd,
  { firstEnd, tls }: ConnectionRecord,
): { readonly how: string; readonly mark: PacketMark } | null {
  const notify = tls?.closeNotify.client ?? null;
  if (notify !== null && notify.packet < end.mark.packet) return { how: 'close_notify', mark: notify };
  if (firstEnd?.by !== 'client') return null;
  // By acknowledgements the client's FIN was first, but the server's close_notify may have been before it.
  if (end.how === 'close_notify' && end.mark.packet <= firstEnd.mark.packet) return null;
  return { how: firstEnd.how.toUpperCase(), mark: firstEnd.mark };
}

/** The RST is perhaps not the server's, so nothing in it is more than a warning about the server. */
function judgeInName(
  { clientSide, serverSide, tcp }: ConnectionRecord,
  { severity, packets }: Judgement,
): Judgement {
  const clientClose = clientSide.closeFrame?.isBeforePeerEnd === true ? clientSide.closeFrame : null;
  const close = serverSide.closeFrame ?? clientClose;
  const isUnknown = isUnseen(clientSide, tcp.client) || isUnseen(serverSide, tcp.server);
  const frames = isUnknown
    ? 'and what the two sides had sent by then is not all in the capture'
    : describeFrames(clientSide.framesBeforePeerEnd, serverSide.frameCount);
  return {
    kind: 'reset-in-name',
    severity: severity === 'error' ? 'warning' : severity,
    values: {
      before:
        close === null
          ? frames
          : `after a ${describeClose(close)} of the ${close === serverSide.closeFrame ? 'server' : 'client'} (packet ${close.mark.packet})`,
    },
    advice:
      'Capture at the server too, to see whether it sent that RST. Then look at its log at that time, or at what stands in between.',
    packets: close === null ? packets : [...packets, close.mark.packet],
  };
}

/** By the server's end, a message of one side had been answered by the other. */
function hasConversation({ conversation: { reply } }: ConnectionRecord, { mark }: ServerEnd): boolean {
  return reply !== null && reply.mark.packet <= mark.packet;
}

function isComplaint({ code }: CloseFrame): boolean {
  return code !== null && COMPLAINTS.has(code);
}

function closeValues(close: CloseFrame): Readonly<Record<'close' | 'closePacket', string>> {
  return { close: describeClose(close), closePacket: `packet ${close.mark.packet}` };
}

/** Some frames of this side may not be in the capture. */
function isUnseen({ isFramingLost }: WebSocketSideFacts, { isCaptured }: TcpSideFacts): boolean {
  return isFramingLost || !isCaptured;
}

/** Where the client's frames can't be seen, the server's Close may be the echo of one that the client sent first. */
function judgeServerClose(close: CloseFrame, mayBeEcho: boolean): Judgement {
  const values = closeValues(close);
  const packets = [close.mark.packet];
  if (!ORDERLY_CODES.includes(close.code)) {
    const severity = severityOfCode(close.code);
    return {
      kind: 'server-close-code',
      severity: mayBeEcho ? milder(severity) : severity,
      values,
      advice: isComplaint(close)
        ? 'The server ended the connection because of what it had received: look at what the client sent before that Close.'
        : "Look for that code and reason in the server's code and log.",
      packets,
    };
  }
  if (mayBeEcho) {
    return {
      kind: 'server-close-echo',
      severity: 'info',
      values,
      advice: 'Capture both directions, with `-s 0`, to see who began the closing handshake.',
      packets,
    };
  }
  if (close.acknowledgesData) {
    return {
      kind: 'served-close',
      severity: 'info',
      values,
      advice:
        'The server ended a short session in order. If the client wanted to stay, look at what the server does after the ' +
        "client's first message.",
      packets,
    };
  }
  return {
    kind: 'server-close',
    severity: 'warning',
    values,
    advice:
      'The server accepted the client and then closed the WebSocket in order, before it had received any data: look at what the ' +
      'server decides on open.',
    packets,
  };
}

/** How grave a code is that is not in order. A complaint about the client's frames, or an application's code, is no fault of the server. */
function severityOfCode(code: number | null): Severity {
  if (code !== null && FAILURES.has(code)) return 'error';
  return code !== null && REFUSALS.has(code) ? 'warning' : 'info';
}

function milder(severity: Severity): Severity {
  return severity === 'error' ? 'warning' : 'info';
}

/** Bytes are missing, and a Close 1000 may be among them, so the mildest reading counts. */
function judgeUnseen(clientSide: WebSocketSideFacts, isClientUnseen: boolean): Judgement {
  if (isClientUnseen) {
    return {
      kind: 'client-unseen',
      severity: 'info',
      values: {},
      advice:
        'So a Close by the client, or its FIN, cannot be ruled out: capture both directions, with `-s 0`.',
      packets: [],
    };
  }
  const isClientSilent = clientSide.frameCount === 0;
  return {
    kind: 'server-unseen',
    severity: isClientSilent ? 'warning' : 'info',
    values: {
      clientFrames: isClientSilent ? 'no frame' : count(clientSide.framesBeforePeerEnd, 'frame'),
    },
    advice:
      'Bytes after the 101 are not in the capture, so a Close by the server cannot be ruled out: capture again with `-s 0`.',
    packets: [],
  };
}

function describeFrames(client: number, server: number): string {
  if (client + server === 0) return 'with no frame from either side and no Close';
  return `after ${describeTraffic(client, server)}, with no Close from either side`;
}

/** "1 frame from the client and 2 frames from the server". */
function describeTraffic(client: number, server: number): string {
  return [
    ...(client > 0 ? [`${count(client, 'frame')} from the client`] : []),
    ...(server > 0 ? [`${count(server, 'frame')} from the server`] : []),
  ].join(' and ');
}

function adviceFor({ upgrade, clientSide }: ConnectionRecord, { how }: ServerEnd): string {
  if (upgrade?.request && asksToClose(upgrade.request.head)) {
    return (
      'The request asked the server to close after the response: look for a proxy in between that was not told ' +
      'to use HTTP/1.1 and to pass on Upgrade and Connection.'
    );
  }
  if (upgrade?.accept === 'invalid' || upgrade?.accept === 'missing') {
    return 'Its Sec-WebSocket-Accept is wrong as well: look at which code answers the upgrade.';
  }
  if (how === 'RST') {
    return (
      'Browsers report this as "connected", then 1006. A RST means that the server closed with bytes unread or ' +
      'was killed: look at its log for a crash or an exception on open.'
    );
  }
  if (clientSide.framesBeforePeerEnd > 0) {
    return (
      'Browsers report this as "connected", then 1006. Look at what the server does on open and with the first message of the ' +
      'client: a handler that throws or returns, a worker that exits.'
    );
  }
  return (
    'Browsers report this as "connected", then 1006. Look at what the server does after the handshake: an open ' +
    'handler that throws or returns, a plain HTTP handler that ends the response, a worker that exits.'
  );
}
