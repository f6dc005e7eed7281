import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rewriteHeaderLine, rewriteStartLine } from '../../src/extract/head-lines.ts';
import { Pseudonyms } from '../../src/extract/pseudonyms.ts';
import { parseHead } from '../../src/http/head.ts';

const pseudonyms = new Pseudonyms(new TextEncoder().encode('key'));

function header(line: string, previous = ''): string {
  return rewriteHeaderLine(line, previous, pseudonyms).text;
}

describe('start lines', () => {
  it.each([
    'GET / HTTP/1.1',
    'GET /ws HTTP/1.1',
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
    'HTTP/1.1 101 Switching Protocols',
    'HTTP/1.1 101',
    'HTTP/1.1  400  ',
    'CONNECT localhost:8080 HTTP/1.1',
    'HTTP/1.1 10',
    'HTTP/1',
  ])('keeps %s', (line) => {
    expect(rewriteStartLine(line, pseudonyms)).toBe(line);
  });

  it.each([
    [
      'GET /tenants/acme/ws?token=s3cr3t&x=1 HTTP/1.1',
      /^GET \/[a-z]{7}\/[a-z]{4}\/ws\?token=[a-z]{6}&[a-z]=[a-z] HTTP\/1\.1$/,
    ],
    ['GET /?s3cr3t HTTP/1.1', /^GET \/\?[a-z]{6} HTTP\/1\.1$/],
    ['GET ws://acme.example:81/a HTTP/1.1', /^GET ws:\/\/[a-z]{4}\.[a-z]{7}:81\/[a-z] HTTP\/1\.1$/],
    ['GET http://user:pass@acme/ws HTTP/1.1', /^GET http:\/\/x{9}@[a-z]{4}\/ws HTTP\/1\.1$/],
    ['CONNECT acme.example:443 HTTP/1.1', /^CONNECT [a-z]{4}\.[a-z]{7}:443 HTTP\/1\.1$/],
    ['FROB-IT /ws HTTP/1.1', /^XXXX-XX \/ws HTTP\/1\.1$/],
    ['HTTP/1.1 403 No entry for bob', /^HTTP\/1\.1 403 x{2} x{5} x{3} x{3}$/],
    ['GET /acme/and-no-end', /^GET \/[a-z]{4}\/[a-z]{10}$/],
    ['what is this', /^XXXX [a-z]{2} x{4}$/],
  ])('rewrites %s', (line, expected) => {
    expect(rewriteStartLine(line, pseudonyms)).toMatch(expected);
  });
});

describe('header lines', () => {
  it.each([
    'Upgrade: websocket',
    'Connection: keep-alive, Upgrade',
    'connection:\tUPGRADE ',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Protocol: mqtt, graphql-ws',
    'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits; server_max_window_bits=10',
    'Host: localhost:8080',
    'Origin: http://127.0.0.1:3000',
    'Origin: null',
    'Server: nginx/1.22.1',
    'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
    'Date: Mon, 23 Nov 2026 06:18:18 GMT',
    'Content-Length: 0',
    'Transfer-Encoding: chunked',
    'X-Forwarded-For:',
  ])('keeps %s', (line) => {
    expect(header(line)).toBe(line);
  });

  it.each([
    ['Cookie: session=abc; theme=dark', /^Cookie: x{23}$/],
    ['Set-Cookie:  id=1; HttpOnly', /^Set-Cookie: {2}x{14}$/],
    ['Authorization: Bearer abc.def', /^Authorization: Bearer x{7}$/],
    ['authorization: abcdef', /^authorization: x{6}$/],
    ['Host: chat.acme.example:8080', /^Host: [a-z]{4}\.[a-z]{4}\.[a-z]{7}:8080$/],
    ['Host: 10.1.2.3:80', /^Host: [a-z]{8}:80$/],
    ['Origin: https://acme.example', /^Origin: https:\/\/[a-z]{4}\.[a-z]{7}$/],
    ['Sec-WebSocket-Protocol: chat, eyJhbGciOiJIUzI1NiJ9', /^Sec-WebSocket-Protocol: chat, [a-z]{20}$/],
    ['X-Acme-Tenant: 4711', /^x-[a-z]{11}: x{4}$/],
    ['X-Real-IP: 10.1.2.3', /^X-Real-IP: x{8}$/],
    ['no colon here', /^x{2} x{5} x{4}$/],
  ])('rewrites %s', (line, expected) => {
    expect(header(line)).toMatch(expected);
  });

  it('keeps what rules compare equal, and different', () => {
    const hostOf = (line: string) => header(line).slice(6);
    expect(hostOf('Host: acme.example')).toBe(hostOf('Host: acme.example'));
    expect(hostOf('Host: acme.example')).not.toBe(hostOf('Host: acne.example'));
    const offered = header('Sec-WebSocket-Protocol: v1.secret.acme').split(': ')[1]!;
    expect(header('sec-websocket-protocol: other, v1.secret.acme')).toContain(offered);
  });

  it('rewrites a folded line as more of the value before it', () => {
    expect(header(' websocket', 'upgrade')).toBe(' websocket');
    expect(header('\tsecret', 'cookie')).toBe('\txxxxxx');
  });

  it('is as long as it was, and parses to as many headers, whatever it is', () => {
    const line = fc.string({
      unit: fc.integer({ min: 32, max: 255 }).map((code) => String.fromCharCode(code)),
      maxLength: 60,
    });
    const named = fc
      .tuple(
        fc.constantFrom(
          'Host',
          'Origin',
          'Cookie',
          'Upgrade',
          'Sec-WebSocket-Extensions',
          'Referer',
          'X-Y',
          'Content-Type',
          'Via',
        ),
        line,
      )
      .map(([name, value]) => `${name}: ${value}`);
    fc.assert(
      fc.property(fc.oneof(line, named), (text) => {
        const result = header(text);
        expect(result).toHaveLength(text.length);
        const headersOf = (each: string) =>
          parseHead(`GET / HTTP/1.1\r\n${each}\r\n\r\n`, false)?.headers.length;
        expect(headersOf(result)).toBe(headersOf(text));
        expect(rewriteStartLine(text, pseudonyms)).toHaveLength(text.length);
      }),
      { numRuns: 2000 },
    );
  });
});
