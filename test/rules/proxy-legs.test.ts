import { describe, expect, test } from 'vitest';
import { judge } from '../../src/rules/engine.ts';
import { nameOrigins, type JudgedConnection } from '../../src/rules/proxy-legs.ts';
import { ACCEPT, switchingProtocols } from '../helpers/handshakes.ts';
import { mark, OPTIONS, recordOf, seenResponse, told, type RecordSpec } from '../helpers/record-builder.ts';

function judgedOf(spec: RecordSpec): JudgedConnection {
  const record = recordOf(spec);
  return { record, anomalies: judge(record, OPTIONS).anomalies };
}

/** Front: client to proxy, FIN in packet 16. Back: proxy to backend, FIN in packet 14, half a millisecond earlier. */
const front = (more: RecordSpec = {}) =>
  judgedOf({ id: 0, last: mark(20, 5), serverSide: { fin: mark(16, 2) }, ...more });
const back = (more: RecordSpec = {}) =>
  judgedOf({
    id: 1,
    first: mark(5, -1),
    last: mark(18, 4),
    server: { address: '10.0.0.9', port: 8080 },
    serverSide: { fin: mark(14, 1.5) },
    ...more,
  });

const named = (...connections: JudgedConnection[]) =>
  Object.fromEntries(
    [...nameOrigins(connections)].map(([id, anomalies]) => [
      id,
      anomalies.map((anomaly) => told(anomaly)).join(),
    ]),
  );

test('of two legs with the same accept, the one with the earlier FIN is the origin', () => {
  const connections = [front(), back()];
  const result = nameOrigins(connections);
  expect(result.get(1)?.[0]).toMatchObject({ rule: 'handshake-close', evidence: { originConnection: 1 } });
  expect(result.get(0)?.[0]).toMatchObject({ rule: 'handshake-close', evidence: { originConnection: 1 } });
  const messages = named(...connections);
  expect(messages[1]).toMatch(
    /Connection 0 is the same WebSocket seen before a proxy: the close began here, at 10\.0\.0\.9 port 8080\. .*Look at what the server does/,
  );
  expect(messages[0]).toMatch(
    /It did not begin here: this server is a proxy, and on connection 1, its leg to the backend, the backend had closed 0\.5 ms before \(packet 14\)\. Look at connection 1\.$/,
  );
});

test('the order of the connections makes no difference', () => {
  expect(named(back(), front())).toEqual(named(front(), back()));
});

test('other anomalies of a leg stay as they are', () => {
  const wrong = front({ upgrade: { accept: 'invalid' } });
  expect(
    nameOrigins([wrong, back()])
      .get(0)
      ?.map(({ rule }) => rule),
  ).toEqual(['accept-mismatch', 'handshake-close']);
});

test('three legs: one origin, two in front of it', () => {
  const middle = back({
    id: 2,
    server: { address: '10.0.0.5', port: 80 },
    serverSide: { fin: mark(15, 1.8) },
  });
  const messages = named(front(), back(), middle);
  expect(messages[1]).toContain('Connections 2 and 0 are the same WebSocket');
  expect(messages[0]).toContain('on connection 1, its leg to the backend');
  expect(messages[2]).toContain('on connection 1, its leg to the backend');
});

describe('no legs', () => {
  test.each<[string, JudgedConnection[]]>([
    ['one connection', [front()]],
    [
      'different accepts: the proxy makes a key of its own',
      [front(), back({ upgrade: { response: seenResponse(switchingProtocols().replace(ACCEPT, 'other')) } })],
    ],
    [
      'no accept at all',
      [front(), back()].map(({ record, anomalies }) => ({
        record: {
          ...record,
          upgrade: { ...record.upgrade!, response: seenResponse('HTTP/1.1 101 X\r\n\r\n') },
        },
        anomalies,
      })),
    ],
    ['one after the other: a fixed key', [front(), back({ first: mark(21, 6), last: mark(40, 9) })]],
    [
      'the same server at the same time: a fixed key',
      [front(), back({ server: { address: '198.51.100.2', port: 80 } })],
    ],
    ['only one of them closed early', [front(), back({ serverSide: {} })]],
    ['one is only a remark', [front(), back({ clientSide: { fin: mark(13, 1) } })]],
  ])('%s', (_name, connections) => {
    expect(named(...connections)).toEqual({});
  });
});

test('very many connections with one key are passed over quickly', () => {
  const connections = Array.from({ length: 20_000 }, (_, id) =>
    judgedOf({
      id,
      server: { address: '10.0.0.1', port: id },
      serverSide: { fin: mark(14, 1) },
      last: mark(99, 1),
    }),
  );
  expect(nameOrigins(connections).size).toBe(8);
});
