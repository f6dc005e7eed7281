import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareReport } from '../../src/check/compare.ts';
import type { Expectation, ExpectedConnection } from '../../src/check/expectation.ts';
import { observe, Observer } from '../../src/check/observation.ts';
import { printExpectation } from '../../src/check/print-expectation.ts';
import { expectationOf, updatedExpectation } from '../../src/check/update.ts';
import { parseExpectation } from '../../src/cli/check/parse-expectation.ts';
import type { Report } from '../../src/report/model.ts';
import {
  handshakeClose,
  sampleAcross,
  sampleAnomaly,
  sampleClose,
  sampleConnection,
  sampleReport,
  sampleTraffic,
  sampleUpgrade,
} from '../report/sample-report.ts';
import { anyReport } from './arbitrary-report.ts';

const saved = (report: Report): Expectation => expectationOf(observe(report));
const sentences = (report: Report, expectation: Expectation): string[] =>
  compareReport(report, expectation).map(({ sentence }) => sentence);
const chat = (path: string) => sampleUpgrade({ host: '127.0.0.1:8080', target: path });
const CLEAN = sampleConnection({ upgrade: chat('/chat') });
const ENTRY: ExpectedConnection = saved(sampleReport([CLEAN])).connections![0]!;

describe('an expectation', () => {
  it('of a report always matches that report', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        expect(compareReport(report, saved(report))).toEqual([]);
      }),
    );
  });

  it('is the same after it was written and read', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const expectation = saved(report);
        const text = printExpectation(expectation);
        expect(parseExpectation(text, 'x')).toEqual(expectation);
        expect(printExpectation(parseExpectation(text, 'x'))).toBe(text);
        expect(text).toMatch(/^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]*$/);
      }),
    );
  });

  it('does not depend on the order in which connections came or ended', () => {
    fc.assert(
      fc.property(anyReport, fc.infiniteStream(fc.double({ noNaN: true })), (report, random) => {
        const shuffled = report.connections
          .map((connection) => ({ connection, key: random.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ connection }, id) => ({ ...connection, id }));
        expect(compareReport({ ...report, connections: shuffled }, saved(report))).toEqual([]);
      }),
    );
  });

  it('of another report matches after an update, whatever was left open in it', () => {
    fc.assert(
      fc.property(anyReport, anyReport, fc.nat(127), (before, now, mask) => {
        const connections = saved(before).connections!.map(
          (entry) =>
            Object.fromEntries(
              Object.entries(entry).filter(([key], i) => key === 'times' || ((mask >> i) & 1) === 0),
            ) as ExpectedConnection,
        );
        const updated = updatedExpectation(observe(now), { ...saved(before), connections });
        expect(compareReport(now, updated)).toEqual([]);
      }),
    );
  });

  it('reads as a reviewer would write it', () => {
    const loop = sampleReport([handshakeClose(), handshakeClose({ id: 1 })]);
    expect(printExpectation(saved(loop))).toBe(`{
  "schema": "wscap/expectation@1",
  "connections": [
    {
      "target": "localhost/chat",
      "times": 2,
      "verdict": "handshake-close",
      "upgrade": "101",
      "closed": "server FIN right after the 101",
      "messages": { "client": 0, "server": 0 },
      "anomalies": { "handshake-close": "error" }
    }
  ],
  "anomalies": {}
}
`);
  });

  it('holds nothing that differs when the same is recorded again', () => {
    const again = sampleConnection({
      id: 7,
      client: { address: '10.1.2.3', port: 40_000 },
      firstPacket: 90,
      openedAt: '2030-01-01T00:00:00.000000000Z',
      durationMs: 9999,
      upgrade: sampleUpgrade({ host: 'localhost:31337', target: '/chat?token=other', latencyMs: 80 }),
      // Which side ends TCP first after the closing handshake is a race.
      close: sampleClose({
        frameFirstBy: 'client',
        firstBy: 'server',
        how: 'rst',
        packet: 99,
        clientCode: 1000,
        clientReason: 'bye at 12:01',
        serverCode: 1000,
        clean: true,
      }),
      anomalies: [sampleAnomaly({ rule: 'retransmissions', severity: 'info' })],
    });
    expect(compareReport(sampleReport([again]), saved(sampleReport([sampleConnection()])))).toEqual([]);
  });
});

describe('a difference', () => {
  it('says what a person would say, then what differs', () => {
    const now = handshakeClose({
      id: 3,
      upgrade: chat('/chat'),
      close: sampleClose({ afterUpgradeMs: 1.4, packet: 12 }),
    });
    const [difference, ...others] = compareReport(sampleReport([now]), saved(sampleReport([CLEAN])));
    expect(others).toEqual([]);
    expect(difference!.sentence).toBe(
      'connection 3 (/chat): closed clean by the client before, now handshake-close by the server 1.4 ms after the 101, packet 12; 3 messages from the client before, now none; 12 messages from the server before, now none',
    );
    expect(difference!.expected).toEqual([
      '"verdict": "clean"',
      '"closed": "client Close 1000, answered"',
      '"messages": { "client": 3, "server": 12 }',
      '"anomalies": {}',
    ]);
    expect(difference!.actual).toEqual([
      '"verdict": "handshake-close"',
      '"closed": "server FIN right after the 101"',
      '"messages": { "client": 0, "server": 0 }',
      '"anomalies": { "handshake-close": "error" }',
    ]);
  });

  it('pairs what is left over to the same target, whatever else is as expected', () => {
    const before = sampleReport([
      CLEAN,
      { ...CLEAN, id: 1 },
      sampleConnection({ id: 2, upgrade: chat('/b') }),
    ]);
    const now = sampleReport([
      handshakeClose({ upgrade: chat('/chat') }),
      sampleConnection({ id: 1, upgrade: chat('/b') }),
      { ...CLEAN, id: 2 },
    ]);
    expect(sentences(now, saved(before))).toEqual([
      expect.stringMatching(
        /^connection 0 \(\/chat\): closed clean by the client before, now handshake-close/,
      ),
    ]);
  });

  it.each<[string, Parameters<typeof sampleConnection>[0], string]>([
    [
      'messages',
      {
        traffic: {
          clientToServer: sampleTraffic({ text: 3 }),
          serverToClient: sampleTraffic({ text: 1 }),
        },
      },
      'connection 0 (/chat): 12 messages from the server before, now 1',
    ],
    [
      'another way of closing',
      {
        close: sampleClose({ frameFirstBy: 'server', clientCode: 1001, serverCode: 1001, clean: true }),
      },
      'connection 0 (/chat): closed by client Close 1000, answered before, now by server Close 1001, answered',
    ],
    [
      'a finding',
      { anomalies: [sampleAnomaly({ rule: 'slow-upgrade', severity: 'warning' })] },
      'connection 0 (/chat): warning slow-upgrade is new',
    ],
    [
      'a subprotocol',
      { upgrade: sampleUpgrade({ host: null, target: '/chat', subprotocol: 'v2' }) },
      'connection 0 (/chat): its upgrade was 101 before, now 101, subprotocol v2',
    ],
    [
      'a refusal',
      { verdict: 'rejected', upgrade: sampleUpgrade({ host: null, target: '/chat', status: 403 }) },
      'connection 0 (/chat): closed clean by the client before, now refused with 403; its upgrade was 101 before, now 403',
    ],
    [
      'still open',
      { verdict: 'open' },
      'connection 0 (/chat): closed clean by the client before, now still open when the capture ended',
    ],
  ])('names %s', (_what, changes, sentence) => {
    const now = sampleReport([{ ...CLEAN, ...changes }]);
    expect(sentences(now, saved(sampleReport([CLEAN])))).toEqual([sentence]);
  });

  it('names connections that are missing and new', () => {
    const two = sampleReport([CLEAN, { ...CLEAN, id: 1 }]);
    const one = sampleReport([CLEAN]);
    expect(sentences(one, saved(two))).toEqual([
      'a connection to /chat is missing: closed clean by the client before',
    ]);
    expect(sentences(two, saved(one))).toEqual(['connection 1 (/chat) is new: closed clean by the client']);
    const many = sampleReport(Array.from({ length: 30 }, (_, id) => ({ ...CLEAN, id })));
    expect(sentences(many, saved(sampleReport([])))).toEqual([
      '30 connections (/chat: 0, 1, 2 and 27 more) are new: closed clean by the client',
    ]);
  });

  it('names another host of the same path', () => {
    const other = sampleConnection({ upgrade: sampleUpgrade({ host: 'other.example', target: '/chat' }) });
    expect(sentences(sampleReport([CLEAN]), saved(sampleReport([other])))).toEqual([
      'connection 0 (/chat): it was to other.example/chat before',
    ]);
  });

  it('names what changed over the whole capture', () => {
    const loop = sampleAcross([0], { rule: 'reconnect-loop' });
    const report = sampleReport([CLEAN], { anomalies: [loop] });
    expect(sentences(report, saved(sampleReport([CLEAN])))).toEqual([
      'over the whole capture: error reconnect-loop is new',
    ]);
    expect(sentences(sampleReport([CLEAN]), saved(report))).toEqual([
      'over the whole capture: error reconnect-loop is gone',
    ]);
  });
});

describe('what is a race or a matter of time', () => {
  const ended = (id: number, how: 'fin' | 'rst', firstBy: 'client' | 'server' = 'server') =>
    sampleConnection({
      id,
      verdict: 'abnormal',
      upgrade: chat('/chat'),
      close: sampleClose({
        firstBy,
        how,
        frameFirstBy: null,
        clientCode: null,
        serverCode: null,
        clean: false,
      }),
    });

  it('is no difference where one side ended with FIN before and with RST now', () => {
    const before = saved(sampleReport([ended(0, 'fin'), ended(1, 'fin')]));
    const now = sampleReport([ended(0, 'fin'), ended(1, 'rst')]);
    expect(sentences(now, before)).toEqual([]);
    expect(updatedExpectation(observe(now), before).connections).toHaveLength(2);
  });

  it('is a difference where the other side ended it', () => {
    const before = saved(sampleReport([ended(0, 'fin')]));
    expect(sentences(sampleReport([ended(0, 'rst', 'client')]), before)[0]).toMatch(
      /^connection 0 \(\/chat\): closed by server FIN.* before, now by client RST/,
    );
  });

  const refused = (id: number) => sampleConnection({ id, verdict: 'refused', upgrade: null });
  const times = (count: number) => Array.from({ length: count }, (_, id) => refused(id));

  it('is no difference how often a client was refused', () => {
    for (const [before, now] of [
      [3, 5],
      [5, 1],
    ] as const) {
      expect(sentences(sampleReport(times(now)), saved(sampleReport(times(before))))).toEqual([]);
    }
  });

  it('is a difference whether a client was refused at all', () => {
    expect(sentences(sampleReport(times(2)), saved(sampleReport([])))).toHaveLength(1);
    expect(sentences(sampleReport([]), saved(sampleReport(times(2))))).toHaveLength(1);
  });

  it('is no difference how often a client came back in a loop, but elsewhere it is one', () => {
    const loop = (count: number, isLoop = true) => {
      const connections = Array.from({ length: count }, (_, id) => handshakeClose({ id }));
      const across = sampleAcross(
        connections.map(({ id }) => id),
        { rule: 'reconnect-loop', evidence: { intervalMedianMs: 1000 } },
      );
      return sampleReport(connections, { anomalies: isLoop ? [across] : [] });
    };
    expect(sentences(loop(7), saved(loop(4)))).toEqual([]);
    expect(sentences(loop(7, false), saved(loop(4, false)))).toEqual([
      '3 connections (localhost/chat: 4, 5 and 6) are new: handshake-close by the server 0.657 ms after the 101, packet 8',
    ]);
  });
});

describe('verdict words that changed', () => {
  const SENTENCE =
    '. The verdict words of wscap have changed since then: some of what was "clean" is "closed", "error-close" or "protocol-error", and some of what was "abnormal" is "refused" or "protocol-error"; `wscap check -u` writes the new ones';
  const before = (count: number, verdict: 'clean' | 'abnormal') =>
    saved(sampleReport(Array.from({ length: count }, (_, id) => ({ ...CLEAN, id, verdict }))));

  it.each([
    ['clean', 'closed'],
    ['clean', 'error-close'],
    ['clean', 'protocol-error'],
    ['abnormal', 'refused'],
    ['abnormal', 'protocol-error'],
  ] as const)('"%s" to "%s" is a difference that says so', (old, word) => {
    const differences = compareReport(sampleReport([{ ...CLEAN, verdict: word }]), before(1, old));
    expect(differences).toEqual([
      {
        sentence: `connection 0 (/chat): its verdict was "${old}" before, now "${word}"${SENTENCE}`,
        expected: [`"verdict": "${old}"`],
        actual: [`"verdict": "${word}"`],
      },
    ]);
  });

  it('are explained once, however many connections there are', () => {
    const now = sampleReport([
      { ...CLEAN, verdict: 'closed' },
      { ...CLEAN, id: 1, verdict: 'error-close' },
    ]);
    expect(sentences(now, before(2, 'clean')).filter((each) => each.includes('verdict words'))).toHaveLength(
      1,
    );
  });

  it('explain nothing where more differs, or where the word means something else', () => {
    const traffic = {
      clientToServer: sampleTraffic({ text: 1 }),
      serverToClient: sampleTraffic({ text: 12 }),
    };
    for (const changes of [{ verdict: 'open' }, { verdict: 'closed', traffic }] as const) {
      const report = sampleReport([{ ...CLEAN, ...changes }]);
      expect(sentences(report, before(1, 'clean')).join()).not.toContain('verdict words');
    }
  });
});

describe('what is left out of an entry', () => {
  const report = sampleReport([CLEAN]);

  it('is not compared', () => {
    for (const entry of [{}, { verdict: 'clean' }, { messages: { server: { min: 1 } } }] as const) {
      expect(compareReport(report, { connections: [entry] })).toEqual([]);
    }
    expect(compareReport(report, { connections: [{ messages: { server: { max: 3 } } }] })).toHaveLength(1);
  });

  it('takes no connection that a stricter entry needs', () => {
    const two = sampleReport([CLEAN, handshakeClose({ id: 1, upgrade: chat('/chat') })]);
    expect(compareReport(two, { connections: [{ target: '/chat' }, ENTRY] })).toEqual([]);
  });

  it('stays left out by an update, and assertions stay', () => {
    const before: Expectation = {
      connections: [{ target: '/chat', verdict: 'clean', messages: { client: 1, server: { min: 10 } } }],
      expect: { errors: 0 },
      $schema: './expectation.schema.json',
    };
    expect(updatedExpectation(observe(report), before)).toEqual({
      $schema: './expectation.schema.json',
      schema: 'wscap/expectation@1',
      connections: [{ target: '/chat', verdict: 'clean', messages: { client: 3, server: { min: 10 } } }],
      expect: { errors: 0 },
    });
    const asserted: Expectation = { expect: { errors: 0 } };
    expect(updatedExpectation(observe(report), asserted)).toBe(asserted);
  });
});

describe('a capture of very many different connections', () => {
  it('is bounded, and still compared by verdict and findings', () => {
    const observer = new Observer(100);
    const connections = Array.from({ length: 1500 }, (_, id) => ({
      ...CLEAN,
      id,
      upgrade: chat(`/p${id}a`),
    }));
    for (const each of connections) observer.add(each);
    const observation = observer.end({ anomalies: [] });
    expect(observation.groups).toHaveLength(1001);
    const report = sampleReport(connections);
    const expectation = expectationOf(observation);
    expect(compareReport(report, expectation)).toEqual([]);
    connections[1499] = { ...connections[1499]!, verdict: 'abnormal' };
    expect(compareReport(sampleReport(connections), expectation).length).toBeGreaterThan(0);
    expect(sentences(report, { paths: { '/p1a': { clean: 1 } } })[0]).toContain("can't be counted");
  });
});
