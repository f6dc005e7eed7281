/** What a capture must show before a rule may speak. A gap never becomes an accusation. */
import type { ConnectionRecord } from '../connection/record.ts';
import { hasHeaderToken, headerValue, isUpgradeRequest } from '../http/head.ts';
import { isUndecrypted, isUnread, missingBytes } from './missing-bytes.ts';
import type { RuleContext } from './rule-context.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
import { openingOf } from './wording.ts';

export type RequirementId =
  /** Both directions were captured. */
  | 'both-directions'
  /** Every frame of the side that ended the connection could be read. */
  | 'frames-of-ending-side'
  /** Every frame of both sides could be read. */
  | 'frames-of-both-sides'
  /** No packet with payload is missing; packets may have been cut short. */
  | 'every-packet'
  /** Something of both sides could be read, and of an application whose goodbyes are known everything that may have been one. */
  | 'goodbyes'
  /** Whoever ended the connection first was captured doing so. */
  | 'first-end'
  /** No FIN of the side that ended the connection first is missing before its RST. */
  | 'first-end-itself'
  /** No byte of the server is missing between the request and what was read as its answer. */
  | 'own-response'
  /** No byte of the server is missing. */
  | 'bytes-of-server'
  /** No packet with bytes of the client is missing: a client sends more only after it has its answer. */
  | 'packets-of-client'
  /**
   * The client's last bytes were acknowledged or sent again, or the connection ended: later packets were
   * captured.
   */
  | 'packets-after-request'
  /** The client had the answer: it acknowledged it, or frames came after it. */
  | 'response-acknowledged'
  /** The request is certainly the one that asked for the upgrade. */
  | 'own-request'
  /** The 101 certainly switches to WebSocket: what was captured of the heads, or the frames, says so. */
  | 'web-socket'
  /** The bytes of frames were captured, not only what a list of packets calls them. */
  | 'frame-bytes'
  /** It is known which request each response answers. */
  | 'pairs'
  /** No byte of the request or the response is missing. */
  | 'whole-heads'
  /** No byte of the request is missing; none of the response. */
  | 'whole-request'
  | 'whole-response'
  /** Packets sent again can be told from packets captured twice. */
  | 'own-packets'
  /** Packets carry their times, and the clock was not set back between the 101 (or the first frame) and the end. */
  | 'times';

type Requirement = (record: ConnectionRecord, context: RuleContext) => string | null;

const APPLICATIONS = { 'engine.io': 'Engine.IO', mqtt: 'MQTT' } as const;

/** For each requirement, why a record doesn't meet it, as a clause; null where it does. */
const REQUIREMENTS: Readonly<Record<RequirementId, Requirement>> = {
  'both-directions': ({ tcp }) => {
    if (!tcp.client.isCaptured) return 'no packet from the client was captured';
    return tcp.server.isCaptured ? null : 'no packet from the server was captured';
  },
  'frames-of-ending-side': (record) => {
    const { firstEnd, clientSide, serverSide, opening } = record;
    const side = firstEnd?.by === 'client' ? clientSide : serverSide;
    if (isUnread(record, side)) {
      return `${missingBytes(record, side.role)}, and a Close may be among them`;
    }
    // A side that still sends anything but pongs has not sent its Close before.
    return opening === 'inferred' && side.frameCount === side.frames.pong
      ? `what the ${side.role} sent before the first frame is not in the capture, and a Close may be among it`
      : null;
  },
  'frames-of-both-sides': (record) => {
    const { clientSide, serverSide } = record;
    const lost = [clientSide, serverSide].find((side) => isUnread(record, side));
    return lost === undefined
      ? null
      : `${missingBytes(record, lost.role)}, and where its frames begin after that is not known`;
  },
  goodbyes: (record) => {
    const { application, possibleGoodbye, clientSide, serverSide, firstEnd } = record;
    if (possibleGoodbye !== null) {
      const { from, text, packet } = possibleGoodbye;
      return `what names the application is not in the capture, and the ${from}'s last message (packet ${packet}) may be a goodbye: ${text}`;
    }
    const lost = [clientSide, serverSide].find((side) => isUnread(record, side));
    if (lost?.frameCount === 0) {
      return `${missingBytes(record, lost.role)} and none of its frames could be read, and a Close or goodbye may be among them`;
    }
    if (application === null) return null;
    const name = APPLICATIONS[application.protocol];
    if (lost !== undefined) {
      return `${missingBytes(record, lost.role)}, and a goodbye of ${name} may be among them`;
    }
    // Packets of both sides may be missing before it.
    if (firstEnd !== null && firstEnd.missingBefore > 0) {
      return `the number of the RST in packet ${firstEnd.mark.packet} shows that packets are not in the capture, and a goodbye of ${name} may be among them`;
    }
    const unread = application.unread[0];
    return unread === undefined
      ? null
      : `what the ${unread} sent last could not be read, and may be a goodbye of ${name}`;
  },
  'every-packet': (record) => {
    const { client, server } = record.tcp;
    const side = [client, server].find(({ gapBytes, cutBytes }) => gapBytes > cutBytes);
    return side === undefined
      ? null
      : `packets with ${side.gapBytes - side.cutBytes} bytes from the ${side.role} are not in the capture`;
  },
  'first-end': ({ firstEnd, tcp: { client, server } }) => {
    if (firstEnd === null) {
      const side = [client, server].find(({ hasUnseenEnd }) => hasUnseenEnd);
      return side === undefined
        ? null
        : `what the ${side.role} sent last is not in the capture, and may be a FIN`;
    }
    const { by, how, mark, missingBefore } = firstEnd;
    // One number is the FIN that this side had sent before, or one byte. More may hold a Close.
    if (missingBefore > 1) {
      return `${missingBefore} bytes that the ${by} had sent before that RST are not in the capture (the number of the RST in packet ${mark.packet} shows them), and a Close may be among them`;
    }
    if (!firstEnd.followsUnseen) return null;
    const other = firstEnd.by === 'client' ? 'server' : 'client';
    return `what the ${other} had sent before that ${how.toUpperCase()} is not in the capture, and may be a FIN of its own`;
  },
  'first-end-itself': ({ firstEnd }) =>
    firstEnd !== null && firstEnd.missingBefore > 0
      ? `the number of the RST in packet ${firstEnd.mark.packet} shows that the ${firstEnd.by} had sent something before it that is not in the capture, perhaps a FIN that left before the request came`
      : null,
  'own-response': ({ upgrade }) =>
    upgrade?.response?.followsGap === true
      ? `bytes from the server before the response in packet ${upgrade.response.packet} are not in the capture, and the answer to the upgrade request may be among them`
      : null,
  'bytes-of-server': (record) => {
    const { tcp, upgrade } = record;
    const { gapBytes, segments, syn } = tcp.server;
    if (gapBytes > 0 || isUndecrypted(record, 'server')) {
      return `${missingBytes(record, 'server')}, and an answer may be among them`;
    }
    // Without the server's SYN it is not certain where its bytes, and the heads among them, begin.
    const isFromStart = syn !== null && syn.packet < (upgrade?.request?.packet ?? Infinity);
    return isFromStart || segments === 0
      ? null
      : "the capture lacks the server's SYN, so where its bytes begin is not certain, and an answer may be among them";
  },
  'packets-of-client': (record) => {
    const { gapBytes, cutBytes } = record.tcp.client;
    if (gapBytes > cutBytes) {
      return `${gapBytes - cutBytes} bytes from the client are not in the capture: the client may have had another answer, and have sent them after it`;
    }
    return isUndecrypted(record, 'client')
      ? `${missingBytes(record, 'client')}: the client may have had another answer, and have sent them after it`
      : null;
  },
  // TCP sends unacknowledged data again within seconds (RFC 6298 §2), and a receiver acknowledges sooner than
  // that.
  'packets-after-request': ({
    tcp: {
      client: { isAcknowledged, retransmissions },
    },
    firstEnd,
  }) =>
    isAcknowledged || retransmissions > 0 || firstEnd !== null
      ? null
      : 'the request was neither acknowledged nor sent again in the capture: the capture lacks what came next, and an answer may be among it',
  'response-acknowledged': ({ tcp: { server }, clientSide, serverSide }) =>
    server.isAcknowledged || clientSide.frameCount + serverSide.frameCount > 0
      ? null
      : 'the client never acknowledged the 101: it may not have had it',
  'own-request': (record) => {
    const request = record.upgrade?.request ?? null;
    const isWhole = record.tcp.client.gapBytes === 0 && !isUndecrypted(record, 'client');
    return isWhole || request === null || isUpgradeRequest(request.head)
      ? null
      : `${missingBytes(record, 'client')}, and the request that was answered may be among them`;
  },
  'web-socket': ({ upgrade, opening, clientSide, serverSide }) => {
    const { request = null, response = null } = upgrade ?? {};
    const isNamed =
      (request !== null && isUpgradeRequest(request.head)) ||
      (response !== null &&
        (hasHeaderToken(response.head, 'upgrade', 'websocket') ||
          headerValue(response.head, 'sec-websocket-accept') !== null ||
          // A list of packets shows frames only where it calls them frames of a WebSocket.
          (response.head.isEndKnown === true && clientSide.frameCount + serverSide.frameCount > 0)));
    return opening === 'inferred' || isNamed || response?.head.isCut !== true
      ? null
      : 'the capture cut the heads of the opening handshake short, and the 101 may be one to another protocol';
  },
  'frame-bytes': ({ upgrade }) =>
    upgrade?.request?.head.isEndKnown === true || upgrade?.response?.head.isEndKnown === true
      ? 'the text lists frames without their bytes'
      : null,
  pairs: (record) =>
    (record.tcp.client.gapBytes > 0 || isUndecrypted(record, 'client')) && record.tcp.server.streamBytes > 0
      ? `${missingBytes(record, 'client')}, and an answer may belong to a request among them, or to this one`
      : null,
  'whole-heads': ({ upgrade }) =>
    upgrade?.request?.head.isCut === true || upgrade?.response?.head.isCut === true
      ? 'the capture cut the heads of the opening handshake short'
      : null,
  'whole-request': ({ upgrade }) =>
    upgrade?.request?.head.isCut === true ? 'the capture cut the head of the request short' : null,
  'whole-response': ({ upgrade }) =>
    upgrade?.response?.head.isCut === true ? 'the capture cut the head of the response short' : null,
  'own-packets': (_record, { lacksBytes }) =>
    lacksBytes
      ? 'printed lines don’t tell a packet that was sent again from one that was captured twice'
      : null,
  times: (record, { hasTimes, windowMs }) => {
    if (!hasTimes) return 'packets of this capture carry no time';
    return wasClockSetBack(record, windowMs)
      ? `the clock was set back between ${openingOf(record)} and the end`
      : null;
  },
};

/**
 * A later packet has an earlier time. A difference below the window comes from capturing (several queues of
 * one interface), and counts as the same moment.
 */
function wasClockSetBack(record: ConnectionRecord, windowMs: number): boolean {
  const { openedAt, firstEnd, tcp } = record;
  const ends = [firstEnd?.mark ?? null, tcp.server.fin, tcp.server.rst];
  return (
    openedAt !== null &&
    ends.some(
      (end) => end !== null && end.packet > openedAt.packet && millisecondsBetween(end, openedAt) > windowMs,
    )
  );
}

/** The first requirement that the record doesn't meet, as a clause; null where it meets all. */
export function unmetRequirement(
  ids: readonly RequirementId[],
  record: ConnectionRecord,
  context: RuleContext,
): string | null {
  for (const id of ids) {
    const reason = REQUIREMENTS[id](record, context);
    if (reason !== null) return reason;
  }
  return null;
}
