import { describe, expect, it } from 'vitest';
import type { AnomalyReport, Verdict } from '../../src/report/model.ts';
import { isProblem, rankConnections } from '../../src/report/connection-rank.ts';
import {
  handshakeClose,
  sampleAcross,
  sampleAnomaly,
  sampleConnection,
  sampleReport,
} from './sample-report.ts';

const warning = sampleAnomaly({ rule: 'slow-upgrade', severity: 'warning' });
const info = sampleAnomaly({ rule: 'coalesced-first-frame', severity: 'info' });

describe('rankConnections', () => {
  it('puts errors before warnings before infos before the rest, and orders each by id', () => {
    const report = sampleReport([
      sampleConnection({ id: 0 }),
      sampleConnection({ id: 1, anomalies: [info] }),
      sampleConnection({ id: 2, anomalies: [warning] }),
      handshakeClose({ id: 4 }),
      handshakeClose({ id: 3 }),
    ]);
    expect(rankConnections(report).map(({ connection }) => connection.id)).toEqual([3, 4, 2, 1, 0]);
  });

  it('counts an anomaly across connections for each that it names', () => {
    const loop = sampleAcross([1], { rule: 'reconnect-loop' });
    const report = sampleReport([sampleConnection({ id: 0 }), sampleConnection({ id: 1 })], {
      anomalies: [loop],
    });
    const [first, second] = rankConnections(report);
    expect(first).toMatchObject({ connection: { id: 1 }, severity: 'error', anomalies: [loop] });
    expect(second).toMatchObject({ connection: { id: 0 }, severity: null });
  });

  it('takes a bad verdict as a warning where the rule behind it was withheld', () => {
    const [only] = rankConnections(sampleReport([sampleConnection({ verdict: 'abnormal' })]));
    expect(only!.severity).toBe('warning');
  });
});

describe('isProblem', () => {
  it('leaves out what is only worth knowing', () => {
    const report = sampleReport([
      sampleConnection({ id: 0, anomalies: [info] }),
      sampleConnection({ id: 1, anomalies: [warning] }),
    ]);
    expect(rankConnections(report).map(isProblem)).toEqual([true, false]);
  });
});

describe('the mark beside the verdict', () => {
  const marks = (verdict: Verdict, ...anomalies: AnomalyReport[]) =>
    rankConnections(sampleReport([sampleConnection({ verdict, anomalies })])).map(({ mark }) => mark);

  it('is that of the worst finding about opening or end', () => {
    const retransmissions = sampleAnomaly({ rule: 'retransmissions', severity: 'error' });
    expect(marks('abnormal', warning, retransmissions)).toEqual(['warning']);
    expect(marks('open', retransmissions)).toEqual(['neutral']);
    expect(marks('handshake-close', sampleAnomaly())).toEqual(['error']);
  });

  it('never contradicts a good verdict', () => {
    expect(marks('clean', sampleAnomaly({ rule: 'invalid-utf8' }))).toEqual(['clean']);
    expect(marks('closed', sampleAnomaly({ rule: 'close-unanswered', severity: 'warning' }))).toEqual([
      'clean',
    ]);
  });

  it('warns of a bad verdict whose finding was withheld, and not of one that did no harm', () => {
    expect(marks('abnormal')).toEqual(['warning']);
    expect(marks('refused', sampleAnomaly({ rule: 'connection-refused', severity: 'info' }))).toEqual([
      'neutral',
    ]);
  });
});
