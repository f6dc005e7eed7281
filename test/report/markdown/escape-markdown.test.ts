import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeText } from '../../../src/report/escape.ts';
import {
  codeBlock,
  codeSpan,
  escapeProse,
  tableLines,
} from '../../../src/report/markdown/escape-markdown.ts';
import { HOSTILE } from '../hostile-text.ts';
import { elementsOf, render, textOf } from './rendered.ts';

/** Characters that mean something to Markdown or to its hosts, more often than others. */
const wire = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({
    unit: fc.constantFrom(...'` * _ ~ [ ] ( ) < > | \\ # @ ! & $ % : / . - + = 1 a \n "'.split(' '), ' '),
  }),
  fc.string({ unit: 'binary' }),
);
const squeezed = (text: string) => text.replace(/\s+/g, ' ').trim();

describe('escapeProse', () => {
  it('makes a paragraph that holds nothing but the text', () => {
    fc.assert(
      fc.property(wire, (text) => {
        const html = render(escapeProse(text));
        expect(elementsOf(html).filter((name) => name !== 'p' && name !== 'code')).toEqual([]);
        for (const [, code] of html.matchAll(/<code>(.*?)<\/code>/gs)) expect(code).toMatch(/^[\w .:=-]+$/);
        const plain = (shown: string) => squeezed(shown.replaceAll('`', ''));
        expect(plain(textOf(html))).toBe(plain(escapeText(text)));
      }),
      { numRuns: 300 },
    );
  });

  it('leaves nothing that a host makes a mention, reference or link of', () => {
    for (const text of HOSTILE) {
      const texts = render(escapeProse(text)).split(/<[^>]*>/);
      for (const each of texts) {
        expect(each).not.toMatch(/[@#!~%$](?=\w)|:\/\/|www\.|:[a-z]+:/i);
      }
    }
  });

  it('is the text of a cell in a table', () => {
    fc.assert(
      fc.property(wire, wire, (first, second) => {
        const cells = [first, second].map((text) => escapeProse(text));
        const html = render(tableLines(['a', 'b'], [cells]).join('\n'));
        expect(html.match(/<td>/g)).toHaveLength(2);
        expect(elementsOf(html).filter((name) => name !== 'code')).toEqual([
          'table',
          'tbody',
          'td',
          'th',
          'thead',
          'tr',
        ]);
      }),
      { numRuns: 100 },
    );
  });
});

it('keeps a command in our own advice as code', () => {
  expect(escapeProse('capture with `-s 0`, not ``x`` nor `a|b`')).toBe(
    'capture with `-s 0`, not \\`\\`x\\`\\` nor \\`a&#124;b\\`',
  );
});

describe('codeSpan', () => {
  it('holds the text as it stands, in a paragraph and in a table', () => {
    fc.assert(
      fc.property(wire, (text) => {
        const span = codeSpan(text);
        if (text.trim() === '') return;
        const safe = escapeText(text).replaceAll('|', '\\x7c');
        if (safe.trim() === '') return;
        for (const html of [
          render(`x ${span} y`),
          render(tableLines(['a', 'b'], [[span, 'y']]).join('\n')),
        ]) {
          expect(html.match(/<code>/g)).toHaveLength(1);
          const code = /<code>(.*?)<\/code>/s.exec(html)![1]!;
          expect(textOf(code)).toBe(safe);
          expect(
            elementsOf(html).filter(
              (name) => !['p', 'code', 'table', 'tbody', 'td', 'th', 'thead', 'tr'].includes(name),
            ),
          ).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('codeBlock', () => {
  it('can not be closed from inside', () => {
    fc.assert(
      fc.property(fc.array(wire), (lines) => {
        const html = render(`${codeBlock('http', lines)}\n\nafter`);
        expect(html.match(/<pre>/g)).toHaveLength(1);
        expect(html.endsWith('<p>after</p>')).toBe(true);
        expect(elementsOf(html)).toEqual(['code', 'p', 'pre']);
      }),
      { numRuns: 100 },
    );
  });
});
