import { TimelineRoom } from '../../src/connection/timeline-room.ts';
import { describe, expect, test } from 'vitest';
import type { ConnectionRecord } from '../../src/connection/record.ts';
import { Timeline } from '../../src/connection/timeline.ts';
import { buildCaptureAnomaly, buildConnection } from '../../src/report/build.ts';
import { handshakeClose } from '../../src/rules/handshake-close.ts';
import { OPCODE_CLOSE, OPCODE_TEXT } from '../../src/websocket/frame.ts';
import { lines, switchingProtocols, upgradeRequest } from '../helpers/handshakes.ts';
import {
  close,
  engineOf,
  judgementOf,
  mark,
  CONTEXT,
  recordOf,
  seenRequest,
  seenResponse,
  type RecordSpec,
} from '../helpers/record-builder.ts';

const judge = (record: ConnectionRecord) => engineOf().judge(record, CONTEXT);
const build = (spec: RecordSpec = {}) => buildConnection(recordOf(spec), judgementOf(), 'clean');

test('a connection says who, when, how long, and its verdict', () => {
  expect(build({ id: 7, last: mark(90, 1000.5) })).toMatchObject({
    id: 7,
    client: { address: '192.0.2.1', port: 50_000 },
    server: { address: '198.51.100.2', port: 80 },
    firstPacket: 1,
    lastPacket: 90,
    openedAt: '2025-12-31T23:59:59.996000000Z',
    durationMs: 1004.5,
    verdict: 'clean',
    heartbeat: null,
    anomalies: [],
  });
});

describe('upgrade', () => {
  test('holds both heads, and the headers that decide in fields of their own', () => {
    const request = seenRequest(upgradeRequest('/chat', 'Sec-WebSocket-Protocol: a, b'));
    const response = seenResponse(
      switchingProtocols('Sec-WebSocket-Protocol: a', 'Sec-WebSocket-Extensions: x; y=1'),
    );
    const { upgrade } = build({ upgrade: { request, response } });
    expect(upgrade).toMatchObject({
      requestPacket: 4,
      responsePacket: 6,
      method: 'GET',
      target: '/chat',
      host: 'server.example.com',
      httpVersion: '1.1',
      status: 101,
      latencyMs: 2,
      accept: 'valid',
      subprotocol: 'a',
      extensions: 'x; y=1',
    });
    expect(upgrade?.requestHeaders[0]).toEqual({ name: 'Host', value: 'server.example.com' });
    expect(upgrade?.responseHeaders).toContainEqual({ name: 'Sec-WebSocket-Protocol', value: 'a' });
  });

  test('is null where none was tried', () => {
    expect(build({ upgrade: null }).upgrade).toBeNull();
  });

  test('has nulls for a request that was not captured', () => {
    expect(build({ upgrade: { request: null, accept: 'unknown' } }).upgrade).toMatchObject({
      requestPacket: null,
      method: null,
      target: null,
      host: null,
      httpVersion: '1.1',
      latencyMs: null,
      status: 101,
      requestHeaders: [],
    });
  });

  test('has nulls for an answer that never came', () => {
    expect(build({ upgrade: { response: null, accept: null } }).upgrade).toMatchObject({
      responsePacket: null,
      status: null,
      latencyMs: null,
      accept: null,
      subprotocol: null,
      extensions: null,
      responseHeaders: [],
    });
  });
});

describe('close', () => {
  test('is null while nobody has closed anything', () => {
    expect(build().close).toBeNull();
  });

  test('a bare FIN', () => {
    expect(build({ serverSide: { fin: mark(8, 0.657) } }).close).toEqual({
      frameFirstBy: null,
      firstBy: 'server',
      how: 'fin',
      packet: 8,
      afterUpgradeMs: 0.657,
      forged: null,
      notify: null,
      clientCode: null,
      clientReason: null,
      serverCode: null,
      serverReason: null,
      clean: false,
    });
  });

  test('a closing handshake', () => {
    const spec = {
      clientSide: { closeFrame: close(1000, 80, 500, 'bye'), fin: mark(83, 503) },
      serverSide: { closeFrame: close(1000, 81, 501), fin: mark(82, 502) },
    };
    expect(build(spec).close).toMatchObject({
      frameFirstBy: 'client',
      firstBy: 'server',
      clientCode: 1000,
      clientReason: 'bye',
      serverCode: 1000,
      serverReason: '',
      clean: true,
    });
  });

  test('a Close on a connection that is still open', () => {
    expect(build({ serverSide: { closeFrame: close(null, 80, 500) } }).close).toMatchObject({
      frameFirstBy: 'server',
      firstBy: null,
      how: null,
      packet: null,
      afterUpgradeMs: null,
      serverCode: null,
      serverReason: '',
      clean: false,
    });
  });

  test('a FIN captured before its 101 has a negative time; without a 101 there is no such time', () => {
    expect(build({ serverSide: { fin: mark(5, -0.3) } }).close?.afterUpgradeMs).toBe(-0.3);
    const refused = { response: seenResponse(lines('HTTP/1.1 403 No')), accept: null };
    expect(build({ upgrade: refused, serverSide: { fin: mark(8, 1) } }).close?.afterUpgradeMs).toBeNull();
  });
});

test('traffic is told by direction', () => {
  const { traffic } = build({
    clientSide: { frames: 2, segments: 5, retransmissions: 1, outOfOrder: 1, gapBytes: 9 },
    serverSide: { frames: 3 },
  });
  expect(traffic.clientToServer).toEqual({
    frames: { text: 2, binary: 0, continuation: 0, close: 0, ping: 0, pong: 0, reserved: 0 },
    messages: 2,
    payloadBytes: 10,
    segments: 5,
    retransmissions: 1,
    outOfOrder: 1,
    gapBytes: 9,
  });
  expect(traffic.serverToClient.frames.text).toBe(3);
});

test('the timeline holds only what an event has', () => {
  const timeline = new Timeline(new TimelineRoom());
  const { seconds, nanoseconds } = mark(4, -2);
  timeline.add('request', 0, 4, seconds, nanoseconds, { detail: 'GET / HTTP/1.1' });
  timeline.addFrame(0, 7, seconds + 1, nanoseconds, OPCODE_TEXT, 0);
  timeline.add('frame', 1, 8, seconds + 1, nanoseconds, {
    opcode: OPCODE_CLOSE,
    length: 2,
    code: 1000,
    detail: '',
  });
  expect(build({ timeline: () => timeline.events(0) }).timeline).toEqual([
    {
      at: '2025-12-31T23:59:59.998000000Z',
      packet: 4,
      from: 'client',
      event: 'request',
      offsetMs: 2,
      detail: 'GET / HTTP/1.1',
    },
    {
      at: '2026-01-01T00:00:00.998000000Z',
      packet: 7,
      from: 'client',
      event: 'frame',
      offsetMs: 1002,
      opcode: 'text',
      length: 0,
    },
    {
      at: '2026-01-01T00:00:00.998000000Z',
      packet: 8,
      from: 'server',
      event: 'frame',
      offsetMs: 1002,
      opcode: 'close',
      length: 2,
      code: 1000,
    },
  ]);
});

test('anomalies and what was withheld come with the connection', () => {
  const record = recordOf({ serverSide: { fin: mark(90, 60_000), isFramingLost: true, gapBytes: 7 } });
  const { notes } = buildConnection(record, judge(record), 'unknown');
  expect(notes).toContainEqual({
    code: 'rule-withheld',
    message:
      'abnormal-closure was not judged: 7 bytes from the server are not in the capture, and a Close may be among them',
  });

  const founding = recordOf({ serverSide: { fin: mark(8, 0.657) } });
  expect(buildConnection(founding, judge(founding), 'handshake-close').anomalies).toMatchObject([
    { rule: 'handshake-close', severity: 'error', packets: [6, 8], at: '2026-01-01T00:00:00.000657000Z' },
  ]);
});

test('an anomaly names its kind, and the command that explains the rule', () => {
  const finding = {
    rule: handshakeClose.id,
    meta: handshakeClose,
    kind: 'close-code',
    severity: 'error' as const,
    message: 'The server closed.',
    advice: 'Look at its log.',
    packets: [6, 8],
    at: mark(8, 1),
    evidence: { code: 1011 },
  };
  expect(buildConnection(recordOf(), judgementOf([finding]), 'clean').anomalies).toEqual([
    {
      rule: 'handshake-close',
      advice: 'Look at its log.',
      kind: 'close-code',
      severity: 'error',
      message: 'The server closed. Look at its log.',
      packets: [6, 8],
      at: '2026-01-01T00:00:00.001000000Z',
      explain: 'wscap explain handshake-close',
      evidence: { code: 1011 },
      follows: null,
    },
  ]);
  expect(buildCaptureAnomaly({ ...finding, connections: [3, 5] })).toMatchObject({
    kind: 'close-code',
    explain: 'wscap explain handshake-close',
    connections: [3, 5],
  });
});

test('findings beyond those that are told are counted', () => {
  const judgement = { ...judgementOf(), omitted: [{ rule: 'reserved-bits', count: 12 }] };
  expect(buildConnection(recordOf({ serverSide: { fin: mark(90, 1) } }), judgement, 'clean').notes).toEqual([
    { code: 'more-findings', message: 'reserved-bits has 12 more findings on this connection' },
  ]);
});

test('the life of a connection, and how it is known to be a WebSocket', () => {
  const phases = [
    { state: 'upgrading' as const, ...mark(4, -2) },
    { state: 'open' as const, ...mark(6, 0) },
  ];
  expect(build({ phases })).toMatchObject({
    opening: 'handshake',
    lifecycle: [
      { state: 'upgrading', packet: 4, at: '2025-12-31T23:59:59.998000000Z' },
      { state: 'open', packet: 6, at: '2026-01-01T00:00:00.000000000Z' },
    ],
  });
  expect(build({ upgrade: null, opening: 'inferred' }).opening).toBe('inferred');
  expect(build({ upgrade: null }).opening).toBeNull();
});

test('two builds of one record are the same, byte for byte', () => {
  const spec = { serverSide: { fin: mark(8, 0.657) } };
  expect(JSON.stringify(build(spec))).toBe(JSON.stringify(build(spec)));
});
