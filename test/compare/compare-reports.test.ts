import { describe, expect, it } from 'vitest';
import { analyze } from '../../src/analyze.ts';
import { CaptureError } from '../../src/capture/capture-error.ts';
import { compareReports, type CompareOptions } from '../../src/compare/compare-reports.ts';
import type { DiffReport } from '../../src/compare/model.ts';
import type { ConnectionReport, Report, TimelineEntry } from '../../src/report/model.ts';
import { capturesUnder, FIXTURES, shortName } from '../helpers/captures.ts';
import {
  handshakeClose,
  sampleAcross,
  sampleAnomaly,
  sampleCapture,
  sampleClose,
  sampleConnection,
  sampleReport,
  sampleTraffic,
  sampleUpgrade,
} from '../report/sample-report.ts';

const whole = (path: string): Promise<Report> => analyze(`fixtures/${path}.pcap`, { activity: true });

/** "section field: good -> bad", those that count first. */
function told(diff: DiffReport): { counts: string[]; noise: string[] } {
  const lines = diff.pairs.flatMap(({ differences }) => differences);
  const text = ({ section, field, good, bad }: (typeof lines)[number]) =>
    `${section} ${field}: ${good.value ?? '-'} -> ${bad.value ?? '-'}`;
  return {
    counts: lines.filter(({ noise }) => noise === null).map(text),
    noise: lines.filter(({ noise }) => noise !== null).map(({ field }) => field),
  };
}

function differences(
  good: Partial<ConnectionReport>,
  bad: Partial<ConnectionReport>,
  options: CompareOptions = {},
): ReturnType<typeof told> {
  return told(
    compareReports(sampleReport([sampleConnection(good)]), sampleReport([sampleConnection(bad)]), options),
  );
}

describe('compareReports', () => {
  it('finds in a recorded pair what the story says, and leaves out what is new every time', async () => {
    const diff = compareReports(await whole('diff/production'), await whole('diff/beta'));
    expect(diff.differs).toBe(true);
    expect(told(diff)).toEqual({
      counts: [
        'verdict verdict: clean -> handshake-close',
        'frames first messages of the client: text -> none',
        'frames first messages of the server: text, text -> none',
        'end closing handshake: client Close 1000, server Close 1000 -> none',
        'end after the 101: between 100 ms and 15 s -> within 100 ms',
        'findings rule handshake-close: - -> error (bare)',
      ],
      noise: [
        'client',
        'server',
        'query token',
        'header host',
        'header origin',
        'header cookie',
        'header sec-websocket-key',
        'header sec-websocket-accept',
        'answer, exactly',
      ],
    });
    expect(diff.pairs[0]!.newFindings).toMatchObject([{ rule: 'handshake-close', packets: [6, 8] }]);
    expect(diff.unpaired).toMatchObject([{ side: 'bad', connection: { id: 1 } }]);
  });

  it.each(capturesUnder(FIXTURES).map((path) => [shortName(path), path]))(
    'finds no difference between %s and itself',
    async (_name, path) => {
      const report = await analyze(path, { activity: true }).catch((error: unknown) => {
        if (error instanceof CaptureError) return null;
        throw error;
      });
      if (report === null) return;
      const { differs, pairs, unpaired } = compareReports(report, report);
      // Connections without a request can't be told apart.
      expect(unpaired.filter(({ connection }) => connection.target !== null)).toEqual([]);
      expect(pairs.flatMap((pair) => pair.differences)).toEqual([]);
      expect(differs).toBe(unpaired.length > 0);
    },
  );

  it('reports another status, another subprotocol or other extensions as a difference', () => {
    const upgrade = sampleUpgrade({ subprotocol: 'chat.v2', extensions: 'permessage-deflate; b; a' });
    expect(
      differences({ upgrade }, { upgrade: { ...upgrade, extensions: 'permessage-deflate;a;b' } }).counts,
    ).toEqual([]);
    expect(
      differences({ upgrade }, { upgrade: { ...upgrade, subprotocol: null, extensions: null } }).counts,
    ).toEqual([
      'negotiated subprotocol: chat.v2 -> none',
      'negotiated extensions: permessage-deflate; a; b -> none',
    ]);
    const rejected = { upgrade: sampleUpgrade({ status: 403, accept: null }), verdict: 'rejected' as const };
    expect(differences({}, rejected).counts).toEqual(
      expect.arrayContaining(['verdict verdict: clean -> rejected', 'response status: 101 -> 403']),
    );
  });

  it('compares queries by name', () => {
    const target = (text: string) => ({ upgrade: sampleUpgrade({ target: text }) });
    expect(differences(target('/ws?EIO=4&sid=1&t=a'), target('/ws?EIO=3&t=b&x=1'))).toMatchObject({
      counts: ['request query EIO: 4 -> 3', 'request query sid: 1 -> -', 'request query x: - -> 1'],
      noise: ['query t'],
    });
  });

  it('puts times into the classes of the rules', () => {
    const latency = (latencyMs: number) => ({ upgrade: sampleUpgrade({ latencyMs }) });
    expect(differences(latency(1), latency(999))).toEqual({ counts: [], noise: ['answer, exactly'] });
    expect(differences(latency(1), latency(1001)).counts).toEqual([
      'timing answer: within 1 s -> after more than 1 s',
    ]);
    const set = {
      options: {
        windowMs: 100,
        reader: 'wscap' as const,
        ports: [],
        rules: { 'slow-upgrade': { options: { thresholdMs: 5000 } } },
      },
    };
    const slow = sampleReport([sampleConnection(latency(1001))], set);
    expect(told(compareReports(sampleReport([sampleConnection(latency(1))]), slow)).counts).toEqual([]);
  });

  it('tells that one side pings and the other never did, if it was watched for long enough', () => {
    const heartbeat = { pings: 4, pongs: 4, intervalMs: 1000, roundTripMs: null };
    expect(differences({ heartbeat }, {}).counts).toEqual(['timing heartbeat: every 1 s -> none']);
    expect(differences({ heartbeat }, { durationMs: 1900 }).counts).toEqual([]);
    expect(differences({ heartbeat }, { heartbeat: { ...heartbeat, intervalMs: 1400 } }).counts).toEqual([]);
    expect(differences({ heartbeat }, { heartbeat: { ...heartbeat, intervalMs: 1600 } }).counts).toHaveLength(
      1,
    );
  });

  it('treats the content of messages as noise, but not that there are none, nor another kind of message', () => {
    const saying = (...texts: string[]): Partial<ConnectionReport> => ({
      traffic: { clientToServer: sampleTraffic(), serverToClient: sampleTraffic({ text: texts.length }) },
      activity: {
        omitted: 0,
        omittedAfter: texts.length,
        density: null,
        frames: texts.map((value, i) => ({
          packet: 8 + i,
          offsetMs: 5,
          from: 'server',
          opcode: 'text',
          length: value.length,
          final: true,
          payload: { encoding: 'text', value, bytes: value.length, of: value.length },
        })),
      },
    });
    expect(differences(saying('a'), saying('b', 'c')).counts).toEqual([]);
    expect(differences(saying('a'), saying()).counts).toEqual([
      'frames first messages of the server: text -> none',
    ]);
    expect(differences(saying('{"type":"hi","at":1}'), saying('{"type":"hi","at":2}')).counts).toEqual([]);
    expect(differences(saying('{"type":"hi"}'), saying('{"type":"error"}')).counts).toEqual([
      'frames contents of message 1 of the server: {"type":"hi"} -> {"type":"error"}',
    ]);
  });

  it('does not accuse where bytes are missing', () => {
    const gap = { ...sampleTraffic(), gapBytes: 10 };
    const bad = { traffic: { clientToServer: gap, serverToClient: sampleTraffic() } };
    const diff = compareReports(sampleReport([sampleConnection()]), sampleReport([sampleConnection(bad)]));
    expect(told(diff).counts).toEqual([]);
    expect(diff.pairs[0]!.notCompared).toEqual([
      { section: 'frames', reason: 'bytes are missing in the capture' },
      { section: 'end', reason: 'closing handshake: bytes are missing in the capture' },
    ]);
  });

  it('compares with a connection that was still open as far as it was watched', () => {
    const open = sampleConnection({ verdict: 'open', close: null });
    const watched = (seconds: number) =>
      sampleReport([open], {
        captures: [sampleCapture({ lastPacketAt: `2024-05-01T10:00:${seconds}.123456000Z` })],
      });
    const dropped = sampleConnection({
      verdict: 'abnormal',
      durationMs: 30_000,
      close: sampleClose({ afterUpgradeMs: 29_999 }),
    });
    expect(told(compareReports(watched(40), sampleReport([dropped]))).counts).toContain(
      'end ended: still open -> client Close without code, server Close without code, server FIN 30 s after the 101',
    );
    const short = compareReports(watched(20), sampleReport([dropped]));
    expect(short.pairs[0]!.notCompared).toMatchObject([{ section: 'end' }]);
    // The person closed it: nothing to blame the server for.
    const closed = compareReports(watched(40), sampleReport([sampleConnection()]));
    expect(closed.differs).toBe(false);
    expect(closed.pairs[0]!.notCompared).toMatchObject([{ section: 'end' }]);
  });

  it('takes a finding that is there on both sides for no difference, information for noise, a withheld rule for nothing', () => {
    const slow = sampleAnomaly({ rule: 'slow-upgrade', kind: 'slow', severity: 'warning' });
    const packed = sampleAnomaly({ rule: 'coalesced-first-frame', kind: 'server', severity: 'info' });
    expect(differences({ anomalies: [slow] }, { anomalies: [slow] }).counts).toEqual([]);
    expect(differences({}, { anomalies: [slow, packed] })).toEqual({
      counts: ['findings rule slow-upgrade: - -> warning (slow)'],
      noise: ['rule coalesced-first-frame'],
    });
    const notes = [{ code: 'rule-withheld', message: 'slow-upgrade was not judged: no times' }];
    const diff = compareReports(
      sampleReport([sampleConnection({ notes })]),
      sampleReport([sampleConnection({ anomalies: [slow] })]),
    );
    expect(diff.differs).toBe(false);
    expect(diff.pairs[0]!.newFindings).toEqual([]);
    expect(diff.pairs[0]!.notCompared).toMatchObject([{ section: 'findings' }]);
  });

  it('names rules over the capture, and connections that have no partner', () => {
    const loop = sampleAcross([0, 1], { rule: 'reconnect-loop' });
    const bad = sampleReport([handshakeClose(), handshakeClose({ id: 1 })], { anomalies: [loop] });
    const diff = compareReports(sampleReport([sampleConnection()]), bad);
    expect(diff.captureFindings).toMatchObject([{ side: 'bad', rule: 'reconnect-loop' }]);
    expect(diff.totals).toMatchObject({ pairs: 1, differingPairs: 1, unpairedGood: 0, unpairedBad: 1 });
    expect(compareReports(bad, bad)).toMatchObject({ differs: false, captureFindings: [] });
  });

  it('does not count what it is told to ignore', () => {
    const server = (value: string) => ({
      upgrade: sampleUpgrade({ responseHeaders: [{ name: 'Server', value }] }),
    });
    expect(differences(server('a'), server('b')).counts).toEqual(['response header server: a -> b']);
    expect(differences(server('a'), server('b'), { ignore: ['Server'] })).toEqual({
      counts: [],
      noise: ['header server'],
    });
  });

  it('finds the 101 in the timeline to say when the first frame came', () => {
    const event = (name: TimelineEntry['event'], packet: number, offsetMs: number): TimelineEntry => ({
      at: '',
      packet,
      from: 'server',
      event: name,
      offsetMs,
      opcode: 'text',
    });
    const first = (offsetMs: number) => ({
      timeline: [event('response', 6, 1), event('frame', 7, offsetMs)],
    });
    expect(differences(first(5), first(10_002)).counts).toContain(
      'timing first frame: within 10 s -> after more than 10 s',
    );
  });
});
