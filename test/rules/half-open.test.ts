import { describe, expect, test } from 'vitest';
import { halfOpen } from '../../src/rules/half-open.ts';
import type { TcpTrouble, Unacknowledged } from '../../src/tcp/tcp-trouble.ts';
import {
  check,
  checkAll,
  CONTEXT,
  judged,
  mark,
  NO_TIMES,
  told,
  type RecordSpec,
} from '../helpers/record-builder.ts';

const trouble = (more: Partial<Unacknowledged> = {}): TcpTrouble => ({
  unacknowledged: {
    retransmissions: 5,
    first: mark(40, 2200),
    last: mark(52, 8400),
    isProbe: false,
    peerPackets: 0,
    peerSegments: 0,
    lostSize: null,
    ...more,
  },
  zeroWindow: null,
  firstRetransmission: null,
});

const GONE: RecordSpec = {
  clientSide: { lastByte: mark(38, 1000) },
  serverSide: { trouble: trouble() },
  last: mark(52, 8400),
};

describe('raised', () => {
  test.each<[string, RecordSpec, string]>([
    ['data of the server', GONE, 'data'],
    ['data of the client', { clientSide: { trouble: trouble() } }, 'data'],
    ['three times', { serverSide: { trouble: trouble({ retransmissions: 3 }) } }, 'data'],
    ['keep-alive probes', { serverSide: { trouble: trouble({ isProbe: true }) } }, 'probe'],
    [
      'the sender gives up and resets',
      { ...GONE, serverSide: { trouble: trouble(), rst: mark(60, 9000) } },
      'data',
    ],
    [
      'of a WebSocket that is known by its frames alone',
      { ...GONE, upgrade: null, opening: 'inferred', openedAt: mark(10, 500) },
      'data',
    ],
    [
      'of an upgrade request',
      { clientSide: { trouble: trouble() }, upgrade: { response: null, accept: null } },
      'data',
    ],
  ])('%s', (_name, spec, kind) => {
    expect(check(halfOpen, spec)).toMatchObject({ kind, severity: 'warning' });
  });
});

describe('not raised', () => {
  test.each<[string, RecordSpec]>([
    ['all was acknowledged', {}],
    ['twice', { serverSide: { trouble: trouble({ retransmissions: 2 }) } }],
    ['the other side had sent FIN', { ...GONE, clientSide: { fin: mark(39, 2000) } }],
    ['the other side had sent RST', { ...GONE, clientSide: { rst: mark(39, 2000) } }],
  ])('%s', (_name, spec) => {
    expect(check(halfOpen, spec)).toBeNull();
  });
});

test('the message says what was sent again, how often, and since when the other side is silent', () => {
  const found = check(halfOpen, GONE);
  expect(told(found)).toBe(
    'The server sent the same data again 5 times (packets 40 and 52, within 6.2 s), and the client acknowledged none of it; its ' +
      'last bytes had come 1.2 s before (packet 38). Look at what became of the client, or of the path to it: a device that went ' +
      'to sleep or changed networks, a NAT or firewall that forgot the connection, a host that died. Pings with a time limit ' +
      'find such connections; TCP alone takes minutes.',
  );
  expect(found).toMatchObject({
    packets: [38, 40, 52],
    at: mark(40, 2200),
    evidence: {
      by: 'server',
      isProbe: false,
      retransmissions: 5,
      retransmittedForMs: 6200,
      lastBytePacket: 38,
      silentMs: 7400,
    },
  });
});

test('says so of keep-alive probes', () => {
  const spec: RecordSpec = { serverSide: { trouble: trouble({ isProbe: true, retransmissions: 9 }) } };
  expect(told(check(halfOpen, spec))).toContain(
    'The server sent 9 repetitions of a keep-alive probe (packets 40 and 52, within 6.2 s), and the client answered none of them. Look',
  );
});

test('without times it names none', () => {
  const found = check(halfOpen, GONE, NO_TIMES);
  expect(told(found)).toContain(
    'again 5 times (packets 40 and 52), and the client acknowledged none of it; its last bytes had come before (packet 38). Look',
  );
  expect(found?.evidence).toMatchObject({ retransmittedForMs: null, silentMs: null });
});

test('one finding for each side', () => {
  const both = { clientSide: { trouble: trouble() }, serverSide: { trouble: trouble() } };
  expect(checkAll(halfOpen, both).map(({ evidence }) => evidence['by'])).toEqual(['client', 'server']);
});

test('the number can be set', () => {
  expect(check(halfOpen, GONE, CONTEXT, { retransmissions: 6 })).toBeNull();
});

test('the connection still counts as open, and the same data is not told as retransmissions as well', () => {
  const serverSide = { ...GONE.serverSide, retransmissions: 5, segments: 20 };
  expect(judged({ ...GONE, serverSide })).toEqual({ raised: ['half-open warning'], withheld: [] });
});

test('withheld where one direction was not captured: the acknowledgements may have been in it', () => {
  expect(judged({ ...GONE, clientSide: { isCaptured: false } })).toEqual({
    raised: [],
    withheld: ['half-open'],
  });
});

describe('where the other side is there', () => {
  const alive = { peerPackets: 6, peerSegments: 2 };

  test('one direction of the path is cut', () => {
    const found = check(halfOpen, { ...GONE, serverSide: { trouble: trouble(alive) } });
    expect(found).toMatchObject({ kind: 'one-direction', severity: 'warning', evidence: { peerPackets: 6 } });
    expect(told(found)).toContain(
      'although packets of the client kept coming (6 of them, 2 with data). The client is there, but does not receive what the server sends.',
    );
  });

  test('large packets are lost', () => {
    const lostSize = { smallestLost: 1448, largestAcknowledged: 129 };
    const found = check(halfOpen, { ...GONE, serverSide: { trouble: trouble({ ...alive, lostSize }) } });
    expect(found).toMatchObject({ kind: 'large-segments', evidence: lostSize });
    expect(told(found)).toContain(
      'These segments carry 1448 bytes or more; of smaller ones (up to 129 bytes) the client acknowledged even what was sent later.',
    );
  });
});

describe('bytes that the receiver never got', () => {
  const hole = {
    bytes: 2896,
    offset: 196,
    acknowledgements: 11,
    first: mark(33, 1000),
    last: mark(54, 10_200),
  };
  const lost = (changes: Partial<typeof hole> = {}): RecordSpec => ({
    serverSide: { neverReceived: { ...hole, ...changes }, gapBytes: 2896, neverReceivedBytes: 2896 },
  });

  test('are told with what the receiver acknowledges', () => {
    const found = check(halfOpen, lost());
    expect(found).toMatchObject({ kind: 'never-received', severity: 'warning', packets: [33, 54] });
    expect(found?.message).toBe(
      'The client never received bytes 197 to 3092 of what the server sent (2896 bytes). It acknowledged only what stands before them, ' +
        'in 11 packets over 9.2 s (packets 33 and 54), although it has what comes behind. The client waits for them.',
    );
  });

  test.each<[string, RecordSpec]>([
    ['too few acknowledgements', lost({ acknowledgements: 2 })],
    ['too short a time', lost({ last: mark(54, 3000) })],
  ])('are not told: %s', (_name, spec) => {
    expect(check(halfOpen, spec)).toBeNull();
  });

  test('are not told without times', () => {
    expect(check(halfOpen, lost(), NO_TIMES)).toBeNull();
  });
});
