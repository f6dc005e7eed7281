import { describe, expect, it } from 'vitest';
import { renderHtml } from '../../src/report/html/render-html.ts';
import { renderMarkdown } from '../../src/report/markdown/markdown.ts';
import type { ConnectionReport } from '../../src/report/model.ts';
import { summaryRows } from '../../src/report/summary.ts';
import { renderTable } from '../../src/report/terminal/table.ts';
import { handshakeClose, sampleConnection, sampleReport, sampleUpgrade } from './sample-report.ts';

function some(count: number, from: number, make: (id: number) => ConnectionReport): ConnectionReport[] {
  return Array.from({ length: count }, (_, i) => make(from + i));
}

const REPORT = sampleReport([
  ...some(4, 0, (id) =>
    handshakeClose({
      id,
      ref: String(id),
      server: { address: '10.0.0.1', port: 9002 },
      upgrade: sampleUpgrade({ target: `/chat/${id}00000` }),
    }),
  ),
  ...some(3, 4, (id) =>
    sampleConnection({ id, ref: String(id), server: { address: '10.0.0.1', port: 9003 } }),
  ),
]);

describe('the summary by server and path', () => {
  it('says of each how its connections ended, the worst first', () => {
    const { rows, more } = summaryRows(REPORT);
    expect(rows.map(({ server, path, severity }) => [server, path, severity])).toEqual([
      ['10.0.0.1:9002', '/chat/{id}', 'error'],
      ['10.0.0.1:9003', '/chat', null],
    ]);
    expect(rows[0]!.text).toBe('all 4 handshake-close: server FIN');
    expect(rows[1]!.text).toBe('all 3 clean');
    expect(more).toBe(null);
  });

  it('is not needed for few connections, or for one server and path', () => {
    expect(summaryRows(sampleReport(REPORT.connections.slice(2))).rows).toEqual([]);
    expect(
      summaryRows(sampleReport(some(9, 0, (id) => sampleConnection({ id, ref: String(id) })))).rows,
    ).toEqual([]);
  });

  it('stands before anything else but the headline', () => {
    const table = renderTable(REPORT, { columns: 100, color: false, ascii: false, all: false });
    expect(table.indexOf('all 4 handshake-close: server FIN')).toBeLessThan(table.indexOf('┌'));
    const markdown = renderMarkdown(REPORT, { maxLength: undefined });
    expect(markdown.indexOf('all 4 handshake-close')).toBeLessThan(markdown.indexOf('#### Findings'));
    expect(renderHtml(REPORT, { redacted: false })).toContain('By server and path');
  });
});
