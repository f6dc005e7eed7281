import { describe, expect, it } from 'vitest';
import { wantsAscii, wantsColor } from '../../src/cli/color-support.ts';
import { displayWidth } from '../../src/report/display-width.ts';
import { BROKEN, HAS_SCRIPT, onRealTerminal, onTerminal, wscap } from './run-wscap.ts';

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

  it('colours a terminal and fits it', async () => {
    for (const columns of [40, 80, 120, 200]) {
      const text = await onTerminal(columns, [BROKEN]);
      expect(hasColor(text)).toBe(true);
      for (const line of text.split('\n')) expect(displayWidth(line), line).toBeLessThanOrEqual(columns);
    }
  });

  it('leaves a terminal without colour where the user wants none', async () => {
    expect(hasColor(await onTerminal(80, [BROKEN], { NO_COLOR: '1' }))).toBe(false);
    expect(hasColor(await onTerminal(80, [BROKEN], { TERM: 'dumb' }))).toBe(false);
  });

  it('takes a terminal of unknown width for one of 80 columns', async () => {
    expect(await onTerminal(0, [BROKEN])).toBe(await onTerminal(80, [BROKEN]));
  });

  it.skipIf(!HAS_SCRIPT)('finds out from a real terminal that it is one, and how wide', async () => {
    expect(onRealTerminal(100, [BROKEN])).toBe(await onTerminal(100, [BROKEN]));
    expect(onRealTerminal(0, [BROKEN])).toBe(onRealTerminal(80, [BROKEN]));
  });
});
