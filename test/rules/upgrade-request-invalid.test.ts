import { describe, expect, test } from 'vitest';
import { upgradeRequestInvalid } from '../../src/rules/upgrade-request-invalid.ts';
import { KEY, lines, upgradeRequest } from '../helpers/handshakes.ts';
import { check, judged, mark, NO_TIMES, seenRequest, told } from '../helpers/record-builder.ts';

/** The request with one text in it replaced by another. */
const changed = (from: string, to: string) => upgradeRequest().replace(from, to);
const found = (text: string) => check(upgradeRequestInvalid, { upgrade: { request: seenRequest(text) } });

describe('raised', () => {
  test.each<[string, string, string, string]>([
    ['another method', changed('GET', 'POST'), 'method', 'its method is POST, not GET'],
    ['HTTP/1.0', changed('HTTP/1.1', 'HTTP/1.0'), 'http-version', 'it is HTTP/1.0, which has no upgrade'],
    ['no Host', changed('Host: server.example.com\r\n', ''), 'host', 'it has no Host'],
    ['two Hosts', upgradeRequest('/chat', 'Host: other'), 'host', 'it has 2 Host headers'],
    ['no Upgrade', changed('Upgrade: websocket\r\n', ''), 'upgrade', 'it has no Upgrade header'],
    [
      'an Upgrade to something else',
      changed('Upgrade: websocket', 'Upgrade: h2c'),
      'upgrade',
      'its Upgrade (h2c) does not name websocket',
    ],
    ['no Connection', changed('Connection: Upgrade\r\n', ''), 'connection', 'it has no Connection header'],
    [
      'Connection without the token',
      changed('Connection: Upgrade', 'Connection: keep-alive'),
      'connection',
      'its Connection (keep-alive) does not name Upgrade',
    ],
    [
      'Connection: close in place of it',
      changed('Connection: Upgrade', 'Connection: close'),
      'connection close',
      'its Connection (close) does not name Upgrade; its Connection asks the server to close',
    ],
    [
      'no version',
      changed('Sec-WebSocket-Version: 13\r\n', ''),
      'version',
      'it has no Sec-WebSocket-Version',
    ],
    [
      'an old version',
      changed('Version: 13', 'Version: 8'),
      'version',
      'its Sec-WebSocket-Version is 8 instead of 13',
    ],
    [
      'several versions',
      upgradeRequest('/chat', 'Sec-WebSocket-Version: 8'),
      'version',
      'its Sec-WebSocket-Version is 13, 8 instead of 13',
    ],
    ['no key', changed(`Sec-WebSocket-Key: ${KEY}\r\n`, ''), 'key', 'it has no Sec-WebSocket-Key'],
    ['two keys', upgradeRequest('/chat', `Sec-WebSocket-Key: ${KEY}`), 'key', 'it has 2 Sec-WebSocket-Keys'],
    [
      'a short key',
      changed(KEY, 'c2hvcnQ='),
      'key',
      'its Sec-WebSocket-Key (c2hvcnQ=) is not 16 bytes in base64',
    ],
    [
      'a key with other letters',
      changed(KEY, 'dGhlIHNhbXBsZSBub25j_Q=='),
      'key',
      'its Sec-WebSocket-Key (dGhlIHNhbXBsZSBub25j_Q==) is not 16 bytes in base64',
    ],
  ])('%s', (_name, text, violations, clauses) => {
    const finding = found(text);
    expect(finding).toMatchObject({
      kind: 'invalid',
      severity: 'warning',
      packets: [4],
      evidence: { violations },
    });
    expect(finding?.message).toBe(
      `The upgrade request for /chat (packet 4) is not what RFC 6455 §4.1 demands: ${clauses}.`,
    );
  });

  test('once for all violations of a request, as a proxy makes it', () => {
    const finding = found(
      lines(
        'GET /chat HTTP/1.0',
        'Host: backend',
        'Connection: close',
        `Sec-WebSocket-Key: ${KEY}`,
        'Sec-WebSocket-Version: 13',
      ),
    );
    expect(told(finding)).toBe(
      'The upgrade request for /chat (packet 4) is not what RFC 6455 §4.1 demands: it is HTTP/1.0, which has no upgrade; ' +
        'it has no Upgrade header; its Connection (close) does not name Upgrade; its Connection asks the server to close. ' +
        'A server that honours the close answers 101 and then hangs up. Look for a proxy in between that was not told to ' +
        'speak HTTP/1.1 and to pass on Upgrade and Connection (nginx: proxy_http_version 1.1, proxy_set_header Upgrade ' +
        '$http_upgrade, proxy_set_header Connection "upgrade").',
    );
    expect(finding).toMatchObject({
      at: mark(4, -2),
      evidence: {
        violations: 'http-version upgrade connection close',
        method: 'GET',
        httpVersion: '1.0',
        host: 'backend',
        upgrade: null,
        connection: 'close',
        version: '13',
        key: KEY,
        status: 101,
      },
    });
  });

  test('for a close beside the upgrade, in its own words', () => {
    const finding = found(changed('Connection: Upgrade', 'Connection: upgrade, Close'));
    expect(finding).toMatchObject({ kind: 'asks-to-close', evidence: { violations: 'close' } });
    expect(told(finding)).toMatch(
      /^The upgrade request for \/chat \(packet 4\) also asks the server to close the connection: Connection: upgrade, Close\. A server that honours the close answers 101 and then hangs up\. Look for a proxy/,
    );
  });

  test('with the client to look at where no proxy does such a thing', () => {
    expect(told(found(changed('Version: 13', 'Version: 8')))).toContain('Look at the code of the client');
  });

  test('whatever the answer was, and without times', () => {
    const request = seenRequest(changed('GET', 'POST'));
    const unanswered = { request, response: null, accept: null };
    expect(check(upgradeRequestInvalid, { upgrade: unanswered }, NO_TIMES)).toMatchObject({
      evidence: { status: null },
    });
  });
});

describe('not raised', () => {
  test.each([
    ['as it should be', upgradeRequest()],
    ['names and tokens in any case', changed('Upgrade: websocket', 'UPGRADE: WebSocket')],
    [
      'keep-alive beside the upgrade, as Firefox sends it',
      changed('Connection: Upgrade', 'Connection: keep-alive, Upgrade'),
    ],
    ['Connection in two lines', upgradeRequest('/chat', 'Connection: keep-alive')],
    ['a later HTTP/1.x', changed('HTTP/1.1', 'HTTP/1.2')],
    ['an empty Host', changed('Host: server.example.com', 'Host:')],
  ])('%s', (_name, text) => {
    expect(found(text)).toBeNull();
  });

  test('without a request', () => {
    expect(check(upgradeRequestInvalid, { upgrade: { request: null, accept: 'unknown' } })).toBeNull();
    expect(check(upgradeRequestInvalid, { upgrade: null })).toBeNull();
  });
});

test('withheld where the capture cut the head of the request: the rest may hold what seems to be missing', () => {
  const text = upgradeRequest();
  const request = seenRequest(text.slice(0, text.indexOf('Sec-WebSocket-Key')), mark(4, -2), true);
  expect(judged({ upgrade: { request, accept: 'unknown' } })).toEqual({
    raised: [],
    withheld: ['upgrade-request-invalid'],
  });
});
