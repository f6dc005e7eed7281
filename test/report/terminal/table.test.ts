import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth } from '../../../src/report/display-width.ts';
import type { Report } from '../../../src/report/model.ts';
import { renderTable } from '../../../src/report/terminal/table.ts';
import type { TableOptions } from '../../../src/report/terminal/table.ts';
import {
  handshakeClose,
  sampleAcross,
  sampleAnomaly,
  sampleClose,
  sampleConnection,
  sampleReport,
  sampleUpgrade,
} from '../sample-report.ts';
import { sampleTimeline } from '../sample-timeline.ts';

const CONTEXT: TableOptions = { columns: 80, color: false, ascii: false, all: false };
const tableOf = (report: Report, changes: Partial<TableOptions> = {}) =>
  renderTable(report, { ...CONTEXT, ...changes });

const mixed = sampleReport([
  sampleConnection({ id: 0 }),
  handshakeClose({ id: 3, client: { address: '2001:db8:85a3::8a2e:370:7334', port: 54444 } }),
  sampleConnection({
    id: 5,
    verdict: 'rejected',
    upgrade: sampleUpgrade({ status: 403, latencyMs: 12.1, host: '例え.jp', target: '/チャット/💥/room' }),
    anomalies: [
      sampleAnomaly({ rule: 'upgrade-rejected', severity: 'warning', message: 'Refused with 403.' }),
    ],
    notes: [{ code: 'gap', message: '12 bytes from the client were sent but not captured' }],
  }),
]);

describe('renderTable', () => {
  it('looks like this on 80 columns', () => {
    expect(tableOf(mixed)).toMatchInlineSnapshot(`
      "✖ handshake-close and upgrade-rejected on 2 of 3 connections
        dump.pcap: 24 packets, 3.4 kB, 12.3 s from 2024-05-01 10:00:00.123 UTC,
        EN10MB, pcap

      ┌───┬──────────────────────────┬────────────────────────┬──────────┬───────────┐
      │ # │ client → server          │ verdict, closed by     │ upgrade  │ frames    │
      ├───┼──────────────────────────┼────────────────────────┼──────────┼───────────┤
      │ 3 │ [2001:db8:85…7334]:54444 │ ✖ handshake-close      │ 101 in   │ ↑ 0       │
      │   │ → 127.0.0.1:8080         │ server FIN 0.657 ms    │ 1.4 ms   │ ↓ 0       │
      │   │ localhost:8080/chat?…    │ after the 101          │          │ in 2.4 ms │
      ├───┼──────────────────────────┼────────────────────────┼──────────┼───────────┤
      │ 5 │ 127.0.0.1:54321          │ ! rejected             │ 403 in   │ ↑ 4       │
      │   │ → 127.0.0.1:8080         │ client Close 1000,     │ 12 ms    │ ↓ 13      │
      │   │ 例え.jp/チャット/💥/room │ answered, client FIN   │          │ in 3.21 s │
      │   │                          │ first                  │          │           │
      ├───┼──────────────────────────┼────────────────────────┼──────────┼───────────┤
      │ 0 │ 127.0.0.1:54321          │ ✔ clean                │ 101 in   │ ↑ 4       │
      │   │ → 127.0.0.1:8080         │ client Close 1000,     │ 1.4 ms   │ ↓ 13      │
      │   │ localhost:8080/chat?…    │ answered, client FIN   │          │ in 3.21 s │
      │   │                          │ first                  │          │           │
      └───┴──────────────────────────┴────────────────────────┴──────────┴───────────┘
      # is Wireshark’s tcp.stream; ↑ from client to server, ↓ from server to client

      1 error, 1 warning

      ✖ error: handshake-close on connection 3
        The server answered 101 in packet 6 and sent FIN 0.657 ms later in packet 8,
        with no frame from either side. The handler behind the upgrade failed or
        returned at once: look at the log of "aiohttp" at that moment.
        packets 6 and 8 at 10:00:00.130 UTC   Wireshark: frame.number in {6, 8}
        wscap explain handshake-close

      ! warning: upgrade-rejected on connection 5
        Refused with 403.
        packets 6 and 8 at 10:00:00.130 UTC   Wireshark: frame.number in {6, 8}
        wscap explain upgrade-rejected

      Notes: what limits this analysis
      · gap (connection 5): 12 bytes from the client were sent but not captured
      "
    `);
  });

  it('looks like this on 40 columns', () => {
    expect(tableOf(sampleReport([handshakeClose()]), { columns: 40 })).toMatchInlineSnapshot(`
      "✖ handshake-close on the only WebSocket:
        server FIN 0.657 ms after the 101
        dump.pcap: 24 packets, 3.4 kB, 12.3 s
        from 2024-05-01 10:00:00.123 UTC,
        EN10MB, pcap

      #0 ✖ handshake-close
        server FIN 0.657 ms after the 101
        127.0.0.1:54321
        → 127.0.0.1:8080
        localhost:8080/chat?room=1
        101 in 1.4 ms, ↑ 0, ↓ 0, 2.4 ms
      # is Wireshark’s tcp.stream; ↑ from
      client to server, ↓ from server to
      client

      1 error

      ✖ error: handshake-close on connection 0
        The server answered 101 in packet 6
        and sent FIN 0.657 ms later in packet
        8, with no frame from either side. The
        handler behind the upgrade failed or
        returned at once: look at the log of
        "aiohttp" at that moment.
        packets 6 and 8 at 10:00:00.130 UTC
        Wireshark: frame.number in {6, 8}
        wscap explain handshake-close
      "
    `);
  });

  it('gives each fact a column of its own where there is room', () => {
    const header = tableOf(mixed, { columns: 200 })
      .split('\n')
      .find((line) => line.includes('verdict'));
    expect(header!.split('│').map((cell) => cell.trim())).toEqual([
      '',
      '#',
      'client',
      'server',
      'target',
      'verdict',
      'upgrade',
      'frames',
      'lasted',
      'closed by',
      '',
    ]);
  });

  it('is never wider than the terminal, whatever its width', () => {
    for (let columns = 40; columns <= 240; columns++) {
      for (const line of tableOf(mixed, { columns }).split('\n')) {
        expect(displayWidth(line), `${columns}: ${line}`).toBeLessThanOrEqual(columns);
      }
    }
  });

  it('is not stretched on a very wide terminal', () => {
    expect(tableOf(mixed, { columns: 1000 })).toBe(tableOf(mixed, { columns: 300 }));
  });

  it('takes 80 columns where the terminal does not know, and survives very few', () => {
    expect(tableOf(mixed, { columns: 0 })).toBe(tableOf(mixed));
    expect(tableOf(mixed, { columns: undefined })).toBe(tableOf(mixed));
    expect(tableOf(mixed, { columns: 1 })).toContain('handshake-close');
  });

  it('draws every border where it belongs around wide characters', () => {
    const lines = tableOf(mixed)
      .split('\n')
      .filter((line) => line.startsWith('│'));
    expect(new Set(lines.map(displayWidth)).size).toBe(1);
  });

  it('puts problems first and folds many clean connections into a count', () => {
    const clean = Array.from({ length: 41 }, (_, id) => sampleConnection({ id }));
    const text = tableOf(sampleReport([...clean, handshakeClose({ id: 41 })]));
    expect(text).toContain('…and 41 clean connections (--all shows them)');
    expect(text.match(/✔ clean/g)).toBeNull();
    expect(tableOf(sampleReport(clean), { all: true }).match(/✔ clean/g)).toHaveLength(41);
  });

  it('shows a few connections even if all are clean', () => {
    const text = tableOf(sampleReport(Array.from({ length: 41 }, (_, id) => sampleConnection({ id }))));
    expect(text.match(/✔ clean/g)).toHaveLength(5);
    expect(text).toContain('…and 36 clean connections (--all shows them)');
  });

  it('stays short however many connections have a problem', () => {
    const connections = Array.from({ length: 5000 }, (_, id) => handshakeClose({ id }));
    const text = tableOf(sampleReport(connections));
    expect(text).toContain('…and 4,997 handshake-close connections (--all shows them)');
    expect(text.split('\n').length).toBeLessThan(50);
  });

  it('does not let many of one kind hide one of another', () => {
    const many = Array.from({ length: 500 }, (_, id) => handshakeClose({ id }));
    const rare = sampleConnection({
      id: 500,
      verdict: 'abnormal',
      anomalies: [sampleAnomaly({ rule: 'abnormal-closure' })],
    });
    const text = tableOf(sampleReport([...many, rare]));
    expect(text.match(/│ ✖ handshake-close/g)).toHaveLength(3);
    expect(text.match(/│ ✖ abnormal/g)).toHaveLength(1);
    const few = tableOf(sampleReport(many.slice(0, 8)));
    expect(few.match(/│ ✖ handshake-close/g)).toHaveLength(8);
  });

  it('draws no lines between rows of one line each', () => {
    const connections = Array.from({ length: 45 }, (_, id) => sampleConnection({ id }));
    for (const [ascii, frame] of [
      [false, /^[┌├└]/],
      [true, /^\+-/],
    ] as const) {
      const lines = tableOf(sampleReport(connections), { columns: 200, all: true, ascii }).split('\n');
      const isFrame = lines.slice(3, 51).map((line) => frame.test(line));
      expect(isFrame.flatMap((is, i) => (is ? [i] : []))).toEqual([0, 2]);
      expect(lines.filter((line) => frame.test(line))).toHaveLength(3);
    }
  });

  it('says the answer again below a report that is longer than the screen', () => {
    const report = sampleReport([handshakeClose()]);
    const headline = '✖ handshake-close on the only WebSocket: server FIN 0.657 ms after the 101';
    const said = (rows?: number) => tableOf(report, { rows }).split(headline).length - 1;
    expect([said(), said(0), said(500), said(10)]).toEqual([1, 1, 1, 2]);
    expect(tableOf(report, { rows: 10 }).endsWith(`\n\n${headline}\n`)).toBe(true);
  });

  it('draws the worst finding as a ladder, and with --all one of each kind', () => {
    const close = handshakeClose({ id: 0, timeline: sampleTimeline() });
    const slow = sampleAnomaly({ rule: 'slow-upgrade', severity: 'warning' });
    const other = sampleConnection({ id: 1, timeline: sampleTimeline(), anomalies: [slow] });
    const ladders = (all: boolean) =>
      tableOf(sampleReport([close, other]), { all }).match(/^ +packet {2}ms from 101/gm);
    expect([ladders(false)!.length, ladders(true)!.length]).toEqual([1, 2]);
    const info = sampleConnection({
      timeline: sampleTimeline(),
      anomalies: [sampleAnomaly({ severity: 'info' })],
    });
    expect(tableOf(sampleReport([info]))).not.toContain('ms from 101');
  });

  it('draws what happened on the first connection of a finding across several', () => {
    const connections = [1, 2].map((id) => sampleConnection({ id, timeline: sampleTimeline() }));
    const across = sampleAcross([1, 2], { rule: 'mass-disconnect', packets: [8, 44] });
    const text = tableOf(sampleReport(connections, { anomalies: [across] }));
    expect(text).toContain('  connection 1:\n');
    expect(text).toMatch(/^ {2}▸ +8 /m);
    expect(text.match(/^ {2}▸ +\d/gm)).toHaveLength(1);
  });

  it('draws a thousand rows as one table, in time that does not grow with their square', () => {
    const connections = Array.from({ length: 1000 }, (_, id) => sampleConnection({ id }));
    const text = tableOf(sampleReport(connections), { all: true });
    expect(text.match(/^┌/gm)).toHaveLength(1);
    expect(text.match(/^└/gm)).toHaveLength(1);
    // Head and rows, each but the last with a line below it.
    expect(text.match(/^├/gm)).toHaveLength(1000);
    expect(new Set(text.match(/^├.*$/gm)).size).toBe(1);
  });

  it('names the rule beside a verdict that does not tell it', () => {
    const slow = sampleAnomaly({ rule: 'slow-upgrade', severity: 'warning' });
    const silent = sampleAnomaly({ rule: 'silent-after-upgrade', severity: 'warning' });
    expect(tableOf(sampleReport([sampleConnection({ anomalies: [slow, silent] })]))).toContain(
      'slow-upgrade +1',
    );
  });

  it('says everything without colour and in ASCII', () => {
    const text = tableOf(mixed, { ascii: true });
    expect(text).toMatch(/^[\x20-\x7e\n]*$/);
    expect(text).toContain('| x handshake-close');
    expect(text).toContain('! warning: upgrade-rejected on connection 5');
  });

  it('has the same words with and without colour', () => {
    const colored = tableOf(mixed, { color: true });
    expect(colored).toContain('\u001b[');
    expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(tableOf(mixed));
  });

  it('lets nothing from the wire or the file name act on the terminal', () => {
    const hostile = fc.string({ unit: 'binary', maxLength: 30 });
    fc.assert(
      fc.property(hostile, fc.integer({ min: 24, max: 200 }), (text, columns) => {
        const report = sampleReport([
          handshakeClose({
            upgrade: sampleUpgrade({ target: text, host: text }),
            close: sampleClose({ clientCode: 4000, clientReason: text }),
            anomalies: [sampleAnomaly({ message: text })],
            notes: [{ code: 'gap', message: text }],
          }),
        ]);
        report.captures[0]!.path = text;
        const lines = tableOf(report, { columns }).split('\n').join('');
        expect(lines).not.toMatch(
          /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/u,
        );
      }),
      // A character that string-width takes for wider than it is.
      { numRuns: 100, examples: [['\u0000\u0000\u{1f3f8}\ufe20\u{40000}', 55]] },
    );
  });
});
