import { describe, expect, test } from 'vitest';
import { acceptMismatch } from '../../src/rules/accept-mismatch.ts';
import { ACCEPT, KEY, lines, switchingProtocols, upgradeRequest } from '../helpers/handshakes.ts';
import {
  check,
  judged,
  mark,
  seenRequest,
  seenResponse,
  type RecordSpec,
  told,
} from '../helpers/record-builder.ts';

const withAccept = (accept: string | null) =>
  seenResponse(
    accept === null
      ? lines('HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket')
      : switchingProtocols().replace(ACCEPT, accept),
  );

test.each([
  [
    'another value',
    'AAAAAAAAAAAAAAAAAAAAAAAAAAA=',
    `The 101 carries Sec-WebSocket-Accept AAAAAAAAAAAAAAAAAAAAAAAAAAA=; the key demands ${ACCEPT} (packets 4 and 6). Every browser refuses`,
  ],
  ['the key itself', KEY, 'The server sent the key back unchanged instead of hashing it.'],
  ['none', null, `The 101 carries no Sec-WebSocket-Accept; the key demands ${ACCEPT}`],
])('raised for %s', (_name, accept, words) => {
  const found = check(acceptMismatch, {
    upgrade: { response: withAccept(accept), accept: accept === null ? 'missing' : 'invalid' },
  });
  expect(found).toMatchObject({
    kind: accept === null ? 'missing' : 'wrong',
    severity: 'error',
    packets: [4, 6],
    at: mark(6, 0),
    evidence: { accept, expected: ACCEPT, key: KEY },
  });
  expect(told(found)).toContain(words);
});

test('raised for a missing one even where the request was not captured', () => {
  const found = check(acceptMismatch, {
    upgrade: { request: null, response: withAccept(null), accept: 'missing' },
  });
  expect(found).toMatchObject({ packets: [6], evidence: { accept: null, expected: null, key: null } });
  expect(told(found)).toContain('carries no Sec-WebSocket-Accept (packet 6)');
});

describe('not raised', () => {
  test.each<[string, RecordSpec]>([
    ['it is right', {}],
    ['it could not be checked', { upgrade: { request: null, accept: 'unknown' } }],
    [
      'the answer is not a 101',
      { upgrade: { response: seenResponse(lines('HTTP/1.1 400 Bad')), accept: null } },
    ],
    ['no answer came', { upgrade: { response: null, accept: null } }],
    ['no upgrade was tried', { upgrade: null }],
  ])('%s', (_name, spec) => {
    expect(check(acceptMismatch, spec)).toBeNull();
  });
});

test('withheld where the capture cut a head short: a second key or accept may be in what is missing', () => {
  const upgrade = {
    request: seenRequest(upgradeRequest(), undefined, true),
    response: withAccept('x'),
    accept: 'invalid' as const,
  };
  expect(judged({ upgrade })).toEqual({ raised: [], withheld: ['accept-mismatch'] });
});

test.each([
  ['the same right one twice', ACCEPT, false],
  ['a right and a wrong one', KEY, true],
])('of %s: several are named by upgrade-response-invalid', (_name, second, isRaised) => {
  const response = seenResponse(switchingProtocols(`Sec-WebSocket-Accept: ${second}`));
  const { raised } = judged({ upgrade: { response, accept: 'invalid' } });
  expect(raised).toContain('upgrade-response-invalid error');
  expect(raised.includes('accept-mismatch error')).toBe(isRaised);
});
