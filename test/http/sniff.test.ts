import { describe, expect, test } from 'vitest';
import { isPlausibleStart, looksLikeStart, looksLikeTls } from '../../src/http/sniff.ts';
import { hex } from '../helpers/pcap-builder.ts';

const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));
const TLS_HELLO = hex('16 03 01 02 00 01 00 01 fc');

describe('isPlausibleStart', () => {
  test.each([
    'GET / HTTP/1.1\r\n',
    'M-SEARCH * HTTP/1.1\r\n',
    'HTTP/1.1 101 Switching\r\n',
    'HEAD / HTTP/1.0\n',
  ])('every beginning of %j may become a head', (line) => {
    const bytes = bytesOf(line);
    for (let length = 0; length < line.length; length++) {
      expect(isPlausibleStart(bytes, 0, length, false)).toBeNull();
    }
    expect(isPlausibleStart(bytes, 0, line.length, true)).toBeNull();
  });

  test('only the first line counts once it is complete', () => {
    const text = 'GET / HTTP/1.1\r\nHos';
    expect(isPlausibleStart(bytesOf(text), 0, text.length, true)).toBeNull();
  });

  test.each([
    'SSH-2.0-OpenSSH_9.2\r\n',
    '\0\0\x12\x04',
    '*1\r\n',
    ' GET / HTTP/1.1',
    '{"a":1}',
    `${'A'.repeat(25)} `,
  ])('%j can not', (text) => {
    expect(isPlausibleStart(bytesOf(text), 0, text.length, false)).toBe('other');
  });

  test.each(['GET /\r\n', 'HELO example.com\r\n', 'HTTP/2 200\r\n', 'HTTP/1.1 abc\r\n'])(
    '%j can not, now that its line is complete',
    (text) => {
      expect(isPlausibleStart(bytesOf(text), 0, text.length, true)).toBe('other');
    },
  );

  test('the preface of HTTP/2 is named', () => {
    const text = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
    expect(isPlausibleStart(bytesOf(text), 0, text.length, false)).toBe('http2');
  });

  test('TLS is known from three bytes on', () => {
    expect(isPlausibleStart(TLS_HELLO, 0, 1, false)).toBeNull();
    expect(isPlausibleStart(TLS_HELLO, 0, 2, false)).toBeNull();
    expect(isPlausibleStart(TLS_HELLO, 0, 3, false)).toBe('tls');
    expect(isPlausibleStart(hex('16 00 00'), 0, 3, false)).toBe('other');
  });
});

describe('in the middle of a stream', () => {
  test.each(['GET / HTTP/1.1', 'OPTIONS *', 'CONNECT a:1', 'HTTP/1.1 101'])('%j begins a message', (text) => {
    expect(looksLikeStart(bytesOf(`.${text}`), 1, text.length + 1)).toBe(true);
  });

  test.each(['GET', 'GETTING', 'HTTP/2', 'get / ', ''])('%j does not', (text) => {
    expect(looksLikeStart(bytesOf(text), 0, text.length)).toBe(false);
  });

  test.each(['14 03 03', '15 03 01', '16 03 00', '17 03 04'])('%s is a TLS record', (bytes) => {
    expect(looksLikeTls(hex(bytes), 0, 3)).toBe(true);
  });

  test.each(['13 03 03', '18 03 03', '17 02 03', '17 03 05', '16 03'])('%s is not a TLS record', (bytes) => {
    expect(looksLikeTls(hex(bytes), 0, hex(bytes).length)).toBe(false);
  });
});
