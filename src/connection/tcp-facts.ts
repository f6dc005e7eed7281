/** What TCP knows of a connection, by role. */
import { otherOf, type Direction } from '../basics/direction.ts';
import type { TcpConnection } from '../tcp/tcp-connection.ts';
import { roleOf, type Role, type TcpFacts, type TcpSideFacts } from './record.ts';

export function tcpFactsOf(connection: TcpConnection, client: Direction): TcpFacts {
  return {
    client: sideOf(connection, client, 'client'),
    server: sideOf(connection, otherOf(client), 'server'),
    duplicates: { count: connection.duplicates, firstPacket: connection.firstDuplicate },
    routes: connection
      .routes()
      .map(({ direction, route, isCopy }) => ({ from: roleOf(direction, client), route, isCopy })),
  };
}

function sideOf(connection: TcpConnection, direction: Direction, role: Role): TcpSideFacts {
  const stream = connection.stream(direction);
  return {
    role,
    streamBytes: stream.streamBytes,
    isCaptured: stream.isCaptured,
    segments: stream.segments,
    retransmissions: stream.retransmissions,
    outOfOrder: stream.outOfOrder,
    gapBytes: stream.gapBytes,
    cutBytes: stream.cutBytes,
    hasUnseenEnd: stream.unseenFrom >= 0,
    isAcknowledged: stream.acknowledgedOffset >= stream.nextOffset,
    lastByte: stream.lastByte,
    syns: stream.syns,
    trouble: stream.trouble,
    overlapConflict: stream.overlapConflict,
    syn: stream.syn,
    fin: stream.fin,
    rst: stream.rst,
  };
}
