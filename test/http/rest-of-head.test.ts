import { describe, expect, it } from 'vitest';
import { restOfHead } from '../../src/http/rest-of-head.ts';
import { text } from '../helpers/packet-bytes.ts';

const FRAME = '\x81\x82\x01\x02\x03\x04ik';

function rest(bytes: string): string {
  const padded = text(`..${bytes}..`);
  return bytes.slice(restOfHead(padded, 2, 2 + bytes.length) - 2);
}

describe('the rest of a head', () => {
  it.each([
    ['nothing of it, where a frame begins', FRAME, FRAME],
    ['likewise where the segment has a single byte of that', '\x81', '\x81'],
    ['a first fragment without FIN', '\x01', '\x01'],
    ['all, where it has no end', 'e: value\r\nHost: a\r\n', ''],
    ['up to its empty line', 'e: value\r\n\r\n', ''],
    ['up to its empty line, before a frame', `e: value\r\n\r\n${FRAME}`, FRAME],
    ['with bare line feeds', `e: value\n\n${FRAME}`, FRAME],
    ['its last line feed alone', `\n${FRAME}`, FRAME],
    ['its last line end alone', `\r\n${FRAME}`, FRAME],
    ['a line end in its middle', '\r\nHost: a\r\nOrigin: b', ''],
  ])('is %s', (_, bytes, left) => {
    expect(rest(bytes)).toBe(left);
  });
});
