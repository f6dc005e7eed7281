/** Config files as users meet them: through the command line. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../../../src/report/model.ts';
import { BROKEN, wscap, wscapProcess, type Outcome } from '../run-wscap.ts';

let top: string;
let inner: string;

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'wscap-test-'));
  inner = join(top, 'captures');
  mkdirSync(inner);
});
afterEach(() => {
  rmSync(top, { recursive: true });
});

function write(path: string, content: unknown): void {
  writeFileSync(join(top, path), typeof content === 'string' ? content : JSON.stringify(content));
}

const run = (...args: string[]): Promise<Outcome> => wscap([BROKEN, ...args], { cwd: inner });

async function report(...args: string[]): Promise<Report> {
  const { stdout, stderr, code } = await run('-f', 'json', ...args);
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  return JSON.parse(stdout) as Report;
}

const rulesOf = ({ connections }: Report): string[] =>
  connections.flatMap(({ anomalies }) => anomalies.map(({ rule, severity }) => `${rule} ${severity}`));

describe('a config file', () => {
  it('is found upwards and settles what options would', async () => {
    write('wscap.config.json', {
      window: 5,
      ports: [9000, 80],
      rules: { 'handshake-close': 'warning', 'accept-mismatch': { severity: 'off' } },
    });
    const { options, ...rest } = await report();
    expect(options).toEqual({
      windowMs: 5,
      reader: 'wscap',
      ports: [80, 9000],
      rules: { 'accept-mismatch': { severity: 'off' }, 'handshake-close': { severity: 'warning' } },
    });
    expect(rulesOf(rest as Report)).toContain('handshake-close warning');
  });

  it('chooses format and exit code', async () => {
    write('wscap.config.json', { format: 'json', failOn: 'error' });
    const { code, stdout } = await run();
    expect({ code, start: stdout[0] }).toEqual({ code: 1, start: '{' });
    expect(await run('-f', 'table', '--fail-on', 'never')).toMatchObject({ code: 0 });
  });

  it('loses against options, and is left alone with --no-config', async () => {
    write('package.json', { wscap: { window: 5, ports: [80], rules: { 'handshake-close': 'off' } } });
    expect(rulesOf(await report())).not.toContain('handshake-close error');
    const { options } = await report(
      '--window',
      '7',
      '--port',
      '1,2',
      '--port=3',
      '--rule',
      'handshake-close=info',
    );
    expect(options).toMatchObject({
      windowMs: 7,
      ports: [1, 2, 3],
      rules: { 'handshake-close': { severity: 'info' } },
    });
    const plain = await report('--no-config');
    expect(plain.options).toMatchObject({ windowMs: 100, ports: [], rules: {} });
    expect(rulesOf(plain)).toContain('handshake-close error');
  });

  it('may be code only where it is named', async () => {
    write('wscap.config.mjs', 'console.log("it ran"); export default { window: 3, format: "json" };');
    // What it prints goes to the standard output of a process.
    const run = (...args: string[]) => wscapProcess([BROKEN, ...args], { cwd: inner });
    const found = await run();
    expect(found.stdout).not.toContain('it ran');
    expect(found.stderr).toBe(
      'wscap: ../wscap.config.mjs was not read: wscap reads only wscap.config.json by itself, never code (--config FILE reads it, --no-config silences this)\n',
    );
    expect(found.code).toBe(0);
    expect((await run('--no-config')).stderr).toBe('');
    const named = await run('--config', '../wscap.config.mjs');
    expect(named.stdout).toMatch(/^it ran\n\{/);
    expect(named.stdout).toContain('"windowMs": 3');
    expect(named.stderr).toBe('');
  });

  it('may be CommonJS, or the package.json, where it is named', async () => {
    write('settings.cjs', 'module.exports = { window: 3 };');
    expect((await report('--config', '../settings.cjs')).options.windowMs).toBe(3);
    write('package.json', { wscap: { window: 4 } });
    expect((await report('--config', '../package.json')).options.windowMs).toBe(4);
  });
});

describe('a wrong config file: one line that names it, the place, and what would be right', () => {
  it.each<[string, unknown, string]>([
    [
      'wscap.config.json',
      { rules: { 'handshake-clos': 'off' } },
      '../wscap.config.json: rules.handshake-clos: no such rule, did you mean "handshake-close"? "wscap explain" lists them',
    ],
    [
      'package.json',
      { wscap: { windw: 1 } },
      '../package.json: wscap.windw: unknown key, did you mean "window"? There are window, ports, keylog, failOn, format, rules',
    ],
    [
      'wscap.config.json',
      '{\n  "window": 5,\n}',
      '../wscap.config.json: is not JSON: Expected double-quoted property name, line 3, column 1',
    ],
    ['wscap.config.json', '', '../wscap.config.json: is not JSON: Unexpected end of JSON input'],
  ])('%s %j', async (name, content, message) => {
    write(name, content);
    expect(await run()).toEqual({ code: 2, stdout: '', stderr: `wscap: ${message}\n` });
  });

  it.each<[string, string | null, string]>([
    ['no.json', null, 'no.json: no such file or directory'],
    ['no.mjs', null, 'no.mjs: no such file or directory'],
    ['.', null, '.: is a directory'],
    ['c.ts', '', 'c.ts: a config file is JSON or JavaScript (.json, .js, .mjs, .cjs), not TypeScript'],
    ['package.json', '{}', 'package.json: has no key "wscap"'],
    ['c.mjs', 'export const a = 1;', 'c.mjs: exports no default: export default { … }'],
    ['c.mjs', 'throw new RangeError("over\\nthere");', 'c.mjs: could not be run: RangeError: over\\x0athere'],
    [
      'c.mjs',
      'export default { ports: [8080, "x"] }',
      'c.mjs: ports[1]: "x" is not a port; give a whole number from 1 to 65535',
    ],
    [
      'c.json',
      '{"\\u001b[2J":1}',
      'c.json: \\x1b[2J: unknown key. There are window, ports, keylog, failOn, format, rules',
    ],
  ])('--config %s holding %j', async (name, content, message) => {
    if (content !== null) write(`captures/${name}`, content);
    expect(await run('--config', name)).toEqual({ code: 2, stdout: '', stderr: `wscap: ${message}\n` });
  });
});
