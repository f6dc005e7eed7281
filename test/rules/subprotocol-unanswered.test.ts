import { describe, expect, test } from 'vitest';
import { subprotocolUnanswered } from '../../src/rules/subprotocol-unanswered.ts';
import { lines, switchingProtocols, upgradeRequest } from '../helpers/handshakes.ts';
import {
  check,
  judged,
  mark,
  NO_TIMES,
  seenRequest,
  seenResponse,
  type RecordSpec,
  told,
} from '../helpers/record-builder.ts';

const OFFER = seenRequest(
  upgradeRequest('/chat', 'Sec-WebSocket-Protocol: mqtt', 'Sec-WebSocket-Protocol: chat'),
);
const answered = (...more: string[]): RecordSpec => ({
  upgrade: { request: OFFER, response: seenResponse(switchingProtocols(...more)) },
});

test('raised where none is selected', () => {
  const finding = check(subprotocolUnanswered, answered(), NO_TIMES);
  expect(told(finding)).toBe(
    'The client offered the subprotocol mqtt, chat, and the 101 selects none (packets 4 and 6). Browsers fail such a ' +
      'connection; RFC 6455 allows it. Look at which subprotocols the server knows under that path, at how it is told to ' +
      'select one, and for a proxy that drops the header.',
  );
  expect(finding).toMatchObject({
    kind: 'none',
    severity: 'warning',
    packets: [4, 6],
    at: mark(6, 0),
    evidence: { offered: 'mqtt, chat', isHeaderEmpty: false },
  });
});

test('raised where the answer is an empty header', () => {
  const finding = check(subprotocolUnanswered, answered('Sec-WebSocket-Protocol: '));
  expect(told(finding)).toContain('the 101 answers with an empty Sec-WebSocket-Protocol (packets 4 and 6)');
  expect(finding).toMatchObject({ kind: 'empty', evidence: { isHeaderEmpty: true } });
});

describe('not raised', () => {
  test.each<[string, RecordSpec]>([
    ['one is selected', answered('Sec-WebSocket-Protocol: chat')],
    ['none was offered', {}],
    [
      'an empty offer',
      { upgrade: { request: seenRequest(upgradeRequest('/chat', 'Sec-WebSocket-Protocol:')) } },
    ],
    ['the request was not captured', { upgrade: { request: null, accept: 'unknown' } }],
    [
      'the answer is not a 101',
      { upgrade: { request: OFFER, response: seenResponse(lines('HTTP/1.1 400 Bad')), accept: null } },
    ],
    ['no upgrade', { upgrade: null }],
  ])('%s', (_name, spec) => {
    expect(check(subprotocolUnanswered, spec)).toBeNull();
  });
});

test.each<[string, RecordSpec]>([
  [
    'the capture cut the head of the response',
    { upgrade: { request: OFFER, response: seenResponse(switchingProtocols(), mark(6, 0), true) } },
  ],
  ['the 101 may answer another request', { ...answered(), clientSide: { gapBytes: 200 } }],
])('withheld where %s', (_name, spec) => {
  expect(judged(spec)).toEqual({ raised: [], withheld: ['subprotocol-unanswered'] });
});

test('beside the client that refuses the connection for it', () => {
  const { raised } = judged({ ...answered(), clientSide: { fin: mark(7, 2) } });
  expect(raised).toEqual(['subprotocol-unanswered warning', 'client-handshake-close warning']);
});
