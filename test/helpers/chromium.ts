/** Debian's Chromium, driven by playwright-core, where it is installed. Knows no network: pages are files. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type BrowserContext, type Page } from 'playwright-core';

const PROGRAM = '/usr/bin/chromium';
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const hasChromium: boolean = existsSync(PROGRAM);

export interface OpenPage {
  readonly page: Page;
  /**
   * Messages of the console, errors of scripts, and requests for anything but the page: there should be none.
   */
  readonly complaints: string[];
}

export class Browser {
  readonly #directory: string = mkdtempSync(join(tmpdir(), 'wscap-chromium-'));
  #context: BrowserContext | null = null;
  #pages = 0;

  async start(): Promise<void> {
    this.#context = await chromium.launchPersistentContext(join(this.#directory, 'profile'), {
      executablePath: PROGRAM,
      args: FLAGS,
      viewport: { width: 1600, height: 1000 },
    });
  }

  /** Opens HTML as a file, as a user does. */
  async open(html: string, fragment = ''): Promise<OpenPage> {
    const path = join(this.#directory, `page-${++this.#pages}.html`);
    writeFileSync(path, html);
    const page = await this.#context!.newPage();
    const complaints: string[] = [];
    const own = pathToFileURL(path).href;
    page.on('console', (message) => complaints.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(own) && !url.startsWith('data:')) complaints.push(`request: ${url}`);
    });
    await page.goto(own + fragment);
    return { page, complaints };
  }

  async stop(): Promise<void> {
    await this.#context?.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
