import { describe, expect, test } from 'vitest';
import { idleTimeout } from '../../src/rules/idle-timeout.ts';
import { fixedLifetime } from '../../src/rules/fixed-lifetime.ts';
import {
  checkCapture,
  close,
  CONTEXT,
  frame,
  judgedConnections,
  mark,
  NO_TIMES,
  seenResponse,
  told,
  tracesOf,
  type CaptureSpec,
  type RecordSpec,
} from '../helpers/record-builder.ts';
import { processorMs } from '../helpers/processor-time.ts';

/** The packet at this many milliseconds. */
const packetAt = (ms: number) => 10 + Math.ceil(ms);

/** The server's FIN at that age, and its last text so long before. */
const ended = (ms: number, silentMs = 200): RecordSpec => ({
  serverSide: {
    frames: 9,
    lastDataFrame: frame(1, packetAt(ms - silentMs), ms - silentMs),
    fin: mark(packetAt(ms), ms),
  },
});

/** Opened 10 s apart. */
const lives = (...specs: readonly CaptureSpec[]): CaptureSpec[] =>
  specs.map((spec, index) => ({ startMs: index * 10_000, ...spec }));

const SAME = [ended(30_000), ended(30_150), ended(30_010)];

describe('raised', () => {
  test.each<[string, CaptureSpec[], object]>([
    ['three of the same age', lives(...SAME), { connections: 3, othersEndedByServer: 0 }],
    [
      'with a Close of the server',
      lives(
        ...[30_000, 30_001, 30_002].map((ms): CaptureSpec => {
          const { serverSide } = ended(ms + 5);
          return { serverSide: { ...serverSide, closeFrame: close(1000, packetAt(ms), ms) } };
        }),
      ),
      { connections: 3, shortestLifeMs: 30_000, longestLifeMs: 30_002 },
    ],
    [
      'only the client sends',
      lives(
        ...SAME.map(({ serverSide }) => ({
          clientSide: { lastDataFrame: serverSide!.lastDataFrame! },
          serverSide: { fin: serverSide!.fin! },
        })),
      ),
      { connections: 3 },
    ],
    [
      'others that the client ended at another age',
      lives(...SAME, { clientSide: { fin: mark(packetAt(5000), 5000) } }),
      { connections: 3, othersEndedByServer: 0 },
    ],
    ['two more of another age', lives(...SAME, ended(5000), ended(90_000)), { othersEndedByServer: 2 }],
    ['still open ones', lives(...SAME, {}), { connections: 3 }],
  ])('%s', (_name, specs, evidence) => {
    const findings = checkCapture(fixedLifetime, specs);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ severity: 'warning', evidence });
  });
});

describe('not raised', () => {
  test.each<[string, CaptureSpec[]]>([
    ['two', lives(ended(30_000), ended(30_000))],
    ['over 1 % apart', lives(ended(30_000), ended(30_150), ended(30_301))],
    ['no data in the last half', lives(...[30_000, 30_001, 30_002].map((ms) => ended(ms, 15_002)))],
    [
      'no data at all',
      lives(...[30_000, 30_001, 30_002].map((ms) => ({ serverSide: { fin: mark(packetAt(ms), ms) } }))),
    ],
    [
      'the client ends them',
      lives(
        ...SAME.map(({ serverSide }) => ({
          clientSide: { fin: serverSide!.fin! },
          serverSide: { lastDataFrame: serverSide!.lastDataFrame! },
        })),
      ),
    ],
    [
      'the client closes them in order',
      lives(...SAME.map((spec) => ({ ...spec, clientSide: { closeFrame: close(1000, 20_000, 19_990) } }))),
    ],
    ['shorter than a second', lives(ended(999), ended(999), ended(999))],
    [
      'different servers',
      lives(...SAME).map((spec, index) => ({ ...spec, server: { address: '198.51.100.2', port: index } })),
    ],
    ['all at one moment: a restart', SAME.map((spec, index) => ({ ...spec, startMs: index }))],
    [
      'three of many ages: a coincidence',
      lives(...SAME, ...[5, 10, 20, 60].map((seconds) => ended(seconds * 1000))),
    ],
    [
      'refused',
      lives(
        ...SAME.map((spec) => ({ ...spec, upgrade: { response: seenResponse('HTTP/1.1 404 No\r\n\r\n') } })),
      ),
    ],
  ])('%s', (_name, specs) => {
    expect(checkCapture(fixedLifetime, specs)).toEqual([]);
  });

  test('where idle-timeout of both directions explains it', () => {
    const [judgement] = judgedConnections([{ serverSide: { fin: mark(8, 1) } }]);
    const anomalies = [
      { ...judgement!.anomalies[0]!, rule: idleTimeout.id, meta: idleTimeout, kind: 'both-directions' },
    ];
    const idle = lives(...SAME.map((spec) => ({ ...spec, anomalies })));
    expect(checkCapture(fixedLifetime, idle)).toEqual([]);
    // One direction was silent while data flowed in the other, so both explanations are possible.
    const oneWay = [{ ...anomalies[0]!, kind: 'one-direction' }];
    const halfIdle = lives(...SAME.map((spec) => ({ ...spec, anomalies: oneWay })));
    expect(checkCapture(fixedLifetime, halfIdle)).toHaveLength(1);
  });
});

describe('what the capture can not show says nothing', () => {
  test.each<[string, RecordSpec]>([
    ['frames of the client are missing: a Close may be among them', { clientSide: { isFramingLost: true } }],
    ['one direction only', { clientSide: { isCaptured: false } }],
    [
      'the other side may have ended it before',
      { firstEnd: { by: 'server', how: 'fin', mark: mark(packetAt(30_000), 30_000), followsUnseen: true } },
    ],
    ['no 101', { upgrade: { response: null, accept: null } }],
  ])('%s', (_name, more) => {
    expect(checkCapture(fixedLifetime, lives(...SAME.map((spec) => ({ ...spec, ...more }))))).toEqual([]);
  });

  test('without times', () => {
    expect(checkCapture(fixedLifetime, lives(...SAME), NO_TIMES)).toEqual([]);
  });
});

test('the message says who, how many, at what age, after what silence and how', () => {
  const [found] = checkCapture(fixedLifetime, lives(...SAME, ended(90_000, 450)));
  expect(told(found)).toBe(
    'The server 198.51.100.2 port 80 ended 3 connections at the same age, 30 s to 30.15 s after their 101, although ' +
      'data flowed: the last frame came at most 200 ms before. It ended 3 with FIN, and 1 more at another age. ' +
      'That is a limit on age, which neither data nor pings put off: look for a maximum duration of connections at ' +
      'the server, or at a proxy or load balancer before it, and for a session or token that runs out.',
  );
  expect(found).toMatchObject({
    kind: 'same-age',
    packets: [30_010, 40_160, 50_020],
    at: mark(30_010, 30_000),
    connections: [0, 1, 2],
    evidence: {
      serverAddress: '198.51.100.2',
      serverPort: 80,
      connections: 3,
      othersEndedByServer: 1,
      shortestLifeMs: 30_000,
      longestLifeMs: 30_150,
      longestSilenceMs: 200,
    },
  });
});

test('the options set how many, how close and how long', () => {
  const two = lives(ended(30_000), ended(30_000));
  expect(checkCapture(fixedLifetime, two, CONTEXT, { connections: 2 })).toHaveLength(1);
  const apart = lives(ended(30_000), ended(31_000), ended(32_000));
  expect(checkCapture(fixedLifetime, apart, CONTEXT, { tolerancePercent: 7 })).toHaveLength(1);
  const short = lives(ended(500, 9), ended(500, 9), ended(500, 9));
  expect(checkCapture(fixedLifetime, short, CONTEXT, { minimumLifeMs: 500 })).toHaveLength(1);
});

test('100,000 lives are judged quickly', () => {
  const [sample] = judgedConnections([ended(30_000)]);
  const { record, anomalies } = sample!;
  const { lastDataFrame } = record.serverSide;
  const connections = Array.from({ length: 100_000 }, (_, id) => {
    const ms = 30_000 + (id % 1000);
    return {
      record: {
        ...record,
        id,
        serverSide: {
          ...record.serverSide,
          lastDataFrame: { ...lastDataFrame!, ...mark(29_000 + id, 29_800) },
        },
        firstEnd: { ...record.firstEnd!, mark: mark(30_000 + id, ms) },
      },
      anomalies,
    };
  });
  const options = { connections: 3, tolerancePercent: 1, minimumLifeMs: 1000 };
  const traces = tracesOf(connections);
  const started = processorMs();
  fixedLifetime.checkCapture(traces, CONTEXT, options);
  expect(processorMs() - started).toBeLessThan(5000);
});
