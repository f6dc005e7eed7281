import { describe, expect, test } from 'vitest';
import { upgradeResponseInvalid } from '../../src/rules/upgrade-response-invalid.ts';
import { ACCEPT, lines, switchingProtocols, upgradeRequest } from '../helpers/handshakes.ts';
import {
  check,
  judged,
  mark,
  seenRequest,
  seenResponse,
  type RecordSpec,
  told,
} from '../helpers/record-builder.ts';

const answered = (response: string, request: string = upgradeRequest()): RecordSpec => ({
  upgrade: { request: seenRequest(request), response: seenResponse(response) },
});
const changed = (from: string, to: string) => switchingProtocols().replace(from, to);
const offering = (offer: string, agreed: string) =>
  answered(
    switchingProtocols(`Sec-WebSocket-Extensions: ${agreed}`),
    upgradeRequest('/chat', `Sec-WebSocket-Extensions: ${offer}`),
  );
const selecting = (offer: string, selected: string) =>
  answered(
    switchingProtocols(`Sec-WebSocket-Protocol: ${selected}`),
    offer === '' ? upgradeRequest() : upgradeRequest('/chat', `Sec-WebSocket-Protocol: ${offer}`),
  );
const BROWSER = 'permessage-deflate; client_max_window_bits';

describe('raised for the head alone', () => {
  test.each<[string, string, string, string]>([
    ['no Upgrade', changed('Upgrade: websocket\r\n', ''), 'upgrade', 'it has no Upgrade header'],
    [
      'another Upgrade',
      changed('Upgrade: websocket', 'Upgrade: h2c'),
      'upgrade',
      'its Upgrade is h2c, not websocket',
    ],
    ['no Connection', changed('Connection: Upgrade\r\n', ''), 'connection', 'it has no Connection header'],
    [
      'another Connection',
      changed('Connection: Upgrade', 'Connection: keep-alive'),
      'connection',
      'its Connection (keep-alive) does not name Upgrade',
    ],
    ['Content-Length', switchingProtocols('Content-Length: 5'), 'body', 'it carries Content-Length: 5'],
    [
      'HTTP/1.0',
      switchingProtocols().replace('HTTP/1.1', 'HTTP/1.0'),
      'http-version',
      'it is HTTP/1.0, which has no 101',
    ],
    [
      'Transfer-Encoding',
      switchingProtocols('Transfer-Encoding: chunked'),
      'body',
      'it carries Transfer-Encoding: chunked',
    ],
    [
      'two accepts',
      switchingProtocols(`Sec-WebSocket-Accept: ${ACCEPT}`),
      'accept',
      'it has 2 Sec-WebSocket-Accept headers',
    ],
    [
      'nothing at all',
      lines('HTTP/1.1 101 Switching Protocols', 'Content-Length: 0'),
      'upgrade connection body',
      'it has no Upgrade header; it has no Connection header; it carries Content-Length: 0',
    ],
  ])('%s', (_name, response, violations, clauses) => {
    const finding = check(upgradeResponseInvalid, answered(response));
    expect(finding).toMatchObject({
      kind: 'invalid',
      severity: 'error',
      packets: [6],
      at: mark(6, 0),
      evidence: { violations },
    });
    expect(finding?.message).toBe(`The 101 (packet 6) is not valid: ${clauses}.`);
  });
});

describe('raised for what was not offered', () => {
  test.each<[string, RecordSpec, string]>([
    [
      'a subprotocol, with none offered',
      selecting('', 'chat'),
      'it selects the subprotocol chat, where none was offered',
    ],
    [
      'another subprotocol',
      selecting('mqtt, stomp', 'chat'),
      'it selects the subprotocol chat, where only mqtt, stomp was offered',
    ],
    [
      'a subprotocol in another case',
      selecting('Chat', 'chat'),
      'it selects the subprotocol chat, where only Chat was offered',
    ],
    ['several subprotocols', selecting('a, b', 'a, b'), 'it selects 2 subprotocols (a, b)'],
    [
      'an empty subprotocol, with none offered',
      selecting('', ''),
      'its Sec-WebSocket-Protocol is empty, and none was offered',
    ],
    [
      'an extension',
      answered(switchingProtocols('Sec-WebSocket-Extensions: permessage-deflate')),
      'it agrees to the extension permessage-deflate, which was not offered',
    ],
    [
      'another extension',
      offering('permessage-deflate', 'x-webkit-deflate-frame'),
      'it agrees to the extension x-webkit-deflate-frame, which was not offered',
    ],
    [
      'client_max_window_bits',
      offering('permessage-deflate', 'permessage-deflate; client_max_window_bits=12'),
      'its permessage-deflate has client_max_window_bits, which the client did not offer',
    ],
    [
      'a parameter that does not exist',
      offering(BROWSER, 'permessage-deflate; server_window=9'),
      'its permessage-deflate has an unknown parameter server_window',
    ],
    [
      'client_max_window_bits without a value',
      offering(BROWSER, BROWSER),
      'its permessage-deflate has a client_max_window_bits without a value, not of 8 to 15',
    ],
    [
      'a window of 16',
      offering(BROWSER, 'permessage-deflate; server_max_window_bits=16'),
      'its permessage-deflate has a server_max_window_bits of 16, not of 8 to 15',
    ],
    [
      'a wider window than allowed',
      offering(
        'permessage-deflate; server_max_window_bits=10',
        'permessage-deflate; server_max_window_bits=15',
      ),
      'its permessage-deflate has server_max_window_bits=15, more than the client allowed',
    ],
    [
      'a window that the client demanded, and that is not promised',
      offering('permessage-deflate; server_max_window_bits=10', 'permessage-deflate'),
      'its permessage-deflate lacks server_max_window_bits, which the client demanded',
    ],
    [
      'no context takeover that the client demanded, and that is not promised',
      offering('permessage-deflate; server_no_context_takeover', 'permessage-deflate'),
      'its permessage-deflate lacks server_no_context_takeover, which the client demanded',
    ],
  ])('%s', (_name, spec, clause) => {
    const finding = check(upgradeResponseInvalid, spec);
    expect(finding).toMatchObject({ kind: 'invalid', severity: 'error', packets: [4, 6] });
    expect(finding?.message).toBe(`The 101 (packets 4 and 6) is not valid: ${clause}.`);
  });
});

describe('not raised', () => {
  test.each<[string, RecordSpec]>([
    ['as it should be', {}],
    ['a selected subprotocol', selecting('mqtt, chat', 'chat')],
    ['an empty subprotocol where some were offered: that is subprotocol-unanswered', selecting('chat', '')],
    ['permessage-deflate as offered', offering(BROWSER, 'permessage-deflate')],
    ['client_max_window_bits as offered', offering(BROWSER, 'permessage-deflate; client_max_window_bits=15')],
    [
      'client_max_window_bits that only the second offer has',
      offering(
        `permessage-deflate; server_max_window_bits=10, ${BROWSER}`,
        'permessage-deflate; client_max_window_bits=12',
      ),
    ],
    [
      'what a server may add without being asked',
      offering(
        BROWSER,
        'permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=8',
      ),
    ],
    [
      'a narrower window than demanded',
      offering(
        'permessage-deflate; server_max_window_bits=12',
        'permessage-deflate; server_max_window_bits="10"',
      ),
    ],
    [
      'none of the offered extensions',
      answered(switchingProtocols(), upgradeRequest('/chat', `Sec-WebSocket-Extensions: ${BROWSER}`)),
    ],
    [
      'a subprotocol, where the request was not captured',
      {
        upgrade: {
          request: null,
          response: seenResponse(switchingProtocols('Sec-WebSocket-Protocol: chat')),
          accept: 'unknown',
        },
      },
    ],
    [
      'a subprotocol, where the request was cut',
      {
        upgrade: {
          request: seenRequest(upgradeRequest(), mark(4, -2), true),
          response: seenResponse(switchingProtocols('Sec-WebSocket-Protocol: chat')),
        },
      },
    ],
    [
      'a subprotocol, where the request may be another one',
      {
        ...selecting('', 'chat'),
        clientSide: { gapBytes: 300 },
        upgrade: { ...selecting('', 'chat').upgrade, accept: 'unknown' },
      },
    ],
    ['no 101', answered(lines('HTTP/1.1 400 Bad Request', 'Content-Length: 0'))],
    ['no answer', { upgrade: { response: null, accept: null } }],
    ['no upgrade', { upgrade: null }],
  ])('%s', (_name, spec) => {
    expect(check(upgradeResponseInvalid, spec)).toBeNull();
  });
});

test('a later gap of the client does not hide it: the accept proves which request was answered', () => {
  expect(
    check(upgradeResponseInvalid, { ...selecting('', 'chat'), clientSide: { gapBytes: 300 } }),
  ).not.toBeNull();
});

test('a 101 to something else is named, though it opened no WebSocket', () => {
  const spec = answered(lines('HTTP/1.1 101 Switching Protocols', 'Upgrade: h2c', 'Connection: Upgrade'));
  expect(check(upgradeResponseInvalid, { ...spec, opening: null, openedAt: null })).not.toBeNull();
});

test('the message names what to look at', () => {
  const finding = check(
    upgradeResponseInvalid,
    answered(switchingProtocols('Content-Length: 0', 'Server: drogon')),
  );
  expect(told(finding)).toBe(
    'The 101 (packet 6) has a form that some clients refuse: it carries Content-Length: 0. A 101 has no body: some clients drop it, or take the ' +
      'first frames for one. Look at the framework or proxy that writes it with the code for ordinary responses.',
  );
  expect(finding?.evidence).toEqual({
    violations: 'body',
    upgrade: 'websocket',
    connection: 'Upgrade',
    contentLength: '0',
    transferEncoding: null,
    subprotocol: null,
    extensions: null,
    server: 'drogon',
  });
});

test('withheld where the capture cut the head of the response: the rest may hold what seems to be missing', () => {
  const text = switchingProtocols();
  const response = seenResponse(text.slice(0, text.indexOf('Connection')), mark(6, 0), true);
  expect(judged({ upgrade: { response, accept: 'unknown' } })).toEqual({
    raised: [],
    withheld: ['upgrade-response-invalid'],
  });
});

describe('milder forms', () => {
  const bare = switchingProtocols().replaceAll('\r\n', '\n');
  test.each([
    ['Content-Length: 0', switchingProtocols('Content-Length: 0'), 'warning', 'it carries Content-Length: 0'],
    [
      'Connection: close beside Upgrade',
      switchingProtocols().replace('Connection: Upgrade', 'Connection: close, Upgrade'),
      'warning',
      'its Connection also says close (close, Upgrade)',
    ],
    ['bare line feeds', bare, 'warning', 'its lines end with a bare LF instead of CR and LF'],
    [
      'no reason phrase',
      switchingProtocols().replace(' Switching Protocols', ' '),
      'info',
      'its status line has no reason phrase ("HTTP/1.1 101")',
    ],
  ])('%s', (_name, response, severity, clause) => {
    const found = check(upgradeResponseInvalid, answered(response));
    expect(found).toMatchObject({ kind: 'unusual', severity });
    expect(found?.message).toBe(`The 101 (packet 6) has a form that some clients refuse: ${clause}.`);
  });

  test('the worst of several decides, and all are told in one finding', () => {
    const found = check(upgradeResponseInvalid, answered(bare.replace('Upgrade: websocket\n', '')));
    expect(found).toMatchObject({ kind: 'invalid', severity: 'error' });
    expect(found?.message).toContain('it has no Upgrade header; its lines end with a bare LF');
  });

  test('the draft hixie-76', () => {
    const head = lines(
      'HTTP/1.1 101 WebSocket Protocol Handshake',
      'Upgrade: WebSocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Origin: http://a',
      'Sec-WebSocket-Location: ws://a/',
    );
    expect(check(upgradeResponseInvalid, answered(head))).toMatchObject({
      severity: 'error',
      evidence: { violations: 'draft' },
    });
  });
});
