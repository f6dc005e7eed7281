import { describe, expect, test } from 'vitest';
import type { ApplicationFacts, ApplicationHeartbeat } from '../../src/protocols/application-protocol.ts';
import { appHeartbeatMissing } from '../../src/rules/app-heartbeat-missing.ts';
import { check, close, judged, mark, NO_TIMES, told, type RecordSpec } from '../helpers/record-builder.ts';

/** Engine.IO 4 with 25 s and 20 s; the server's ping in packet 20 comes 25 s after the 101. */
const engineIo = (more: Partial<ApplicationHeartbeat> = {}): ApplicationFacts => ({
  protocol: 'engine.io',
  version: '4',
  heartbeat: {
    from: 'server',
    intervalMs: 25_000,
    timeoutMs: 20_000,
    isStated: true,
    sent: 1,
    answered: 0,
    unanswered: { count: 1, first: mark(20, 25_000), last: mark(20, 25_000) },
    lastSign: mark(20, 25_000),
    ...more,
  },
  end: null,
  unread: [],
});
const LOST = engineIo();
const ANSWERED = engineIo({ answered: 1, unanswered: null });
const MQTT: ApplicationFacts = {
  ...engineIo({
    from: 'client',
    intervalMs: 30_000,
    timeoutMs: 15_000,
    unanswered: null,
    lastSign: mark(20, 5000),
  }),
  protocol: 'mqtt',
};

const serverCloses = (ms: number): RecordSpec => ({ serverSide: { closeFrame: close(null, 40, ms) } });

describe('raised', () => {
  test.each<[string, RecordSpec, string]>([
    ['the server closes 20 s after its ping', { application: LOST, ...serverCloses(45_000) }, 'unanswered'],
    ['it ends TCP instead', { application: LOST, serverSide: { fin: mark(40, 45_010) } }, 'unanswered'],
    ['the connection stays open for longer', { application: LOST, last: mark(90, 60_000) }, 'unanswered'],
    [
      'the client closes 45 s after the last ping',
      { application: ANSWERED, clientSide: { closeFrame: close(null, 40, 70_000) } },
      'overdue',
    ],
    [
      'MQTT: the server ends it after one and a half times the keep-alive',
      { application: MQTT, serverSide: { fin: mark(40, 50_000) } },
      'overdue',
    ],
  ])('%s', (_name, spec, kind) => {
    expect(check(appHeartbeatMissing, spec)).toMatchObject({ kind, severity: 'warning' });
  });
});

describe('not raised', () => {
  test.each<[string, RecordSpec]>([
    ['no protocol is known', serverCloses(45_000)],
    ['the ping was answered', { application: ANSWERED, ...serverCloses(45_000) }],
    ['the server closes sooner', { application: LOST, ...serverCloses(40_000) }],
    ['the client leaves', { application: LOST, clientSide: { closeFrame: close(1000, 40, 46_000) } }],
    ['MQTT: the server ends it sooner', { application: MQTT, serverSide: { fin: mark(40, 30_000) } }],
    ['MQTT: the client ends it', { application: MQTT, clientSide: { fin: mark(40, 50_000) } }],
  ])('%s', (_name, spec) => {
    expect(check(appHeartbeatMissing, spec)).toBeNull();
  });
});

test('the message names the heartbeat, and the limit', () => {
  const found = check(appHeartbeatMissing, { application: LOST, ...serverCloses(45_000) });
  expect(told(found)).toBe(
    "The client did not answer the server's Engine.IO heartbeat sent 25 s after the 101 (packet 20): 20 s later, when the server " +
      'sent Close without a code (packet 40), no answer had come. The limit is 20 s, as the capture says. Look at whether the client ' +
      'still lived at that time: a device that slept, a page in the background, an event loop that hung, a network path that was gone ' +
      '(does TCP acknowledge what the server sent?).',
  );
  expect(found).toMatchObject({
    packets: [20, 40],
    evidence: {
      by: 'server',
      protocol: 'engine.io',
      unanswered: 1,
      waitedMs: 20_000,
      limitMs: 20_000,
      stated: true,
    },
  });
});

test('an idle timeout is not told as well', () => {
  const spec: RecordSpec = {
    application: engineIo({
      intervalMs: 35_000,
      timeoutMs: 25_000,
      lastSign: mark(20, 0),
      unanswered: null,
      from: 'client',
    }),
    clientSide: { lastByte: mark(20, 0) },
    serverSide: { lastByte: mark(6, 0), fin: mark(40, 60_000) },
  };
  expect(judged(spec).raised).not.toContain('idle-timeout warning');
  expect(judged(spec).raised).toContain('app-heartbeat-missing warning');
});

test('withheld where packets carry no time', () => {
  expect(judged({ application: LOST, ...serverCloses(45_000) }, NO_TIMES).withheld).toContain(
    'app-heartbeat-missing',
  );
});
