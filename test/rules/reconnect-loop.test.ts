import { describe, expect, test } from 'vitest';
import { reconnectLoop } from '../../src/rules/reconnect-loop.ts';
import type { Anomaly } from '../../src/judgement/rule.ts';
import { lines, switchingProtocols, upgradeRequest } from '../helpers/handshakes.ts';
import {
  checkCapture,
  close,
  judgedConnections,
  mark,
  NO_CONVERSATION,
  NO_TIMES,
  seenRequest,
  seenResponse,
  told,
  tracesOf,
  type CaptureSpec,
  type RecordSpec,
  CONTEXT,
} from '../helpers/record-builder.ts';
import { processorMs } from '../helpers/processor-time.ts';

/** The server hangs up this many milliseconds after its 101. */
const dropped = (ms: number): RecordSpec => ({ serverSide: { fin: mark(6 + Math.ceil(ms), ms) } });

/** The same connection at these times. */
const at = (times: readonly number[], spec: CaptureSpec): CaptureSpec[] =>
  times.map((startMs) => ({ ...spec, startMs }));

const EVERY_3_S = [0, 3000, 6000, 9000];

const asked = (request: string): RecordSpec => ({ upgrade: { request: seenRequest(request) } });
const refused: RecordSpec = {
  upgrade: { response: seenResponse(lines('HTTP/1.1 503 Service Unavailable')), accept: null },
  serverSide: { fin: mark(8, 1) },
};
const unanswered: RecordSpec = {
  upgrade: { response: null, accept: null },
  serverSide: { fin: mark(8, 1) },
};
const inOrder = (code: number | null): RecordSpec => ({
  clientSide: { closeFrame: close(code, 8, 1) },
  serverSide: { closeFrame: close(code, 9, 2), fin: mark(10, 3) },
});

describe('raised', () => {
  test.each<[string, CaptureSpec[], object]>([
    [
      'the server hangs up at birth',
      at(EVERY_3_S, dropped(0.657)),
      { connections: 4, causes: '4 by handshake-close' },
    ],
    ['after 10 s', at([0, 12_000, 24_000], dropped(10_000)), { causes: '3 by abnormal-closure' }],
    ['refused upgrades', at([0, 1000, 2000], refused), { causes: '3 by upgrade-rejected' }],
    ['upgrades without an answer', at([0, 1000, 2000], unanswered), { causes: '3 by upgrade-unanswered' }],
    [
      'the client hangs up at birth',
      at([0, 1000, 2000], { clientSide: { fin: mark(8, 1) } }),
      { causes: '3 by client-handshake-close' },
    ],
    [
      'the client hangs up over a wrong accept',
      at([0, 1000, 2000], { clientSide: { fin: mark(8, 1) }, upgrade: { accept: 'invalid' } }),
      { causes: '3 by accept-mismatch' },
    ],
    [
      'the client closes because it can not read what the server sends',
      at([0, 1000, 2000], inOrder(1002)).map((spec) => ({ ...spec, anomalies: [] })),
      { causes: "3 by the client's Close 1002" },
    ],
    [
      'a Close of the server that no rule objects to',
      at([0, 1000, 2000], {
        serverSide: { closeFrame: close(1000, 500, 494), fin: mark(501, 495) },
        anomalies: [],
      }),
      { causes: "3 by the server's Close 1000" },
    ],
    [
      'different queries: a token, a counter',
      [1, 2, 3].map((tries) => ({
        ...asked(upgradeRequest(`/chat?try=${tries}`)),
        serverSide: { fin: mark(7, 1) },
        startMs: tries * 1000,
      })),
      { path: '/chat' },
    ],
    [
      'each for another reason',
      [
        { ...dropped(1), startMs: 0 },
        { ...refused, startMs: 1000 },
        { ...dropped(5000), startMs: 2000 },
        { ...dropped(1), startMs: 8000 },
      ],
      { causes: '2 by handshake-close, 1 by upgrade-rejected, 1 by abnormal-closure' },
    ],
    [
      'the next begins between the Close and the FIN of the one before',
      at([0, 1000, 2000], {
        serverSide: { closeFrame: close(1008, 7, 1), fin: mark(2006, 2000) },
        anomalies: [],
      }),
      { connections: 3, overlapping: 0, causes: "3 by the server's Close 1008" },
    ],
    [
      'one that is still open at the end of the capture says nothing',
      [...at([0, 1000, 2000], dropped(1)), { startMs: 3000 }],
      { connections: 3 },
    ],
  ])('%s', (_name, specs, evidence) => {
    const findings = checkCapture(reconnectLoop, specs);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ severity: 'error', evidence });
  });
});

describe('not raised', () => {
  test.each<[string, CaptureSpec[]]>([
    ['two only', at([0, 1000], dropped(1))],
    ['lives over 15 s', at([0, 20_000, 40_000], dropped(15_001))],
    ['a test suite: sessions that the client ends in order', at(EVERY_3_S, inOrder(1000))],
    ['with a code of its own', at(EVERY_3_S, inOrder(4001))],
    ['without a code', at(EVERY_3_S, inOrder(null))],
    ['a load test: all at the same time', at([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], dropped(5000))],
    [
      'different clients',
      at([0, 1000, 2000], dropped(1)).map((spec, index) => ({
        ...spec,
        client: { address: `192.0.2.${index}`, port: 50_000 },
      })),
    ],
    [
      'different server ports',
      at([0, 1000, 2000], dropped(1)).map((spec, index) => ({
        ...spec,
        server: { address: '198.51.100.2', port: index },
      })),
    ],
    [
      'different paths',
      ['/a', '/b', '/c'].map((path, index) => ({
        ...asked(upgradeRequest(path)),
        serverSide: { fin: mark(7, 1) },
        startMs: index * 1000,
      })),
    ],
    [
      'different hosts',
      ['a', 'b', 'c'].map((host, index) => ({
        ...asked(upgradeRequest().replace('server.example.com', host)),
        serverSide: { fin: mark(7, 1) },
        startMs: index * 1000,
      })),
    ],
    [
      'one that lasts in between: the client got through',
      [
        ...at([0, 1000], dropped(1)),
        { ...dropped(60_000), startMs: 2000 },
        ...at([63_000, 64_000], dropped(1)),
      ],
    ],
    [
      'a session that the client ended in order in between: 401, then the right password',
      [0, 1, 2].flatMap((round): CaptureSpec[] => [
        { ...refused, startMs: round * 1000 },
        { ...inOrder(1000), startMs: round * 1000 + 100 },
      ]),
    ],
    ['once an hour', at([0, 3_600_000, 7_200_000], dropped(1))],
  ])('%s', (_name, specs) => {
    expect(checkCapture(reconnectLoop, specs)).toEqual([]);
  });
});

describe('what the capture can not show says nothing', () => {
  test.each<[string, RecordSpec]>([
    ['still open', {}],
    [
      'the other side may have ended it before',
      { firstEnd: { by: 'server', how: 'fin', mark: mark(7, 1), followsUnseen: true } },
    ],
    ['frames of the client are missing', { ...dropped(1), clientSide: { isFramingLost: true, gapBytes: 9 } }],
    ['one direction only', { ...dropped(1), clientSide: { isCaptured: false } }],
    ['an answer may be missing', { ...unanswered, serverSide: { fin: mark(8, 1), gapBytes: 9 } }],
    ['no request', { ...dropped(1), upgrade: { request: null } }],
    [
      'the head of the request was cut',
      { ...dropped(1), upgrade: { request: seenRequest(upgradeRequest(), mark(4, -2), true) } },
    ],
    ['no upgrade', { ...dropped(1), upgrade: null }],
  ])('%s', (_name, spec) => {
    expect(checkCapture(reconnectLoop, at(EVERY_3_S, spec))).toEqual([]);
  });

  test('without times nothing is said', () => {
    expect(checkCapture(reconnectLoop, at(EVERY_3_S, dropped(1)), NO_TIMES)).toEqual([]);
  });

  test('a long silence in which a Close may be missing still shows that the client got through', () => {
    const long: CaptureSpec = { serverSide: { isFramingLost: true, gapBytes: 9, fin: mark(60_006, 60_000) } };
    const specs = [
      ...at([0, 1000], dropped(1)),
      { ...long, startMs: 2000 },
      { ...dropped(1), startMs: 63_000 },
    ];
    expect(checkCapture(reconnectLoop, specs)).toEqual([]);
  });
});

test('the message says who, what, how often, how long, why and in what rhythm', () => {
  const [found] = checkCapture(reconnectLoop, at([0, 3000, 6100, 9000], dropped(0.657)));
  expect(told(found)).toBe(
    '192.0.2.1 asked 198.51.100.2 port 80 for a WebSocket at server.example.com/chat 4 times, one after the other ' +
      '(packets 4 to 9004), and none lasted longer than 0.657 ms. What ended them: 4 by handshake-close. ' +
      'They began 3 s (median; 2.9 s to 3.1 s) apart. Look first at what ended connection 0: until that is fixed ' +
      'the client comes back. The pauses do not grow: a delay that doubles each time, with a random part, would ' +
      'spare the server.',
  );
  expect(found).toMatchObject({
    kind: 'loop',
    packets: [4, 3004, 6104, 9004],
    at: mark(4, -2),
    connections: [0, 1, 2, 3],
    evidence: {
      clientAddress: '192.0.2.1',
      serverAddress: '198.51.100.2',
      serverPort: 80,
      host: 'server.example.com',
      path: '/chat',
      connections: 4,
      overlapping: 0,
      intervalMedianMs: 3000,
      intervalMinMs: 2900,
      intervalMaxMs: 3100,
      longestLifeMs: 0.657,
    },
  });
});

test('a back-off is recognised', () => {
  const [found] = checkCapture(reconnectLoop, at([0, 1000, 3000, 7000], dropped(1)));
  expect(told(found)).toContain('The pauses grow, from 1 s to 4 s, as they should.');
});

test('attempts at the same time are counted apart', () => {
  const [found] = checkCapture(reconnectLoop, at([0, 500, 3000, 3500, 6000, 6500], dropped(2000)));
  expect(found).toMatchObject({
    kind: 'overlapping',
    connections: [0, 2, 4],
    evidence: { connections: 3, overlapping: 3 },
  });
  expect(told(found)).toContain(
    '3 more, just as short, were under way at the same time: several clients at that address, or a load test.',
  );
});

test('nothing is said about back-off where attempts overlap', () => {
  const [found] = checkCapture(reconnectLoop, at([0, 500, 3000, 3500, 6000, 6500], dropped(2000)));
  expect(found?.advice).not.toContain('pauses');
});

describe('behind a proxy', () => {
  /** Three short connections with these headers, one after the other. */
  const from = (...headers: readonly string[]): CaptureSpec[] =>
    headers.map((header, index) => ({
      ...asked(upgradeRequest().replace('\r\n\r\n', `\r\n${header}\r\n\r\n`)),
      serverSide: { fin: mark(7, 1) },
      startMs: index * 1000,
    }));
  const three = (header: string) => from(header, header, header);

  test.each([
    ['X-Forwarded-For', 'X-Forwarded-For: 203.0.113.'],
    ['X-Real-IP', 'X-Real-IP: 203.0.113.'],
    ['Forwarded', 'Forwarded: for=203.0.113.'],
    ['Via and User-Agent', 'Via: 1.1 proxy\r\nUser-Agent: browser/'],
  ])('users are told apart by %s', (_name, header) => {
    expect(checkCapture(reconnectLoop, from(`${header}1`, `${header}2`, `${header}3`))).toEqual([]);
    const [found, ...others] = checkCapture(reconnectLoop, three(`${header}1`));
    expect(others).toEqual([]);
    expect(found).toMatchObject({ severity: 'error', evidence: { connections: 3 } });
  });

  test('it is information where nothing tells them apart, and says so', () => {
    const [found] = checkCapture(reconnectLoop, three('Via: 1.1 proxy'));
    expect(found?.severity).toBe('info');
    expect(found?.message).toContain('those of different users');
  });

  test('a Cookie alone makes no other client', () => {
    expect(checkCapture(reconnectLoop, from('Cookie: a=1', 'Cookie: a=2', 'Cookie: a=3'))[0]).toMatchObject({
      severity: 'error',
    });
  });
});

describe('information where nothing was wrong with any of them', () => {
  const reply = { by: 'server', mark: mark(8, 2), to: mark(7, 1) } as const;
  const served: RecordSpec = {
    conversation: { ...NO_CONVERSATION, reply },
    serverSide: { closeFrame: close(1000, 9, 3), fin: mark(11, 5) },
    clientSide: { closeFrame: close(1000, 10, 4) },
  };

  test('an exchange, then a Close 1000 of the server', () => {
    const [found] = checkCapture(reconnectLoop, at(EVERY_3_S, served));
    expect(found).toMatchObject({
      severity: 'info',
      advice: expect.stringContaining('Nothing need be wrong') as string,
    });
    expect(found?.message).toContain('had done its work');
  });

  test('and where too few of them were dropped to make a loop', () => {
    const specs = [...at([0, 3000, 6000], served), ...at([9000, 12_000], dropped(1))];
    expect(checkCapture(reconnectLoop, specs)[0]?.severity).toBe('info');
  });

  test.each<[string, CaptureSpec[]]>([
    ['three of them were dropped', [...at([0, 3000], served), ...at([6000, 9000, 12_000], dropped(1))]],
    ['there was no exchange', at(EVERY_3_S, { ...served, conversation: NO_CONVERSATION })],
    [
      'the Close complains',
      at(EVERY_3_S, { ...served, serverSide: { closeFrame: close(1011, 9, 3), fin: mark(11, 5) } }),
    ],
  ])('but an error where %s', (_name, specs) => {
    expect(checkCapture(reconnectLoop, specs)[0]?.severity).toBe('error');
  });
});

test('a loop follows from the first finding that ended most of its connections', () => {
  const follows = (specs: CaptureSpec[]) => checkCapture(reconnectLoop, specs)[0]?.follows;
  expect(follows(at(EVERY_3_S, dropped(1)))).toEqual({ rule: 'handshake-close', id: 0 });
  expect(follows([{ ...refused, startMs: 0 }, ...at([1000, 2000], dropped(1))])).toEqual({
    rule: 'handshake-close',
    id: 1,
  });
});

test('the longest series of those that do not overlap is taken', () => {
  const specs = [{ ...dropped(10_000), startMs: 0 }, ...at([1000, 2000, 3000], dropped(1))];
  expect(checkCapture(reconnectLoop, specs)[0]).toMatchObject({ connections: [1, 2, 3] });
});

test('the gravest anomaly that explains the end is named', () => {
  const [sample] = judgedConnections([dropped(1)])[0]!.anomalies;
  const anomaly = (rule: string, severity: Anomaly['severity']): Anomaly => ({ ...sample!, rule, severity });
  const anomalies = [
    anomaly('idle-timeout', 'warning'),
    anomaly('abnormal-closure', 'error'),
    anomaly('slow-upgrade', 'error'),
  ];
  const [found] = checkCapture(reconnectLoop, at([0, 1000, 2000], { ...dropped(5), anomalies }));
  expect(found?.evidence['causes']).toBe('3 by abnormal-closure');
});

test('wire text is cut', () => {
  const long = 'x'.repeat(300);
  const spec = { ...asked(upgradeRequest(`/${long}`)), serverSide: { fin: mark(7, 1) } };
  expect(checkCapture(reconnectLoop, at([0, 1000, 2000], spec))[0]?.message).not.toContain('x'.repeat(61));
});

test('the options set how many and how short', () => {
  const two = at([0, 1000], dropped(1));
  expect(checkCapture(reconnectLoop, two, CONTEXT, { connections: 2 })).toHaveLength(1);
  const second = at([0, 3000, 6000], dropped(1000));
  expect(checkCapture(reconnectLoop, second, CONTEXT, { lifeMs: 999 })).toEqual([]);
  expect(checkCapture(reconnectLoop, second, CONTEXT, { lifeMs: 1000 })).toHaveLength(1);
});

test('at most 20 loops are told, the largest, and how many there are besides', () => {
  const specs = Array.from({ length: 25 }, (_, index) =>
    at(index === 24 ? [0, 1000, 2000, 3000] : [0, 1000, 2000], {
      ...dropped(1),
      client: { address: `192.0.2.${index}`, port: 50_000 },
    }),
  ).flat();
  const findings = checkCapture(reconnectLoop, specs);
  expect(findings).toHaveLength(20);
  expect(findings.some(({ evidence }) => evidence['clientAddress'] === '192.0.2.24')).toBe(true);
  expect(findings.at(-1)?.message).toMatch(/ 5 more like it are not listed\.$/);
});

test('100,000 connections of one client are judged quickly', () => {
  const [short] = judgedConnections([dropped(1)]);
  const { record, anomalies } = short!;
  const connections = Array.from({ length: 100_000 }, (_, id) => {
    const shift = (packet: number, ms: number) => mark(packet + id * 10, ms + id * 100);
    const end = shift(7, 1);
    const upgrade = {
      ...record.upgrade!,
      request: { ...record.upgrade!.request!, ...shift(4, -2) },
      response: seenResponse(switchingProtocols(), shift(6, 0)),
    };
    return {
      record: { ...record, id, openedAt: shift(6, 0), upgrade, firstEnd: { ...record.firstEnd!, mark: end } },
      anomalies,
    };
  });
  const options = { connections: 3, lifeMs: 15_000 };
  const traces = tracesOf(connections);
  const started = processorMs();
  const findings = reconnectLoop.checkCapture(traces, CONTEXT, options);
  expect(processorMs() - started).toBeLessThan(5000);
  expect(findings[0]?.evidence['connections']).toBe(100_000);
  expect(findings[0]?.packets).toHaveLength(20);
});
