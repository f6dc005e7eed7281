import { describe, expect, test } from 'vitest';
import { buildConnection } from '../../src/report/build.ts';
import { closedText, frameTexts, targetText, upgradeText } from '../../src/report/connection-text.ts';
import { endingSentence } from '../../src/report/html/ending-sentence.ts';
import type { ConnectionReport } from '../../src/report/model.ts';
import { sealedHeadline, sealedStep } from '../../src/report/sealed-text.ts';
import { tlsLines } from '../../src/report/tls-text.ts';
import { judgementOf, mark, recordOf, type RecordSpec } from '../helpers/record-builder.ts';
import { alert, CHAT, tlsFacts, type TlsSpec } from '../helpers/tls-facts.ts';

const asIs = (text: string) => text;
const sealed = (tls: TlsSpec = {}, more: RecordSpec = {}): ConnectionReport =>
  buildConnection(
    recordOf({ upgrade: null, tls: tlsFacts(tls), serverSide: { fin: mark(20, 9000) }, ...more }),
    judgementOf(),
    'encrypted',
  );

describe('what is known of TLS in lines', () => {
  test('of a connection without keys', () => {
    expect(tlsLines(sealed({ records: CHAT }).tls!, asIs).slice(0, 2)).toEqual([
      'TLS 1.3, TLS_AES_128_GCM_SHA256, server name example.org, offers http/1.1, handshake 20 ms; no keys: what is inside can not be seen',
      'Records: 4 records from the client, 4 records from the server',
    ]);
  });

  test('with a certificate, alerts and a heartbeat', () => {
    const beats = [0, 1, 2, 3].flatMap((n) => [
      ['server', 2, 30 + 2 * n, 25_000 * (n + 1)] as const,
      ['client', 6, 31 + 2 * n, 25_000 * (n + 1) + 30] as const,
    ]);
    const certificate = {
      subject: 'CN=example.org',
      issuer: 'CN=CA',
      names: ['example.org'],
      notBefore: '2026-01-01T00:00:00Z',
      notAfter: '2026-04-01T00:00:00Z',
    };
    const spec = {
      records: [...CHAT, ...beats, ['server', 2, 40, 125_000] as const],
      certificate,
      alerts: [alert('client', 'close_notify', 50, 1)],
    };
    const report = sealed(spec, { serverSide: { fin: mark(60, 200_000) } });
    expect(report.tls!.heartbeat).toEqual({
      from: 'server',
      intervalMs: 25_000,
      sent: 5,
      answered: 4,
      lastUnansweredPacket: 40,
    });
    expect(tlsLines(report.tls!, asIs).slice(1)).toEqual([
      'Certificate: CN=example.org (example.org), issued by CN=CA, valid from 2026-01-01 to 2026-04-01',
      'Alerts: close_notify of the client (packet 50)',
      'Records: 8 records from the client, 9 records from the server',
      'Heartbeat, by the sizes of records: the server asks every 25 s, 4 of 5 answered, not the one in packet 40',
    ]);
  });

  test('a record of the size of an empty ping right before the end may be a close_notify', () => {
    const beats = [0, 1, 2].flatMap((n) => [
      ['server', 2, 30 + 2 * n, 500 * (n + 8)] as const,
      ['client', 6, 31 + 2 * n, 500 * (n + 8) + 5] as const,
    ]);
    const records = [...CHAT, ...beats, ['server', 2, 40, 5500] as const];
    const report = sealed({ records }, { serverSide: { fin: mark(41, 5501) } });
    expect(report.tls!.heartbeat).toMatchObject({ sent: 3, answered: 3, lastUnansweredPacket: null });
  });

  test('of a handshake that failed, of keys that were found, and of what is not decrypted', () => {
    const first = (tls: TlsSpec) => tlsLines(sealed(tls).tls!, asIs)[0];
    expect(
      first({ completed: null, version: null, cipher: null, hello: { serverName: null, alpn: [] } }),
    ).toBe('TLS without a ServerHello, no server name, no ALPN');
    expect(first({ keys: 'found', alpn: 'http/1.1', isResumed: true })).toBe(
      'TLS 1.3, TLS_AES_128_GCM_SHA256, server name example.org, offers http/1.1, http/1.1 chosen, resumed, handshake 20 ms; read with its keys',
    );
    expect(
      first({ keys: 'unsupported', unsupported: 'the cipher suite TLS_RSA_WITH_RC4_128_SHA' }),
    ).toContain('; not decrypted: the cipher suite TLS_RSA_WITH_RC4_128_SHA');
  });
});

test('a connection whose contents TLS hides has its server name, its records and its end, and no frames', () => {
  const connection = sealed({ records: CHAT });
  expect(targetText(connection, asIs)).toBe('example.org');
  expect(upgradeText(connection)).toBe('in TLS 1.3');
  expect(frameTexts(connection)).toEqual(['↑ 4 records', '↓ 4 records']);
  expect(closedText(connection, asIs)).toBe('server FIN');
  expect(endingSentence(connection, asIs)).toBe(
    'The server ended the connection with FIN; TLS hides what was said before.',
  );
});

test('close.notify is the first close_notify', () => {
  const closeNotify = { client: mark(19, 8000), server: mark(18, 7990) };
  expect(sealed({ closeNotify }).close?.notify).toEqual({ from: 'server', packet: 18, afterUpgradeMs: null });
  const open = sealed({ closeNotify: { client: mark(19, 8000), server: null } }, { serverSide: {} });
  expect(open.close).toMatchObject({ firstBy: null, notify: { from: 'client', packet: 19 } });
});

describe('the first line and the next step', () => {
  test('never say that there is no problem', () => {
    const connections = [sealed(), sealed()];
    expect(sealedHeadline({ connections })).toBe(
      '2 TLS connections that may be WebSockets: without keys nobody can see what is inside',
    );
    const plain = buildConnection(recordOf(), judgementOf(), 'clean');
    expect(sealedHeadline({ connections: [sealed(), plain] })).toBeNull();
    expect(sealedHeadline({ connections: [] })).toBeNull();
  });

  test('ask for no keys where keys don’t help', () => {
    const aria = { keys: 'unsupported', unsupported: 'the cipher suite TLS_EXAMPLE' } as const;
    expect(sealedHeadline({ connections: [sealed(aria)] })).toBe(
      '1 TLS connection that may be a WebSocket: wscap does not decrypt the cipher suite TLS_EXAMPLE',
    );
    expect(sealedHeadline({ connections: [sealed(aria), sealed()] })).toContain('without keys');
    const step = sealedStep([443], true, aria.unsupported);
    expect(step).toContain('does not decrypt the cipher suite TLS_EXAMPLE');
    expect(step).not.toContain('--keylog');
  });

  test('name the ports', () => {
    expect(sealedStep([443, 8443], false)).toContain('Ports 443 and 8443 speak TLS');
    expect(sealedStep([443], false)).toContain('name the port: --port 443.');
    expect(sealedStep([443], true)).not.toContain('--port');
  });
});
