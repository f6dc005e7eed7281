import { describe, expect, it } from 'vitest';
import { analyze } from '../../src/analyze.ts';
import { redactReport, type RedactOptions } from '../../src/redact/redactor.ts';
import type { HeaderLine, Report } from '../../src/report/model.ts';
import {
  handshakeClose,
  sampleAcross,
  sampleAnomaly,
  sampleClose,
  sampleReport,
  sampleUpgrade,
} from '../report/sample-report.ts';
import { processorMs } from '../helpers/processor-time.ts';

const SECRETS: RedactOptions = { secrets: true, addresses: false, key: null };
const KEY = new TextEncoder().encode('a key');

function withHeaders(requestHeaders: readonly HeaderLine[], target = '/chat'): Report {
  return sampleReport([handshakeClose({ upgrade: sampleUpgrade({ target, requestHeaders }) })]);
}

/** The value of one header, redacted. */
function header(name: string, value: string): string {
  return redactReport(withHeaders([{ name, value }]), SECRETS).connections[0]!.upgrade!.requestHeaders[0]!
    .value;
}

const target = (url: string) => redactReport(withHeaders([], url), SECRETS).connections[0]!.upgrade!.target;

describe('redactReport', () => {
  it.each([
    ['Cookie', 'theme=dark; sid=8f3k2', 'theme=[redacted-1]; sid=[redacted-2]'],
    ['cookie', 'no-name-at-all', '[redacted-1]'],
    [
      'Set-Cookie',
      'sid=8f3k2; Path=/; Max-Age=60; HttpOnly',
      'sid=[redacted-1]; Path=/; Max-Age=60; HttpOnly',
    ],
    ['Authorization', 'Bearer eyJhbGciOi.x.y', 'Bearer [redacted-1]'],
    ['Proxy-Authorization', 'Basic YWxpY2U6c2VjcmV0', 'Basic [redacted-1]'],
    ['Authorization', 'something of my own', '[redacted-1]'],
    ['X-Api-Key', 'abc', '[redacted-1]'],
    ['X-XSRF-TOKEN', 'abc', '[redacted-1]'],
    [
      'Referer',
      'https://a:b@x.example/p?code=abc&n=1#/home',
      'https://[redacted-1]:[redacted-2]@x.example/p?code=[redacted-3]&n=1#/home',
    ],
    ['Origin', 'https://x.example', 'https://x.example'],
    [
      'Sec-WebSocket-Protocol',
      'graphql-transport-ws, v12.stomp, actioncable-v1-json',
      'graphql-transport-ws, v12.stomp, actioncable-v1-json',
    ],
    ['Sec-WebSocket-Protocol', 'chat, eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', 'chat, [redacted-1]'],
    ['Sec-WebSocket-Protocol', 'access_token, hunter', 'access_token, [redacted-1]'],
    [
      'Sec-WebSocket-Protocol',
      'base64url.bearer.authorization.k8s.io.abc, v4.channel.k8s.io',
      'base64url.bearer.authorization.k8s.io.[redacted-1], v4.channel.k8s.io',
    ],
    ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ==', 'dGhlIHNhbXBsZSBub25jZQ=='],
    ['Sec-WebSocket-Accept', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='],
    [
      'User-Agent',
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36',
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36',
    ],
    [
      'Accept',
      'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8',
      'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8',
    ],
    ['X-Request-Id', '550e8400-e29b-41d4-a716-446655440000', '550e8400-e29b-41d4-a716-446655440000'],
    ['X-Unheard-Of', 'a 550e8400-e29b-41d4-a716-446655440000 b', 'a [redacted-1] b'],
  ])('reads %s: %s', (name, value, redacted) => {
    expect(header(name, value)).toBe(redacted);
  });

  it.each([
    ['/chat', '/chat'],
    [
      '/chat?token=abc&room=1&EIO=4&transport=websocket',
      '/chat?token=[redacted-1]&room=1&EIO=4&transport=websocket',
    ],
    ['/chat?abcdef', '/chat?[redacted-1]'],
    ['/chat;jsessionid=1234567?x', '/chat;jsessionid=[redacted-1]?[redacted-2]'],
    ['/ws/550e8400-e29b-41d4-a716-446655440000/in', '/ws/[redacted-1]/in'],
    ['/socket.io/?sid=&x', '/socket.io/?sid=&[redacted-1]'],
    ['http://a@x.example:80/chat', 'http://[redacted-1]@x.example:80/chat'],
  ])('reads the target %s', (url, redacted) => {
    expect(target(url)).toBe(redacted);
  });

  it('marks equal values alike, numbered as they are met', () => {
    const report = withHeaders(
      [
        { name: 'Cookie', value: 'sid=abc12345' },
        { name: 'X-Token', value: 'other' },
      ],
      '/chat?token=abc12345',
    );
    const { upgrade } = redactReport(report, SECRETS).connections[0]!;
    expect(upgrade!.requestHeaders.map(({ value }) => value)).toEqual(['sid=[redacted-1]', '[redacted-2]']);
    expect(upgrade!.target).toBe('/chat?token=[redacted-1]');
  });

  it('marks by a hash that is the same in every report with the same key', () => {
    const marks = [KEY, KEY, Uint8Array.of(1)].map(
      (key) =>
        redactReport(withHeaders([], '/?a=secret-1&b=secret-2'), { ...SECRETS, key }).connections[0]!.upgrade!
          .target!,
    );
    expect(marks[0]).toMatch(/^\/\?a=\[redacted-[0-9a-f]{8}\]&b=\[redacted-[0-9a-f]{8}\]$/);
    expect(marks[1]).toBe(marks[0]);
    expect(marks[2]).not.toBe(marks[0]);
  });

  it('finds a value again in messages, also cut, in evidence, in the timeline and on other connections', () => {
    const secret = 'a1b2c3d4e5f6g7h8';
    const first = handshakeClose({ upgrade: sampleUpgrade({ target: `/chat?token=${secret}` }) });
    const second = handshakeClose({
      id: 1,
      close: sampleClose({ serverCode: 4401, serverReason: `expired ${secret}` }),
      timeline: [
        {
          at: '2024-05-01T10:00:00.123456000Z',
          packet: 4,
          from: 'client',
          event: 'frame',
          offsetMs: 1,
          detail: `at ${secret}`,
        },
      ],
      anomalies: [
        sampleAnomaly({
          message: `Refused "/chat?token=a1b2c3…" and ${secret}.`,
          evidence: { what: secret, all: [secret, 1] },
        }),
      ],
    });
    const across = sampleAcross([0, 1], { message: `at ${secret}` });
    const report = redactReport(
      sampleReport([first, second], { anomalies: [across], notes: [{ code: 'x', message: secret }] }),
      SECRETS,
    );
    expect(JSON.stringify(report)).not.toContain('a1b2c3');
    const { close, anomalies, timeline } = report.connections[1]!;
    expect(close!.serverReason).toBe('expired [redacted-1]');
    expect(anomalies[0]!.message).toBe('Refused "/chat?token=[redacted-1]…" and [redacted-1].');
    expect(anomalies[0]!.evidence).toEqual({ what: '[redacted-1]', all: ['[redacted-1]', 1] });
    expect(timeline[0]!.detail).toBe('at [redacted-1]');
    expect(report.anomalies[0]!.message).toBe('at [redacted-1]');
  });

  it('does not guess which value it was where several begin like that', () => {
    const report = withHeaders([{ name: 'Cookie', value: 'a=commonPrefix-1; b=commonPrefix-2' }]);
    report.connections[0]!.anomalies[0]!.message = 'It said "commonPr…" then.';
    expect(redactReport(report, SECRETS).connections[0]!.anomalies[0]!.message).toBe(
      'It said "[redacted]…" then.',
    );
  });

  it.each([
    ['going away', 'going away'],
    ['keepalive ping timeout', 'keepalive ping timeout'],
    ['Basic Authentication failed', 'Basic Authentication failed'],
    ['token=abc is not valid', 'token=[redacted-1] is not valid'],
    ['see https://x.example/?t=abc.', 'see https://x.example/?t=[redacted-1].'],
    ['Bearer abc123def expired', 'Bearer [redacted-1] expired'],
  ])('reads the close reason "%s"', (serverReason, redacted) => {
    const report = sampleReport([handshakeClose({ close: sampleClose({ serverReason }) })]);
    expect(redactReport(report, SECRETS).connections[0]!.close!.serverReason).toBe(redacted);
  });

  it('keeps its own sentences readable, whatever words the values are', () => {
    const report = withHeaders([], '/?a=server&b=sent&c=8080&d=handshake&e=packet');
    const before = report.connections[0]!.anomalies[0]!.message;
    expect(redactReport(report, SECRETS).connections[0]!.anomalies[0]!.message).toBe(before);
  });

  it('changes no fact of a capture without secrets', async () => {
    const report = await analyze('fixtures/handshake-close/chromium-reconnects.pcap');
    const { redaction, ...redacted } = redactReport(report, SECRETS);
    expect(JSON.parse(JSON.stringify(redacted))).toEqual(JSON.parse(JSON.stringify(report)));
    expect(redaction).toEqual({ secrets: true, addresses: false, keyed: false, values: 0 });
  });

  it('replaces addresses wherever they stand, but not versions that look like one', () => {
    const report = withHeaders([
      { name: 'Host', value: '10.1.2.3:8080' },
      { name: 'User-Agent', value: 'Chrome/120.0.0.0 v1.2.3.4' },
      { name: 'X-Forwarded-For', value: '10.1.2.9, fd00::5' },
      { name: 'X-Host', value: 'ip-10-1-2-3.internal' },
    ]);
    const connection = report.connections[0]!;
    connection.server.address = '10.1.2.3';
    connection.anomalies[0]!.message = 'At 10.1.2.3 port 8080, [fd00::5]:80, at 10:00:00.';
    const { server, upgrade, anomalies } = redactReport(report, {
      secrets: false,
      addresses: true,
      key: null,
    }).connections[0]!;
    expect(server.address).toBe('192.0.2.1');
    expect(upgrade!.requestHeaders.map(({ value }) => value)).toEqual([
      '192.0.2.1:8080',
      'Chrome/120.0.0.0 v1.2.3.4',
      '192.0.2.9, 2001:db8::1',
      'ip-192-0-2-1.internal',
    ]);
    expect(anomalies[0]!.message).toBe('At 192.0.2.1 port 8080, [2001:db8::1]:80, at 10:00:00.');
  });

  it('copes with thousands of tokens that begin alike', () => {
    const connections = Array.from({ length: 5000 }, (_, id) =>
      handshakeClose({
        id,
        upgrade: sampleUpgrade({ target: `/chat?token=eyJhbGciOiJIUzI1NiJ9.${id}` }),
        anomalies: [
          sampleAnomaly({
            message: `The request for /chat?token=eyJhbGciOi… was refused, eyJhbGciOiJIUzI1NiJ9.${id}.`,
          }),
        ],
      }),
    );
    const start = processorMs();
    const redacted = redactReport(sampleReport(connections), SECRETS);
    expect(processorMs() - start).toBeLessThan(5000);
    expect(redacted.connections[4999]!.anomalies[0]!.message).toBe(
      'The request for /chat?token=[redacted]… was refused, [redacted-5000].',
    );
  });

  it('takes no more than linear time for what is hostile', () => {
    const long = [
      'a'.repeat(60_000),
      'A'.repeat(60_000),
      '.'.repeat(60_000),
      '?a'.repeat(30_000),
      'token'.repeat(12_000),
      ' ,'.repeat(30_000),
      '=;'.repeat(30_000),
      'Bearer '.repeat(8_000),
      '1.'.repeat(30_000),
      ':'.repeat(60_000),
      '-1'.repeat(30_000),
    ];
    const headers = long.flatMap((value) =>
      ['Cookie', 'Authorization', 'Sec-WebSocket-Protocol', 'X-Other', 'Referer'].map((name) => ({
        name,
        value,
      })),
    );
    const start = processorMs();
    redactReport(withHeaders(headers), { secrets: true, addresses: true, key: null });
    expect(processorMs() - start).toBeLessThan(8000);
  });
});

describe('the body of a refusal', () => {
  const body = (text: string) => {
    const upgrade = sampleUpgrade({
      status: 403,
      accept: null,
      body: { text, bytes: text.length, omitted: 0 },
    });
    return redactReport(sampleReport([handshakeClose({ upgrade })]), SECRETS).connections[0]!.upgrade!.body!
      .text;
  };

  it.each([
    ['write to alice.b@mail.example.org', 'write to [redacted-1]'],
    ['{"apiKey": "short", "message": "no"}', '{"apiKey": "[redacted-1]", "message": "no"}'],
    ['{"session":"abc","password":"x y z"}', '{"session":"[redacted-1]","password":"[redacted-2]"}'],
    ['{"code":1,"message":"Session ID unknown"}', '{"code":1,"message":"Session ID unknown"}'],
    ['The plain HTTP request was sent to HTTPS port', 'The plain HTTP request was sent to HTTPS port'],
  ])('%s', (text, redacted) => {
    expect(body(text)).toBe(redacted);
  });
});
