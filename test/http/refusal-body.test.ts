import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { parseHead, type ResponseHead } from '../../src/http/head.ts';
import { HttpBudget } from '../../src/http/http-budget.ts';
import { KNOWN_PHRASES, knownPhrasesIn } from '../../src/http/known-phrases.ts';
import { RefusalBody } from '../../src/http/refusal-body.ts';
import { textOfHtml } from '../../src/http/html-text.ts';
import { lines } from '../helpers/handshakes.ts';

const head = (...more: string[]) => parseHead(lines('HTTP/1.1 400 No', ...more), false) as ResponseHead;

function bodyOf(bytes: Uint8Array | string, ...headers: string[]) {
  const body = new RefusalBody(head(...headers), new HttpBudget());
  const whole = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  for (let at = 0; at < whole.length; at += 7) body.push(whole, at, Math.min(whole.length, at + 7));
  return body;
}

const TEXT = '{"code":1,"message":"Session ID unknown"}';

describe('the body of a refusal', () => {
  test.each<[string, Uint8Array, string[]]>([
    ['plain', Buffer.from(TEXT), []],
    ['gzip', gzipSync(TEXT), ['Content-Encoding: gzip']],
    ['deflate', deflateSync(TEXT), ['Content-Encoding: deflate']],
    ['deflate without a header', deflateRawSync(TEXT), ['Content-Encoding: deflate']],
    ['br', brotliCompressSync(TEXT), ['Content-Encoding: br']],
  ])('is read as text: %s', (_name, bytes, headers) => {
    expect(bodyOf(bytes, ...headers).facts).toEqual({ text: TEXT, bytes: bytes.length, omitted: 0 });
  });

  test.each<[string, Uint8Array, string[]]>([
    ['of an unknown coding', Buffer.from(TEXT), ['Content-Encoding: zstd']],
    ['of two codings', Buffer.from(TEXT), ['Content-Encoding: gzip, br']],
    ['that is damaged', Buffer.from('no gzip at all'), ['Content-Encoding: gzip']],
    ['that is no text', Uint8Array.of(0, 1, 2, 3), []],
  ])('%s has no text', (_name, bytes, headers) => {
    expect(bodyOf(bytes, ...headers).facts).toEqual({ text: '', bytes: bytes.length, omitted: 0 });
  });

  test('that is empty is none', () => {
    expect(bodyOf('').facts).toBeNull();
  });

  test('a bomb fills no more than its room', () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000, 'a'));
    const { text, omitted } = bodyOf(bomb, 'Content-Encoding: gzip').facts!;
    expect(text).toHaveLength(2048);
    expect(omitted).toBe(64 * 1024 - 2048);
  });

  test('is kept within the budget, and gives its room back', () => {
    const budget = new HttpBudget(100_000);
    const body = new RefusalBody(head(), budget);
    const many = Buffer.alloc(200_000, 'a');
    body.push(many, 0, many.length);
    expect(budget.take(60_000)).toBe(false);
    body.finish();
    expect(budget.take(60_000)).toBe(true);
    expect(body.facts).toMatchObject({ bytes: 200_000 });
  });

  test('behind a gap is counted and not shown', () => {
    const body = bodyOf('begins');
    body.missing(10);
    body.push(Buffer.from('goes on'), 0, 7);
    expect(body.facts).toEqual({ text: 'begins', bytes: 23, omitted: 0 });
  });

  test('of HTML is its text, each line once', () => {
    const page =
      '<html>\r\n<head><title>400 Bad Request</title><style>b{}</style></head><body><!-- x --><center><h1>400 Bad Request</h1></center>Too &lt;large&gt; &#38; more<script>alert(1)</script><hr>nginx</body></html>';
    expect(bodyOf(page, 'Content-Type: text/html').facts?.text).toBe(
      '400 Bad Request Too <large> & more nginx',
    );
    expect(bodyOf(page).facts?.text).toBe('400 Bad Request Too <large> & more nginx');
  });
});

test('HTML that never ends takes linear time', () => {
  const started = performance.now();
  textOfHtml('<script>'.repeat(8192));
  textOfHtml('<!--'.repeat(16_384));
  textOfHtml('<'.repeat(65_536));
  expect(performance.now() - started).toBeLessThan(500);
});

test('known phrases are found without overlap', () => {
  const text = `x ${KNOWN_PHRASES[0]} y Bad Request`;
  expect(knownPhrasesIn(text).map(([start, end]) => text.slice(start, end))).toEqual([
    KNOWN_PHRASES[0],
    'Bad Request',
  ]);
});
