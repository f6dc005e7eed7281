/** What the hosts do with a diagram: Mermaid draws it in a browser. Skipped where there is no Chromium. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sequenceDiagram } from '../../../src/report/markdown/sequence-diagram.ts';
import { HOSTILE } from '../hostile-text.ts';
import { sampleConnection } from '../sample-report.ts';

const CHROMIUM = '/usr/bin/chromium';
const MERMAID = createRequire(import.meta.url).resolve('mermaid/dist/mermaid.min.js');

interface Drawn {
  readonly text: string;
  readonly elements: string[];
}

describe.skipIf(!existsSync(CHROMIUM))('a sequence diagram in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  }, 60_000);
  afterAll(() => browser.close());

  it('shows hostile strings as they are, and does nothing that they say', async () => {
    const timeline = HOSTILE.slice(0, 16).map((detail, i) => ({
      at: '2024-05-01T10:00:00.123456000Z',
      packet: i + 1,
      from: 'client' as const,
      event: 'frame' as const,
      opcode: 'close',
      code: 1000,
      offsetMs: i,
      detail,
    }));
    const diagrams = timeline.map((entry) => sequenceDiagram(sampleConnection({ timeline: [entry] }))!);
    const page = await browser.newPage();
    const trouble: string[] = [];
    page.on('dialog', (dialog) => {
      trouble.push(dialog.message());
      void dialog.dismiss();
    });
    page.on('request', (request) => trouble.push(request.url()));
    page.on('pageerror', (error) => trouble.push(error.message));
    await page.setContent('<!doctype html><body></body>');
    await page.addScriptTag({ content: readFileSync(MERMAID, 'utf8') });
    const drawn = await page.evaluate(async (sources): Promise<Drawn[]> => {
      const { mermaid, document } = globalThis as unknown as {
        mermaid: { render(id: string, source: string): Promise<{ svg: string }> };
        document: {
          body: {
            innerHTML: string;
            textContent: string;
            querySelectorAll(s: string): Iterable<{ tagName: string }>;
          };
        };
      };
      const results: Drawn[] = [];
      for (const [i, source] of sources.entries()) {
        document.body.innerHTML = (await mermaid.render(`m${i}`, source)).svg;
        const elements = Array.from(document.body.querySelectorAll('*'), ({ tagName }) =>
          tagName.toLowerCase(),
        );
        results.push({ text: document.body.textContent, elements: [...new Set(elements)] });
      }
      return results;
    }, diagrams);
    expect(trouble).toEqual([]);
    for (const [i, { text, elements }] of drawn.entries()) {
      expect(
        elements.filter((name) => ['script', 'img', 'iframe', 'a', 'foreignobject'].includes(name)),
      ).toEqual([]);
      // The text of the label is there, character for character.
      expect(text).toContain(`(packet ${i + 1})`);
    }
    expect(drawn[0]!.text).toContain('Close 1000 <script>alert(1)</script>');
    expect(drawn[15]!.text).toContain('#60;img src=x#62;');
  }, 60_000);
});
