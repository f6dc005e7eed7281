import { describe, expect, test } from 'vitest';
import { upgradeRejected } from '../../src/rules/upgrade-rejected.ts';
import { NO_NEIGHBOURS } from '../../src/judgement/neighbours.ts';
import { KEY, lines, upgradeRequest } from '../helpers/handshakes.ts';
import {
  check,
  CONTEXT,
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
    ['HTTP/1.1 400 Bad Request', 'bad request', 'The headers of the upgrade are in order'],
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
    ['HTTP/1.1 500 Oops', 'server error', 'the log of the server'],
    ['HTTP/1.1 503 Busy', 'no server was there for it', 'health checks'],
    [
      'HTTP/1.1 504 Gateway Timeout',
      'the proxy had no answer from the server behind it in time',
      'what kept the backend from answering',
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

describe('what the body says', () => {
  const refused = (status: string, text: string, request?: string): RecordSpec => ({
    upgrade: {
      ...(request === undefined ? {} : { request: seenRequest(request) }),
      response: seenResponse(lines(`HTTP/1.1 ${status}`)),
      accept: null,
      body: { text, bytes: text.length, omitted: 0 },
    },
  });

  test.each<[string, RecordSpec, string, string]>([
    [
      'a plain request to a TLS port',
      refused('400 Bad Request', 'The plain HTTP request was sent to HTTPS port'),
      'tls-port',
      'Use wss:// instead of ws://',
    ],
    [
      'a head that is too large',
      refused('400 Bad Request', 'Request Header Or Cookie Too Large'),
      'head-too-large',
      'the head of the request is too large for it (',
    ],
    ['the same by its status', refused('431 Too Large', ''), 'head-too-large', 'raise the limit'],
    [
      'an unknown session',
      refused('400 Bad Request', '{"code":1,"message":"Session ID unknown"}'),
      'session-unknown',
      'session affinity',
    ],
    [
      'an Origin',
      refused(
        '403 Forbidden',
        'invalid Origin header',
        upgradeRequest('/chat', 'Origin: http://app.example'),
      ),
      'origin',
      'the Origin http://app.example is not allowed',
    ],
  ])('%s', (_name, spec, cause, words) => {
    const found = check(upgradeRejected, spec);
    expect(found).toMatchObject({ severity: 'warning', evidence: { cause } });
    expect(told(found)).toContain(words);
  });

  test('is quoted up to 200 characters, in whole words', () => {
    const found = check(upgradeRejected, refused('500 Oops', `${'word '.repeat(60)}end`));
    expect(found?.message).toContain(` Its body says: "${'word '.repeat(40).trim()}…".`);
  });

  test('is not quoted where it says only what the head says', () => {
    expect(
      check(upgradeRejected, refused('426 Upgrade Required', 'Upgrade Required'))?.message,
    ).not.toContain('body');
  });
});

test('an answer that came before the request was complete', () => {
  const request = { ...seenRequest(undefined, mark(9, -2)), firstPacket: 4, segments: 2 };
  const response = seenResponse(lines('HTTP/1.1 400 Bad Request'), mark(6, -2.6));
  const found = check(upgradeRejected, { upgrade: { request, response, accept: null } });
  expect(found).toMatchObject({ kind: 'before-request-complete' });
  expect(told(found)).toContain(
    'with 400 Bad Request (packet 6), 0.6 ms before the request was complete (2 segments, packets 4 to 9). The server judged a part of the request',
  );
});

test('an answer that came when the client had left', () => {
  const response = seenResponse(lines('HTTP/1.1 504 Gateway Timeout'), mark(8, 60_000));
  const spec: RecordSpec = { upgrade: { response, accept: null }, clientSide: { fin: mark(7, 20_000) } };
  expect(told(check(upgradeRejected, spec))).toContain(
    ', 40 s after the client had left with its FIN (packet 7)',
  );
});

test('a PROXY header in front of the request is the first suspicion', () => {
  const spec: RecordSpec = {
    upgrade: { response: seenResponse(lines('HTTP/1.1 400 Bad Request')), accept: null },
    proxyHeader: { version: 1, source: null },
  };
  expect(check(upgradeRejected, spec)).toMatchObject({ evidence: { cause: 'proxy-header' } });
});

describe('with the other leg of a proxy', () => {
  const leg = (hasUpgrade: boolean) => ({
    ...CONTEXT,
    neighbours: { ...NO_NEIGHBOURS, legWithOtherUpgrade: () => ({ packet: hasUpgrade ? 2 : 9, hasUpgrade }) },
  });
  const response = seenResponse(lines('HTTP/1.1 426 Upgrade Required'));

  test('it is known where the header was dropped', () => {
    const request = seenRequest(lines('GET /chat HTTP/1.0', 'Host: a', `Sec-WebSocket-Key: ${KEY}`));
    const behind = check(upgradeRejected, { upgrade: { request, response, accept: null } }, leg(true));
    expect(told(behind)).toContain(
      'has lost its Upgrade header in the proxy that sent it, between packets 2 and 4',
    );
    const front = check(upgradeRejected, { upgrade: { response, accept: null } }, leg(false));
    expect(told(front)).toContain(
      'the server is a proxy that dropped the Upgrade header between packets 4 and 9',
    );
  });
});

describe('polling of Engine.IO whose session is unknown', () => {
  const request = {
    ...seenRequest(lines('GET /socket.io/?EIO=4&transport=polling&sid=secret HTTP/1.1', 'Host: a')),
    ...mark(4, -20),
  };
  const response = { ...seenResponse(lines('HTTP/1.1 400 Bad Request', 'Server: nginx')), ...mark(6, 0) };
  const polling = (count: number, lastPacket: number): RecordSpec => ({
    upgrade: null,
    sessionRefusals: { count, request, response, phrase: 'Session ID unknown', lastPacket },
  });

  test('is a warning that says once what was seen once', () => {
    const found = check(upgradeRejected, polling(1, 6));
    expect(found).toMatchObject({
      kind: 'session-unknown-polling',
      severity: 'warning',
      packets: [4, 6],
      evidence: { cause: 'session-unknown', status: 400, requests: 1, server: 'nginx' },
    });
    expect(found?.message).toBe(
      'The server answered a polling request for /socket.io/ with 400 Bad Request (packets 4 and 6), and the body says "Session ID unknown": the server that answered does not know the session of Engine.IO that the request names (sid).',
    );
    expect(told(found)).toContain('sticky sessions');
    expect(told(found)).not.toContain('secret');
  });

  test('counts, and names the first and the last', () => {
    const found = check(upgradeRejected, polling(3, 12));
    expect(found?.packets).toEqual([4, 6, 12]);
    expect(found?.message).toContain(
      '3 polling requests for /socket.io/ with 400 Bad Request (the first in packets 4 and 6, the last answer in packet 12)',
    );
  });

  test('is raised beside nothing else, with a headline', () => {
    expect(judged(polling(1, 6)).raised).toEqual(['upgrade-rejected warning']);
    expect(check(upgradeRejected, polling(1, 6))?.headline).toBe(
      'Engine.IO polling refused, status 400 "Session ID unknown": no session affinity?',
    );
  });
});

describe('a headline says why', () => {
  const withBody = (text: string, ...head: string[]): RecordSpec => ({
    upgrade: {
      response: seenResponse(lines(...head)),
      accept: null,
      body: { text, bytes: text.length, omitted: 0 },
    },
  });

  test.each([
    [
      'status 400: the port speaks TLS',
      withBody('The plain HTTP request was sent to HTTPS port', 'HTTP/1.1 400 Bad'),
    ],
    ['status 502: the proxy could not reach its backend', refusal('HTTP/1.1 502 Bad Gateway')],
    ['status 504: no answer in time', refusal('HTTP/1.1 504 Gateway Timeout')],
  ])('%s', (words, spec) => {
    expect(check(upgradeRejected, spec)?.headline).toBe(`upgrade refused, ${words}`);
  });

  test('with the size of a head that is too large', () => {
    expect(check(upgradeRejected, refusal('HTTP/1.1 431 Too Large'))?.headline).toMatch(
      /^upgrade refused, status 431: the request head of \d+ bytes is too large$/,
    );
  });

  test('and there is none where the status is all that is known', () => {
    expect(check(upgradeRejected, refusal('HTTP/1.1 403 Forbidden'))?.headline).toBeUndefined();
  });
});
