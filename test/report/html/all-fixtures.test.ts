/** Everything that the page computes without a browser, on every connection of every fixture. */
import { describe, expect, it } from 'vitest';
import { analyze } from '../../../src/analyze.ts';
import { CaptureError } from '../../../src/capture/capture-error.ts';
import { encodePage } from '../../../src/report/html/encode-page.ts';
import { handshakeChecks } from '../../../src/report/html/handshake-checks.ts';
import { ladderOf } from '../../../src/report/html/sequence-steps.ts';
import { laneShapes } from '../../../src/report/html/lane-shapes.ts';
import { renderHtml } from '../../../src/report/html/render-html.ts';
import { Rows } from '../../../src/report/html/rows.ts';
import type { Report } from '../../../src/report/model.ts';
import { capturesUnder, FIXTURES } from '../../helpers/captures.ts';

async function reportOf(path: string): Promise<Report | null> {
  try {
    return await analyze(path, { activity: true });
  } catch (error) {
    if (error instanceof CaptureError) return null;
    throw error;
  }
}

describe('every fixture', () => {
  it('becomes a page whose lanes, ladders and checks hold together', { timeout: 60_000 }, async () => {
    let connections = 0;
    for (const path of capturesUnder(FIXTURES)) {
      const report = await reportOf(path);
      if (report === null) continue;
      expect(renderHtml(report, { redacted: false }).startsWith('<!doctype html>'), path).toBe(true);
      const rows = new Rows(encodePage(report));
      expect(rows.all.length, path).toBe(report.connections.length);
      for (const row of rows.all) {
        connections++;
        const connection = rows.connection(row.index);
        const { life, frames, end, findings } = laneShapes(connection);
        const times = [...frames.map(({ at }) => at), end.at, ...findings.map(({ at }) => at)];
        expect(times.every(Number.isFinite), path).toBe(true);
        expect(life === null || life.to >= life.from, path).toBe(true);
        const arrows = ladderOf(connection).filter((step) => step.kind === 'arrow');
        expect(arrows.length, path).toBeLessThanOrEqual(61);
        if (connection.upgrade !== null)
          expect(handshakeChecks(connection.upgrade).length).toBeGreaterThan(0);
        expect(rows.searchText(row)).toContain(`#${row.id}`);
      }
    }
    expect(connections).toBeGreaterThan(300);
  });
});
