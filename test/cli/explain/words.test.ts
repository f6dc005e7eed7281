/** `wscap explain` of what is not a rule. */
import { describe, expect, it } from 'vitest';
import { VERDICTS } from '../../../src/basics/verdict.ts';
import { words, wordsNamed } from '../../../src/cli/explain/words.ts';
import { closeCodeName } from '../../../src/websocket/close-payload.ts';
import { wscap } from '../run-wscap.ts';

describe('wscap explain', () => {
  it.each([
    ['1006', /^1006 abnormal closure \(close code\)\n {2}TCP ended without a Close frame/],
    ['4711', /^4711 private use \(close code, one of 4000-4999\)\n/],
    ['426', /^426 Upgrade Required \(HTTP status\)\n[^]*\n {2}→ Upgrade and Connection in the request/],
    ['gap', /^gap \(note\)\n {2}Bytes that were sent are not in the capture\.\n/],
    ['no-date', /^no-date \(note\)\n/],
    ['clean', /^clean \(verdict\)\n {2}The connection opened and closed in order/],
    // A rule as well, of which the page says more.
    ['handshake-close', /^✖ handshake-close\n/],
  ])('knows %s', async (name, text) => {
    const { code, stdout, stderr } = await wscap(['explain', name]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(text);
  });

  it('gives a word as JSON, and all of them with the rules', async () => {
    expect(JSON.parse((await wscap(['explain', '1001', '-f', 'json'])).stdout)).toMatchObject({
      kind: 'close code',
      name: '1001',
      title: 'going away',
    });
    const all = JSON.parse((await wscap(['explain', '-f', 'json'])).stdout) as { words: unknown[] };
    expect(all.words).toHaveLength(words().length);
  });

  it('suggests a name that is nearly right', async () => {
    const { code, stderr } = await wscap(['explain', 'truncated-fil']);
    expect(code).toBe(2);
    expect(stderr).toBe(
      'wscap: there is no rule "truncated-fil", did you mean "truncated-file"? Try "wscap explain"\n',
    );
  });
});

describe('the words', () => {
  it('hold every verdict, and every close code of the registry with its name', () => {
    for (const verdict of VERDICTS)
      expect(
        wordsNamed(verdict).map(({ kind }) => kind),
        verdict,
      ).toContain('verdict');
    for (let code = 1000; code <= 1015; code++) {
      if (code !== 1004) expect(wordsNamed(String(code))[0]?.title, String(code)).toBe(closeCodeName(code));
    }
    for (const code of ['0', '1016', '3999', '4999', '5000', '65535']) {
      expect(wordsNamed(code)[0]?.kind, code).toBe('close code');
    }
  });
});
