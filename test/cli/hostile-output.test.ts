/**
 * A capture in which every string tries to be a command or markup, through every format: what comes out is
 * searched for what a terminal, a browser or a parser would obey, and shown to real ones, where they are installed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CaptureWriter } from '../fuzz/capture-writer.ts';
import { Browser, hasChromium } from '../helpers/chromium.ts';
import { switchingProtocols, upgradeRequest } from '../helpers/handshakes.ts';
import { render } from '../report/markdown/rendered.ts';
import { PROGRAM, wscap, type Outcome } from './run-wscap.ts';

const SCRIPT = '"><script>document.title="owned"</script><img src=x onerror=\'document.title="owned"\'>';
const TERMINAL = '\x1b[2J\x1b]0;owned\x07\x1b]8;;http://evil\x1b\\\x1b[31m\x1b[?1049h\x1bc\x9b31m\x07\b\x7f';
const BIDI = '\u202egnp.exe\u2066\u200b\u2028\ufeff';
const MARKDOWN = '| a | [x](javascript:owned) ![x](http://evil/x.png) ``` </details> @owned';
const XML = ']]> <!-- &x; <![CDATA[ \x00\x01\x0b\ufffe \ud7ff';
const GITHUB = '%0A::error::owned';
const ALL = [SCRIPT, TERMINAL, BIDI, MARKDOWN, XML, GITHUB].join(' ');
/** On the wire as UTF-8; a head's line has no CR, LF or NUL. */
const LINE = Buffer.from(ALL.replace(/[\r\n\0]/g, '')).toString('latin1');

/** C0 but line feed, DEL, C1, bidi and invisible characters: what no output may hold. */
const OBEYED = /[\0-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]/;

const folder = mkdtempSync(join(tmpdir(), 'wscap-hostile-'));
const capture = join(folder, 'evil.pcap');
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A frame of the server. */
function frame(first: number, payload: Buffer): Buffer {
  const header = Buffer.from([first, 126, payload.length >> 8, payload.length & 0xff]);
  return Buffer.concat([payload.length < 126 ? Buffer.from([first, payload.length]) : header, payload]);
}

beforeAll(() => {
  const writer = new CaptureWriter()
    .open()
    .send(
      0,
      'PA',
      upgradeRequest(
        `/${LINE.replaceAll(' ', '+')}`,
        `Origin: ${LINE}`,
        `X-A: ${LINE}`,
        `Sec-WebSocket-Protocol: ${LINE}`,
      ),
    )
    .send(
      1,
      'PA',
      switchingProtocols(
        `Server: ${LINE}`,
        `Sec-WebSocket-Protocol: ${LINE}`,
        `Sec-WebSocket-Extensions: ${LINE}`,
      ),
    )
    .send(1, 'PA', frame(0x81, Buffer.from(`${ALL}\r\n`)))
    .send(1, 'PA', frame(0x82, Buffer.from(`${ALL}\r\n`)))
    .send(1, 'PA', frame(0x89, Buffer.from(TERMINAL + BIDI)))
    .send(
      1,
      'PA',
      frame(0x88, Buffer.concat([Buffer.from([3, 243]), Buffer.from(SCRIPT + TERMINAL).subarray(0, 120)])),
    )
    .send(1, 'FA');
  for (let i = 0; i < 4; i++) {
    const port = 40_000 + i;
    writer
      .open({ port })
      .send(0, 'PA', upgradeRequest(`/${LINE.replaceAll(' ', '+')}`, `Host: ${LINE}`), { port })
      .send(1, 'PA', `HTTP/1.1 302 ${LINE}\r\nLocation: ${LINE}\r\nContent-Length: 0\r\n\r\n`, { port })
      .send(1, 'FA', '', { port });
  }
  writeFileSync(capture, writer.done());
});

const FORMATS = ['table', 'json', 'ndjson', 'markdown', 'html', 'junit', 'github'] as const;

async function printed(...args: readonly string[]): Promise<Outcome> {
  const outcome = await wscap(args);
  expect(outcome.code).toBe(0);
  expect(outcome.stderr).toBe('');
  return outcome;
}

const COMMANDS: readonly (readonly [name: string, args: readonly string[]])[] = [
  ...FORMATS.flatMap((format) => [
    [format, ['-f', format]] as const,
    [`${format}, nothing redacted`, ['-f', format, '--no-redact']] as const,
  ]),
  ['table in colour', ['--all', '--color']],
  ['table in ASCII', ['--all', '--ascii']],
  ['follow', ['follow']],
  ['follow as JSON', ['follow', '-f', 'json']],
  ['follow as NDJSON', ['follow', '-f', 'ndjson']],
  ['follow in hexadecimal', ['follow', '--hex']],
];

function full(args: readonly string[]): string[] {
  return args[0] === 'follow'
    ? ['follow', capture, '-c', '0', ...args.slice(1)]
    : ['analyze', capture, ...args];
}

describe('no format holds anything that a terminal would obey', () => {
  it.each(COMMANDS)('%s', async (name, args) => {
    const { stdout } = await printed(...full(args));
    // Our own colours.
    const text = name.includes('colour') ? stdout.replace(/\x1b\[\d+m/g, '') : stdout;
    expect(OBEYED.exec(text)).toBeNull();
    if (name.includes('ASCII')) expect(text).toMatch(/^[\n\x20-\x7e]*$/);
    if (name.startsWith('json') || name === 'follow as JSON') JSON.parse(stdout);
    if (name.startsWith('ndjson') || name === 'follow as NDJSON') {
      for (const line of stdout.trimEnd().split('\n')) JSON.parse(line);
    }
    if (name.startsWith('github')) {
      // A command stands at the start of a line; ours are of these kinds.
      for (const line of stdout.split('\n').filter((each) => each.startsWith('::'))) {
        expect(line).toMatch(/^::(?:error|warning|notice|group|endgroup)\b/);
        expect(line).not.toMatch(/^::\w+::owned/);
      }
    }
  });

  it('nor do error messages, whatever the name of the file', async () => {
    // All at once: a process for each would take long.
    for (const name of [`no\x1b]0;owned\x07such${BIDI}\nsuch\r\x9b31m`]) {
      const missing = join(folder, name);
      writeFileSync(join(folder, `empty${name.replace('/', '')}`), '');
      for (const args of [
        [missing],
        [join(folder, `empty${name}`)],
        ['follow', missing],
        ['extract', missing, '-c', '0', '-o', join(folder, 'o.pcap')],
        ['extract', capture, '-c', '0', '-o', join(missing, 'o.pcap')],
        [capture, '-o', join(missing, 'o.txt')],
        [capture, '--config', missing],
        [capture, `--${name}`],
        [capture, '--rule', name],
        ['explain', name],
      ]) {
        const { code, stderr } = await wscap(args);
        expect(code, args.join(' ')).toBe(2);
        expect(OBEYED.exec(stderr), JSON.stringify(stderr)).toBeNull();
      }
    }
  }, 60_000);

  it('extract writes one file, under the name that was given, and says nothing else', async () => {
    const before = readdirSync(folder).length;
    const output = join(folder, 'evidence.pcapng');
    const { stdout, code } = await wscap(['extract', capture, '--anomalies', '-o', output]);
    expect(code).toBe(0);
    expect(OBEYED.exec(stdout)).toBeNull();
    expect(readdirSync(folder)).toHaveLength(before + 1);
    // Comments of findings are read by Wireshark.
    const comments = spawnSync('tshark', ['-r', output, '-T', 'fields', '-e', 'frame.comment'], {
      encoding: 'utf8',
    });
    if (comments.status === 0) expect(comments.stdout).not.toMatch(/\x1b|\u202e|\x07/);
  });
});

const hasTmux = spawnSync('tmux', ['-V']).status === 0;

describe.skipIf(!hasTmux)('a terminal', () => {
  const socket = `wscap-hostile-${process.pid}`;
  const tmux = (...args: readonly string[]) =>
    spawnSync('tmux', ['-L', socket, '-f', '/dev/null', ...args], { encoding: 'utf8' });
  afterAll(() => tmux('kill-server'));

  it('shows it all and does nothing', async () => {
    const shown = COMMANDS.filter(([name]) => !name.startsWith('html'));
    const lines = shown.map(([, args]) => [process.execPath, PROGRAM, ...full(args)].map(quoted).join(' '));
    const script = join(folder, 'show.sh');
    writeFileSync(script, `${lines.join('\n')}\nprintf 'THE%s\\n' END\nread x\n`);
    const { status } = tmux(
      'new-session',
      '-d',
      '-x',
      '120',
      '-y',
      '40',
      '-e',
      'LANG=C.UTF-8',
      '-e',
      'NO_COLOR=1',
      `bash ${script}`,
    );
    expect(status).toBe(0);
    const state = () =>
      tmux(
        'display-message',
        '-p',
        '#{alternate_on} #{mouse_any_flag} #{bracketed_paste_flag} #{pane_title} #{window_bell_flag}',
      ).stdout;
    let screen = '';
    for (let i = 0; i < 300 && !screen.includes('THEEND'); i++) {
      await new Promise((done) => setTimeout(done, 100));
      screen = tmux('capture-pane', '-p').stdout;
    }
    expect(screen).toContain('THEEND');
    expect(state()).not.toContain('owned');
    expect(state()).toMatch(/^0 0 /);
    expect(state().trimEnd()).toMatch(/ 0$/);
    // With escape sequences for what is coloured: nothing but our own table in colour is.
    const history = tmux('capture-pane', '-p', '-e', '-S', '-', '-E', '-').stdout;
    expect(history).toContain('owned');
    expect(history).not.toContain('evil\x1b');
    expect(history).not.toContain('\x1b]8');
  }, 60_000);
});

function quoted(argument: string): string {
  return `'${argument.replaceAll("'", "'\\''")}'`;
}

describe.skipIf(!hasChromium)('a browser', () => {
  const browser = new Browser();
  beforeAll(() => browser.start(), 60_000);
  afterAll(() => browser.stop());

  it.each(['html', 'markdown'] as const)(
    'shows %s and runs none of it',
    async (format) => {
      for (const more of [[], ['--no-redact']]) {
        const { stdout } = await printed('analyze', capture, '-f', format, ...more);
        const html = format === 'html' ? stdout : `<!doctype html><meta charset="utf-8">${render(stdout)}`;
        const { page, complaints } = await browser.open(html);
        // By then, code that runs when an image fails would have run.
        await page.waitForFunction(
          'document.readyState === "complete" && [...document.images].every(({ complete }) => complete)',
        );
        expect(await page.title()).not.toBe('owned');
        expect(complaints).toEqual([]);
        expect(await page.locator('img[src="x"], a[href^="javascript"], iframe').count()).toBe(0);
        expect(await page.locator('body').innerText()).toContain('owned');
        await page.close();
      }
    },
    60_000,
  );

  it('finds JUnit to be XML', async () => {
    const { stdout } = await printed('analyze', capture, '-f', 'junit', '--no-redact');
    const { page } = await browser.open('<!doctype html><title>x</title>');
    const found = await page.evaluate(`(() => {
      const parsed = new DOMParser().parseFromString(${JSON.stringify(stdout)}, 'application/xml');
      const count = (selector) => parsed.querySelectorAll(selector).length;
      return [count('parsererror'), count('script, img'), parsed.documentElement.tagName];
    })()`);
    expect(found).toEqual([0, 0, 'testsuites']);
    await page.close();
  });
});

it('what is hostile is in the capture', () => {
  expect(readFileSync(capture).includes('\x1b]0;owned\x07')).toBe(true);
});
