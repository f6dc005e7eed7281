import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { wantsAscii, wantsColor } from '../../src/cli/color-support.ts';
import { displayWidth } from '../../src/report/display-width.ts';
import { BROKEN, PROGRAM, wscap } from './run-wscap.ts';

const hasColor = (text: string) => text.includes('\u001b[');

describe('wantsColor', () => {
  it.each([
    [undefined, true, {}, true],
    [undefined, false, {}, false],
    [undefined, false, { CI: 'true' }, false],
    [undefined, true, { NO_COLOR: '1' }, false],
    [undefined, true, { NO_COLOR: '' }, true],
    [undefined, true, { TERM: 'dumb' }, false],
    [undefined, false, { FORCE_COLOR: '1' }, true],
    [undefined, false, { FORCE_COLOR: '' }, true],
    [undefined, true, { FORCE_COLOR: '0' }, false],
    [undefined, true, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    [true, false, { NO_COLOR: '1' }, true],
    [false, true, { FORCE_COLOR: '1' }, false],
  ])('flag %s, terminal %s, environment %j: %s', (flag, isTerminal, env, expected) => {
    expect(wantsColor(flag, isTerminal, env)).toBe(expected);
  });
});

describe('wantsAscii', () => {
  it.each([
    [undefined, {}, false],
    [undefined, { LANG: 'en_US.UTF-8' }, false],
    [undefined, { LANG: 'C.utf8' }, false],
    [undefined, { LANG: 'C' }, true],
    [undefined, { LANG: 'de_DE@euro' }, true],
    [undefined, { LANG: 'en_US.UTF-8', LC_ALL: 'POSIX' }, true],
    [undefined, { LANG: 'C', LC_ALL: '', LC_CTYPE: 'C.UTF-8' }, false],
    [false, { LANG: 'C' }, false],
    [true, {}, true],
  ])('flag %s, environment %j: %s', (flag, env, expected) => {
    expect(wantsAscii(flag, env)).toBe(expected);
  });
});

describe('the program', () => {
  it('colours neither pipes nor files, unless told to', async () => {
    expect(hasColor((await wscap([BROKEN])).stdout)).toBe(false);
    expect(hasColor((await wscap([BROKEN], { env: { CI: 'true' } })).stdout)).toBe(false);
    expect(hasColor((await wscap([BROKEN, '--color'])).stdout)).toBe(true);
    expect(hasColor((await wscap([BROKEN], { env: { FORCE_COLOR: '1' } })).stdout)).toBe(true);
    expect(hasColor((await wscap([BROKEN, '--no-color'], { env: { FORCE_COLOR: '1' } })).stdout)).toBe(false);
    expect(hasColor((await wscap([BROKEN, '-f', 'json', '--color'])).stdout)).toBe(false);
  });

  const hasScript = spawnSync('script', ['--version']).status === 0;

  function onTerminal(columns: number, env: Record<string, string> = {}): string {
    const command = `stty cols ${columns}; "${process.execPath}" "${PROGRAM}" "${BROKEN}"`;
    const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], {
      encoding: 'utf8',
      input: '',
      env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', TERM: 'xterm-256color', ...env },
    });
    return stdout;
  }

  it.skipIf(!hasScript)('colours a terminal and fits it', () => {
    for (const columns of [40, 80, 120, 200]) {
      const text = onTerminal(columns);
      expect(hasColor(text)).toBe(true);
      for (const line of text.split('\r\n')) expect(displayWidth(line), line).toBeLessThanOrEqual(columns);
    }
  });

  it.skipIf(!hasScript)('leaves a terminal without colour where the user wants none', () => {
    expect(hasColor(onTerminal(80, { NO_COLOR: '1' }))).toBe(false);
    expect(hasColor(onTerminal(80, { TERM: 'dumb' }))).toBe(false);
  });

  it.skipIf(!hasScript)('takes a terminal of unknown width for one of 80 columns', () => {
    expect(onTerminal(0)).toBe(onTerminal(80));
  });
});
