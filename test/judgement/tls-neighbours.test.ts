import { describe, expect, test } from 'vitest';
import { TlsLog } from '../../src/judgement/tls-neighbours.ts';
import { mark, recordOf, type RecordSpec } from '../helpers/record-builder.ts';
import { CHAT, OPENING, tlsFacts, type RecordStep, type TlsSpec } from '../helpers/tls-facts.ts';

let id = 0;
const sealed = (tls: TlsSpec = {}, more: RecordSpec = {}) =>
  recordOf({ id: id++, upgrade: null, tls: tlsFacts(tls), ...more });
/** The server ends it right after an answer of the size of a 101. */
const atBirth = () => sealed({ records: OPENING }, { serverSide: { fin: mark(11, 3) } });
const SECOND: readonly RecordStep[] = [...OPENING, ['client', 180, 11, 900], ['server', 300, 12, 910]];

function logOf(...records: ReturnType<typeof sealed>[]): TlsLog {
  const log = new TlsLog(100);
  for (const record of records) log.add(record);
  return log;
}

describe('the connections of a client to one server name', () => {
  test('that all ended alike are counted', () => {
    const log = logOf(atBirth(), atBirth(), atBirth());
    expect(log.group(atBirth())).toMatchObject({
      connections: 3,
      ended: 3,
      endedAfterAnswer: 3,
      hasSecondRequest: false,
    });
  });

  test('one with a second request, one that looks like a WebSocket', () => {
    expect(logOf(atBirth(), sealed({ records: SECOND })).group(atBirth())).toMatchObject({
      hasSecondRequest: true,
    });
    expect(logOf(atBirth(), sealed({ records: CHAT })).group(atBirth())).toMatchObject({
      looksLikeWebSocket: true,
      ended: 1,
    });
  });

  test('other names, ports and clients are others', () => {
    const log = logOf(atBirth());
    expect(log.group(sealed({ hello: { serverName: 'other.example.org' } }))).toBeNull();
    expect(log.group(sealed({}, { server: { address: '198.51.100.2', port: 81 } }))).toBeNull();
    expect(log.group(sealed({}, { client: { address: '192.0.2.9', port: 1 } }))).toBeNull();
  });
});

describe('the next try', () => {
  const failed = (ms = -4) => sealed({ completed: null }, { first: mark(1, ms), endedBy: 'closed' });

  test('succeeded where a later connection, within half a minute, completed its handshake', () => {
    const first = failed();
    expect(logOf(first, sealed({}, { first: mark(20, 2000) })).nextSucceeded(first)).toBe(true);
    expect(logOf(first, sealed({}, { first: mark(20, 40_000) })).nextSucceeded(first)).toBe(false);
    expect(logOf(first, failed(2000)).nextSucceeded(first)).toBe(false);
    const late = failed(9000);
    expect(logOf(sealed({}, { first: mark(1, -4) }), late).nextSucceeded(late)).toBe(false);
  });
});

test('a browser that speaks HTTP/2 with a name opens WebSockets with HTTP/1.1 alone', () => {
  const page = sealed({ hello: { alpn: ['h2', 'http/1.1'] } });
  const log = logOf(page, sealed());
  expect(log.speaksHttp2Elsewhere(sealed())).toBe(true);
  expect(log.speaksHttp2Elsewhere(page)).toBe(false);
  expect(logOf(sealed()).speaksHttp2Elsewhere(sealed())).toBe(false);
});
