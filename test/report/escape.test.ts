import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeJson, escapeText, escapeToAscii } from '../../src/report/escape.ts';

/** Written independently of the table in escape.ts, by Unicode's own properties. */
const UNSAFE =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\u{e0000}-\u{e007f}]/u;
const codeUnits = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units));
const anyText = fc.oneof(fc.string({ unit: 'binary' }), codeUnits);

describe('escapeText', () => {
  it.each([
    ['\u001b[31mred', '\\x1b[31mred'],
    ['a\u0000b\r\n\t', 'a\\x00b\\x0d\\x0a\\x09'],
    ['\u009b2J', '\\x9b2J'],
    ['user\u202egpj.exe', 'user\\u{202e}gpj.exe'],
    ['\u2066\u2069\u200e\u200f\u061c', '\\u{2066}\\u{2069}\\u{200e}\\u{200f}\\u{61c}'],
    ['zero\u200bwidth\ufeff', 'zero\\u{200b}width\\u{feff}'],
    ['line\u2028paragraph\u2029', 'line\\u{2028}paragraph\\u{2029}'],
    ['lone \ud800 and \udc00', 'lone \\u{d800} and \\u{dc00}'],
    ['tag \u{e0041}', 'tag \\u{e0041}'],
  ])('turns %j into visible text', (text, escaped) => {
    expect(escapeText(text)).toBe(escaped);
  });

  it('leaves text in any script as it is', () => {
    const text = 'GET /чат/例え/café?emoji=💥&key=\\n HTTP/1.1';
    expect(escapeText(text)).toBe(text);
  });

  it('escapes combining marks from the fifth on, so that they do not draw over other lines', () => {
    expect(escapeText(`a${'\u0301'.repeat(6)}`)).toBe(`a${'\u0301'.repeat(4)}\\u{301}\\u{301}`);
  });

  it('lets no code point through that a terminal obeys or that draws nothing', () => {
    fc.assert(fc.property(anyText, (text) => !UNSAFE.test(escapeText(text))));
  });
});

describe('escapeToAscii', () => {
  it('lets only printable ASCII through', () => {
    fc.assert(fc.property(anyText, (text) => /^[\x20-\x7e]*$/.test(escapeToAscii(text))));
  });
});

describe('escapeJson', () => {
  it('gives a parser the same value back, and a terminal nothing to obey but line feeds', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const json = escapeJson(JSON.stringify({ text }, null, 2));
        expect(UNSAFE.test(json.replaceAll('\n', ''))).toBe(false);
        expect(JSON.parse(json)).toEqual({ text });
      }),
    );
  });
});
