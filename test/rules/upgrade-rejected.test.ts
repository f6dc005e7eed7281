import { describe, expect, test } from 'vitest';
import { upgradeRejected } from '../../src/rules/upgrade-rejected.ts';
import { lines, upgradeRequest } from '../helpers/handshakes.ts';
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

const refusal = (...head: string[]): RecordSpec => ({
  upgrade: { response: seenResponse(lines(...head)), accept: null },
});

describe('every class of answer is named', () => {
  test.each([
    ['HTTP/1.1 400 Bad Request', 'bad request', 'RFC 6455 §4.1'],
    ['HTTP/1.1 401 Unauthorized', 'authentication required', 'cookie, token and Origin'],
    ['HTTP/1.1 403 Forbidden', 'forbidden', 'cookie, token and Origin'],
    ['HTTP/1.1 407 Proxy Authentication Required', 'authentication required', 'Origin'],
    ['HTTP/1.1 404 Not Found', 'no such path', 'path and Host'],
    ['HTTP/1.1 410 Gone', 'no such path', 'path and Host'],
    ['HTTP/1.1 426 Upgrade Required', 'upgrade required', 'a proxy that drops Upgrade'],
    ['HTTP/1.1 301 Moved', 'redirected', 'Browsers do not follow redirects'],
    ['HTTP/1.1 200 OK', 'an ordinary page instead of an upgrade', 'the routing'],
    ['HTTP/1.1 204 No Content', 'an ordinary page instead of an upgrade', 'the routing'],
    ['HTTP/1.1 500 Oops', 'server error', 'the log of the server'],
    [
      'HTTP/1.1 502 Bad Gateway',
      'the proxy could not reach the server behind it',
      'whether the backend runs',
    ],
    ['HTTP/1.1 503 Busy', 'server error', 'the log of the server'],
    [
      'HTTP/1.1 504 Gateway Timeout',
      'the proxy could not reach the server behind it',
      'whether the backend runs',
    ],
    ['HTTP/1.1 429 Too Many Requests', 'refused', 'log at that time'],
    ['HTTP/1.1 999 What', 'server error', 'log'],
  ])('%s', (statusLine, words, advice) => {
    const found = check(upgradeRejected, refusal(statusLine));
    expect(found?.severity).toBe('warning');
    expect(told(found).toLowerCase()).toContain(words.toLowerCase());
    expect(told(found)).toContain(advice);
  });

  test('the refusal is not said again where the reason phrase says it already', () => {
    expect(told(check(upgradeRejected, refusal('HTTP/1.1 403 Forbidden')))).not.toContain(': forbidden');
    expect(told(check(upgradeRejected, refusal('HTTP/1.1 403 ')))).toContain(': forbidden');
  });
});

test('the message quotes target, status, reason, time and server', () => {
  const found = check(
    upgradeRejected,
    refusal('HTTP/1.1 301 Moved', 'Location: https://a/b', 'Server: nginx/1.22.1'),
  );
  expect(told(found)).toBe(
    'The server answered the upgrade request for /chat with 301 Moved after 2 ms (packets 4 and 6): redirected to https://a/b. ' +
      'It calls itself nginx/1.22.1. Browsers do not follow redirects of a WebSocket: use the final URL.',
  );
  expect(found).toMatchObject({
    packets: [4, 6],
    at: mark(6, 0),
    evidence: { status: 301, reason: 'Moved', server: 'nginx/1.22.1', location: 'https://a/b' },
  });
});

test('a 400 to a request that asks to close points at the proxy that sent it', () => {
  const request = seenRequest(upgradeRequest().replace('HTTP/1.1', 'HTTP/1.0'));
  const response = seenResponse(lines('HTTP/1.1 400 Bad Request'));
  expect(told(check(upgradeRejected, { upgrade: { request, response, accept: null } }))).toContain(
    'look at the proxy that sent it',
  );
});

test('wire text is cut in the message, not in the evidence', () => {
  const reason = 'x'.repeat(200);
  const found = check(upgradeRejected, refusal(`HTTP/1.1 400 ${reason}`));
  expect(told(found)).toContain(`with 400 ${'x'.repeat(60)}… after`);
  expect(found?.evidence['reason']).toBe(reason);
});

describe('refused first on the same connection', () => {
  const refusedBefore = [
    {
      request: seenRequest(undefined, mark(2, -20)),
      response: seenResponse(lines('HTTP/1.1 401 No'), mark(3, -10)),
    },
  ];

  test('and let in later: info', () => {
    const found = check(upgradeRejected, { refusedBefore });
    expect(found).toMatchObject({
      kind: 'refused-at-first',
      severity: 'info',
      packets: [2, 3],
      at: mark(3, -10),
    });
    expect(told(found)).toContain('A later attempt on the same connection was answered 101 (packet 6).');
  });

  test('and tried again without an answer: info', () => {
    const found = check(upgradeRejected, { refusedBefore, upgrade: { response: null, accept: null } });
    expect(found?.severity).toBe('info');
    expect(told(found)).toContain('The client tried again on the same connection.');
  });

  test('and refused again: a warning, of the last one', () => {
    const found = check(upgradeRejected, { ...refusal('HTTP/1.1 403 Forbidden'), refusedBefore });
    expect(found).toMatchObject({ kind: 'refused', severity: 'warning', evidence: { status: 403 } });
  });
});

test('without times it names none', () => {
  expect(told(check(upgradeRejected, refusal('HTTP/1.1 404 Not Found'), NO_TIMES))).toContain(
    'with 404 Not Found (packets 4 and 6)',
  );
});

test.each<[string, RecordSpec]>([
  ['a 101', {}],
  ['no answer', { upgrade: { response: null, accept: null } }],
  ['no upgrade', { upgrade: null }],
  [
    'no request captured',
    { upgrade: { request: null, response: seenResponse(lines('HTTP/1.1 404 No')), accept: null } },
  ],
])('not raised: %s', (_name, spec) => {
  expect(check(upgradeRejected, spec)).toBeNull();
});

test('a refusal raises nothing else, whoever ends the connection', () => {
  expect(judged({ ...refusal('HTTP/1.1 403 Forbidden'), serverSide: { fin: mark(8, 1) } }).raised).toEqual([
    'upgrade-rejected warning',
  ]);
});
