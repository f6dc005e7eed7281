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
