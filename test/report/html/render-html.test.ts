import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../../src/analyze.ts';
import { renderHtml } from '../../../src/report/html/render-html.ts';
import { handshakeClose, sampleConnection, sampleReport, sampleUpgrade } from '../sample-report.ts';
import { HOSTILE, hostileReport } from './hostile-report.ts';

/** Without scripts and styles: what a failing test prints should be readable. */
const bare = (page: string) => page.replace(/<(script|style)[\s\S]*?<\/\1>/g, '');
const render = (report = sampleReport([handshakeClose(), sampleConnection({ id: 1 })])) =>
  renderHtml(report, { redacted: false });

describe('renderHtml', () => {
  it('says the verdict, the findings and the connections without any script', () => {
    const page = bare(render());
    expect(page).toContain('1 of 2 WebSocket connections has a problem');
    expect(page).toContain('The handler behind the upgrade failed or returned at once');
    expect(page).toContain('frame.number in {6, 8}');
    expect(page).toContain('<tr id="connection-1">');
  });

  it('says whether it was redacted', () => {
    expect(bare(render())).toContain('data-redacted="no"');
    expect(bare(renderHtml(sampleReport([]), { redacted: true }))).toContain('data-redacted="yes"');
  });

  it('allows exactly its own script and style sheet, and names nothing outside of itself', () => {
    const page = render();
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)![1]!;
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(policy).toContain(`script-src ${hash(/<script>([\s\S]*?)<\/script>/.exec(page)![1]!)}`);
    expect(policy).toContain(`style-src ${hash(/<style>([\s\S]*?)<\/style>/.exec(page)![1]!)}`);
    expect(page.match(/(?:src|href)="(?!#|data:)[^"]*"/g)).toBeNull();
    expect(page).not.toMatch(/\sstyle="|\son[a-z]+="/);
  });

  it('lets no string of the capture become markup, or stay invisible', () => {
    const page = renderHtml(hostileReport(), { redacted: false });
    expect(page.match(/<script/g)).toHaveLength(2);
    const own = bare(page);
    expect(own).not.toContain('<img');
    for (const text of HOSTILE.filter((each) => each.includes('<'))) expect(own).not.toContain(text);
    // Of control and invisible characters, only our own line feeds.
    expect(page).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/);
  });

  it('keeps hostile strings as they were in its data, where no markup can come from', () => {
    const page = renderHtml(hostileReport(), { redacted: false });
    const json = /<script type="application\/json" id="data">([\s\S]*?)<\/script>/.exec(page)![1]!;
    expect(json).not.toMatch(/[<>&]/);
    const again = JSON.stringify(JSON.parse(json));
    for (const text of HOSTILE) expect(again).toContain(JSON.stringify(text));
  });

  it('gives the same bytes for the same report', async () => {
    const path = 'fixtures/clean/text-binary-ping.pcap';
    const once = renderHtml(await analyze(path, { activity: true }), { redacted: false });
    expect(renderHtml(await analyze(path, { activity: true }), { redacted: false })).toBe(once);
  });

  it('bounds what stands in the HTML itself', () => {
    const many = Array.from({ length: 3000 }, (_, id) => handshakeClose({ id }));
    const page = bare(render(sampleReport(many)));
    expect(page.length).toBeLessThan(80_000);
    expect(page).toContain('…and 2,950 more connections.');
  });

  it('says what to try where there is no WebSocket', () => {
    const totals = { ...sampleReport([]).totals, tcpConnections: 2 };
    const page = bare(render(sampleReport([], { totals })));
    expect(page).toContain('Start the capture before the client connects');
    expect(page).not.toContain('id="explorer"');
  });

  it('gives filters file by file where a capture is several', () => {
    const report = sampleReport([handshakeClose()]);
    const [capture] = report.captures;
    const page = render({
      ...report,
      captures: [
        { ...capture!, path: 'a.pcap', packets: 6 },
        { ...capture!, path: 'b<.pcap', packets: 6 },
      ],
    });
    expect(page).toContain('Wireshark (a.pcap)</span> <code>frame.number == 6</code>');
    expect(page).toContain('Wireshark (b&lt;.pcap)</span> <code>frame.number == 2</code>');
  });
});

describe('long targets', () => {
  it('are there in full', () => {
    const target = `/${'x'.repeat(5000)}`;
    expect(render(sampleReport([sampleConnection({ upgrade: sampleUpgrade({ target }) })]))).toContain(
      target,
    );
  });
});
