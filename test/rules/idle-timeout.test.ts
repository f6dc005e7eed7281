import { describe, expect, test } from 'vitest';
import { NO_PINGS } from '../../src/connection/heartbeat.ts';
import { idleTimeout } from '../../src/rules/idle-timeout.ts';
import { CHAT, OPENING, tlsFacts, type RecordStep, type TlsSpec } from '../helpers/tls-facts.ts';
import { switchingProtocols, upgradeRequest } from '../helpers/handshakes.ts';
import {
  check,
  checkCapture,
  close,
  CONTEXT,
  judged,
  mark,
  NO_CONVERSATION,
  NO_TIMES,
  seenRequest,
  seenResponse,
  told,
  type CaptureSpec,
  type RecordSpec,
} from '../helpers/record-builder.ts';

/** The last byte of each side, and the server's FIN. */
const ended = (clientMs: number, serverMs: number, endMs: number): RecordSpec => ({
  clientSide: { frames: 1, lastByte: mark(20, clientMs) },
  serverSide: { frames: 1, lastByte: mark(21, serverMs), fin: mark(90, endMs) },
});
const SIXTY = ended(1000, 1001, 61_005);
const CLIENT_ENDED: RecordSpec = {
  clientSide: { lastByte: mark(20, 1000), rst: mark(90, 61_005) },
  serverSide: { lastByte: mark(21, 1001) },
};
const unanswered = { count: 1, first: mark(30, 30_000), last: mark(30, 30_000) };

const proxied = (spec: RecordSpec, header = 'X-Forwarded-For: 203.0.113.9'): RecordSpec => ({
  ...spec,
  upgrade: { request: seenRequest(upgradeRequest('/', header)) },
});
const answered = (spec: RecordSpec, header: string): RecordSpec => ({
  ...spec,
  upgrade: { response: seenResponse(switchingProtocols(header)) },
});

/** The server's Close with this reason; the last frame before it came 1 s after the 101. */
const inOrder = (reason: string, ms: number): RecordSpec => ({
  conversation: { ...NO_CONVERSATION, lastFrameBeforeClose: mark(21, 1000) },
  serverSide: { closeFrame: close(1001, 90, ms, reason), fin: mark(92, ms + 2) },
  clientSide: { closeFrame: close(1001, 91, ms + 1, reason) },
});

/** A frame of the client came after the end; the last one before it 1 s after the 101. */
const withLateByte: RecordSpec = {
  conversation: { ...NO_CONVERSATION, lastFrameBeforeEnd: mark(21, 1000) },
  clientSide: { frames: 2, lastByte: mark(99, 90_000) },
  serverSide: { frames: 1, lastByte: mark(20, 900), fin: mark(90, 61_000) },
};

describe('raised', () => {
  test.each<[string, RecordSpec, string, string]>([
    ['60 s of silence', SIXTY, 'both-directions', 'warning'],
    ['30 s', ended(1000, 1001, 31_100), 'both-directions', 'warning'],
    ['50 s', ended(1000, 1001, 51_100), 'both-directions', 'warning'],
    ['100 s', ended(1000, 1001, 101_900), 'both-directions', 'warning'],
    ['120 s', ended(0, 0, 120_010), 'both-directions', 'warning'],
    ['300 s', ended(0, 0, 298_000), 'both-directions', 'warning'],
    ['600 s', ended(0, 0, 605_900), 'both-directions', 'warning'],
    ['half a second off', ended(0, 0, 30_500), 'both-directions', 'warning'],
    [
      'from the 101 on, where nobody has said anything',
      { serverSide: { lastByte: mark(6, 0), fin: mark(90, 60_010) } },
      'both-directions',
      'warning',
    ],
    [
      'the 101 counts, where the request came much earlier',
      {
        clientSide: { lastByte: mark(4, -9000) },
        serverSide: { lastByte: mark(6, 0), fin: mark(90, 60_010) },
      },
      'both-directions',
      'warning',
    ],
    ['by a client that is a proxy', proxied(CLIENT_ENDED), 'proxy-ended', 'warning'],
    ['by a client', CLIENT_ENDED, 'client-ended', 'info'],
    [
      'a Close that comes only after the end',
      {
        ...SIXTY,
        clientSide: { ...SIXTY.clientSide, closeFrame: close(1000, 91, 61_006) },
      },
      'both-directions',
      'warning',
    ],
    [
      'of a WebSocket that is known by its frames alone',
      { ...SIXTY, upgrade: null, opening: 'inferred', openedAt: mark(10, 500) },
      'both-directions',
      'warning',
    ],
    [
      'a Close that names idleness, whatever the limit',
      inOrder('Idle for 45001 ms > 45000 ms', 46_000),
      'close-in-order',
      'info',
    ],
    [
      'a Close that names a timeout after a known limit',
      inOrder('Session timeout', 61_000),
      'close-in-order',
      'info',
    ],
    ['what came only after the end does not count', withLateByte, 'both-directions', 'warning'],
  ])('%s', (_name, spec, kind, severity) => {
    expect(check(idleTimeout, spec)).toMatchObject({ kind, severity });
  });
});

describe('not raised', () => {
  test.each<[string, RecordSpec]>([
    ['still open', { last: mark(90, 60_000) }],
    ['20 s, which is not a known limit', ended(0, 0, 20_000)],
    ['350 s, at which nothing is sent', ended(0, 0, 350_010)],
    ['55 s without a header that names the Heroku router', ended(0, 0, 55_010)],
    ['just outside the tolerance', ended(0, 0, 30_500.001)],
    ['just outside 1 %', ended(0, 0, 606_001)],
    ['30 s after the 101, but not silent', ended(29_000, 29_001, 30_000)],
    ['the server talked', ended(1000, 60_500, 61_005)],
    ['the client talked', ended(60_500, 1000, 61_005)],
    [
      'a ping of the side that ended it had no answer',
      { ...SIXTY, serverSide: { ...SIXTY.serverSide, pings: { ...NO_PINGS, sent: 1, unanswered } } },
    ],
    [
      'the server had sent its Close',
      { ...SIXTY, serverSide: { ...SIXTY.serverSide, closeFrame: close(1000, 89, 61_004) } },
    ],
    [
      'the client had sent its Close, and the server hangs up',
      { ...SIXTY, clientSide: { ...SIXTY.clientSide, closeFrame: close(1000, 89, 61_004) } },
    ],
    ['a Close that names a ping timeout', inOrder('ping timeout', 61_000)],
    ['a Close that names a timeout, but no known limit', inOrder('Connection initialisation timeout', 4000)],
    ['no WebSocket', { ...SIXTY, upgrade: { response: null, accept: null } }],
  ])('%s', (_name, spec) => {
    expect(check(idleTimeout, spec)).toBeNull();
  });
});

test('the message says who ended it, how long nobody spoke, and whose limit that may be', () => {
  const found = check(idleTimeout, SIXTY);
  expect(told(found)).toBe(
    'The server ended the connection with FIN 1 min 1 s after the 101 (packet 90), without a Close, when nothing had come from ' +
      'either side for 1 min (since packet 21). That matches the 60 s default of nginx (proxy_read_timeout) and the 60 s default ' +
      'of AWS ALB. These are candidates, known by their time alone: look at the idle timeouts of every proxy, load balancer and ' +
      'server on the way. Raise the shortest idle timeout on the way, or send pings more often than that: those of either side count.',
  );
  expect(found).toMatchObject({
    packets: [21, 90],
    at: mark(90, 61_005),
    evidence: { by: 'server', how: 'fin', silenceMs: 60_004, limitMs: 60_000, header: null },
  });
});

test.each<[string, RecordSpec, string]>([
  [
    'a proxy in the 101',
    answered(ended(0, 0, 55_010), 'Via: 1.1 vegur'),
    'That matches the 55 s of the Heroku router, and the header via: 1.1 vegur names it. Raise the shortest',
  ],
  [
    'a server in the 101',
    answered(SIXTY, 'Server: nginx/1.25.3'),
    'the 60 s default of nginx (proxy_read_timeout), and the header server: nginx/1.25.3 names it.',
  ],
  [
    'a load balancer in the request',
    proxied(CLIENT_ENDED, 'X-Amzn-Trace-Id: Root=1-67891233-abcdef012345678912345678'),
    'is a proxy, as its request says. That matches the 60 s default of AWS ALB, and the header x-amzn-trace-id names it.',
  ],
])('a header names %s', (_name, spec, text) => {
  expect(told(check(idleTimeout, spec))).toContain(text);
});

test('where a client ended it no product is named', () => {
  const found = check(idleTimeout, CLIENT_ENDED);
  expect(told(found)).not.toMatch(/nginx|ALB/);
  expect(told(found)).toContain('The client itself ended the connection: look for a limit of its own');
});

test('a Close in order is quoted', () => {
  expect(told(check(idleTimeout, inOrder('Connection Idle Timeout', 301_000)))).toBe(
    'The server sent Close 1001 (going away, "Connection Idle Timeout") 5 min 1 s after the 101 (packet 90), when nothing had ' +
      'come from either side for 5 min (since packet 21): by its own words a limit of idle time. Look at the idle timeout of the ' +
      'server, or send pings more often than that.',
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

describe('several connections to one server', () => {
  /** Opened a minute apart; each lives for another time, and ends after this silence. */
  const silent = (ms: number, how: 'fin' | 'rst' = 'fin', by: 'server' | 'client' = 'server') =>
    [10_000, 20_000, 31_000].map((lastMs, index): CaptureSpec => {
      const end = { [how]: mark(90 + 100 * index, lastMs + ms) };
      const [clientSide, serverSide] = by === 'client' ? [end, {}] : [{}, end];
      return {
        startMs: index * 60_000,
        clientSide: { frames: 2, lastByte: mark(20, lastMs - 5), ...clientSide },
        serverSide: { frames: 2, lastByte: mark(21, lastMs), ...serverSide },
      };
    });

  test('a silence that is no common limit is one at three connections', () => {
    const [found, ...more] = checkCapture(idleTimeout, silent(45_000));
    expect(more).toEqual([]);
    expect(told(found)).toBe(
      'The server ended 3 connections to 198.51.100.2 port 80 without a Close, each when nothing had come from either side for 45 s ' +
        '(the first in packet 90): 3 with FIN. That matches the 45 s of Azure Application Gateway. Look for this figure in the idle ' +
        'timeouts of the server and of what stands in between. Raise the shortest one, or send pings more often than that: those of ' +
        'either side count.',
    );
    expect(found).toMatchObject({
      kind: 'same-silence',
      severity: 'warning',
      connections: [0, 1, 2],
      followers: [0, 1, 2].map((id) => ({ rule: 'abnormal-closure', id })),
      evidence: { by: 'server', limitMs: 45_000, isSameAge: false },
    });
  });

  test('also where no product is known for it', () => {
    const [found] = checkCapture(idleTimeout, silent(7000));
    expect(found?.message).toContain(
      'for 7 s (the first in packet 90): 3 with FIN. That is a limit of idle time.',
    );
    expect(found?.evidence).toMatchObject({ limitMs: null });
  });

  test('240 s are the limit of a load balancer only where it sent a RST', () => {
    expect(checkCapture(idleTimeout, silent(240_000))[0]?.evidence).toMatchObject({ limitMs: null });
    expect(checkCapture(idleTimeout, silent(240_000, 'rst'))[0]?.evidence).toMatchObject({
      limitMs: 240_000,
    });
  });

  test('where one age is as likely, both are named', () => {
    const specs = silent(7000).map((spec, index): CaptureSpec => ({
      ...spec,
      clientSide: { lastByte: mark(20, 0) },
      serverSide: { lastByte: mark(21, 1), fin: mark(90 + index, 7000) },
    }));
    expect(checkCapture(idleTimeout, specs)[0]?.message).toContain(
      'and all at the same age. That is a limit of idle time, or of age.',
    );
  });

  test('of a plain client it is information, and explains no error', () => {
    const [found] = checkCapture(idleTimeout, silent(45_000, 'fin', 'client'));
    expect(found).toMatchObject({ severity: 'info', followers: [] });
    expect(found?.message).not.toContain('Azure');
  });

  test('of clients that are proxies it is their limit', () => {
    const specs = silent(3000, 'fin', 'client').map((spec) => ({ ...spec, ...proxied(spec) }));
    const [found] = checkCapture(idleTimeout, specs);
    expect(found).toMatchObject({ severity: 'warning' });
    expect(found?.advice).toContain('the idle timeouts of the client, which is a proxy, and of what');
  });

  test('it is told once for the two legs of a proxy', () => {
    const legs = silent(45_000).map((spec): CaptureSpec => ({
      ...spec,
      server: { address: '10.0.0.9', port: 81 },
    }));
    const otherLeg = (id: number) => (id + 3) % 6;
    const found = checkCapture(idleTimeout, [...silent(45_000), ...legs], { ...CONTEXT, otherLeg });
    expect(found).toHaveLength(1);
    expect(found[0]?.followers).toHaveLength(6);
    expect(checkCapture(idleTimeout, [...silent(45_000), ...legs])).toHaveLength(2);
  });

  test.each<[string, CaptureSpec[]]>([
    ['two', silent(45_000).slice(1)],
    ['a limit that is told of each of them', silent(60_000)],
    ['under a second', silent(900)],
    [
      'different silences',
      silent(45_000).map((spec, index) => ({ ...spec, ...ended(1000, 1001, 8000 + 500 * index) })),
    ],
    [
      'different servers',
      silent(45_000).map((spec, index) => ({ ...spec, server: { address: '10.0.0.9', port: index } })),
    ],
    [
      'bytes are missing',
      silent(45_000).map((spec) => ({ ...spec, clientSide: { ...spec.clientSide, gapBytes: 3 } })),
    ],
    [
      'a Close came first',
      silent(45_000).map((spec) => ({ ...spec, clientSide: { closeFrame: close(1000, 30, 1000) } })),
    ],
    [
      'all at one moment',
      silent(45_000).map((spec) => ({ ...spec, startMs: 0, ...ended(1000, 1001, 46_000) })),
    ],
    [
      'most ended after another silence',
      [
        ...silent(45_000),
        ...[3, 4, 5, 6].map((s) => ({ startMs: s * 60_000, ...ended(1000, 1001, s * 2000) })),
      ],
    ],
  ])('not raised: %s', (_name, specs) => {
    expect(checkCapture(idleTimeout, specs)).toEqual([]);
  });

  test('not raised where packets carry no times', () => {
    expect(checkCapture(idleTimeout, silent(45_000), NO_TIMES)).toEqual([]);
  });
});

describe('inside TLS without keys', () => {
  const MINUTE = 63_010;
  const sealed = (
    records: readonly RecordStep[] = CHAT,
    tls: TlsSpec = {},
    more: RecordSpec = {},
  ): RecordSpec => ({
    upgrade: null,
    tls: tlsFacts({ records, ...tls }),
    serverSide: { fin: mark(90, MINUTE) },
    ...more,
  });
  const raised = (spec: RecordSpec, context = CONTEXT) =>
    judged(spec, context).raised.filter((text) => text.startsWith('idle-timeout'));
  const NAMED = { ...CONTEXT, namedPorts: new Set([80]) };

  test('it goes by records, and never says that no Close came', () => {
    const found = check(idleTimeout, sealed());
    expect(found).toMatchObject({
      kind: 'sealed',
      severity: 'warning',
      packets: [16, 90],
      evidence: { silenceMs: 60_000 },
    });
    expect(told(found)).toContain(
      'TLS hides what is inside. The server ended the connection with FIN 1 min 3 s after the TLS handshake (packet 90), when no record had come from either side for 1 min (since packet 16).',
    );
    expect(raised(sealed())).toEqual(['idle-timeout warning']);
  });

  test('a close_notify belongs to the end; a Close may hide in other small records', () => {
    expect(check(idleTimeout, sealed([...CHAT, ['server', 2, 89, MINUTE - 1]]))).toMatchObject({
      kind: 'sealed',
      packets: [16, 89, 90],
    });
    const words: RecordStep[] = [...CHAT, ['server', 4, 88, MINUTE - 2], ['server', 2, 89, MINUTE - 1]];
    expect(check(idleTimeout, sealed(words))).toMatchObject({ kind: 'sealed-words', severity: 'info' });
  });

  const polls: RecordStep[] = [
    ...OPENING,
    ['client', 180, 11, 1000],
    ['server', 300, 12, 1010],
    ['client', 180, 13, 3000],
    ['server', 300, 14, 3010],
  ];

  test('ordinary HTTPS that ends an idle connection is information at most, on named ports, too', () => {
    for (const context of [CONTEXT, NAMED])
      expect(raised(sealed(polls), context)).toEqual(['idle-timeout info']);
    expect(raised(sealed(CHAT, { hello: { alpn: ['h2', 'http/1.1'] } }), NAMED)).toEqual([
      'idle-timeout info',
    ]);
    expect(raised(sealed(CHAT.slice(0, 2), {}, { serverSide: { fin: mark(90, 60_002) } }), NAMED)).toEqual([
      'idle-timeout info',
    ]);
  });

  test('is silent where the client ended it, where a heartbeat of the server was not answered, and at other times', () => {
    expect(
      check(idleTimeout, sealed(CHAT, {}, { serverSide: {}, clientSide: { fin: mark(90, MINUTE) } })),
    ).toBeNull();
    const beats = [1, 2, 3, 4].flatMap((n): RecordStep[] => [
      ['server', 2, 16 + 2 * n, 3010 + 20_000 * n],
      ['client', 6, 17 + 2 * n, 3030 + 20_000 * n],
    ]);
    const unansweredBeat = [...CHAT, ...beats.slice(0, -1)];
    const end = { serverSide: { fin: mark(90, 3010 + 140_000) } };
    expect(check(idleTimeout, sealed(unansweredBeat, {}, end))).toBeNull();
    expect(check(idleTimeout, sealed(CHAT, {}, { serverSide: { fin: mark(90, 45_000) } }))).toBeNull();
    expect(check(idleTimeout, sealed(CHAT, { keys: 'found' }))).toBeNull();
  });
});
