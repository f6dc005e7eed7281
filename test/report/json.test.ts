import { describe, expect, it } from 'vitest';
import { renderJson } from '../../src/report/json.ts';
import { handshakeClose, sampleClose, sampleConnection, sampleReport } from './sample-report.ts';

const jsonOf = (report: Parameters<typeof renderJson>[0]) => [...renderJson(report)].join('');

describe('renderJson', () => {
  it('is what JSON.stringify writes with an indent of two, and a line feed', () => {
    for (const report of [sampleReport([]), sampleReport([sampleConnection(), handshakeClose({ id: 1 })])]) {
      expect(jsonOf(report)).toBe(`${JSON.stringify(report, null, 2)}\n`);
    }
  });

  it('is the same text each time', () => {
    const report = sampleReport([handshakeClose()]);
    expect(jsonOf(report)).toBe(jsonOf(structuredClone(report)));
  });

  it('escapes what a terminal would obey, and a parser gets it back', () => {
    const reason = '\u001b[2J\u009b\u202eevil\u2028\u{e0041}\ud800';
    const report = sampleReport([sampleConnection({ close: sampleClose({ clientReason: reason }) })]);
    const json = jsonOf(report);
    expect(json).toContain('"\\u001b[2J\\u009b\\u202eevil\\u2028\\udb40\\udc41\\ud800"');
    expect(JSON.parse(json)).toEqual(report);
  });

  it('comes in pieces no larger than a connection', () => {
    const report = sampleReport(Array.from({ length: 100 }, (_, id) => handshakeClose({ id })));
    const longest = Math.max(...Array.from(renderJson(report), (chunk) => chunk.length));
    expect(longest).toBeLessThan(10_000);
  });
});
