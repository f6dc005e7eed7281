/** The timelines of all connections share one room: what one of them writes must never stand in another's rows. */
import { expect, test } from 'vitest';
import { CaptureScope } from '../../src/connection/capture-scope.ts';
import { ConnectionTracker } from '../../src/connection/connection-tracker.ts';
import type { SkipReason } from '../../src/connection/connection-events.ts';
import type { ConnectionRecord } from '../../src/connection/record.ts';
import { TcpTracker } from '../../src/tcp/tcp-tracker.ts';
import { lines, switchingProtocols, upgradeRequest } from '../helpers/handshakes.ts';
import { segmentOf } from '../helpers/segment-builder.ts';

const TEXT = '\x81\x02hi';
/** Client ports. */
const WEB_SOCKET = 50_001;
const OTHER = 50_002;

test('a gap that shows a connection to be no WebSocket writes over no other connection’s timeline', () => {
  const records: ConnectionRecord[] = [];
  const skipped: SkipReason[] = [];
  const scope = new CaptureScope(new Set());
  const tracker = new TcpTracker({
    open: (connection) =>
      new ConnectionTracker(connection, scope, {
        record: (record) => records.push(record),
        skipped: (reason) => skipped.push(reason),
        upgradeRequested: () => undefined,
      }),
  });
  let packet = 0;
  const segment = (port: number, from: 0 | 1, seq: number, ack: number, flags: string, payload = '') => {
    const bytes = Uint8Array.from(Buffer.from(payload, 'latin1'));
    tracker.segment(segmentOf({ port, from, seq, ack, flags, payload: bytes }, ++packet));
  };
  const open = (port: number) => {
    segment(port, 0, 99, 0, 'S');
    segment(port, 1, 499, 100, 'SA');
  };

  // A WebSocket with some frames: its rows are the first of the room.
  open(WEB_SOCKET);
  const request = upgradeRequest();
  segment(WEB_SOCKET, 0, 100, 500, 'PA', request);
  segment(WEB_SOCKET, 1, 500, 100 + request.length, 'PA', switchingProtocols());
  const frames = 500 + switchingProtocols().length;
  for (let i = 0; i < 4; i++) segment(WEB_SOCKET, 1, frames + 4 * i, 100 + request.length, 'PA', TEXT);

  // A connection whose answer, in a head that ends in a gap, switches to another protocol.
  open(OTHER);
  const other = lines('GET / HTTP/1.1', 'Upgrade: h2c', 'Connection: Upgrade');
  segment(OTHER, 0, 100, 500, 'PA', other);
  const answer = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n';
  segment(OTHER, 1, 500, 100 + other.length, 'PA', answer);
  segment(OTHER, 1, 500 + answer.length + 100, 100 + other.length, 'PA', 'later');
  expect(skipped).toEqual([]);
  for (let i = 0; i < 12; i++) {
    segment(OTHER, 0, 100 + other.length, 500 + answer.length + 105, 'A');
  }
  expect(skipped).toEqual(['other-upgrade']);

  tracker.end();
  expect(records).toHaveLength(1);
  expect(records[0]!.timeline().map(({ packet: at, event, from }) => `${at} ${from} ${event}`)).toEqual([
    '1 client syn',
    '2 server syn-ack',
    '3 client request',
    '4 server response',
    '5 server frame',
    '6 server frame',
    '7 server frame',
    '8 server frame',
  ]);
});
