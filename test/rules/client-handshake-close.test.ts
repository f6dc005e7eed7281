import { describe, expect, test } from 'vitest';
import { clientHandshakeClose } from '../../src/rules/client-handshake-close.ts';
import { lines, switchingProtocols, upgradeRequest } from '../helpers/handshakes.ts';
import {
  check,
  close,
  frame,
  judged,
  mark,
  NO_TIMES,
  seenRequest,
  seenResponse,
  type RecordSpec,
  told,
} from '../helpers/record-builder.ts';

describe('raised', () => {
  test.each<[string, RecordSpec]>([
    ['a FIN right after the 101', { clientSide: { fin: mark(8, 0.3) } }],
    ['a RST right after the 101', { clientSide: { rst: mark(8, 7.5) } }],
    ['at the end of the window', { clientSide: { fin: mark(8, 100) } }],
    [
      'after frames without a Close',
      { clientSide: { frames: 2, fin: mark(8, 50) }, serverSide: { frames: 1 } },
    ],
    ['the server follows', { clientSide: { fin: mark(8, 0.3) }, serverSide: { fin: mark(9, 0.5) } }],
    [
      "the server's Close comes after its FIN",
      { clientSide: { fin: mark(8, 1) }, serverSide: { closeFrame: close(1002, 9, 2) } },
    ],
    [
      'the request was not captured',
      { clientSide: { fin: mark(8, 1) }, upgrade: { request: null, accept: 'unknown' } },
    ],
  ])('%s', (_name, spec) => {
    expect(check(clientHandshakeClose, spec)?.severity).toBe('warning');
  });
});

describe('not raised', () => {
  test.each<[string, RecordSpec]>([
    ['just after the window', { clientSide: { fin: mark(8, 100.000001) } }],
    ['after its own Close', { clientSide: { closeFrame: close(1000, 7, 1), fin: mark(8, 1.1) } }],
    [
      'its Close was captured after the RST that followed it',
      { clientSide: { rst: mark(8, 1), closeFrame: close(1000, 9, 2) } },
    ],
    [
      "after the server's Close",
      { clientSide: { fin: mark(8, 1) }, serverSide: { closeFrame: close(1000, 7, 0.5) } },
    ],
    [
      'after a Close in the packet of its FIN',
      { clientSide: { closeFrame: close(1000, 8, 1), fin: mark(8, 1) } },
    ],
    ['the server was first', { clientSide: { fin: mark(9, 1) }, serverSide: { fin: mark(8, 0.5) } }],
    ['nobody ended it', {}],
    [
      'no 101',
      { clientSide: { fin: mark(8, 1) }, upgrade: { response: seenResponse(lines('HTTP/1.1 400 Bad')) } },
    ],
    ['no upgrade', { clientSide: { fin: mark(8, 1) }, upgrade: null }],
  ])('%s', (_name, spec) => {
    expect(check(clientHandshakeClose, spec)).toBeNull();
  });
});

test('the message holds what the client may have refused', () => {
  const found = check(clientHandshakeClose, {
    clientSide: { fin: mark(8, 0.82) },
    upgrade: {
      accept: 'invalid',
      request: seenRequest(upgradeRequest('/chat', 'Sec-WebSocket-Protocol: chat, superchat')),
      response: seenResponse(
        switchingProtocols('Sec-WebSocket-Protocol: other', 'Sec-WebSocket-Extensions: permessage-deflate'),
      ),
    },
  });
  expect(told(found)).toBe(
    'The client sent FIN 0.82 ms after the 101 (packets 6 and 8), before any Close: it did not accept the handshake, ' +
      'or was closed at that moment. The 101 says: Sec-WebSocket-Accept invalid, subprotocol other ' +
      '(offered: chat, superchat), extensions permessage-deflate. ' +
      "Look at the client's console, which names the header that it refused.",
  );
  expect(found).toMatchObject({
    kind: 'refused',
    packets: [6, 8],
    at: mark(8, 0.82),
    evidence: {
      afterUpgradeMs: 0.82,
      how: 'fin',
      responsePacket: 6,
      endPacket: 8,
      accept: 'invalid',
      subprotocol: 'other',
      extensions: 'permessage-deflate',
    },
  });
});

test('a client that had sent frames had accepted the handshake: nothing is said against the 101', () => {
  const found = check(clientHandshakeClose, { clientSide: { frames: 2, fin: mark(8, 50) } });
  expect(found).toMatchObject({ kind: 'after-frames', evidence: { clientFrames: 2 } });
  expect(told(found)).toContain(
    'The client sent FIN 50 ms after the 101 (packets 6 and 8), without a Close. It had accepted the handshake: 2 ' +
      'frames had come from it by then. So nothing is wrong with the 101.',
  );
});

test('frames that were sent before the 101 was complete accept nothing', () => {
  const framesBeforeUpgrade = { count: 2, first: frame(1, 5, -1) };
  const found = check(clientHandshakeClose, {
    clientSide: { frames: 2, framesBeforeUpgrade, fin: mark(8, 50) },
  });
  expect(found).toMatchObject({ kind: 'refused' });
});

test('an empty subprotocol is called that', () => {
  const found = check(clientHandshakeClose, {
    clientSide: { fin: mark(8, 1) },
    upgrade: {
      request: seenRequest(upgradeRequest('/chat', 'Sec-WebSocket-Protocol: chat')),
      response: seenResponse(switchingProtocols('Sec-WebSocket-Protocol:')),
    },
  });
  expect(told(found)).toContain('valid, an empty subprotocol (offered: chat), no extensions.');
});

test('abnormal-closure is not raised as well, and a server that only follows is info', () => {
  expect(judged({ clientSide: { fin: mark(8, 0.3) }, serverSide: { fin: mark(9, 0.5) } }).raised).toEqual([
    'handshake-close info',
    'client-handshake-close warning',
  ]);
  expect(judged({ clientSide: { fin: mark(8, 0.3) } }).raised).toEqual(['client-handshake-close warning']);
});

test('withheld where a Close of the client may be missing, and where packets carry no time', () => {
  expect(judged({ clientSide: { fin: mark(8, 1), isFramingLost: true, gapBytes: 9 } })).toEqual({
    raised: [],
    withheld: ['client-handshake-close', 'abnormal-closure'],
  });
  expect(judged({ clientSide: { fin: mark(8, 1) } }, NO_TIMES)).toEqual({
    raised: ['abnormal-closure error'],
    withheld: ['client-handshake-close'],
  });
});

test("a FIN that acknowledges nothing of the 101 is not the client's judgement of it", () => {
  const found = check(clientHandshakeClose, {
    clientSide: { fin: mark(8, 0.3) },
    upgrade: { answerAtClientEnd: 'none' },
  });
  expect(found).toMatchObject({ kind: 'unseen', severity: 'info' });
  expect(told(found)).toContain(
    'acknowledges nothing of it: it had left before it could see it. So nothing is said against the 101.',
  );
});

test('what is unusual about the 101 is told, because the client may have refused it', () => {
  const response = seenResponse(
    switchingProtocols().replace('Connection: Upgrade', 'Connection: close, Upgrade'),
  );
  const found = check(clientHandshakeClose, { clientSide: { fin: mark(8, 0.3) }, upgrade: { response } });
  expect(found?.message).toContain(' Unusual about it: its Connection also says close (close, Upgrade).');
});

test('a client that is a proxy has a log, and no console', () => {
  const request = seenRequest(upgradeRequest('/chat', 'Via: 1.1 edge', 'X-Forwarded-For: 192.0.2.9'));
  const found = check(clientHandshakeClose, { clientSide: { fin: mark(8, 0.3) }, upgrade: { request } });
  expect(told(found)).toContain('This client is a proxy (Via and X-Forwarded-For): look at its log');
});
