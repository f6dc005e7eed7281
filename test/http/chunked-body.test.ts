import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ChunkedBody } from '../../src/http/chunked-body.ts';

const bytesOf = (text: string) => Buffer.from(text, 'latin1');

/** Feeds segments of `size` bytes; says what became of the body and how many bytes it took. */
function feed(text: string, size: number = text.length): { state: string; taken: number } {
  const body = new ChunkedBody();
  const bytes = bytesOf(text);
  let at = 0;
  while (at < bytes.length && !body.isDone && !body.isBroken) {
    at = body.push(bytes, at, Math.min(bytes.length, at + size));
  }
  return { state: body.isDone ? 'done' : body.isBroken ? 'broken' : 'open', taken: at };
}

describe('ChunkedBody', () => {
  test.each([
    ['no chunk', '0\r\n\r\n'],
    ['one chunk', '5\r\nhello\r\n0\r\n\r\n'],
    ['sizes in either case, with leading zeros', '00a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n'],
    ['extensions', '5;name=value\r\nhello\r\n0;last="a\tb"\r\n\r\n'],
    ['white space after the size', '5 \r\nhello\r\n0 \r\n\r\n'],
    ['trailer fields', '5\r\nhello\r\n0\r\nExpires: never\r\nX: y\r\n\r\n'],
    ['bare LF', '5\nhello\n0\n\n'],
    ['data that looks like a last chunk', '7\r\n0\r\n\r\n12\r\n0\r\n\r\n'],
  ])('ends where the body ends: %s', (_name, text) => {
    for (const size of [1, 2, 3, text.length]) {
      expect(feed(`${text}GET /`, size)).toEqual({ state: 'done', taken: text.length });
    }
  });

  test.each([
    ['no size', '\r\n'],
    ['a word', 'hello\r\n'],
    ['a minus', '-5\r\n'],
    ['a size too large to be exact', '10000000000000\r\n'],
    ['data longer than its size', '5\r\nhelloo\r\n'],
  ])('is broken by %s', (_name, text) => {
    for (const size of [1, text.length]) expect(feed(text, size).state).toBe('broken');
  });

  test('a gap within the data of a chunk is stepped over', () => {
    const body = new ChunkedBody();
    body.push(bytesOf('a\r\n01'), 0, 5);
    expect(body.skip(8)).toBe(true);
    const rest = bytesOf('\r\n0\r\n\r\nX');
    expect(body.push(rest, 0, rest.length)).toBe(7);
    expect(body.isDone).toBe(true);
  });

  test.each(['a\r\n01|9', 'a|1', '5\r\nhello|1', '0\r\n|1'])(
    'a gap that may hold a size is not: %s',
    (spec) => {
      const [text = '', gap = ''] = spec.split('|');
      const body = new ChunkedBody();
      body.push(bytesOf(text), 0, text.length);
      expect(body.skip(Number(gap))).toBe(false);
    },
  );

  test('after a reset it reads another body', () => {
    const body = new ChunkedBody();
    body.push(bytesOf('zz'), 0, 2);
    expect(body.isBroken).toBe(true);
    body.reset();
    expect(body.push(bytesOf('0\r\n\r\n'), 0, 5)).toBe(5);
    expect(body.isDone).toBe(true);
  });

  test('any chunks at any segmentation end after their last byte', () => {
    const chunks = fc.array(fc.string({ minLength: 1, maxLength: 20, unit: 'binary-ascii' }), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(chunks, fc.integer({ min: 1, max: 9 }), (parts, size) => {
        const text = [...parts, ''].map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join('');
        expect(feed(`${text}trailing`, size)).toEqual({ state: 'done', taken: text.length });
      }),
    );
  });
});
