import { describe, expect, test } from 'vitest';
import type { RuleContext } from '../../src/judgement/rule-context.ts';
import { NO_TLS_NEIGHBOURS, type TlsGroup } from '../../src/judgement/tls-neighbours.ts';
import { encryptedHandshakeClose } from '../../src/rules/encrypted-handshake-close.ts';
import { check, CONTEXT, judged, mark, type RecordSpec, told } from '../helpers/record-builder.ts';
import { CHAT, OPENING, tlsFacts, type RecordStep, type TlsSpec } from '../helpers/tls-facts.ts';

const closed = (
  records: readonly RecordStep[] = OPENING,
  tls: TlsSpec = {},
  more: RecordSpec = {},
): RecordSpec => ({
  upgrade: null,
  tls: tlsFacts({ records, ...tls }),
  serverSide: { fin: mark(11, 2.657) },
  ...more,
});
const group = (more: Partial<TlsGroup> = {}): RuleContext => ({
  ...CONTEXT,
  tlsNeighbours: {
    ...NO_TLS_NEIGHBOURS,
    group: () => ({
      connections: 3,
      ended: 3,
      endedAfterAnswer: 3,
      hasSecondRequest: false,
      looksLikeWebSocket: false,
      ...more,
    }),
  },
});
const NAMED: RuleContext = { ...CONTEXT, namedPorts: new Set([80]) };

describe('an answer of the size of a 101 with the end behind it', () => {
  test('is a warning on a port that was named, and always a suspicion', () => {
    const found = check(encryptedHandshakeClose, closed(), NAMED);
    expect(found).toMatchObject({
      kind: 'suspected',
      severity: 'warning',
      packets: [10, 11],
      evidence: { by: 'server', how: 'FIN', isNamedPort: true },
    });
    expect(told(found)).toContain(
      'the server for example.org answered the first request with something of the size of a 101 (packet 10)',
    );
    expect(told(found)).toContain('with FIN 0.657 ms later (packet 11)');
    expect(told(found)).toContain('That is a suspicion from sizes alone');
  });

  test('on other ports it is information, where at least one reconnect went the same way', () => {
    expect(check(encryptedHandshakeClose, closed())).toBeNull();
    expect(check(encryptedHandshakeClose, closed(), group())).toMatchObject({
      severity: 'info',
      evidence: { connections: 3 },
    });
  });

  test('is a warning where another connection of that client to that name looks like a WebSocket', () => {
    const context = group({ ended: 4, looksLikeWebSocket: true });
    expect(check(encryptedHandshakeClose, closed(), context)).toMatchObject({ severity: 'warning' });
  });

  test('also where the client answers the close_notify, and its FIN comes first', () => {
    const records: RecordStep[] = [...OPENING, ['server', 2, 10, 2.1], ['client', 2, 11, 2.4]];
    const spec = closed(records, {}, { serverSide: {}, clientSide: { fin: mark(11, 2.4) } });
    expect(check(encryptedHandshakeClose, spec, NAMED)).toMatchObject({
      severity: 'warning',
      evidence: { how: 'close_notify' },
    });
  });

  test.each<[string, readonly RecordStep[], TlsSpec]>([
    [
      'session tickets before the answer',
      [OPENING[0]!, ['server', 238, 9, 1.5], ['server', 238, 9, 1.5], OPENING[1]!],
      {},
    ],
    ['a close_notify behind it', [...OPENING, ['server', 2, 10, 2.1]], {}],
    [
      'a Close and a close_notify behind it',
      [...OPENING, ['server', 4, 10, 2.1], ['server', 2, 10, 2.1]],
      {},
    ],
    [
      'the close_notify with which the client answers',
      [...OPENING, ['server', 2, 10, 2.1], ['client', 2, 12, 3]],
      {},
    ],
    ['a close_notify of the client behind the FIN', [...OPENING, ['client', 2, 12, 3]], {}],
    ['no ALPN at all', OPENING, { hello: { alpn: [] } }],
  ])('also with %s', (_name, records, tls) => {
    expect(check(encryptedHandshakeClose, closed(records, tls), NAMED)).toMatchObject({
      severity: 'warning',
    });
  });
});

describe('is not raised', () => {
  test.each<[string, RecordSpec]>([
    ['where the client offers HTTP/2', closed(OPENING, { hello: { alpn: ['h2', 'http/1.1'] } })],
    ['where the ClientHello was not captured', closed(OPENING, { hello: null })],
    ['where the client said something after the answer', closed([...OPENING, ['client', 15, 11, 2.2]])],
    ['where the client said goodbye first', closed([...OPENING, ['client', 2, 10, 2.2]])],
    ['for a small request', closed([['client', 90, 8, 1], OPENING[1]!])],
    ['for a small answer', closed([OPENING[0]!, ['server', 60, 10, 2]])],
    ['for a page', closed([OPENING[0]!, ['server', 4000, 10, 2]])],
    [
      'where the client ended it',
      closed(OPENING, {}, { serverSide: {}, clientSide: { fin: mark(11, 2.5) } }),
    ],
    ['where the end came after the window', closed(OPENING, {}, { serverSide: { fin: mark(11, 150) } })],
    ['where keys were there', closed(OPENING, { keys: 'found' })],
    [
      'where the cipher suite is not known',
      closed(OPENING, { look: { ...tlsFacts({ records: OPENING }).look, request: null } }),
    ],
  ])('%s', (_name, spec) => {
    expect(check(encryptedHandshakeClose, spec, NAMED)).toBeNull();
  });

  test('where a connection of that client carried a second request, or ended otherwise', () => {
    for (const more of [{ hasSecondRequest: true }, { ended: 4 }]) {
      const context = { ...group(more), namedPorts: new Set([80]) };
      expect(check(encryptedHandshakeClose, closed(), context)).toBeNull();
    }
  });
});

test('leads to the verdict encrypted: it is only a suspicion', () => {
  expect(judged(closed(), NAMED)).toEqual({ raised: ['encrypted-handshake-close warning'], withheld: [] });
  expect(judged(closed(CHAT), NAMED).raised).toEqual([]);
});
