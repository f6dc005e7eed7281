/**
 * coalesced-first-frame: the server's first frame begins in the packet that ends its 101. That is legal, but
 * clients and proxies that forget the bytes after the head lose the frame. (A client's frame in the packet of
 * its request is data-before-upgrade.)
 */
import { upgradeResponse, type ConnectionRecord } from '../connection/record.ts';
import { markOf } from '../tcp/packet-mark.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
import { fill } from '../judgement/fill.ts';
import type { RuleContext } from '../judgement/rule-context.ts';
import type { Rule } from '../judgement/rule.ts';
import { afterOpening, describeFrame } from '../judgement/wording.ts';

const MESSAGES = {
  coalesced: "The server's first frame, a {frame}, came in the packet of its 101 (packet {packet}).",
  lost: "The server's first frame, a {frame}, came in the packet of its 101 (packet {packet}), and the client never sent a frame: the {by} ended the connection with {how} {when} (packet {endPacket}).",
} as const;

export const coalescedFirstFrame: Rule = {
  id: 'coalesced-first-frame',
  title: 'The first frame came in the packet of the 101',
  severity: 'warning',
  section: 'Opening handshake',
  place: 11,
  spec: 'RFC 6455 §4.1, §4.2.2; experience',
  requires: ['web-socket', 'frame-bytes'],
  options: {},
  messages: MESSAGES,
  check(record, context) {
    const response = upgradeResponse(record);
    const frame = record.serverSide.firstFrame;
    if (response === null || frame?.firstPacket !== response.packet) return null;
    const { clientSide, firstEnd } = record;
    const isLost = firstEnd !== null && isClientMute(record, context);
    const kind = isLost ? 'lost' : 'coalesced';
    return {
      kind,
      severity: isLost ? 'warning' : 'info',
      message: fill(MESSAGES[kind], {
        frame: describeFrame(frame),
        packet: response.packet,
        by: firstEnd?.by ?? '',
        how: firstEnd?.how.toUpperCase() ?? '',
        when: firstEnd === null ? '' : afterOpening(record, firstEnd.mark, context),
        endPacket: firstEnd?.mark.packet ?? '',
      }),
      advice: isLost
        ? 'The frame may have been lost on its way to the application: look at what the client, or the proxy in between, does ' +
          'with bytes that it reads together with the 101.'
        : 'That is legal. Where the first message seems to be lost, look at what the client, or a proxy in between, does ' +
          'with bytes that it reads together with the 101.',
      packets: isLost ? [response.packet, firstEnd.mark.packet] : [response.packet],
      at: markOf(frame),
      evidence: {
        opcode: frame.opcode,
        payloadBytes: frame.payloadLength,
        clientFrames: clientSide.frameCount,
        endedBy: firstEnd?.by ?? null,
      },
    };
  },
};

/**
 * The client sent no frame at all, not even a Close, although it had time to. A server that ends the
 * connection at once leaves no time, and after only a FIN of the server the client may still send a frame.
 * Where client bytes are missing from the capture, a frame may be among them.
 */
function isClientMute(
  { clientSide, tcp, firstEnd, openedAt }: ConnectionRecord,
  { windowMs, hasTimes }: RuleContext,
): boolean {
  if (firstEnd === null || openedAt === null) return false;
  const { frameCount, isFramingLost, unfinished } = clientSide;
  const { isCaptured, gapBytes } = tcp.client;
  const isSilent = isCaptured && frameCount === 0 && gapBytes === 0 && !isFramingLost && unfinished === null;
  const hadTime =
    firstEnd.by === 'client' || (hasTimes && millisecondsBetween(openedAt, firstEnd.mark) > windowMs);
  const isOver = [tcp.client.fin, tcp.client.rst, tcp.server.rst].some((end) => end !== null);
  return isSilent && hadTime && isOver && !firstEnd.followsUnseen;
}
