import { describe, expect, test } from 'vitest';
import { idleTimeout } from '../../src/rules/idle-timeout.ts';
import {
  check,
  close,
  CONTEXT,
  judged,
  mark,
  NO_TIMES,
  told,
  type RecordSpec,
} from '../helpers/record-builder.ts';

/** The last byte of each side, and the server's FIN. */
const ended = (clientMs: number, serverMs: number, endMs: number): RecordSpec => ({
  clientSide: { frames: 1, lastByte: mark(20, clientMs) },
  serverSide: { frames: 1, lastByte: mark(21, serverMs), fin: mark(90, endMs) },
});
const SIXTY = ended(1000, 1001, 61_005);

describe('raised', () => {
  test.each<[string, RecordSpec, string]>([
    ['60 s of silence', SIXTY, 'both-directions'],
    ['30 s', ended(1000, 1001, 31_100), 'both-directions'],
    ['100 s', ended(1000, 1001, 101_900), 'both-directions'],
    ['240 s', ended(0, 0, 240_010), 'both-directions'],
    ['300 s', ended(0, 0, 298_000), 'both-directions'],
    ['350 s', ended(0, 0, 350_010), 'both-directions'],
    ['600 s', ended(0, 0, 605_900), 'both-directions'],
    ['half a second off', ended(0, 0, 30_500), 'both-directions'],
    ['of the client only', ended(1000, 60_500, 61_005), 'one-direction'],
    ['of the server only', ended(60_500, 1000, 61_005), 'one-direction'],
    [
      'from the 101 on, where a side has said nothing',
      { serverSide: { lastByte: mark(6, 0), fin: mark(90, 60_010) } },
      'both-directions',
    ],
    [
      'the 101 counts, where the request came much earlier',
      {
        clientSide: { lastByte: mark(4, -9000) },
        serverSide: { lastByte: mark(6, 0), fin: mark(90, 60_010) },
      },
      'both-directions',
    ],
    [
      'ended by the client, with RST',
      {
        clientSide: { lastByte: mark(20, 1000), rst: mark(90, 61_005) },
        serverSide: { lastByte: mark(21, 1001) },
      },
      'both-directions',
    ],
    [
      'a Close that comes only after the end',
      {
        ...SIXTY,
        clientSide: { ...SIXTY.clientSide, closeFrame: close(1000, 91, 61_006) },
      },
      'both-directions',
    ],
    [
      'of a WebSocket that is known by its frames alone',
      { ...SIXTY, upgrade: null, opening: 'inferred', openedAt: mark(10, 500) },
      'both-directions',
    ],
  ])('%s', (_name, spec, kind) => {
    expect(check(idleTimeout, spec)).toMatchObject({ kind, severity: 'warning' });
  });
});

describe('not raised', () => {
  test.each<[string, RecordSpec]>([
    ['still open', { last: mark(90, 60_000) }],
    ['20 s, which is not a known limit', ended(0, 0, 20_000)],
    ['just outside the tolerance', ended(0, 0, 30_500.001)],
    ['just outside 1 %', ended(0, 0, 606_001)],
    ['30 s after the 101, but not silent', ended(29_000, 29_001, 30_000)],
    [
      'the server had sent its Close',
      { ...SIXTY, serverSide: { ...SIXTY.serverSide, closeFrame: close(1000, 89, 61_004) } },
    ],
    [
      'the client had sent its Close, and the server hangs up',
      { ...SIXTY, clientSide: { ...SIXTY.clientSide, closeFrame: close(1000, 89, 61_004) } },
    ],
    ['no WebSocket', { ...SIXTY, upgrade: { response: null, accept: null } }],
    [
      'how long a side was silent before the capture is not known',
      {
        upgrade: null,
        opening: 'inferred',
        openedAt: mark(1, 0),
        clientSide: { lastByte: null },
        serverSide: { lastByte: mark(50, 40_000), fin: mark(90, 60_000) },
      },
    ],
  ])('%s', (_name, spec) => {
    expect(check(idleTimeout, spec)).toBeNull();
  });
});

test('the message says who ended it, how long both were silent, and whose limit that may be', () => {
  const found = check(idleTimeout, SIXTY);
  expect(told(found)).toBe(
    'The server ended the connection with FIN 1 min 1 s after the 101 (packet 90), without a Close, when nothing had come from ' +
      'the client for 1 min (since packet 20) and from the server for 1 min (since packet 21). That matches the 60 s default of ' +
      'nginx (proxy_read_timeout) and AWS ALB. These are candidates, known by their time alone: look at the idle timeouts of ' +
      'every proxy, load balancer and server on the way. Raise the shortest, or send pings more often than that, from the side ' +
      'whose silence counts.',
  );
  expect(found).toMatchObject({
    packets: [20, 21, 90],
    at: mark(90, 61_005),
    evidence: {
      by: 'server',
      how: 'fin',
      clientSilenceMs: 60_005,
      serverSilenceMs: 60_004,
      clientLimitMs: 60_000,
      serverLimitMs: 60_000,
    },
  });
});

test('of one direction it says what the other did', () => {
  const found = check(idleTimeout, ended(1000, 30_200, 31_000));
  expect(told(found)).toContain(
    "when nothing had come from the client for 30 s (since packet 20); the server's last bytes had come 800 ms before the " +
      'end (packet 21). That matches the usual 30 s of HAProxy (timeout client).',
  );
  expect(found).toMatchObject({
    packets: [20, 90],
    evidence: { clientLimitMs: 30_000, serverLimitMs: null },
  });
});

test('where both match different limits, both are named', () => {
  expect(told(check(idleTimeout, ended(0, 30_000, 60_000)))).toContain(
    'That matches the 60 s default of nginx (proxy_read_timeout) and AWS ALB and the usual 30 s of HAProxy (timeout client).',
  );
});

test('of a capture that began in the middle it says what is known', () => {
  const spec: RecordSpec = {
    upgrade: null,
    opening: 'inferred',
    openedAt: mark(1, 0),
    clientSide: { lastByte: null },
    serverSide: { frames: 1, lastByte: mark(1, 0), fin: mark(90, 60_000) },
  };
  expect(told(check(idleTimeout, spec))).toContain(
    'The server ended the connection with FIN 1 min after the first frame in the capture (packet 90), without a Close, when ' +
      'nothing had come from the server for 1 min (since packet 1); the client had sent nothing since the capture began.',
  );
});

test('the tolerance can be set', () => {
  expect(check(idleTimeout, ended(0, 0, 31_000), CONTEXT, { toleranceMs: 1000 })).not.toBeNull();
  expect(check(idleTimeout, ended(0, 0, 30_400), CONTEXT, { toleranceMs: 0 })).toBeNull();
});

test('of several limits within a wide tolerance the nearest is named', () => {
  const found = check(idleTimeout, ended(0, 0, 59_000), CONTEXT, { toleranceMs: 40_000 });
  expect(told(found)).toContain('That matches the 60 s default of nginx');
});

test('together with abnormal-closure, which says how it ended', () => {
  expect(judged(SIXTY).raised).toEqual(['abnormal-closure error', 'idle-timeout warning']);
});

describe('withheld', () => {
  test.each<[string, RecordSpec]>([
    ['packets of the client are missing', { clientSide: { ...SIXTY.clientSide, gapBytes: 9 } }],
    ['packets of the server are missing', { serverSide: { ...SIXTY.serverSide, gapBytes: 9 } }],
    [
      'a Close may be among what was cut',
      { serverSide: { ...SIXTY.serverSide, isFramingLost: true, gapBytes: 9, cutBytes: 9 } },
    ],
    ['one direction only', { clientSide: { ...SIXTY.clientSide, isCaptured: false } }],
    [
      'the last bytes of the client are not in the capture',
      { firstEnd: { by: 'server', how: 'fin', mark: mark(90, 61_005), followsUnseen: true } },
    ],
  ])('%s', (_name, spec) => {
    const { raised, withheld } = judged({ ...SIXTY, ...spec });
    expect(raised).not.toContain('idle-timeout warning');
    expect(withheld).toContain('idle-timeout');
  });

  test('where packets carry no time', () => {
    expect(judged(SIXTY, NO_TIMES).withheld).toEqual(['idle-timeout']);
  });
});
