/** docs/terminal.svg, the picture in README.md, is what the program prints (npm run docs:terminal draws it). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PICTURE, drawTerminal, printed } from '../scripts/draw-terminal.mjs';
import { REPOSITORY } from './helpers/captures.ts';

const shown = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>(.*?)<\/text>/g)].map((match) =>
    match[1]!
      .replace(/<[^>]+>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  );

it('is up to date', () => {
  expect(readFileSync(join(REPOSITORY, PICTURE), 'utf8')).toBe(drawTerminal(printed()));
});

it('has every word that is printed, as text', () => {
  const words = printed()
    .replace(/\u001b\[[\d;]*m/g, ' ')
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .filter((line) => line !== '');
  const drawn = shown(drawTerminal(printed())).slice(1);
  const unescaped = drawn.map((line) =>
    line.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>'),
  );
  expect(unescaped).toEqual(words);
});

it('escapes what would be markup, and draws no colour that it does not know', () => {
  expect(drawTerminal('<script>&"')).toContain('&lt;script&gt;&amp;&quot;');
  expect(() => drawTerminal('\u001b[35mmagenta\u001b[39m')).toThrow('SGR 35');
});

it('needs nothing from elsewhere', () => {
  const svg = readFileSync(join(REPOSITORY, PICTURE), 'utf8');
  expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\(|@import|<script|href/);
});
