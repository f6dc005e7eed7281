import { describe, expect, test } from 'vitest';
import { mayBeginProxyHeader, ProxyHeaderParser, type ProxyResult } from '../../src/http/proxy-header.ts';
import { concat, hex } from '../helpers/pcap-builder.ts';

const SIGNATURE = hex('0d0a0d0a 000d0a51 5549540a');
const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));

/** The result, and how many bytes of all belong to the header. */
function feed(bytes: Uint8Array, size: number): ProxyResult | 'more' {
  const parser = new ProxyHeaderParser();
  for (let at = 0; at < bytes.length; at += size) {
    const result = parser.push(bytes, at, Math.min(bytes.length, at + size));
    if (result !== 'more') return { header: result.header, consumed: at + result.consumed };
  }
  return 'more';
}

describe('version 1', () => {
  test.each([
    ['PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n', { address: '192.0.2.7', port: 56324 }],
    ['PROXY TCP6 2001:db8::7 2001:db8::1 1 65535\r\n', { address: '2001:db8::7', port: 1 }],
    ['PROXY UNKNOWN\r\n', null],
    ['PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n', null],
    ['PROXY nonsense\r\n', null],
  ])('%j', (line, source) => {
    for (const size of [1, 5, 200]) {
      expect(feed(bytesOf(`${line}GET / HTTP/1.1`), size)).toEqual({
        header: { version: 1, source },
        consumed: line.length,
      });
    }
  });

  test('a line of more than 107 bytes is not a header', () => {
    expect(feed(bytesOf(`PROXY TCP4 ${'1'.repeat(200)}`), 1)).toMatchObject({ header: null });
  });
});

describe('version 2', () => {
  const header = (rest: string) => concat([SIGNATURE, hex(rest)]);

  test.each([
    ['TCP over IPv4', '21 11 000c c0000207 c6336401 dc04 01bb', { address: '192.0.2.7', port: 56324 }],
    [
      'TCP over IPv6',
      '21 21 0024 20010db8000000000000000000000007 20010db8000000000000000000000001 dc04 01bb',
      { address: '2001:db8::7', port: 56324 },
    ],
    [
      'extensions after the addresses',
      '21 11 0010 c0000207 c6336401 dc04 01bb 04 0001 00',
      { address: '192.0.2.7', port: 56324 },
    ],
    ['LOCAL', '20 00 0000', null],
    ['LOCAL with bytes to skip', '20 00 0003 aabbcc', null],
    ['a UNIX socket', '21 31 0002 aabb', null],
    ['addresses too short for their family', '21 11 0004 c0000207', null],
  ])('%s', (_name, rest, source) => {
    const bytes = header(rest);
    for (const size of [1, 5, 200]) {
      expect(feed(concat([bytes, bytesOf('GET /')]), size)).toEqual({
        header: { version: 2, source },
        consumed: bytes.length,
      });
    }
  });

  test('64 KiB of extensions are counted off', () => {
    const bytes = concat([header('21 11 ffff c0000207 c6336401 dc04 01bb'), new Uint8Array(65535 - 12)]);
    expect(feed(bytes, 1460)).toEqual({
      header: { version: 2, source: { address: '192.0.2.7', port: 56324 } },
      consumed: bytes.length,
    });
  });
});

describe('what only begins like one', () => {
  test.each(['POST / HTTP/1.1', 'PROXIMITY', '\r\n\r\nGET', '\r\n\r\n\0\r\nQUIX', 'GET'])('%j', (text) => {
    expect(feed(bytesOf(text), text.length)).toEqual({ header: null, consumed: 0 });
  });

  test('gives back what earlier pushes held', () => {
    const parser = new ProxyHeaderParser();
    expect(parser.push(bytesOf('PRO'), 0, 3)).toBe('more');
    expect(parser.push(bytesOf('PFIND'), 0, 5)).toEqual({ header: null, consumed: 0 });
    expect(Buffer.from(parser.kept).toString()).toBe('PRO');
  });

  test('is known by its first byte, for the most part', () => {
    expect(['P', '\r'].map((c) => mayBeginProxyHeader(c.charCodeAt(0)))).toEqual([true, true]);
    expect(['G', 'H', '\n', '\x16'].some((c) => mayBeginProxyHeader(c.charCodeAt(0)))).toBe(false);
  });
});
