import { describe, expect, test } from 'vitest';
import { massDisconnect } from '../../src/rules/mass-disconnect.ts';
import {
  checkCapture,
  close,
  CONTEXT,
  judgedConnections,
  mark,
  NO_TIMES,
  told,
  tracesOf,
  type CaptureSpec,
  type RecordSpec,
} from '../helpers/record-builder.ts';
import { processorMs } from '../helpers/processor-time.ts';

/** The packet at this many milliseconds. */
const packetAt = (ms: number) => 10 + Math.ceil(ms);

/** Opened a second apart, ended at these times (from the first one's 101), each by a client of its own. */
function endedAt(times: readonly number[], end: (ms: number) => RecordSpec = byServer): CaptureSpec[] {
  return times.map((ms, index) => ({
    ...end(ms - index * 1000),
    startMs: index * 1000,
    client: { address: `192.0.2.${index}`, port: 50_000 },
  }));
}

const byServer = (ms: number): RecordSpec => ({ serverSide: { fin: mark(packetAt(ms), ms) } });
const byClient = (ms: number): RecordSpec => ({ clientSide: { rst: mark(packetAt(ms), ms) } });
const withCode =
  (code: number) =>
  (ms: number): RecordSpec => ({
    serverSide: { closeFrame: close(code, packetAt(ms), ms), fin: mark(packetAt(ms) + 2, ms + 2) },
    clientSide: { closeFrame: close(code, packetAt(ms) + 1, ms + 1) },
  });
const byClientInOrder = (ms: number): RecordSpec => ({
  clientSide: { closeFrame: close(1001, packetAt(ms), ms), fin: mark(packetAt(ms) + 1, ms + 1) },
});

const TOGETHER = [60_000, 60_400, 61_000];

describe('raised', () => {
  test.each<[string, CaptureSpec[], object]>([
    ['the server ends them', endedAt(TOGETHER), { severity: 'warning', kind: 'without-close' }],
    ['the clients end them', endedAt(TOGETHER, byClient), { severity: 'warning' }],
    ['1001: a planned restart', endedAt(TOGETHER, withCode(1001)), { severity: 'info', kind: 'restart' }],
    ['1012', endedAt(TOGETHER, withCode(1012)), { severity: 'info', kind: 'restart' }],
    [
      'opened before the capture began',
      endedAt(TOGETHER).map((spec) => ({
        ...spec,
        upgrade: null,
        opening: 'inferred',
        openedAt: mark(6, 0),
      })),
      { connections: [0, 1, 2] },
    ],
    [
      'a mass that goes on for longer',
      endedAt([60_000, 60_400, 61_000, 61_900, 62_800]),
      { connections: [0, 1, 2, 3, 4], evidence: { spanMs: 2800 } },
    ],
    ['others go on', [...endedAt(TOGETHER), { startMs: 5000 }], { evidence: { connections: 3, open: 4 } }],
    [
      'others ended before, others open later',
      [...endedAt([60_000, 60_400, 61_000, 30_000]), { startMs: 70_000 }],
      { evidence: { connections: 3, open: 3 } },
    ],
  ])('%s', (_name, specs, finding) => {
    const findings = checkCapture(massDisconnect, specs);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject(finding);
  });

  test('twice, where it happens twice', () => {
    const again = endedAt(TOGETHER).map((spec) => ({ ...spec, startMs: spec.startMs! + 240_000 }));
    expect(checkCapture(massDisconnect, [...endedAt(TOGETHER), ...again])).toHaveLength(2);
  });

  test('those with a Close and those without are told apart', () => {
    const specs = [
      ...endedAt(TOGETHER),
      ...endedAt(TOGETHER, withCode(1001)).map((spec) => ({ ...spec, startMs: spec.startMs! + 10 })),
    ];
    expect(checkCapture(massDisconnect, specs).map(({ kind }) => kind)).toEqual(['without-close', 'restart']);
  });
});

describe('not raised', () => {
  test.each<[string, CaptureSpec[]]>([
    ['two', endedAt([60_000, 60_400])],
    ['over 1 s apart', endedAt([60_000, 60_400, 61_001])],
    ['closed in order by the clients', endedAt(TOGETHER, byClientInOrder)],
    ['closed in order by the server', endedAt(TOGETHER, withCode(1000))],
    ['closed by the server with an error: another rule tells', endedAt(TOGETHER, withCode(1011))],
    ['younger than a second', endedAt([900, 1900, 2900]).map((spec) => ({ ...spec, startMs: 0 }))],
    [
      'different servers',
      endedAt(TOGETHER).map((spec, index) => ({
        ...spec,
        server: { address: '198.51.100.2', port: index },
      })),
    ],
    [
      'a few of very many: some always end',
      [...endedAt(TOGETHER), ...Array.from({ length: 40 }, (): CaptureSpec => ({ startMs: 10_000 }))],
    ],
    [
      'clients in reconnect loops',
      [0, 1, 2].flatMap((client) =>
        [0, 6000, 12_000].map((startMs): CaptureSpec => ({
          ...byServer(5000),
          startMs,
          client: { address: `192.0.2.${client}`, port: 50_000 },
        })),
      ),
    ],
    ['still open', [{}, {}, {}]],
    [
      'no WebSockets',
      endedAt(TOGETHER).map((spec) => ({ ...spec, upgrade: null, opening: null, openedAt: null })),
    ],
  ])('%s', (_name, specs) => {
    expect(checkCapture(massDisconnect, specs)).toEqual([]);
  });
});

describe('what the capture can not show says nothing', () => {
  test.each<[string, RecordSpec]>([
    ['a Close may be missing', { clientSide: { isFramingLost: true, gapBytes: 9 } }],
    ['one direction only', { clientSide: { isCaptured: false } }],
    [
      'the other side may have ended it before',
      { firstEnd: { by: 'server', how: 'fin', mark: mark(packetAt(60_000), 60_000), followsUnseen: true } },
    ],
  ])('%s', (_name, more) => {
    const specs = endedAt(TOGETHER).map((spec) => ({ ...spec, ...more }));
    expect(checkCapture(massDisconnect, specs)).toEqual([]);
  });

  test('without times', () => {
    expect(checkCapture(massDisconnect, endedAt(TOGETHER), NO_TIMES)).toEqual([]);
  });
});

test('the message says how many of how many, where, when, how, and how old they were', () => {
  const [found] = checkCapture(massDisconnect, [...endedAt(TOGETHER), { startMs: 5000 }]);
  expect(told(found)).toBe(
    '3 of the 4 WebSockets then open to 198.51.100.2 port 80 ended within 1 s, from packet 60010 on, none with a ' +
      'Close frame: 3 by the server with FIN. They had been open for 59 s to 1 min. Look at what happened to that ' +
      'server, or to a proxy or load balancer before it, at that moment: a reload that ended its old workers, a ' +
      'deployment, a crash.',
  );
  expect(found).toMatchObject({
    packets: [60_010, 60_410, 61_010],
    at: mark(60_010, 60_000),
    connections: [0, 1, 2],
    evidence: {
      serverAddress: '198.51.100.2',
      serverPort: 80,
      connections: 3,
      open: 4,
      spanMs: 1000,
      endedByServer: 3,
      clientAddresses: 3,
      shortestLifeMs: 59_000,
      longestLifeMs: 60_000,
    },
  });
});

test('of a restart it says the codes', () => {
  const [found] = checkCapture(massDisconnect, endedAt(TOGETHER, withCode(1012)));
  expect(told(found)).toBe(
    'The server 198.51.100.2 port 80 sent a Close to all 3 WebSockets then open, within 1 s, from packet 60010 ' +
      'on: 3 with 1012. They had been open for 59 s to 1 min. A planned restart, announced as it should be. See that ' +
      'clients wait a random time before they come back, or they all arrive at once.',
  );
});

describe('the advice depends on who ended them', () => {
  test('different clients', () => {
    const [found] = checkCapture(massDisconnect, endedAt(TOGETHER, byClient));
    expect(found?.advice).toContain('Different clients hung up together');
    expect(found?.message).toContain('3 by the client with RST');
  });

  test('one client', () => {
    const client = { address: '192.0.2.1', port: 50_000 };
    const specs = endedAt(TOGETHER, byClient).map((spec) => ({ ...spec, client }));
    expect(checkCapture(massDisconnect, specs)[0]?.advice).toContain('Look at that client');
  });
});

test('at the same moment', () => {
  const [found] = checkCapture(massDisconnect, endedAt([60_000, 60_000, 60_000]));
  expect(found?.message).toMatch(/^All 3 WebSockets then open to .* ended at the same moment, from packet/);
});

test('the options set how many and how close', () => {
  expect(checkCapture(massDisconnect, endedAt(TOGETHER), CONTEXT, { connections: 4 })).toEqual([]);
  expect(checkCapture(massDisconnect, endedAt(TOGETHER), CONTEXT, { withinMs: 999 })).toEqual([]);
  const apart = endedAt([60_000, 61_500, 63_000]);
  expect(checkCapture(massDisconnect, apart, CONTEXT, { withinMs: 3000 })).toHaveLength(1);
});

test('ends spread over time are no mass', () => {
  // Two or three in every second, in no order of age.
  const random = Array.from({ length: 120 }, (_, index) => 150_000 + ((index * 7919) % 60_000));
  expect(checkCapture(massDisconnect, endedAt(random))).toEqual([]);
});

test('the refusals that follow belong to it, and say how long the server was away', () => {
  const refused = (ms: number): CaptureSpec => ({
    upgrade: null,
    opening: null,
    openedAt: null,
    startMs: ms,
    clientSide: { streamBytes: 0, syn: mark(7, 0) },
    serverSide: { streamBytes: 0, syn: null, rst: mark(8, 1) },
  });
  const back: CaptureSpec = { startMs: 64_000 };
  const [found] = checkCapture(massDisconnect, [
    ...endedAt(TOGETHER),
    refused(62_000),
    refused(63_000),
    back,
  ]);
  expect(found).toMatchObject({
    evidence: { refusedAfter: 2, isBack: true },
    followers: [
      ...[0, 1, 2].map((id) => ({ rule: 'abnormal-closure', id })),
      ...[3, 4].map((id) => ({ rule: 'connection-refused', id })),
    ],
  });
  expect(found!.headline).toMatch(
    /^the server .* went away at [\d:.]+ UTC: 3 WebSockets at once; gone for .* \(2 attempts refused\), came back$/,
  );
});

test('100,000 connections are judged quickly', () => {
  const [sample] = judgedConnections([byServer(60_000)]);
  const { record, anomalies } = sample!;
  const connections = Array.from({ length: 100_000 }, (_, id) => ({
    record: {
      ...record,
      id,
      openedAt: mark(6 + id, id),
      firstEnd: { ...record.firstEnd!, mark: mark(200_000 + id, 200_000 + (id % 5000)) },
    },
    anomalies,
  }));
  const traces = tracesOf(connections);
  const started = processorMs();
  const [found] = massDisconnect.checkCapture(traces, CONTEXT, {
    connections: 3,
    withinMs: 1000,
  });
  expect(processorMs() - started).toBeLessThan(5000);
  expect(found?.evidence['connections']).toBe(100_000);
});

test('a crash behind a proxy is told once, for the leg that ended first', () => {
  const back = endedAt([59_990, 60_390, 60_990]);
  const front = endedAt(TOGETHER).map((spec) => ({ ...spec, server: { address: '10.0.0.9', port: 8080 } }));
  const otherLeg = (id: number) => (id + 3) % 6;
  const found = checkCapture(massDisconnect, [...front, ...back], { ...CONTEXT, otherLeg });
  expect(found.map(({ connections }) => connections)).toEqual([[3, 4, 5]]);
  expect(found[0]?.followers).toHaveLength(6);
  expect(checkCapture(massDisconnect, [...front, ...back])).toHaveLength(2);
});
