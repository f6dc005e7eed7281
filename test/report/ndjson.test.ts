import { describe, expect, it } from 'vitest';
import { renderJson } from '../../src/report/json.ts';
import type { ConnectionReport, Report } from '../../src/report/model.ts';
import { renderNdjson } from '../../src/report/ndjson.ts';
import { sampleConnection, sampleReport } from './sample-report.ts';

type Line = { type: 'connection' | 'report' } & Partial<Report & ConnectionReport>;

function linesOf(report: Report): string[] {
  const text = [...renderNdjson(report)].join('');
  expect(text.endsWith('\n')).toBe(true);
  return text.slice(0, -1).split('\n');
}

describe('the report as lines', () => {
  it('is the JSON report, connection by connection, and the rest as the last line', () => {
    const report = sampleReport([sampleConnection(), sampleConnection({ id: 1 })]);
    const lines = linesOf(report).map((line) => JSON.parse(line) as Line);
    const whole = JSON.parse([...renderJson(report)].join('')) as Report;
    const connections = lines.slice(0, -1).map(({ type, ...connection }) => {
      expect(type).toBe('connection');
      return connection;
    });
    const { type, ...rest } = lines.at(-1)!;
    expect(type).toBe('report');
    expect({ ...rest, connections }).toEqual(whole);
  });

  it('keeps to one line each, whatever the wire says', () => {
    const report = sampleReport([sampleConnection(), sampleConnection({ id: 1 })]);
    const [first] = report.connections;
    const hostile = '\n\r\u2028\u2029\u0000\u001b[2J\u202e';
    const lines = linesOf({
      ...report,
      connections: [{ ...first!, notes: [{ code: 'mid-stream', message: hostile }] }],
    });
    expect(lines).toHaveLength(2);
    expect(lines[0]).not.toMatch(/[\r\u2028\u2029\u0000\u001b\u202e]/);
    expect((JSON.parse(lines[0]!) as Line).notes?.[0]?.message).toBe(hostile);
  });
});
