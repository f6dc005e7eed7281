import { describe, expect, test } from 'vitest';
import { isOfInterest, mayAccuse, mayBeTold } from '../../src/judgement/sealed-interest.ts';
import { looksLikeWebSocket, sealedTls } from '../../src/judgement/sealed.ts';
import { NO_TLS_NEIGHBOURS } from '../../src/judgement/tls-neighbours.ts';
import { verdictOf } from '../../src/judgement/verdict.ts';
import { CONTEXT, judged, judgementOf, recordOf, type RecordSpec } from '../helpers/record-builder.ts';
import { CHAT, OPENING, tlsFacts, type RecordStep, type TlsSpec } from '../helpers/tls-facts.ts';

const sealed = (records: readonly RecordStep[], tls: TlsSpec = {}): RecordSpec => ({
  upgrade: null,
  tls: tlsFacts({ records, ...tls }),
});
const NAMED = { ...CONTEXT, namedPorts: new Set([80]) };
const BESIDE_HTTP2 = {
  ...CONTEXT,
  tlsNeighbours: { ...NO_TLS_NEIGHBOURS, speaksHttp2Elsewhere: () => true },
};
const repeated = (count: number, ask: number, answer: number): RecordStep[] =>
  Array.from({ length: count }, (_, n): RecordStep[] => [
    ['client', ask, 20 + 2 * n, 30_000 * (n + 1)],
    ['server', answer, 21 + 2 * n, 30_000 * (n + 1) + 20],
  ]).flat();

/** What is no WebSocket, and is spoken in TLS every day. */
const ORDINARY: readonly [string, readonly RecordStep[], TlsSpec?][] = [
  ['one request', OPENING],
  ['polling over one connection', [...OPENING, ...repeated(6, 180, 300)]],
  [
    'posting a small body',
    [...OPENING, ['client', 180, 20, 9000], ['client', 2, 20, 9000], ['server', 200, 21, 9010]],
  ],
  [
    'events of the server',
    [...OPENING, ...[1, 2, 3, 4].map((n): RecordStep => ['server', 40, 20 + n, 15_000 * n])],
  ],
  ['HTTP/2', CHAT, { hello: { alpn: ['h2', 'http/1.1'] } }],
  ['HTTP/2 alone (gRPC)', CHAT, { hello: { alpn: ['h2'] } }],
  ['MQTT: a small first record', [['client', 60, 8, 1], ['server', 4, 9, 2], ...repeated(4, 8, 4)]],
  [
    'a mail server that greets',
    [['server', 60, 8, 1], ['client', 20, 9, 2], ['server', 90, 10, 3], ...repeated(4, 8, 20)],
  ],
];

describe('what is ordinary in TLS', () => {
  test.each(ORDINARY)('has no entry, and accuses nobody: %s', (_name, records, tls = {}) => {
    const record = recordOf(sealed(records, tls));
    expect(isOfInterest(record, CONTEXT)).toBe(false);
    expect(mayAccuse(record, CONTEXT)).toBe(false);
  });

  test.each(ORDINARY.slice(0, 6))('accuses nobody on a named port: %s', (_name, records, tls = {}) => {
    const record = recordOf(sealed(records, tls));
    expect(isOfInterest(record, NAMED)).toBe(true);
    expect(mayAccuse(record, NAMED)).toBe(false);
  });

  test('is not even judged, where its handshake went well', () => {
    expect(mayBeTold(recordOf(sealed([...OPENING, ...repeated(6, 180, 3000)])), CONTEXT)).toBe(true);
    const page: RecordStep[] = [
      ['client', 400, 8, 1],
      ['server', 9000, 9, 2],
      ['client', 300, 10, 50],
      ['server', 900, 11, 60],
    ];
    expect(mayBeTold(recordOf(sealed(page)), CONTEXT)).toBe(false);
    expect(mayBeTold(recordOf(sealed(page)), NAMED)).toBe(true);
    expect(mayBeTold(recordOf(sealed(page, { completed: null })), CONTEXT)).toBe(true);
  });
});

describe('what looks like a WebSocket', () => {
  test.each<[string, readonly RecordStep[]]>([
    ['short messages', CHAT],
    ['a heartbeat', [...OPENING, ...repeated(4, 6, 2)]],
    [
      'a server that speaks unasked, and a client that goes on',
      [
        ...OPENING,
        ...[0, 10_000].flatMap((ms): RecordStep[] => [
          ['server', 90, 20, ms + 2000],
          ['server', 90, 21, ms + 4000],
          ['server', 90, 22, ms + 6000],
          ['client', 90, 23, ms + 8000],
        ]),
      ],
    ],
  ])('%s', (_name, records) => {
    const record = recordOf(sealed(records));
    expect(looksLikeWebSocket(record.tls!)).toBe(true);
    expect(isOfInterest(record, CONTEXT)).toBe(true);
    expect(mayAccuse(record, CONTEXT)).toBe(true);
    expect(verdictOf(record, judgementOf())).toBe('encrypted');
  });

  test('a connection for HTTP/1.1 alone beside HTTP/2 is of interest, and accuses nobody', () => {
    const record = recordOf(sealed(OPENING));
    expect(isOfInterest(record, BESIDE_HTTP2)).toBe(true);
    expect(mayAccuse(record, BESIDE_HTTP2)).toBe(false);
  });

  test('with keys it is not sealed', () => {
    expect(sealedTls(recordOf(sealed(CHAT, { keys: 'found' })))).toBeNull();
  });
});

test('rules that need no content are information where nothing shows a WebSocket', () => {
  const trouble = { unacknowledged: null, zeroWindow: null, firstRetransmission: null };
  const lossy = { clientSide: { segments: 20, retransmissions: 10, trouble } };
  expect(judged({ ...sealed(CHAT), ...lossy }).raised).toEqual(['retransmissions warning']);
  expect(judged({ ...sealed([...OPENING, ...repeated(6, 180, 300)]), ...lossy }, NAMED).raised).toEqual([
    'retransmissions info',
  ]);
});
