import { describe, expect, test } from 'vitest';
import type { PingFacts } from '../../src/connection/heartbeat.ts';
import { pongMissing } from '../../src/rules/pong-missing.ts';
import {
  check,
  checkAll,
  close,
  CONTEXT,
  judged,
  mark,
  NO_TIMES,
  told,
  type RecordSpec,
} from '../helpers/record-builder.ts';

const NONE: PingFacts = { sent: 1, unanswered: null, slowest: null, otherPong: null, pongAfterEnd: null };
/** Pings from packet 20, 5 s after the 101, on. */
const lost = (count = 1): PingFacts => ({
  ...NONE,
  sent: count,
  unanswered: { count, first: mark(20, 5000), last: count === 1 ? mark(20, 5000) : mark(30, 9000) },
});
const slow = (ms: number): PingFacts => ({
  ...NONE,
  slowest: { ping: mark(20, 5000), pong: mark(40, 5000 + ms) },
});

const GIVEN_UP: RecordSpec = { serverSide: { frames: 1, pings: lost(), fin: mark(90, 8000) } };

describe('raised', () => {
  test.each<[string, RecordSpec, string]>([
    ['the server gives up 3 s later', GIVEN_UP, 'unanswered'],
    ['exactly 2 s before the end', { serverSide: { pings: lost(), fin: mark(90, 7000) } }, 'unanswered'],
    ["the client's ping", { clientSide: { pings: lost(), fin: mark(90, 8000) } }, 'unanswered'],
    [
      'more than 10 s before the other side ends it',
      { clientSide: { pings: lost() }, serverSide: { fin: mark(90, 15_000.1) } },
      'unanswered',
    ],
    [
      '1 s before a Close of its sender that names a ping timeout',
      { serverSide: { pings: lost(), closeFrame: close(1011, 80, 6000, 'keepalive ping timeout') } },
      'unanswered',
    ],
    [
      'a pong that came after its sender had ended',
      { serverSide: { pings: { ...lost(), pongAfterEnd: mark(99, 43_000) }, fin: mark(90, 8000) } },
      'after-end',
    ],
    [
      'more than 10 s while it stays open',
      { serverSide: { pings: lost() }, last: mark(90, 15_000.1) },
      'unanswered',
    ],
    [
      'a Close 3 s later',
      { serverSide: { pings: lost(), closeFrame: close(1011, 80, 8000), fin: mark(90, 30_000) } },
      'unanswered',
    ],
    ['a pong after 10 s', { serverSide: { pings: slow(10_000.1) }, last: mark(90, 60_000) }, 'late'],
    [
      'a pong with another payload',
      { serverSide: { pings: { ...lost(), otherPong: mark(21, 5001) }, fin: mark(90, 8000) } },
      'other-payload',
    ],
    [
      'of a WebSocket that is known by its frames alone',
      { ...GIVEN_UP, upgrade: null, opening: 'inferred', openedAt: mark(10, 500) },
      'unanswered',
    ],
  ])('%s', (_name, spec, kind) => {
    expect(check(pongMissing, spec)).toMatchObject({ kind, severity: 'warning' });
  });
});

describe('not raised', () => {
  test.each<[string, RecordSpec]>([
    ['no pings', { last: mark(90, 60_000) }],
    ['all answered', { serverSide: { pings: NONE }, last: mark(90, 60_000) }],
    [
      '3 s before the other side ends it',
      { clientSide: { pings: lost() }, serverSide: { fin: mark(90, 8000) } },
    ],
    [
      '1 s before a Close of the other side that names a ping timeout',
      { clientSide: { closeFrame: close(4000, 80, 6000, 'ping timeout') }, serverSide: { pings: lost() } },
    ],
    ['less than 2 s before the end', { serverSide: { pings: lost(), fin: mark(90, 6999) } }],
    ['the capture ends 10 s later', { serverSide: { pings: lost() }, last: mark(90, 15_000) }],
    [
      'less than 2 s before the Close of the other side, however long TCP lasts after it',
      {
        clientSide: { closeFrame: close(1000, 21, 6000) },
        serverSide: { pings: lost(), fin: mark(90, 30_000) },
      },
    ],
    [
      'sent after the Close of the other side',
      {
        clientSide: { closeFrame: close(1000, 19, 4000) },
        serverSide: { pings: lost(), fin: mark(90, 30_000) },
      },
    ],
    [
      'sent after the FIN of the other side',
      { clientSide: { fin: mark(19, 4000) }, serverSide: { pings: lost(), fin: mark(90, 30_000) } },
    ],
    ['a pong after 10 s and no more', { serverSide: { pings: slow(10_000) }, last: mark(90, 60_000) }],
    [
      'a late pong to a ping that was sent after the Close',
      {
        clientSide: { closeFrame: close(1000, 19, 4000) },
        serverSide: { pings: slow(12_000), fin: mark(90, 30_000) },
      },
    ],
  ])('%s', (_name, spec) => {
    expect(check(pongMissing, spec)).toBeNull();
  });
});

test('the message says whose ping, when, and how long it waited for what', () => {
  const found = check(pongMissing, { serverSide: { pings: lost(3), fin: mark(90, 12_000) } });
  expect(told(found)).toBe(
    "The client did not answer the server's ping sent 5 s after the 101 (packet 20), nor 2 more up to packet 30: 7 s later, " +
      'when the server ended the connection with FIN (packet 90), no pong had come. Look at whether the client still lived: an ' +
      'event loop that hangs, a device that sleeps, a network path that is gone (does TCP acknowledge the ping?), or a proxy ' +
      'that swallows control frames.',
  );
  expect(found).toMatchObject({
    packets: [20, 90],
    at: mark(20, 5000),
    evidence: {
      by: 'server',
      unanswered: 3,
      pingsSent: 3,
      waitedMs: 7000,
      pingPacket: 20,
      lastPingPacket: 30,
      otherPongPacket: null,
      pongAfterEndPacket: null,
    },
  });
});

test.each<[string, RecordSpec, string]>([
  [
    'the last packet',
    { serverSide: { pings: lost() }, last: mark(90, 20_000) },
    '(packet 20): 15 s later, at its last packet in the capture (packet 90), no pong had come.',
  ],
  [
    'a Close',
    { serverSide: { pings: lost(), closeFrame: close(1011, 80, 8000) } },
    '(packet 20): 3 s later, when the server sent its Close (packet 80), no pong had come.',
  ],
  [
    'another pong',
    { serverSide: { pings: { ...lost(), otherPong: mark(21, 5001) }, fin: mark(90, 8000) } },
    'no pong with its payload had come; the one in packet 21 carries another. Look at the code of the client',
  ],
  [
    'a pong after the end',
    { serverSide: { pings: { ...lost(), pongAfterEnd: mark(99, 43_000) }, fin: mark(90, 8000) } },
    'ended the connection with FIN (packet 90), no pong had come; the pong in packet 99 came 35 s after that.',
  ],
  [
    'a late pong',
    { serverSide: { pings: slow(12_000) }, last: mark(90, 60_000) },
    "The client took 12 s to answer the server's ping sent 5 s after the 101 (packets 20 and 40).",
  ],
])('of %s', (_name, spec, text) => {
  expect(told(check(pongMissing, spec))).toContain(text);
});

test('one finding for each side', () => {
  const found = checkAll(pongMissing, {
    clientSide: { pings: lost() },
    serverSide: { pings: slow(12_000), fin: mark(90, 60_000) },
  });
  expect(found.map(({ kind, evidence }) => [kind, evidence['by']])).toEqual([
    ['unanswered', 'client'],
    ['late', 'server'],
  ]);
});

test('the times can be set', () => {
  expect(check(pongMissing, GIVEN_UP, CONTEXT, { lastWaitMs: 3001 })).toBeNull();
  const open: RecordSpec = { serverSide: { pings: lost() }, last: mark(90, 10_000) };
  expect(check(pongMissing, open, CONTEXT, { waitMs: 4000 })).not.toBeNull();
});

describe('withheld', () => {
  test.each<[string, RecordSpec]>([
    ['a pong may be in a gap', { clientSide: { isFramingLost: true, gapBytes: 9 } }],
    ['one direction only', { clientSide: { isCaptured: false } }],
    [
      'what the client sent last is not in the capture',
      { firstEnd: { by: 'server', how: 'fin', mark: mark(90, 8000), followsUnseen: true } },
    ],
  ])('%s', (_name, spec) => {
    const { raised, withheld } = judged({ ...GIVEN_UP, ...spec });
    expect(raised).not.toContain('pong-missing warning');
    expect(withheld).toContain('pong-missing');
  });

  test('where packets carry no time', () => {
    const spec: RecordSpec = { serverSide: { pings: lost() }, last: mark(90, 60_000) };
    expect(judged(spec, NO_TIMES).withheld).toContain('pong-missing');
  });
});
