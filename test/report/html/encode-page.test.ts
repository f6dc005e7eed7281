import { describe, expect, it } from 'vitest';
import { analyze } from '../../../src/analyze.ts';
import { ColumnReader } from '../../../src/report/html/column-reader.ts';
import { encodePage } from '../../../src/report/html/encode-page.ts';
import type { PageConnection, PageData } from '../../../src/report/html/page-data.ts';
import type { ActivityReport } from '../../../src/report/model.ts';
import { buildConnection } from '../../../src/report/build.ts';
import { tlsLines } from '../../../src/report/tls-text.ts';
import { judgementOf, recordOf } from '../../helpers/record-builder.ts';
import { tlsFacts } from '../../helpers/tls-facts.ts';
import { handshakeClose, sampleAcross, sampleConnection, sampleReport } from '../sample-report.ts';

function connectionsOf(data: PageData): PageConnection[] {
  const { connections, strings } = JSON.parse(JSON.stringify(data)) as PageData;
  const reader = new ColumnReader(connections, strings);
  return Array.from({ length: reader.length }, (_, i) => reader.at(i) as unknown as PageConnection);
}

function activityOf(frames: number): ActivityReport {
  return {
    frames: Array.from({ length: frames }, (_, i) => ({
      packet: i + 10,
      offsetMs: i * 10,
      from: i % 2 === 0 ? 'client' : 'server',
      opcode: 'text',
      length: 5,
      final: true,
      payload: { encoding: 'text', value: `hello ${i}`, bytes: 7, of: 7 },
    })),
    omitted: 0,
    omittedAfter: 24,
    density: null,
  };
}

describe('encodePage', () => {
  it('puts the worst connection first and keeps its facts', () => {
    const broken = handshakeClose({ id: 7, openedAt: '2024-05-01T10:00:01.123456000Z' });
    const [first, second] = connectionsOf(encodePage(sampleReport([sampleConnection({ id: 3 }), broken])));
    expect(first).toMatchObject({ id: 7, mark: 'error', startMs: 1000, verdict: 'handshake-close' });
    expect(first!.close).toEqual(broken.close);
    expect(first!.upgrade).toEqual(broken.upgrade);
    expect(first!.findings[0]!.sentences.join(' ')).toBe(broken.anomalies[0]!.message);
    expect(second).toMatchObject({ id: 3, mark: 'clean', openedMs: 1.42 });
  });

  it('says what is known of the TLS around a connection, and nothing where there is none', () => {
    const { tls } = buildConnection(recordOf({ tls: tlsFacts({}) }), judgementOf(), 'clean');
    const report = sampleReport([sampleConnection({ id: 1, tls: tls! }), sampleConnection({ id: 2 })]);
    expect(connectionsOf(encodePage(report)).map((each) => each.tlsLines)).toEqual([
      tlsLines(tls!, (text) => text),
      [],
    ]);
  });

  it('names a finding across connections on each of them', () => {
    const across = sampleAcross([0, 1], { rule: 'reconnect-loop' });
    const report = sampleReport([sampleConnection(), sampleConnection({ id: 1 })], { anomalies: [across] });
    expect(connectionsOf(encodePage(report)).map(({ findings }) => findings[0]?.across)).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });

  it('keeps all frames of a few connections', () => {
    const [only] = connectionsOf(encodePage(sampleReport([sampleConnection({ activity: activityOf(60) })])));
    expect(only!.frames).toHaveLength(60);
    expect(only!.frames[59]).toMatchObject({ packet: 69, payload: { value: 'hello 59' } });
    expect(only!.density).toBeNull();
  });

  it('of many connections keeps all frames of those with a problem, some of the others, and counts the rest', () => {
    const clean = Array.from({ length: 1200 }, (_, id) =>
      sampleConnection({ id: id + 10, activity: activityOf(90) }),
    );
    const report = sampleReport([...clean, handshakeClose({ id: 1, activity: activityOf(90) })]);
    const [first, ...others] = connectionsOf(encodePage(report));
    expect(first!.frames).toHaveLength(90);
    const total = others.reduce((sum, { frames }) => sum + frames.length, 0);
    expect(total).toBeGreaterThan(15_000);
    expect(total).toBeLessThan(61_000);
    for (const { frames, omitted, omittedAfter, density } of others) {
      expect(frames.length + omitted).toBe(90);
      expect(frames[omittedAfter]!.packet - frames[omittedAfter - 1]!.packet).toBe(omitted + 1);
      expect(density!.levels.map(({ digits }) => digits.length)).toEqual([24, 24]);
    }
  });

  it('leaves out the connections that say least where there are too many, and counts them', () => {
    const many = Array.from({ length: 20_003 }, (_, id) => sampleConnection({ id }));
    const data = encodePage(sampleReport([...many, handshakeClose({ id: 99_999 })]));
    expect(data.connectionsLeftOut).toBe(4);
    expect(new ColumnReader(data.connections, data.strings).field('id').at(0)).toBe(99_999);
  });

  it.each(['fixtures/clean/fragments-with-ping.pcap', 'fixtures/mass-disconnect/server-killed.pcap'])(
    'says of %s what the report says',
    async (path) => {
      const report = await analyze(path, { activity: true });
      const byId = new Map(connectionsOf(encodePage(report)).map((each) => [each.id, each]));
      expect(byId.size).toBe(report.connections.length);
      for (const { id, traffic, activity, timeline, notes } of report.connections) {
        const page = byId.get(id)!;
        expect(page.traffic).toEqual(traffic);
        expect(page.notes).toEqual(notes);
        expect(page.frames.map(({ packet }) => packet)).toEqual(activity!.frames.map(({ packet }) => packet));
        expect(page.events.length).toBe(timeline.filter(({ event }) => event !== 'frame').length);
      }
    },
  );
});
