/** The page in a browser: what a reader does with it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyze } from '../../../src/analyze.ts';
import { renderHtml } from '../../../src/report/html/render-html.ts';
import type { ConnectionReport, Report } from '../../../src/report/model.ts';
import { Browser, hasChromium } from '../../helpers/chromium.ts';
import { handshakeClose, sampleConnection, sampleReport } from '../sample-report.ts';
import { hostileReport } from './hostile-report.ts';

const browser = new Browser();
const open = (report: Report, fragment?: string) =>
  browser.open(renderHtml(report, { redacted: false }), fragment);

/** Every tenth has a problem. */
function connections(count: number): ConnectionReport[] {
  return Array.from({ length: count }, (_, id) => {
    const seconds = String(id % 60).padStart(2, '0');
    const minutes = String(Math.floor(id / 60) % 60).padStart(2, '0');
    const openedAt = `2024-05-01T10:${minutes}:${seconds}.123456000Z`;
    const client = { address: `10.0.${id >> 8}.${id & 255}`, port: 40_000 };
    const lifecycle = [{ state: 'open', packet: 6, at: openedAt }];
    const changes = { id, openedAt, client, lifecycle };
    return id % 10 === 0 ? handshakeClose(changes) : sampleConnection(changes);
  });
}

// A browser on a machine that others use as well takes its time.
describe.skipIf(!hasChromium)('the page', { timeout: 60_000 }, () => {
  beforeAll(() => browser.start(), 60_000);
  afterAll(() => browser.stop());

  it('opens the only connection by itself, and asks nobody for anything', async () => {
    const report = await analyze('fixtures/clean/fragments-with-ping.pcap', { activity: true });
    const { page, complaints } = await open(report);
    expect(await page.textContent('h1')).toContain('Closed cleanly');
    expect(await page.isVisible('.detail')).toBe(true);
    expect(await page.textContent('.frames')).toContain('ping');
    // What the clock said stands beside each offset.
    const { offsetMs } = report.connections[0]!.timeline[0]!;
    expect(offsetMs).toBe(0);
    expect(await page.locator('.ladder .time').first().textContent()).toMatch(/^\d\d:\d\d:\d\d\.\d{6}−/);
    expect(await page.locator('.ladder .clock').first().textContent()).toBe(
      report.connections[0]!.openedAt.slice(11, 26),
    );
    expect(await page.locator('.worst').isVisible()).toBe(false);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('opens a connection by a click, the next one by a button, and closes it by Escape', async () => {
    const { page, complaints } = await open(sampleReport(connections(30)));
    await page.locator('.lane', { hasText: '#10' }).click({ position: { x: 60, y: 10 } });
    expect(await page.textContent('#detail-title')).toContain('Connection #10');
    expect(await page.textContent('.ending')).toContain('The server ended the connection with FIN 0.657 ms');
    await page.click('[aria-label="Next connection"]');
    expect(await page.textContent('#detail-title')).toContain('Connection #20');
    await page.keyboard.press('Escape');
    expect(await page.isVisible('.detail')).toBe(false);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('is worked by keys alone: search, choose, zoom, open', async () => {
    const { page, complaints } = await open(sampleReport(connections(30)));
    await page.keyboard.press('/');
    await page.keyboard.type('handshake-close');
    expect(await page.textContent('.bar .count')).toBe('3 of 30');
    await page.focus('.lanes');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => page.getAttribute('.lanes', 'aria-activedescendant')).toBe('lane-1');
    const ticks = await page.textContent('.ticks');
    await page.keyboard.press('z');
    expect(await page.textContent('.ticks')).not.toBe(ticks);
    await page.keyboard.press('0');
    expect(await page.textContent('.ticks')).toBe(ticks);
    await page.keyboard.press('Enter');
    expect(await page.textContent('#detail-title')).toContain('Connection #10');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('filters by rule, address and severity, and says how many are left', async () => {
    const { page, complaints } = await open(sampleReport(connections(40)));
    const count = page.locator('.bar .count');
    await page.selectOption('#filter-rule', 'handshake-close');
    expect(await count.textContent()).toBe('4 of 40');
    await page.fill('#filter-address', '10.0.0.20:');
    expect(await count.textContent()).toBe('1 of 40');
    await page.click('.clear');
    expect(await count.textContent()).toBe('40 shown');
    await page.click('.pill:has-text("none")');
    expect(await count.textContent()).toBe('4 of 40');
    await page.click('.pill:has-text("error")');
    expect(await page.isVisible('.lane-view .empty')).toBe(true);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('zooms by the wheel where the pointer is, moves by dragging, and shows the same in a table', async () => {
    const { page, complaints } = await open(sampleReport(connections(30)));
    const ticks = () => page.textContent('.ticks');
    const before = await ticks();
    const lanes = (await page.locator('.lanes').boundingBox())!;
    await page.mouse.move(lanes.x + 800, lanes.y + 40);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -600);
    await page.keyboard.up('Control');
    await expect.poll(ticks).not.toBe(before);
    const zoomed = await ticks();
    await page.mouse.down();
    await page.mouse.move(lanes.x + 500, lanes.y + 40, { steps: 4 });
    await page.mouse.up();
    expect(await ticks()).not.toBe(zoomed);
    expect(await page.isVisible('.detail')).toBe(false);
    await page.click('button:has-text("Table")');
    expect(await page.locator('.table-view tbody tr').count()).toBe(30);
    await page.click('.table-view button[aria-label="Open connection 0"]');
    expect(await page.textContent('#detail-title')).toContain('#0');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('follows links to a connection and to what a rule was found on', async () => {
    const { page, complaints } = await open(sampleReport(connections(300)), '#connection-17');
    expect(await page.textContent('#detail-title')).toContain('Connection #17');
    await page.click('a[href="#rule-handshake-close"]');
    expect(await page.textContent('.bar .count')).toBe('30 of 300');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('turns dark and light by its button, and copies a filter', async () => {
    const { page, complaints } = await open(sampleReport([handshakeClose()]));
    const ground = () => page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor');
    await page.emulateMedia({ colorScheme: 'light' });
    const light = await ground();
    await page.click('#theme');
    expect(await ground()).toBe(light);
    await page.click('#theme');
    expect(await ground()).not.toBe(light);
    const copy = page.locator('.findings .copy').first();
    await copy.click();
    await expect.poll(() => copy.textContent()).toBe('Copied');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('shows hostile strings, and does nothing that they say', async () => {
    const { page, complaints } = await open(hostileReport());
    expect(await page.evaluate(`'hacked' in window`)).toBe(false);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.textContent('.detail')).toContain('<script>window.hacked = 1</script>');
    expect(await page.textContent('.detail')).toContain('\\u{202e}gnp.exe');
    expect(await page.textContent('body')).not.toMatch(/[\u200b-\u200f\u2028-\u202e\u2066-\u2069]/);
    await page.click('button:has-text("Keys"), summary:has-text("Keys")');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('runs nothing but its own script, even if markup got in', async () => {
    const { page, complaints } = await open(sampleReport([handshakeClose()]));
    await page.evaluate(
      `document.body.insertAdjacentHTML('beforeend', '<img src="data:," onerror="window.hacked = 1">')`,
    );
    await expect.poll(() => complaints.join()).toContain('Content Security Policy');
    expect(await page.evaluate(`'hacked' in window`)).toBe(false);
    await page.close();
  });

  it('is readable without scripts', async () => {
    const html = renderHtml(sampleReport(connections(30)), { redacted: false });
    const { page } = await browser.open(html.replaceAll('<script>', '<script type="off">'));
    expect(await page.isVisible('h1')).toBe(true);
    expect(await page.locator('.worst tbody tr').count()).toBe(30);
    expect(await page.isVisible('.worst')).toBe(true);
    expect(await page.isVisible('button.copy')).toBe(false);
    await page.close();
  });

  it('shows 10,000 connections with a few rows, and scrolls and filters them', async () => {
    const { page, complaints } = await open(sampleReport(connections(10_000)));
    await page.waitForSelector('.lane');
    expect(await page.locator('.lane').count()).toBeLessThan(60);
    await page.focus('.lanes');
    await page.keyboard.press('End');
    await page.waitForSelector('#lane-9999');
    expect(await page.locator('#lane-9999').getAttribute('aria-setsize')).toBe('10000');
    await page.fill('#filter-text', '10.0.4.7');
    // 10.0.4.7 and 10.0.4.70 to 79.
    expect(await page.textContent('.bar .count')).toBe('11 of 10,000');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('has no horizontal scroll on a narrow screen, and puts a connection in the place of the list', async () => {
    const { page, complaints } = await open(sampleReport(connections(30)));
    await page.setViewportSize({ width: 390, height: 844 });
    const overflow = () => page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect(await overflow()).toBe(0);
    await page.locator('#lane-2').click();
    expect(await page.isVisible('.lanes')).toBe(false);
    expect(await overflow()).toBe(0);
    await page.click('.close');
    expect(await page.isVisible('.lanes')).toBe(true);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
