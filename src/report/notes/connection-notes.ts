/** Notes about what the capture can't show of a connection: limits of the analysis, never accusations. */
import {
  upgradeResponse,
  type ConnectionRecord,
  type NotInflated,
  type Role,
  type TcpSideFacts,
  type TranslatedFacts,
} from '../../connection/record.ts';
import type { OverlapConflict } from '../../tcp/overlap-conflict.ts';

export interface ConnectionNote {
  readonly code: string;
  readonly message: string;
  readonly packet?: number;
}

/** @param lacksBytes packets were made of printed lines: what is missing of them was not cut off by a snapshot length */
export function connectionNotes(record: ConnectionRecord, lacksBytes = false): ConnectionNote[] {
  const { clientSide, serverSide, tcp, upgrade, proxyHeader, first, last } = record;
  const { duplicates } = tcp;
  const notes: ConnectionNote[] = [];
  if (tcp.client.syn === null && tcp.server.syn === null) {
    notes.push({
      code: 'mid-stream',
      message: 'the capture began after the connection: wscap inferred who opened it from what was sent',
      packet: first.packet,
    });
  }
  const response = upgradeResponse(record);
  if (response !== null && upgrade?.request === null) {
    notes.push({
      code: 'handshake-not-captured',
      message: 'the request was not captured: Sec-WebSocket-Accept can not be checked',
      packet: response.packet,
    });
  }
  if (record.opening === 'inferred') {
    notes.push({
      code: 'handshake-not-captured',
      message:
        'the opening handshake is not in the capture: wscap inferred from the frames that this is a WebSocket, and who the client is',
      packet: first.packet,
    });
  }
  for (const side of [clientSide, serverSide]) {
    if (side.notInflated !== null) notes.push(describeNotInflated(side.role, side.notInflated));
    const carried = tcp[side.role];
    if (!carried.isCaptured) {
      notes.push({ code: 'one-direction', message: `no packet from the ${side.role} was captured` });
    }
    notes.push(...missingBytes(carried, side.isFramingLost, lacksBytes));
    if (carried.overlapConflict !== null) notes.push(describeConflict(side.role, carried.overlapConflict));
  }
  if (duplicates.count > 0) {
    const packets = duplicates.count === 1 ? '1 packet was' : `${duplicates.count} packets were`;
    notes.push({
      code: 'duplicate-packets',
      message: `${packets} captured twice, as on \`-i any\`: the second copies are left out of all counts`,
      packet: duplicates.firstPacket,
    });
  }
  if (proxyHeader !== null) {
    const { version, source } = proxyHeader;
    const named =
      source === null ? 'names no client' : `names the client: ${source.address} port ${source.port}`;
    notes.push({
      code: 'proxy-protocol',
      message: `a PROXY protocol header (v${version}) ${named}`,
    });
  }
  if (record.translated !== null) notes.push(describeTranslation(record.translated));
  if (record.firstEnd !== null && record.firstEnd.missingBefore > 0) {
    const { by, mark, missingBefore } = record.firstEnd;
    notes.push({
      code: 'gap',
      message:
        missingBefore === 1
          ? `the number of the ${by}'s RST shows that a FIN of the ${by} is not in the capture`
          : `the number of the ${by}'s RST shows that ${missingBefore} bytes of the ${by} are not in the capture`,
      packet: mark.packet,
    });
  }
  if (record.endedBy === 'capture-ended' && record.firstEnd === null) {
    notes.push({
      code: 'capture-ended',
      message: 'the connection was still open when the capture ended',
      packet: last.packet,
    });
  }
  if (record.endedBy === 'evicted') {
    notes.push({
      code: 'idle-too-long',
      message:
        'not followed to its end: it was idle while too many connections were open, or its 4-tuple was used again',
      packet: last.packet,
    });
  }
  return notes;
}

const WHY_NOT_INFLATED: Readonly<Record<NotInflated['reason'], string>> = {
  gap: 'bytes that they refer to are not in the capture',
  bound: 'wscap had reached its limit on inflated bytes',
  'late-block':
    'it first ended a deflate stream (BFINAL) only after many messages, and wscap had not kept the earlier bytes that later messages refer to',
  unknown: 'the compression settings from the opening handshake are not known',
};

function describeNotInflated(role: Role, { messages, reason, firstPacket }: NotInflated): ConnectionNote {
  const what = messages === 1 ? '1 compressed message' : `${messages} compressed messages`;
  return {
    code: 'not-inflated',
    message: `${what} of the ${role} could not be inflated: ${WHY_NOT_INFLATED[reason]}`,
    packet: firstPacket,
  };
}

function describeTranslation({ twin, side, inFront, behind }: TranslatedFacts): ConnectionNote {
  const [here, there] = side === 'front' ? ['before', 'behind'] : ['behind', 'before'];
  const translation = `${inFront.address} port ${inFront.port} → ${behind.address} port ${behind.port}`;
  const what = isSame(inFront, behind) ? 'of the client' : `(${translation})`;
  return {
    code: 'address-translation',
    message: `captured ${here} an address translation ${what}; connection ${twin} is the same TCP connection ${there} it, and counts once with it`,
  };
}

function isSame(a: TranslatedFacts['inFront'], b: TranslatedFacts['inFront']): boolean {
  return a.address === b.address && a.port === b.port;
}

function describeConflict(role: Role, { segments, bytes, first }: OverlapConflict): ConnectionNote {
  const what = first.bytes === 1 ? '1 byte' : `${first.bytes} bytes`;
  const others = segments === 1 ? '' : ` (${segments} such segments, ${bytes} bytes, in all)`;
  return {
    code: 'overlap-differs',
    message: `the ${role} sent ${what} again with different content, in packet ${first.packet}${others}: wscap used the content of packet ${first.countedPacket}, which was captured first; the receiver may have used the other`,
    packet: first.packet,
  };
}

function missingBytes(
  { role, gapBytes, cutBytes, neverReceived, neverReceivedBytes }: TcpSideFacts,
  isFramingLost: boolean,
  lacksBytes: boolean,
): ConnectionNote[] {
  const notes: ConnectionNote[] = [];
  const consequence = isFramingLost ? '; its frames can not be followed after that' : '';
  if (cutBytes > 0) {
    notes.push({
      code: 'snaplen',
      message: lacksBytes
        ? `of packets from the ${role}, ${cutBytes} bytes are not printed${consequence}`
        : `packets from the ${role} were cut short: ${cutBytes} bytes are missing (capture with \`-s 0\`)${consequence}`,
    });
  }
  if (neverReceived !== null) {
    const { offset, first, last, acknowledgements } = neverReceived;
    const receiver = role === 'client' ? 'server' : 'client';
    const packets = acknowledgements === 1 ? '1 packet' : `${acknowledgements} packets`;
    notes.push({
      code: 'gap',
      message: `the ${receiver} never received ${neverReceivedBytes} bytes from the ${role}, from byte ${offset + 1} of its stream on: up to packet ${last.packet} it acknowledged only what stands before them (${packets})${consequence}`,
      packet: first.packet,
    });
  }
  const gaps = gapBytes - cutBytes - neverReceivedBytes;
  if (gaps > 0) {
    notes.push({
      code: 'gap',
      message: `${gaps} bytes from the ${role} were sent but not captured${consequence}`,
    });
  }
  return notes;
}
