import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RecordWatch, type RecordLook } from '../../src/tls/record-look.ts';

/** Who sent how many bytes inside a record, and how many milliseconds after the start. */
type Step = readonly [from: 'client' | 'server', plain: number, ms: number];

function look(
  steps: readonly Step[],
  version = '1.3',
  cipher = 'TLS_AES_128_GCM_SHA256',
  extra = 17,
): RecordLook {
  const watch = new RecordWatch();
  watch.speaks(version, cipher);
  steps.forEach(([from, plain, ms], index) => {
    watch.record(from, 23, plain + extra, {
      packet: index + 1,
      seconds: Math.floor(ms / 1000),
      nanoseconds: (ms % 1000) * 1e6,
    });
  });
  return watch.facts();
}

/** Two tickets of TLS 1.3, a request for a WebSocket, a 101. */
const OPENING: readonly Step[] = [
  ['server', 238, 1],
  ['server', 238, 1],
  ['client', 220, 2],
  ['server', 129, 3],
];

describe('the request and its answer', () => {
  test('are the first records of each side behind the tickets', () => {
    expect(look(OPENING)).toMatchObject({
      serverBeforeRequest: 2,
      request: { records: 1, plainBytes: 220 },
      answer: { records: 1, plainBytes: 129, first: { packet: 4 } },
      clientAfterAnswer: 0,
    });
  });

  test('tickets behind the request are no answer', () => {
    const steps: Step[] = [
      ['client', 220, 0],
      ['server', 238, 1],
      ['server', 238, 1],
    ];
    expect(look(steps).answer).toBeNull();
    expect(look([...steps, ['server', 129, 2]]).answer).toMatchObject({ records: 1, lastPlainBytes: 129 });
    expect(look([...steps, ['client', 30, 2], ['server', 129, 3]])).toMatchObject({
      request: { records: 2 },
      answer: { plainBytes: 129 },
      clientAfterAnswer: 0,
    });
  });

  test('a single record is the answer, and what comes a second later is not part of it', () => {
    const steps: Step[] = [
      ['client', 220, 0],
      ['server', 129, 1],
      ['server', 20, 1200],
    ];
    expect(look(steps).answer).toMatchObject({ records: 1, plainBytes: 129 });
  });

  test('in TLS 1.2 equal records are no tickets', () => {
    const steps: Step[] = [
      ['client', 220, 0],
      ['server', 238, 1],
      ['server', 238, 1],
    ];
    const found = look(steps, '1.2', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 24);
    expect(found.answer).toMatchObject({ records: 2, plainBytes: 476 });
  });
});

describe('what HTTP/1.1 never does', () => {
  test('polling over one connection shows requests, and nothing small', () => {
    const polls = Array.from({ length: 5 }, (_, n): Step[] => [
      ['client', 180, 30_000 * (n + 1)],
      ['server', 300, 30_000 * (n + 1) + 20],
    ]).flat();
    expect(look([...OPENING, ...polls])).toMatchObject({
      clientAfterAnswer: 5,
      requestsAfterAnswer: 5,
      smallAfterAnswer: 0,
      turns: 0,
      heartbeat: null,
    });
  });

  test('a body behind its head is not a small record of its own, nor is a close_notify', () => {
    const post: Step[] = [
      ['client', 180, 5000],
      ['client', 2, 5001],
      ['server', 200, 5020],
      ['client', 2, 9000],
    ];
    expect(look([...OPENING, ...post])).toMatchObject({ requestsAfterAnswer: 1, smallAfterAnswer: 0 });
  });

  test('events of a server after which the client goes on are turns; a stream that ends is none', () => {
    const events: Step[] = [
      ['server', 80, 5000],
      ['server', 80, 8000],
      ['server', 80, 12_000],
    ];
    expect(look([...OPENING, ...events]).turns).toBe(0);
    expect(look([...OPENING, ...events, ['client', 200, 12_500]]).turns).toBe(1);
  });

  test('short messages are small records', () => {
    const chat = Array.from({ length: 3 }, (_, n): Step[] => [
      ['client', 15, 2000 * (n + 1)],
      ['server', 11, 2000 * (n + 1) + 5],
    ]).flat();
    expect(look([...OPENING, ...chat])).toMatchObject({
      clientAfterAnswer: 3,
      smallAfterAnswer: 3,
      requestsAfterAnswer: 0,
    });
  });
});

describe('a heartbeat', () => {
  const beats = (count: number, from: 'client' | 'server', ask: number, answer: number): Step[] =>
    Array.from({ length: count }, (_, n): Step[] => [
      [from, ask, 25_000 * (n + 1)],
      [from === 'client' ? 'server' : 'client', answer, 25_000 * (n + 1) + 40],
    ]).flat();

  test.each([
    ['pings of the server', 'server', 2, 6],
    ['pings of the client with four bytes', 'client', 10, 6],
    ['words of one length from both sides', 'server', 15, 15],
  ] as const)('%s', (_name, from, ask, answer) => {
    expect(look([...OPENING, ...beats(4, from, ask, answer)]).heartbeat).toMatchObject({
      from,
      intervalMs: 25_000,
      sent: 4,
      answered: 4,
      askLength: ask + 17,
      answerLength: answer + 17,
      unanswered: null,
    });
  });

  test('whose last ones are not answered says which', () => {
    const steps = [
      ...OPENING,
      ...beats(3, 'server', 2, 6),
      ['server', 2, 100_000],
      ['server', 2, 125_000],
    ] as Step[];
    expect(look(steps).heartbeat).toMatchObject({
      sent: 5,
      answered: 3,
      lastAnswer: { packet: 10 },
      unanswered: { count: 2, first: { packet: 11 }, last: { packet: 12 } },
    });
  });

  test('is found among messages', () => {
    const busy = beats(5, 'server', 5, 9).flatMap((step): Step[] => [step, ['server', 900, step[2] + 70]]);
    expect(look([...OPENING, ...busy]).heartbeat).toMatchObject({ from: 'server', answered: 5 });
  });

  test('CBC rounds sizes up', () => {
    const steps = beats(3, 'server', 2, 6).map(([from, , ms]): Step => [from, 64, ms]);
    const found = look([...OPENING, ...steps], '1.2', 'TLS_RSA_WITH_AES_128_CBC_SHA', 0);
    expect(found.heartbeat).toMatchObject({ from: 'server', sent: 3, answered: 3 });
  });

  test.each<[string, Step[]]>([
    [
      'comments of an event stream, which nobody answers',
      [5, 20, 35, 50].map((s): Step => ['server', 15, s * 1000]),
    ],
    ['answers of another size', beats(4, 'server', 2, 30)],
    [
      'no constant period',
      [1, 5, 6, 20].flatMap((s): Step[] => [
        ['server', 2, s * 1000],
        ['client', 6, s * 1000 + 9],
      ]),
    ],
    ['only two', beats(2, 'server', 2, 6)],
  ])('is none: %s', (_name, steps) => {
    expect(look([...OPENING, ...steps]).heartbeat).toBeNull();
  });
});

test('the last burst of a side tells with what it ended, and since when nothing had come', () => {
  const steps: Step[] = [...OPENING, ['client', 20, 1000], ['server', 4, 61_000], ['server', 2, 61_001]];
  expect(look(steps).server.lastBurst).toMatchObject({
    records: 2,
    plainBytes: 6,
    lastPlainBytes: 2,
    first: { packet: 6 },
    before: { packet: 5 },
  });
});

test('where the cipher suite is not known sizes say nothing, and alerts count nowhere', () => {
  const watch = new RecordWatch();
  const at = { packet: 1, seconds: 0, nanoseconds: 0 };
  watch.record('client', 23, 220, at);
  watch.record('server', 23, 140, { ...at, packet: 2 });
  watch.record('server', 21, 26, { ...at, packet: 3 });
  expect(watch.facts()).toMatchObject({
    server: { records: 1, bytes: 140 },
    request: { plainBytes: null },
    answer: { plainBytes: null },
  });
});

test('any records at all are counted, in constant memory', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom('client' as const, 'server' as const), fc.nat(300), fc.nat(90_000))),
      (steps) => {
        const sorted = steps.toSorted((a, b) => a[2] - b[2]);
        const found = look(sorted);
        expect(found.client.records + found.server.records).toBe(steps.length);
        const inAnswer = found.answer?.records ?? 0;
        expect(inAnswer + found.serverBeforeRequest).toBeLessThanOrEqual(found.server.records);
        expect((found.request?.records ?? 0) + found.clientAfterAnswer).toBe(found.client.records);
      },
    ),
  );
});
