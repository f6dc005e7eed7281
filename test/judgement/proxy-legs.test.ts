import { describe, expect, test } from 'vitest';
import type { Anomaly } from '../../src/judgement/rule.ts';
import { idleTimeout } from '../../src/rules/idle-timeout.ts';
import { nameOrigins, type LegCandidate } from '../../src/judgement/proxy-legs.ts';
import { ACCEPT, switchingProtocols } from '../helpers/handshakes.ts';
import {
  close,
  judgedConnections,
  mark,
  seenRequest,
  seenResponse,
  told,
  type RecordSpec,
} from '../helpers/record-builder.ts';

function judgedOf(spec: RecordSpec): LegCandidate {
  return judgedConnections([spec])[0]!;
}

/** A leg whose handshake lies between these packets. */
function leg(id: number, request: number, response: number, spec: RecordSpec): LegCandidate {
  return judgedOf({
    id,
    last: mark(9999, 70_000),
    ...spec,
    upgrade: {
      request: seenRequest(undefined, mark(request, -2)),
      response: seenResponse(undefined, mark(response, 0)),
      ...spec.upgrade,
    },
  });
}

/** Front: client to proxy, FIN in packet 16. Back: proxy to backend, FIN in packet 14, half a millisecond earlier. */
const front = (more: RecordSpec = {}) => leg(0, 4, 12, { serverSide: { fin: mark(16, 2) }, ...more });
const back = (more: RecordSpec = {}) =>
  leg(1, 6, 8, {
    first: mark(5, -1),
    server: { address: '10.0.0.9', port: 8080 },
    serverSide: { fin: mark(14, 1.5) },
    ...more,
  });

/** The same, half a second into the connection, so that neither handshake-close nor silence is in question. */
const LATE = 500;
const lateFin = (packet: number, ms: number) => ({ fin: mark(packet, LATE + ms) });

const named = (...connections: LegCandidate[]) =>
  Object.fromEntries(
    [...nameOrigins(connections)].map(([id, anomalies]) => [
      id,
      anomalies.map((anomaly) => told(anomaly)).join(),
    ]),
  );

describe('the backend closed', () => {
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

  test('of an abnormal closure as well', () => {
    const messages = named(
      front({ serverSide: lateFin(916, 2) }),
      back({ serverSide: { rst: mark(914, LATE) } }),
    );
    expect(messages[1]).toMatch(/the close began here, at 10\.0\.0\.9 port 8080\. Look at the server's log/);
    expect(messages[0]).toMatch(
      /on connection 1, its leg to the backend, the backend had closed 2 ms before \(packet 914\)\. Look at connection 1\.$/,
    );
  });

  test('the Close of the backend, which the proxy passes on, counts', () => {
    const messages = named(
      front({ serverSide: { closeFrame: close(1011, 15, 1), fin: mark(16, 2) } }),
      back({ serverSide: { closeFrame: close(1011, 13, 0.6), fin: mark(14, 1.5) } }),
    );
    expect(messages[0]).toContain('the backend had closed 0.4 ms before (packet 13)');
  });

  test('the order of the connections makes no difference', () => {
    expect(named(back(), front())).toEqual(named(front(), back()));
  });

  test('without times no time is named', () => {
    const messages = named(
      front({ serverSide: { fin: mark(16, 0) } }),
      back({ serverSide: { fin: mark(14, 0) } }),
    );
    expect(messages[0]).toContain('the backend had closed before (packet 14).');
  });

  test('other anomalies of a leg stay as they are', () => {
    const wrong = front({ upgrade: { accept: 'invalid' } });
    const anomalies = nameOrigins([wrong, back()]).get(0);
    expect(anomalies?.map(({ rule }) => rule)).toEqual(['accept-mismatch', 'handshake-close']);
    expect(anomalies?.[0]).toBe(wrong.anomalies[0]);
  });

  test('three legs: one origin, two in front of it', () => {
    const middle = leg(2, 5, 10, {
      server: { address: '10.0.0.5', port: 80 },
      serverSide: { fin: mark(15, 1.8) },
    });
    const messages = named(front(), back(), middle);
    expect(messages[1]).toContain('Connections 2 and 0 are the same WebSocket');
    expect(messages[0]).toContain('on connection 1, its leg to the backend');
    expect(messages[2]).toContain('on connection 1, its leg to the backend');
  });
});

describe('the proxy closed both legs', () => {
  const connections = [
    front({ serverSide: lateFin(920, 0) }),
    back({ serverSide: {}, clientSide: { rst: mark(921, LATE + 0.1) } }),
  ];

  test('each leg says so, and which end of it the proxy is', () => {
    const messages = named(...connections);
    expect(messages[0]).toMatch(
      /Browsers and libraries report 1006\. This server is a proxy, and the proxy closed both legs: this one, and connection 1, its leg to the backend, with RST in packet 921\. Look at the timeouts of that proxy, and at its log at that time: neither the client nor the backend had closed\.$/,
    );
    expect(messages[1]).toMatch(
      /Browsers and libraries report 1006\. This client is a proxy, and the proxy closed both legs: this one, and connection 0, its leg to the client, with FIN in packet 920\. Look at the timeouts of that proxy/,
    );
    expect(messages[1]).not.toContain('Look at the client');
  });

  test('the evidence names no connection as the origin', () => {
    for (const anomalies of nameOrigins(connections).values()) {
      expect(anomalies[0]?.evidence).toMatchObject({ originConnection: null, endedByProxy: true });
    }
  });

  test('whichever leg it closed first', () => {
    const messages = named(
      front({ serverSide: lateFin(922, 1) }),
      back({ serverSide: {}, clientSide: lateFin(921, 0) }),
    );
    expect(messages[0]).toContain('with FIN in packet 921');
    expect(messages[1]).toContain('with FIN in packet 922');
  });

  test('right after the handshake', () => {
    const messages = named(front(), back({ serverSide: {}, clientSide: { fin: mark(13, 1) } }));
    expect(messages[0]).toContain('The server sent FIN 2 ms after its 101');
    expect(messages[0]).toContain('the proxy closed both legs');
  });

  test('idle-timeout keeps its advice: whose limit it was is what that is about', () => {
    const [first, second] = connections.map((connection): LegCandidate => {
      const timeout: Anomaly = {
        ...connection.anomalies[0]!,
        rule: idleTimeout.id,
        meta: idleTimeout,
        advice: 'Known limits.',
      };
      return { ...connection, anomalies: [...connection.anomalies, timeout] };
    });
    const anomalies = nameOrigins([first!, second!]).get(1);
    expect(anomalies?.[1]?.message).toContain('This client is a proxy');
    expect(anomalies?.[1]?.advice).toBe('Known limits.');
    expect(anomalies?.[0]?.advice).toContain('Look at the timeouts of that proxy');
  });

  test('a further proxy in front of it passed that on', () => {
    const nearest = leg(5, 2, 18, {
      first: mark(1, -4),
      server: { address: '203.0.113.1', port: 80 },
      serverSide: lateFin(930, 3),
    });
    const messages = named(nearest, ...connections);
    expect(messages[5]).toContain('It did not begin here: this server is a proxy, and on connection 0');
    expect(messages[0]).toContain('the proxy closed both legs');
  });
});

describe('the client closed', () => {
  test('the leg behind says that its client is a proxy', () => {
    const messages = named(
      front({ serverSide: {}, clientSide: { rst: mark(910, LATE) } }),
      back({ serverSide: {}, clientSide: lateFin(912, 0.3) }),
    );
    expect(messages[0]).toMatch(
      /Connection 1 is the same WebSocket seen behind a proxy: the close began here, at the client 192\.0\.2\.1\. Look at the client/,
    );
    expect(messages[1]).toMatch(
      /It did not begin here: this client is a proxy, and on connection 0, its leg to the client, the client had closed 0\.3 ms before \(packet 910\)\. Look at connection 0\.$/,
    );
  });
});

describe('no legs', () => {
  test.each<[string, LegCandidate[]]>([
    ['one connection', [front()]],
    [
      'different accepts: the proxy makes a key of its own',
      [
        front(),
        back({
          upgrade: { response: seenResponse(switchingProtocols().replace(ACCEPT, 'other'), mark(8, 0)) },
        }),
      ],
    ],
    [
      'no accept at all',
      [
        front({ upgrade: { response: seenResponse('HTTP/1.1 101 X\r\n\r\n', mark(12, 0)) } }),
        back({ upgrade: { response: seenResponse('HTTP/1.1 101 X\r\n\r\n', mark(8, 0)) } }),
      ],
    ],
    [
      'one after the other: a fixed key',
      [front({ last: mark(20, 5) }), back({ first: mark(21, 6), last: mark(40, 9) })],
    ],
    [
      'the same server at the same time: a fixed key',
      [front(), back({ server: { address: '198.51.100.2', port: 80 } })],
    ],
    [
      'one handshake is not inside the other: a fixed key',
      [
        front(),
        leg(1, 13, 15, { server: { address: '10.0.0.9', port: 80 }, serverSide: { fin: mark(17, 3) } }),
      ],
    ],
    ['only one of them closed early', [front(), back({ serverSide: {} })]],
    [
      'one is only a remark',
      [
        front(),
        back({
          clientSide: { closeFrame: close(1000, 12, 1) },
          serverSide: { closeFrame: close(1000, 13, 1.2), fin: mark(14, 1.5) },
        }),
      ],
    ],
    [
      'the proxy closed in front before the backend did behind: who began is not certain',
      [front({ serverSide: { fin: mark(13, 1) } }), back()],
    ],
    [
      'the client closed in front, the backend behind',
      [front({ serverSide: {}, clientSide: lateFin(910, 0) }), back({ serverSide: lateFin(911, 1) })],
    ],
  ])('%s', (_name, connections) => {
    expect(named(...connections)).toEqual({});
  });
});

test('very many connections with one key are passed over quickly', () => {
  const connections = Array.from({ length: 20_000 }, (_, id) =>
    leg(id, 4, 30_000 - id, {
      server: { address: '10.0.0.1', port: id },
      serverSide: { fin: mark(40_000, 1) },
      last: mark(50_000, 2),
    }),
  );
  expect(nameOrigins(connections).size).toBeLessThanOrEqual(8);
});
