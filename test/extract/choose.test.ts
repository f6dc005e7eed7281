import { describe, expect, it } from 'vitest';
import { analyze } from '../../src/analyze.ts';
import { chooseConnections } from '../../src/extract/choose.ts';
import { compareFindings, compareVerdicts } from '../../src/extract/compare-findings.ts';
import type { Report } from '../../src/report/model.ts';

const RECONNECTS = 'fixtures/handshake-close/chromium-reconnects.pcap';
const none = { connections: [], anomalies: false, rules: [] };

describe('chooseConnections', () => {
  it('takes those that are named, those that a finding names, and all of one over several', async () => {
    const report = await analyze(RECONNECTS);
    expect([...chooseConnections(report, { ...none, connections: [2, 0] })]).toEqual([2, 0]);
    expect([...chooseConnections(report, { ...none, anomalies: true })]).toEqual([0, 1, 2, 3]);
    expect([...chooseConnections(report, { ...none, rules: ['reconnect-loop'] })]).toEqual([0, 1, 2, 3]);
  });

  it('says what is not there', async () => {
    const report = await analyze(RECONNECTS);
    expect(() => chooseConnections(report, { ...none, connections: [1, 4, 9] })).toThrow(
      'connections 4, 9 are not in the capture, which holds connections 0 to 3',
    );
    expect(() => chooseConnections(report, { ...none, rules: ['half-open'] })).toThrow(
      'no finding of half-open',
    );
    const clean = await analyze('fixtures/clean/text-binary-ping.pcap');
    expect(() => chooseConnections(clean, { ...none, anomalies: true })).toThrow('holds no findings');
  });
});

describe('compareFindings', () => {
  const same = (report: Report, connections: readonly number[]) => ({
    connections: new Map(connections.map((id) => [id, id])),
    packets: new Map(
      [...report.connections.flatMap(({ anomalies }) => anomalies), ...report.anomalies]
        .flatMap(({ packets }) => packets)
        .map((packet) => [packet, packet]),
    ),
  });

  it('finds no difference between a report and itself', async () => {
    const report = await analyze(RECONNECTS);
    expect(compareFindings(report, report, same(report, [0, 1, 2, 3]))).toEqual([]);
    expect(compareVerdicts(report, report, same(report, [0, 1, 2, 3]))).toEqual([]);
  });

  it('finds what is lost, what is new, another severity, other packets and another verdict', async () => {
    const report = await analyze(RECONNECTS);
    const numbers = same(report, [0, 1, 2, 3]);
    const changed = structuredClone({
      ...report,
      connections: report.connections.map((connection) => ({ ...connection, timeline: [] })),
    }) as unknown as Report;
    changed.connections[0]!.anomalies = [];
    changed.connections[1]!.anomalies[0]!.severity = 'info';
    changed.connections[2]!.anomalies[0]!.packets = [1];
    changed.connections[3]!.verdict = 'clean';
    expect(
      compareFindings(report, changed, numbers).map(
        ({ kind, severity, connections }) => `${kind} ${severity} ${connections.join()}`,
      ),
    ).toEqual(['lost error 0', 'lost error 1', 'lost error 2', 'new info 1', 'new error 2']);
    expect(compareVerdicts(report, changed, numbers)).toEqual([
      { connection: 3, before: 'handshake-close', after: 'clean' },
    ]);
  });

  it('expects no findings that concern connections that were left out', async () => {
    const report = await analyze(RECONNECTS);
    const part = { ...report, anomalies: [], connections: report.connections.slice(0, 2) };
    expect(compareFindings(report, part, same(report, [0, 1]))).toEqual([]);
  });
});
