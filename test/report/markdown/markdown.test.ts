import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import mermaid from 'mermaid';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../../src/analyze.ts';
import { CaptureError } from '../../../src/capture/capture-error.ts';
import { renderMarkdown } from '../../../src/report/markdown/markdown.ts';
import type { ConnectionReport, Report, TimelineEntry } from '../../../src/report/model.ts';
import { HOSTILE_ALL } from '../hostile-text.ts';
import {
  handshakeClose,
  sampleAnomaly,
  sampleCapture,
  sampleClose,
  sampleConnection,
  sampleReport,
  sampleUpgrade,
} from '../sample-report.ts';
import { diagramsOf, elementsOf, render, textOf } from './rendered.ts';

const markdown = (report: Report, maxLength?: number) => renderMarkdown(report, { maxLength });

/** All that Markdown and our own folds are made of. */
const ELEMENTS = [
  'blockquote',
  'b',
  'br',
  'code',
  'details',
  'em',
  'h3',
  'h4',
  'hr',
  'li',
  'p',
  'pre',
  'strong',
  'summary',
  'table',
  'tbody',
  'td',
  'th',
  'thead',
  'tr',
  'ul',
];

/** One of each folder: some of every kind of trouble. */
const captures = readdirSync('fixtures', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) =>
    readdirSync(join('fixtures', name))
      .filter((file) => /\.(pcap|pcapng)(\.gz)?$/.test(file))
      .sort()
      .slice(0, 1)
      .map((file) => join('fixtures', name, file)),
  );

const steps: TimelineEntry[] = Array.from({ length: 12 }, (_, i) => ({
  at: '2024-05-01T10:00:00.123456000Z',
  packet: i + 4,
  from: i % 2 === 0 ? 'client' : 'server',
  event: 'frame',
  opcode: i % 3 === 0 ? 'text' : 'ping',
  length: 10,
  offsetMs: i,
}));

function many(count: number, changes: Partial<ConnectionReport> = {}): Report {
  return sampleReport(
    Array.from({ length: count }, (_, id) => handshakeClose({ id, timeline: steps, ...changes })),
  );
}

describe('renderMarkdown', () => {
  it('says in the first line what happened', () => {
    expect(markdown(sampleReport([handshakeClose()])).split('\n')[0]).toBe(
      '### ❌ handshake-close: The server answered 101 in packet 6 and sent FIN 0.657 ms later in packet 8, with no frame from either side',
    );
    expect(markdown(sampleReport([handshakeClose(), sampleConnection({ id: 1 })])).split('\n')[0]).toMatch(
      /^### ❌ handshake-close: .* \(on connection 0, one of 2\)$/,
    );
    expect(markdown(many(3)).split('\n')[0]).toBe(
      '### ❌ All 3 WebSocket connections have a problem: 3 × handshake-close (`dump.pcap`)',
    );
    expect(markdown(sampleReport([sampleConnection()])).split('\n')[0]).toBe(
      '### ✅ The only WebSocket connection is clean: client Close 1000, answered, client FIN first (`dump.pcap`)',
    );
    expect(markdown(sampleReport([])).split('\n')[0]).toContain('no');
  });

  it('says who closed first, how, and when from the 101, with the packet and a filter for Wireshark', () => {
    const text = markdown(sampleReport([handshakeClose()]));
    expect(text).toContain('| **Closed first by** | **server**, FIN, 0.657 ms after the 101 (packet 8) |');
    expect(text).toContain('`tcp.stream == 0`, the evidence: `frame.number in {6, 8}`');
    expect(text).toContain('(`wscap explain handshake-close`)');
  });

  it('names the tool and the SHA-256 of the capture, or says that it is not known', () => {
    const digest = 'a'.repeat(64);
    const known = sampleReport([sampleConnection()], { captures: [sampleCapture({ sha256: digest })] });
    expect(markdown(known)).toContain(`SHA-256 \`${digest}\``);
    expect(markdown(sampleReport([], { captures: [sampleCapture({ path: '-', sha256: null })] }))).toContain(
      '`standard input`: 24 packets, 3.4 kB, 12.3 s, from 2024-05-01 10:00:00.123 UTC, EN10MB, pcap. SHA-256 not known',
    );
    expect(markdown(known)).toContain('wscap 0.1.0');
  });

  it('does not say where the capture lay', () => {
    const report = sampleReport([handshakeClose()], {
      captures: [sampleCapture({ path: '/home/alice/acme/dump.pcap' })],
    });
    expect(markdown(report)).not.toContain('alice');
  });

  it('says what was redacted, or that nothing was', () => {
    const redaction = { secrets: true, addresses: true, keyed: false, values: 2 };
    expect(markdown(sampleReport([], { redaction }))).toContain(
      '2 values (cookies, credentials, query values) are redacted',
    );
    expect(markdown(sampleReport([], { redaction }))).toContain('Addresses are replaced');
    expect(markdown(sampleReport([]))).toContain('Nothing is redacted');
  });

  it.each([1000, 2000, 8000, 32_000, 60_000])(
    'stays under %i characters, and says what it left out',
    (maxLength) => {
      for (const count of [1, 30, 300]) {
        const text = markdown(many(count), maxLength);
        expect(text.length).toBeLessThanOrEqual(maxLength);
        expect(text.startsWith('### ❌')).toBe(true);
        if (count === 300)
          expect(text).toMatch(
            /\*Left out to stay under [\d,]+ characters: .*the details of 280 more connections/,
          );
        // Every fold that begins also ends.
        expect(text.match(/<details>/g)?.length).toBe(text.match(/<\/details>/g)?.length);
      }
    },
  );

  it('stays under it, and lets nothing loose, where names are all that there is', () => {
    const path = '`<img src=x>\u202e|'.repeat(30);
    const captures = Array.from({ length: 8 }, () => sampleCapture({ path }));
    const anomaly = sampleAnomaly({ message: '@a $x <img src=y> '.repeat(200) });
    for (let maxLength = 1000; maxLength < 9000; maxLength += 97) {
      const text = markdown(
        sampleReport([handshakeClose({ anomalies: [anomaly] })], { captures }),
        maxLength,
      );
      expect(text.length).toBeLessThanOrEqual(maxLength);
      expect(elementsOf(render(text))).not.toContain('img');
    }
  });

  it('cuts the least important first', () => {
    const text = markdown(many(30), 6000);
    expect(text).toContain('| **Closed first by** |');
    expect(text).toContain('#### Findings');
    expect(text).toContain('```mermaid');
    expect(text).toContain('#### Connections');
    expect(text).not.toContain('Connection 19');
  });

  it('tells each kind of problem in full before the second of any', () => {
    const other = sampleConnection({
      id: 300,
      verdict: 'abnormal',
      timeline: steps,
      anomalies: [sampleAnomaly({ rule: 'abnormal-closure' })],
    });
    const text = markdown({ ...many(300), connections: [...many(300).connections, other] });
    expect(text).toContain('<b>Connection 300</b>');
    expect(text).toContain('**abnormal-closure** on connection 300');
  });

  it('shows hostile strings and does nothing that they say', async () => {
    const anomaly = sampleAnomaly({ message: `${HOSTILE_ALL}. Look.`, rule: 'handshake-close' });
    const connection = handshakeClose({
      upgrade: sampleUpgrade({
        method: HOSTILE_ALL,
        target: HOSTILE_ALL,
        host: HOSTILE_ALL,
        subprotocol: HOSTILE_ALL,
        extensions: HOSTILE_ALL,
        requestHeaders: [{ name: HOSTILE_ALL, value: HOSTILE_ALL }],
        responseHeaders: [{ name: 'Server', value: HOSTILE_ALL }],
      }),
      close: sampleClose({
        clientCode: 1000,
        clientReason: HOSTILE_ALL,
        serverCode: 1001,
        serverReason: HOSTILE_ALL,
      }),
      timeline: steps.map((step) => ({ ...step, detail: HOSTILE_ALL })),
      anomalies: [anomaly],
      notes: [{ code: 'gap', message: HOSTILE_ALL }],
    });
    const path = `dir/${HOSTILE_ALL.replaceAll('/', '')}`;
    for (const connections of [[connection], [connection, { ...connection, id: 1 }]]) {
      const text = markdown(
        sampleReport(connections, {
          captures: [sampleCapture({ path })],
          notes: [{ code: 'x', message: HOSTILE_ALL }],
        }),
      );
      const html = render(text);
      expect(elementsOf(html).filter((name) => !ELEMENTS.includes(name))).toEqual([]);
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      expect(html).not.toMatch(/href|onerror=[^&]*>/i);
      for (const diagram of diagramsOf(text)) await mermaid.parse(diagram);
      const prose = html.replace(/<(code|pre)[^>]*>.*?<\/\1>/gs, '');
      for (const each of prose.split(/<[^>]*>/))
        expect(each).not.toMatch(/@octocat|#1|!2|:\/\/|www\.e|someone@e/);
    }
  });

  it.each(captures)('is good Markdown, with diagrams that can be drawn, for %s', async (path) => {
    let report: Report;
    try {
      report = await analyze(path);
    } catch (error) {
      if (error instanceof CaptureError) return;
      throw error;
    }
    const text = markdown(report);
    expect(text.length).toBeLessThanOrEqual(60_000);
    const html = render(text);
    expect(elementsOf(html).filter((name) => !ELEMENTS.includes(name))).toEqual([]);
    // A table that is not recognised would show its pipes, and an unknown value would show as such.
    expect(textOf(html.replace(/<(code|pre)[^>]*>.*?<\/\1>/gs, ''))).not.toMatch(/^\|/m);
    expect(text).not.toMatch(/\b(?:undefined|NaN|\[object)\b/);
    const diagrams = diagramsOf(text);
    for (const diagram of diagrams) {
      expect(diagram.length).toBeLessThan(2000);
      await mermaid.parse(diagram);
    }
    const isBad = report.connections.some(({ anomalies }) =>
      anomalies.some(({ severity }) => severity !== 'info'),
    );
    if (isBad) expect(diagrams.length).toBeGreaterThan(0);
  });
});
