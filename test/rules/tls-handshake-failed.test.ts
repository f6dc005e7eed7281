import { describe, expect, test } from 'vitest';
import type { CertificateFacts } from '../../src/tls/facts.ts';
import type { RuleContext } from '../../src/judgement/rule-context.ts';
import { NO_TLS_NEIGHBOURS } from '../../src/judgement/tls-neighbours.ts';
import { tlsHandshakeFailed } from '../../src/rules/tls-handshake-failed.ts';
import { check, CONTEXT, judged, mark, NO_TIMES, type RecordSpec, told } from '../helpers/record-builder.ts';
import { alert, tlsFacts, type TlsSpec } from '../helpers/tls-facts.ts';

const NOWHERE: RuleContext = { ...CONTEXT, webSocketPorts: new Set() };
const ELSEWHERE: RuleContext = { ...CONTEXT, webSocketPorts: new Set([9000]) };
const RETRIED: RuleContext = {
  ...NOWHERE,
  tlsNeighbours: { ...NO_TLS_NEIGHBOURS, nextSucceeded: () => true },
};
const SERVER_DONE = { from: 'server', name: 'ServerHelloDone', mark: mark(5, -10) } as const;
const HELLO = { from: 'client', name: 'ClientHello', mark: mark(4, -20) } as const;
const EXPIRED: CertificateFacts = {
  subject: 'CN=old.example.org',
  issuer: 'CN=Test CA',
  names: ['old.example.org'],
  notBefore: '2025-01-01T00:00:00Z',
  notAfter: '2025-12-20T00:00:00Z',
};

/** The client ends it at 5 ms, unless the test says otherwise. */
const failed = (tls: TlsSpec, more: RecordSpec = {}): RecordSpec => ({
  upgrade: null,
  tls: tlsFacts({ completed: null, lastMessage: SERVER_DONE, ...tls }),
  clientSide: { fin: mark(8, 5) },
  ...more,
});
const byServer = (tls: TlsSpec): RecordSpec =>
  failed(tls, { clientSide: {}, serverSide: { fin: mark(8, 5) } });

describe('an alert', () => {
  test('of the client is told with its meaning, what was seen of the certificate, and after which message', () => {
    const spec = failed({
      version: '1.2',
      alerts: [alert('client', 'certificate_expired', 7, 2)],
      certificate: EXPIRED,
    });
    const found = check(tlsHandshakeFailed, spec);
    expect(found).toMatchObject({
      kind: 'alert',
      severity: 'error',
      packets: [4, 7],
      evidence: { by: 'client', alert: 'certificate_expired', afterMs: 22, notAfter: '2025-12-20T00:00:00Z' },
      headline: 'TLS failed: the client sent certificate_expired for example.org',
    });
    expect(told(found)).toBe(
      "The client ended the TLS handshake for example.org with the alert certificate_expired, 22 ms after the ClientHello (packet 7), after the ServerHelloDone of the server (packet 5): the certificate of the server is out of date for it. The server's certificate is for old.example.org, issued by CN=Test CA, and had expired 11 days before (2025-12-20). Look at the dates of the certificate (openssl x509 -dates), whether a renewed one was loaded (reload the server or the proxy), and at the clock of the client.",
    );
  });

  test.each([
    ['client', 'unknown_ca', 'does not know the authority that signed the certificate of the server'],
    ['client', 'bad_certificate', 'does not accept the certificate of the server'],
    ['server', 'unknown_ca', 'signed the certificate of the client'],
    ['server', 'certificate_required', 'wants a certificate of the client'],
    ['server', 'handshake_failure', 'no cipher suite'],
    ['server', 'protocol_version', 'no TLS version in common'],
    ['server', 'no_application_protocol', 'none of the protocols (ALPN)'],
    ['server', 'unrecognized_name', 'does not know the server name'],
    ['server', 'decode_error', 'could not read a message'],
    ['server', 'alert 200', 'gave the handshake up'],
  ] as const)('of the %s: %s', (from, description, meaning) => {
    const found = check(tlsHandshakeFailed, failed({ alerts: [alert(from, description, 6, -5)] }));
    expect(found).toMatchObject({ severity: 'error', evidence: { by: from, alert: description } });
    expect(told(found)).toContain(meaning);
  });

  test('each alert has an advice of its own kind', () => {
    const advices = [
      'unknown_ca',
      'certificate_required',
      'protocol_version',
      'unrecognized_name',
      'no_application_protocol',
      'handshake_failure',
      'decode_error',
    ].map(
      (description) =>
        check(tlsHandshakeFailed, failed({ alerts: [alert('server', description, 6, -5)] }))?.advice,
    );
    expect(new Set(advices).size).toBe(advices.length);
  });

  test('of the server about a missing client certificate counts after the handshake, too', () => {
    const spec = byServer({
      completed: mark(6, 0),
      alerts: [alert('server', 'certificate_required', 7, 1, { isDecrypted: true })],
    });
    expect(check(tlsHandshakeFailed, spec)).toMatchObject({ kind: 'alert', severity: 'error' });
  });

  test('of a server of TLS 1.2 that asked for a certificate and got none is about that', () => {
    const alerts = [alert('server', 'handshake_failure', 8, 3)];
    const finished = { from: 'client', name: 'Finished', mark: mark(7, 2) } as const;
    const of = (asksClientCertificate: boolean) =>
      told(
        check(
          tlsHandshakeFailed,
          failed({ version: '1.2', alerts, asksClientCertificate, lastMessage: finished }),
        ),
      );
    expect(of(true)).toContain('it wants a certificate of the client, and got none');
    expect(of(false)).toContain('no cipher suite');
  });

  test.each<[string, TlsSpec]>([
    [
      'a warning',
      { alerts: [alert('server', 'unrecognized_name', 6, -5, { level: 'warning' })], completed: mark(7, 0) },
    ],
    ['a close_notify', { alerts: [alert('client', 'close_notify', 7, 1)], completed: mark(6, 0) }],
    [
      'one that comes long after the handshake',
      { alerts: [alert('client', 'internal_error', 70, 900)], completed: mark(6, 0) },
    ],
  ])('is not raised for %s', (_name, tls) => {
    expect(check(tlsHandshakeFailed, failed(tls, { clientSide: { fin: mark(80, 5000) } }))).toBeNull();
  });

  test('of versions or suites is information where the next try succeeded; one about the certificate is not', () => {
    const of = (description: string) =>
      check(tlsHandshakeFailed, failed({ alerts: [alert('server', description, 6, -5)] }), RETRIED);
    expect(of('protocol_version')).toMatchObject({ severity: 'info' });
    expect(of('unknown_ca')).toMatchObject({ severity: 'error' });
  });

  test.each([
    ['is an error where the capture shows no port of WebSockets', NOWHERE, 'error'],
    ['is information where it shows other ports', ELSEWHERE, 'info'],
  ] as const)('%s', (_name, context, severity) => {
    expect(
      check(tlsHandshakeFailed, failed({ alerts: [alert('client', 'unknown_ca', 7, 2)] }), context),
    ).toMatchObject({ severity });
  });

  test('leads to the verdict tls-failed, and times are left out where there are none', () => {
    const spec = failed({ alerts: [alert('client', 'unknown_ca', 7, 2)] });
    expect(judged(spec)).toEqual({ raised: ['tls-handshake-failed error'], withheld: [] });
    expect(told(check(tlsHandshakeFailed, spec, NO_TIMES))).toContain('with the alert unknown_ca (packet 7)');
  });
});

/** The client sent a record before its Finished. */
const ASKED: TlsSpec = { asksClientCertificate: true };

describe('an alert that TLS 1.3 hides', () => {
  test('in the place of the Finished of the client', () => {
    const found = check(tlsHandshakeFailed, failed({ hiddenAlert: mark(7, 2) }));
    expect(found).toMatchObject({ kind: 'hidden-alert', severity: 'error', packets: [4, 7] });
    expect(told(found)).toContain('most often the certificate');
  });

  const refused = (records: TlsSpec['records'], more: TlsSpec = {}) =>
    byServer({
      completed: mark(6, 0),
      lastMessage: null,
      ...more,
      ...(records === undefined ? {} : { records }),
    });

  test('of the server, when the client has finished', () => {
    const found = check(tlsHandshakeFailed, refused([['server', 2, 7, 1]], ASKED));
    expect(found).toMatchObject({ kind: 'hidden-server-alert', severity: 'error', packets: [7, 8] });
    expect(told(found)).toContain('most often because it wants a certificate of the client');
  });

  test.each<[string, RecordSpec]>([
    [
      'tickets came: the server had accepted',
      refused(
        [
          ['server', 238, 7, 1],
          ['server', 2, 7, 1],
        ],
        ASKED,
      ),
    ],
    ['a larger record', refused([['server', 129, 7, 1]], ASKED)],
    ['it came later', refused([['server', 2, 7, 4000]], ASKED)],
    ['the session was resumed', refused([['server', 2, 7, 1]], { ...ASKED, isResumed: true })],
    ['the keys say that nothing was refused', refused([['server', 2, 7, 1]], { ...ASKED, keys: 'found' })],
    ['TLS 1.2, where alerts are in the clear', refused([['server', 2, 7, 1]], { ...ASKED, version: '1.2' })],
    ['the server asked for no certificate', refused([['server', 2, 7, 1]], { asksClientCertificate: false })],
    [
      'bytes of the client are missing',
      { ...refused([['server', 2, 7, 1]], ASKED), clientSide: { gapBytes: 90, cutBytes: 90 } },
    ],
    [
      'the client ended it',
      failed(
        { completed: mark(6, 0), records: [['server', 2, 7, 1]] },
        { clientSide: { fin: mark(80, 5000) } },
      ),
    ],
  ])('is not raised where %s', (_name, spec) => {
    expect(check(tlsHandshakeFailed, spec)).toBeNull();
  });
});

describe('an end without an alert', () => {
  test('by the server says after which message', () => {
    const found = check(tlsHandshakeFailed, byServer({ serverHello: null, lastMessage: HELLO }));
    expect(found).toMatchObject({ kind: 'ended', severity: 'error', evidence: { by: 'server', how: 'fin' } });
    expect(told(found)).toContain(
      'The server ended the connection for example.org with FIN, 25 ms after the ClientHello (packet 8): the TLS handshake was not complete',
    );
  });

  test('by the client half-way is an error; where its next try succeeded it is information', () => {
    const spec = failed({ lastMessage: { from: 'client', name: 'ClientKeyExchange', mark: mark(7, 1) } });
    expect(check(tlsHandshakeFailed, spec)).toMatchObject({ kind: 'ended', severity: 'error' });
    expect(check(tlsHandshakeFailed, spec, RETRIED)).toMatchObject({ severity: 'info' });
  });

  test('a probe that sends only a ClientHello and leaves at once is information', () => {
    expect(check(tlsHandshakeFailed, failed({}))).toMatchObject({ kind: 'ended', severity: 'info' });
    const longer = failed({}, { clientSide: { fin: mark(8, 4000) } });
    expect(check(tlsHandshakeFailed, longer)).toMatchObject({ severity: 'error' });
  });

  test('at once behind the handshake, by the client, is information', () => {
    const left = (tls: TlsSpec, ms = 5) =>
      check(
        tlsHandshakeFailed,
        failed({ completed: mark(6, 0), ...tls }, { clientSide: { fin: mark(8, ms) } }),
      );
    expect(left({})).toMatchObject({ kind: 'left', severity: 'info' });
    expect(left({ records: [['client', 2, 7, 4]] })).toMatchObject({ kind: 'left' });
    expect(left({ records: [['client', 120, 7, 4]] })).toBeNull();
    expect(left({}, 4000)).toBeNull();
  });

  test('what is missing before it may be an alert', () => {
    const end = { by: 'server', how: 'rst', mark: mark(8, 5) } as const;
    expect(check(tlsHandshakeFailed, failed({}, { firstEnd: { ...end, missingBefore: 7 } }))).toBeNull();
    expect(check(tlsHandshakeFailed, failed({}, { firstEnd: { ...end, followsUnseen: true } }))).toBeNull();
    expect(check(tlsHandshakeFailed, failed({}, { serverSide: { gapBytes: 90, cutBytes: 90 } }))).toBeNull();
    expect(judged(failed({}, { serverSide: { gapBytes: 90 } }))).toMatchObject({ raised: [] });
    const hidden = failed({ hiddenAlert: mark(7, 1) });
    expect(check(tlsHandshakeFailed, hidden)).toMatchObject({ kind: 'hidden-alert' });
    expect(check(tlsHandshakeFailed, { ...hidden, serverSide: { gapBytes: 90, cutBytes: 90 } })).toBeNull();
  });

  test('an encrypted alert that need not belong to the handshake is none of it where bytes are missing', () => {
    const cut = { serverSide: { gapBytes: 90, cutBytes: 90 } };
    const of = (description: string, isDecrypted: boolean) =>
      check(
        tlsHandshakeFailed,
        failed({ alerts: [alert('client', description, 7, 2, { isDecrypted })] }, cut),
      );
    expect(of('bad_record_mac', true)).toBeNull();
    expect(of('bad_record_mac', false)).toMatchObject({ kind: 'alert' });
    expect(of('unknown_ca', true)).toMatchObject({ kind: 'alert' });
  });
});

describe('silence', () => {
  const silent = { serverHello: null, lastMessage: HELLO } satisfies TlsSpec;
  const server = { streamBytes: 0, segments: 0 };

  test('after the ClientHello, until the client gives up', () => {
    const found = check(
      tlsHandshakeFailed,
      failed(silent, { serverSide: server, clientSide: { fin: mark(8, 9980) } }),
    );
    expect(found).toMatchObject({ kind: 'silent', severity: 'error', evidence: { how: 'silence' } });
    expect(told(found)).toContain(
      'did not answer the ClientHello for example.org (packet 4): the client gave up 10 s later with FIN (packet 8).',
    );
  });

  test('until the capture ends, if that is long enough', () => {
    const until = (ms: number): RuleContext => ({ ...CONTEXT, captureEnds: [mark(90, ms)] });
    const spec = failed(silent, { serverSide: server, clientSide: {}, last: mark(5, -19) });
    expect(told(check(tlsHandshakeFailed, spec, until(6000)))).toContain(
      'at the last packet of the capture (packet 90), nothing had come',
    );
    expect(check(tlsHandshakeFailed, spec, until(3000))).toBeNull();
  });

  test('half-way', () => {
    const spec = failed({}, { clientSide: {}, last: mark(7, 0) });
    const context = { ...CONTEXT, captureEnds: [mark(90, 20_000)] };
    expect(check(tlsHandshakeFailed, spec, context)).toMatchObject({ kind: 'stalled', severity: 'error' });
  });
});

test.each<[string, RecordSpec]>([
  ['without TLS', { upgrade: null, clientSide: { fin: mark(8, 5) } }],
  ['for a handshake that was completed', byServer({ completed: mark(6, 0) })],
  ['where the ClientHello was not captured', failed({ hello: null, keys: 'late' })],
  [
    'for a ClientHello answered in plain text',
    failed(
      {},
      { plainAnswer: { to: 'tls', hello: mark(4, -2), answer: { bytes: new Uint8Array(8), ...mark(6, 0) } } },
    ),
  ],
])('is not raised %s', (_name, spec) => {
  expect(check(tlsHandshakeFailed, spec)).toBeNull();
});
