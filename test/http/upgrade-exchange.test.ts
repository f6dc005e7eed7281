import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  BYTE_BY_BYTE,
  inSegmentsOf,
  playExchange,
  WHOLE,
  type ExchangeLog,
  type Piece,
} from '../helpers/exchange-log.ts';
import { ACCEPT, KEY, lines, switchingProtocols, upgradeRequest } from '../helpers/handshakes.ts';

const GET = lines('GET /page HTTP/1.1', 'Host: a');
const CONNECT = lines('CONNECT server.example.com:80 HTTP/1.1', 'Host: server.example.com:80');
const ESTABLISHED = lines('HTTP/1.1 200 Connection established');
const OK = `${lines('HTTP/1.1 200 OK', 'Content-Length: 2')}ok`;
const CLIENT_FRAMES = '\x81\x82\x01\x02\x03\x04ik\x88\x80\x01\x02\x03\x04';
const SERVER_FRAMES = '\x81\x02hi\x88\x02\x03\xe8';

interface Scenario {
  readonly name: string;
  readonly pieces: readonly Piece[];
  readonly events: readonly string[];
  /** What is handed over as the WebSocket's, by direction. */
  readonly raw?: readonly [string, string];
}

/** Each is played whole, byte by byte and cut anywhere, and must give the same. */
const SCENARIOS: readonly Scenario[] = [
  {
    name: 'a handshake and frames of both sides',
    pieces: [
      [0, upgradeRequest()],
      [1, switchingProtocols()],
      [0, CLIENT_FRAMES],
      [1, SERVER_FRAMES],
    ],
    events: ['0 asks for /chat', '0 upgraded /chat 101'],
    raw: [CLIENT_FRAMES, SERVER_FRAMES],
  },
  {
    name: 'the client is direction 1 where the capture began with a packet of the server',
    pieces: [
      [1, upgradeRequest()],
      [0, `${switchingProtocols()}${SERVER_FRAMES}`],
      [1, CLIENT_FRAMES],
    ],
    events: ['1 asks for /chat', '1 upgraded /chat 101'],
    raw: [SERVER_FRAMES, CLIENT_FRAMES],
  },
  {
    name: 'the first frames ride with the 101',
    pieces: [
      [0, upgradeRequest()],
      [1, `${switchingProtocols()}${SERVER_FRAMES}`],
    ],
    events: ['0 asks for /chat', '0 upgraded /chat 101'],
    raw: ['', SERVER_FRAMES],
  },
  {
    name: 'frames that the client sends before the 101 are held until it comes',
    pieces: [
      [0, `${upgradeRequest()}${CLIENT_FRAMES}`],
      [0, CLIENT_FRAMES],
      [1, switchingProtocols()],
      [0, CLIENT_FRAMES],
    ],
    events: ['0 asks for /chat', '0 upgraded /chat 101'],
    raw: [CLIENT_FRAMES.repeat(3), ''],
  },
  {
    name: 'also behind a request with Content-Length: 0',
    pieces: [
      [0, `${upgradeRequest('/chat', 'Content-Length: 0')}${CLIENT_FRAMES}`],
      [1, switchingProtocols()],
    ],
    events: ['0 asks for /chat', '0 upgraded /chat 101'],
    raw: [CLIENT_FRAMES, ''],
  },
  {
    name: 'also behind a request that was pipelined after another, whose answer comes first',
    pieces: [
      [0, `${GET}${upgradeRequest()}${CLIENT_FRAMES}`],
      [1, OK],
      [1, switchingProtocols()],
    ],
    events: ['0 asks for /chat', '0 upgraded /chat 101'],
    raw: [CLIENT_FRAMES, ''],
  },
  {
    name: 'keep-alive requests before the upgrade, with bodies of every kind',
    pieces: [
      [0, GET],
      [1, OK],
      [0, lines('HEAD /page HTTP/1.1', 'Host: a')],
      [1, lines('HTTP/1.1 200 OK', 'Content-Length: 1000')],
      [0, `${lines('POST /form HTTP/1.1', 'Host: a', 'Content-Length: 3')}a=b`],
      [1, `${lines('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked')}2\r\nok\r\n0\r\n\r\n`],
      [0, `${lines('PUT /x HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked')}1\r\nx\r\n0\r\n\r\n`],
      [1, lines('HTTP/1.1 204 No Content')],
      [0, GET],
      [1, lines('HTTP/1.1 304 Not Modified', 'Content-Length: 1000')],
      [0, upgradeRequest()],
      [1, `${switchingProtocols()}${SERVER_FRAMES}`],
    ],
    events: ['0 asks for /chat', '0 upgraded /chat 101'],
    raw: ['', SERVER_FRAMES],
  },
  {
    name: 'interim responses before the 101',
    pieces: [
      [0, upgradeRequest()],
      [1, lines('HTTP/1.1 100 Continue')],
      [1, `${lines('HTTP/1.1 103 Early Hints', 'Link: </a>')}${switchingProtocols()}${SERVER_FRAMES}`],
    ],
    events: ['0 asks for /chat', '0 upgraded /chat 101'],
    raw: ['', SERVER_FRAMES],
  },
  {
    name: 'refused first, upgraded then',
    pieces: [
      [0, upgradeRequest('/chat')],
      [1, `${lines('HTTP/1.1 401 Unauthorized', 'WWW-Authenticate: Basic', 'Content-Length: 4')}nope`],
      [0, upgradeRequest('/again', 'Authorization: Basic eA==')],
      [1, switchingProtocols()],
      [0, CLIENT_FRAMES],
    ],
    events: ['0 asks for /chat', '/chat refused 401', '0 asks for /again', '0 upgraded /again 101'],
    raw: [CLIENT_FRAMES, ''],
  },
  {
    name: 'names and tokens in any case, over several lines, folded',
    pieces: [
      [
        0,
        lines(
          'GET /chat HTTP/1.1',
          'UPGRADE: h2c',
          'upgrade: WebSocket',
          'connection: keep-alive,',
          '\tUPGRADE',
          `SEC-WEBSOCKET-KEY:${KEY}`,
        ),
      ],
      [
        1,
        `HTTP/1.1 101 ok\nupgrade: WEBSOCKET\nconnection: foo\nCONNECTION: Upgrade\nsec-websocket-accept:${ACCEPT}\n\n`,
      ],
      [1, SERVER_FRAMES],
    ],
    events: ['0 asks for /chat', '0 upgraded /chat 101'],
    raw: ['', SERVER_FRAMES],
  },
  {
    name: 'a PROXY header in front',
    pieces: [
      [0, `PROXY TCP4 192.0.2.7 198.51.100.1 56324 80\r\n${upgradeRequest()}`],
      [1, switchingProtocols()],
    ],
    events: ['PROXY v1 192.0.2.7 56324', '0 asks for /chat', '0 upgraded /chat 101'],
  },
  {
    name: 'a tunnel through an HTTP proxy',
    pieces: [
      [0, CONNECT],
      [1, ESTABLISHED],
      [0, upgradeRequest()],
      [1, `${switchingProtocols()}${SERVER_FRAMES}`],
      [0, CLIENT_FRAMES],
    ],
    events: ['0 asks for /chat', '0 upgraded /chat 101'],
    raw: [CLIENT_FRAMES, SERVER_FRAMES],
  },
  {
    name: 'a tunnel that wanted a password first, with a PROXY header inside',
    pieces: [
      [0, CONNECT],
      [1, `${lines('HTTP/1.1 407 Proxy Authentication Required', 'Content-Length: 2')}no`],
      [0, CONNECT],
      [1, ESTABLISHED],
      [0, `PROXY UNKNOWN\r\n${upgradeRequest()}`],
      [1, switchingProtocols()],
    ],
    events: ['PROXY v1 -', '0 asks for /chat', '0 upgraded /chat 101'],
  },
  {
    name: 'a tunnel in a tunnel',
    pieces: [
      [0, CONNECT],
      [1, ESTABLISHED],
      [0, CONNECT],
      [1, ESTABLISHED],
      [0, upgradeRequest()],
      [1, switchingProtocols()],
    ],
    events: ['0 asks for /chat', '0 upgraded /chat 101'],
  },
  {
    name: 'a client that does not wait for its tunnel',
    pieces: [
      [0, `${CONNECT}${upgradeRequest()}`],
      [1, `${ESTABLISHED}${switchingProtocols()}`],
    ],
    events: ['0 asks for /chat', '0 upgraded /chat 101'],
  },
  {
    name: 'more tunnels than anyone needs are given up',
    pieces: Array.from({ length: 5 }).flatMap((): Piece[] => [
      [0, CONNECT],
      [1, ESTABLISHED],
    ]),
    events: ['no WebSocket: other'],
  },
  {
    name: 'TLS in a tunnel',
    pieces: [
      [0, CONNECT],
      [1, ESTABLISHED],
      [0, '\x16\x03\x01\x02\x00\x01'],
    ],
    events: ['no WebSocket: tls'],
  },
  {
    name: 'an upgrade to something else',
    pieces: [
      [
        0,
        lines(
          'GET / HTTP/1.1',
          'Connection: Upgrade, HTTP2-Settings',
          'Upgrade: h2c',
          'HTTP2-Settings: AAMAAABk',
        ),
      ],
      [1, lines('HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: h2c')],
      [1, '\0\0\x12\x04\0\0\0\0\0'],
    ],
    events: ['no WebSocket: other-upgrade'],
  },
  {
    name: 'an upgrade to something else that the server does not want',
    pieces: [
      [0, lines('GET / HTTP/1.1', 'Connection: Upgrade', 'Upgrade: h2c')],
      [1, OK],
      [0, upgradeRequest()],
      [1, switchingProtocols()],
    ],
    events: ['0 asks for /chat', '0 upgraded /chat 101'],
  },
  {
    name: 'a 101 without any header, after an upgrade request',
    pieces: [
      [0, upgradeRequest()],
      [1, lines('HTTP/1.1 101 Switching Protocols')],
      [1, SERVER_FRAMES],
    ],
    events: ['0 asks for /chat', '0 upgraded /chat 101'],
    raw: ['', SERVER_FRAMES],
  },
  {
    name: 'a request that was captured after its 101',
    pieces: [
      [1, `${switchingProtocols()}${SERVER_FRAMES}`],
      [0, `${upgradeRequest()}${CLIENT_FRAMES}`],
    ],
    events: ['0 upgraded ? 101', 'late request for /chat'],
    raw: [CLIENT_FRAMES, SERVER_FRAMES],
  },
  {
    name: 'a request that was captured after its refusal',
    pieces: [
      [1, lines('HTTP/1.1 403 Forbidden', 'Content-Length: 0')],
      [0, upgradeRequest()],
    ],
    events: ['0 asks for /chat', '/chat refused 403'],
  },
  {
    name: 'frames in place of the request',
    pieces: [
      [1, switchingProtocols()],
      [0, CLIENT_FRAMES],
    ],
    events: ['0 upgraded ? 101'],
    raw: ['<gap unknown>', ''],
  },
  {
    name: 'ordinary requests only',
    pieces: [
      [0, GET],
      [1, OK],
      [0, GET],
      [1, lines('HTTP/1.1 200 OK')],
      [1, 'until the connection ends'],
    ],
    events: [],
  },
  { name: 'TLS', pieces: [[0, '\x16\x03\x01\x02\x00\x01']], events: ['no WebSocket: tls'] },
  { name: 'HTTP/2', pieces: [[0, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n']], events: ['no WebSocket: http2'] },
  { name: 'SSH', pieces: [[1, 'SSH-2.0-OpenSSH_9.2p1\r\n']], events: ['no WebSocket: other'] },
  {
    name: 'a server that answers an upgrade with something that is not HTTP',
    pieces: [
      [0, upgradeRequest()],
      [1, 'ERR unknown command\r\n'],
    ],
    events: ['0 asks for /chat'],
  },
  {
    name: 'a server that answers an upgrade with a TLS alert',
    pieces: [
      [0, upgradeRequest()],
      [1, '\x15\x03\x01\x00\x02\x02\x46'],
    ],
    events: ['0 asks for /chat'],
  },
  {
    name: 'a server that answers an upgrade with a TLS handshake',
    pieces: [
      [0, upgradeRequest()],
      [1, `\x16\x03\x01\x00\x02\x02\x46${switchingProtocols()}`],
    ],
    events: ['0 asks for /chat', 'no WebSocket: tls'],
  },
  {
    name: 'frames of the server before its 101',
    pieces: [
      [0, upgradeRequest()],
      [1, SERVER_FRAMES],
      [1, `\x81\x02yo${switchingProtocols()}${SERVER_FRAMES}`],
      [0, CLIENT_FRAMES],
    ],
    events: ['0 asks for /chat', '12 bytes before the response', '0 upgraded /chat 101'],
    raw: [CLIENT_FRAMES, SERVER_FRAMES],
  },
  {
    name: 'frames of the server before an interim response, between the two and behind a PROXY-like byte',
    pieces: [
      [0, upgradeRequest()],
      [1, `PR\x81\x02hi${lines('HTTP/1.1 100 Continue')}`],
      [1, `\x81\x02yo${switchingProtocols()}`],
    ],
    events: ['0 asks for /chat', '10 bytes before the response', '0 upgraded /chat 101'],
  },
  {
    name: 'a first fragment that begins like a method, and text about HTTP, before the 101',
    pieces: [
      [0, upgradeRequest()],
      [1, 'A~\x00\x10HHTTP/1.1 is old'],
      [1, `\x81\x08HTTP/1.1${switchingProtocols()}`],
    ],
    events: ['0 asks for /chat', '30 bytes before the response', '0 upgraded /chat 101'],
  },
  {
    name: 'something else before a refusal',
    pieces: [
      [0, upgradeRequest()],
      [1, `oops\n${lines('HTTP/1.1 403 Forbidden', 'Content-Length: 0')}`],
      [0, upgradeRequest('/again')],
      [1, switchingProtocols()],
    ],
    events: [
      '0 asks for /chat',
      '5 bytes before the response',
      '/chat refused 403',
      '0 asks for /again',
      '0 upgraded /again 101',
    ],
  },
  {
    name: 'frames behind an upgrade request with a body',
    pieces: [
      [0, `${upgradeRequest('/chat', 'Content-Length: 3')}abc${CLIENT_FRAMES}`],
      [1, switchingProtocols()],
      [0, CLIENT_FRAMES],
    ],
    events: ['0 asks for /chat', '0 upgraded /chat 101'],
    raw: [CLIENT_FRAMES.repeat(2), ''],
  },
  {
    name: 'an upgrade request with a chunked body that was refused, and the next one',
    pieces: [
      [0, `${upgradeRequest('/chat', 'Transfer-Encoding: chunked')}1\r\nx\r\n0\r\n\r\n`],
      [1, lines('HTTP/1.1 403 Forbidden', 'Content-Length: 0')],
      [0, upgradeRequest('/again')],
      [1, switchingProtocols()],
    ],
    events: ['0 asks for /chat', '/chat refused 403', '0 asks for /again', '0 upgraded /again 101'],
  },
  {
    name: 'an upgrade request that was refused before its body was over',
    pieces: [
      [0, `${upgradeRequest('/chat', 'Content-Length: 3')}a`],
      [1, lines('HTTP/1.1 403 Forbidden', 'Content-Length: 0')],
      [0, `bc${upgradeRequest('/again')}`],
      [1, switchingProtocols()],
    ],
    events: ['0 asks for /chat', '/chat refused 403', '0 asks for /again', '0 upgraded /again 101'],
  },
  {
    name: 'a request for a WebSocket that is answered by a 101 to h2c',
    pieces: [
      [0, upgradeRequest()],
      [1, lines('HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: h2c')],
      [1, '\0\0\x12\x04\0\0\0\0\0'],
    ],
    events: ['0 asks for /chat', '/chat refused 101', 'no WebSocket: other-upgrade'],
  },
  {
    name: 'the same with an accept: a WebSocket whose 101 says the wrong name',
    pieces: [
      [0, upgradeRequest()],
      [1, switchingProtocols().replace('Upgrade: websocket', 'Upgrade: h2c')],
    ],
    events: ['0 asks for /chat', '0 upgraded /chat 101'],
  },
];

function outcome({ events, raw }: ExchangeLog) {
  // Of what comes instead of a late request, only the first bytes are known to be lost.
  return { events, raw: raw.map((text) => text.replace(/(<gap unknown>).*/s, '$1')) };
}

describe.each(SCENARIOS)('$name', ({ pieces, events, raw = ['', ''] }) => {
  test.each([
    ['whole', WHOLE],
    ['byte by byte', BYTE_BY_BYTE],
    ['in segments of 5, 1 and 90', inSegmentsOf(5, 1, 90)],
  ] as const)('is told the same %s', (_how, segmentation) => {
    expect(outcome(playExchange(pieces, segmentation))).toEqual({ events, raw });
  });
});

test('any split points give the same', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...SCENARIOS),
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 30 }),
      ({ pieces, events, raw = ['', ''] }, sizes) => {
        expect(outcome(playExchange(pieces, inSegmentsOf(...sizes)))).toEqual({ events, raw });
      },
    ),
    { numRuns: 400 },
  );
});

test('random bytes and gaps in any order never throw', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.integer({ min: 1, max: 300 }),
    fc.constantFrom(...SCENARIOS.flatMap(({ pieces }) => pieces.map(([, text]) => text))),
    fc.constantFrom('\r\n', 'GET ', 'HTTP/1.1 101\r\n\r\n', 'HTTP/1.1 200', 'PROXY ', CLIENT_FRAMES),
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(0 as const, 1 as const), piece), { maxLength: 14 }),
      fc.boolean(),
      fc.boolean(),
      (pieces, isFromStart, isByByte) => {
        playExchange(pieces, isByByte ? BYTE_BY_BYTE : WHOLE, isFromStart);
      },
    ),
    { numRuns: 600 },
  );
});

test('heads are told with the packet that completes them', () => {
  const log = playExchange(
    [
      [0, upgradeRequest().slice(0, 60)],
      [0, upgradeRequest().slice(60)],
      [1, switchingProtocols().slice(0, -1)],
      [1, '\n'],
    ],
    WHOLE,
  );
  expect([...log.packets]).toEqual([
    ['0 asks for /chat', 2],
    ['0 upgraded /chat 101', 4],
  ]);
});

describe('where the capture began later', () => {
  const inMiddle = (...pieces: Piece[]) => playExchange(pieces, WHOLE, false);

  test('a 101 opens the WebSocket without its request', () => {
    const { events, raw } = inMiddle([1, `${switchingProtocols()}${SERVER_FRAMES}`], [0, CLIENT_FRAMES]);
    expect(events).toEqual(['0 upgraded ? 101']);
    expect(raw).toEqual([CLIENT_FRAMES, SERVER_FRAMES]);
  });

  test('a 101 to something else does not', () => {
    const { events } = inMiddle([1, lines('HTTP/1.1 101 Switching Protocols', 'Upgrade: h2c')]);
    expect(events).toEqual(['no WebSocket: other-upgrade']);
  });

  test('the end of an answer whose request was not seen is passed over', () => {
    const { events } = inMiddle([1, 'the end of a page'], [0, upgradeRequest()], [1, switchingProtocols()]);
    expect(events).toEqual(['0 asks for /chat', '0 upgraded /chat 101']);
  });

  test('a segment that begins with HTTP/1.1 inside a head, or with a method in a body, proves nothing', () => {
    for (const piece of ['HTTP/1.1\r\nHost: a\r\n\r\n', 'GET \x01\x02\r\n\r\n', 'HTTP/1.x\r\n']) {
      const { events } = inMiddle([0, piece], [1, OK], [0, upgradeRequest()], [1, switchingProtocols()]);
      expect(events, piece).toEqual(['0 asks for /chat', '0 upgraded /chat 101']);
    }
  });

  test('frames alone say nothing', () => {
    expect(inMiddle([0, CLIENT_FRAMES], [1, SERVER_FRAMES])).toMatchObject({ events: [], raw: ['', ''] });
  });
});

describe('a 101 before the whole request has come', () => {
  const request = (...more: readonly string[]) => upgradeRequest('/chat', ...more);

  test('answers a request with a body: what follows the body are frames', () => {
    const head = request('Content-Length: 10');
    for (const [before, after] of [
      ['', 'a=b&c=d&ef'],
      ['a=b&', 'c=d&ef'],
      ['a=b&c=d&ef', ''],
    ] as const) {
      const { events, raw } = playExchange([
        [0, head + before],
        [1, `${switchingProtocols()}${SERVER_FRAMES}`],
        [0, `${after}${CLIENT_FRAMES}`],
      ]);
      expect(events).toEqual(['0 asks for /chat', '0 upgraded /chat 101']);
      expect(raw).toEqual([CLIENT_FRAMES, SERVER_FRAMES]);
    }
  });

  test('answers a request with a body in chunks, also where frames did not wait', () => {
    const { raw } = playExchange([
      [0, `${request('Transfer-Encoding: chunked')}3\r\nabc\r\n`],
      [1, switchingProtocols()],
      [0, '0\r\n\r\n'],
      [0, CLIENT_FRAMES],
    ]);
    expect(raw[0]).toBe(CLIENT_FRAMES);
    const early = playExchange([
      [0, `${request('Content-Length: 2')}ab${CLIENT_FRAMES}`],
      [1, switchingProtocols()],
    ]);
    expect(early.raw[0]).toBe(CLIENT_FRAMES);
  });

  test('frames follow a gap in a body of known length; after a gap in any other body they are lost', () => {
    const known = playExchange([
      [0, `${request('Content-Length: 10')}ab`],
      [1, switchingProtocols()],
      [0, 8],
      [0, CLIENT_FRAMES],
    ]);
    expect(known.raw[0]).toBe(CLIENT_FRAMES);
    const chunked = playExchange([
      [0, `${request('Transfer-Encoding: chunked')}3\r\n`],
      [1, switchingProtocols()],
      [0, 200],
      [0, CLIENT_FRAMES],
    ]);
    expect(chunked.raw[0]).toContain('gap');
  });

  test('to another protocol opens no WebSocket, whatever was asked for', () => {
    const h2c = lines('HTTP/1.1 101 Switching Protocols', 'Upgrade: h2c', 'Connection: Upgrade');
    const { events } = playExchange([
      [0, upgradeRequest()],
      [1, h2c],
    ]);
    expect(events).toEqual(['0 asks for /chat', '/chat refused 101', 'no WebSocket: other-upgrade']);
  });
});

describe('where bytes are missing', () => {
  test('a cut request and a cut 101 still make a WebSocket, whose frames are lost', () => {
    const { events, raw } = playExchange([
      [0, upgradeRequest().slice(0, 90)],
      [0, 70],
      [1, switchingProtocols().slice(0, 90)],
      [1, 39],
      [0, CLIENT_FRAMES],
    ]);
    expect(events).toEqual(['0 asks for /chat (cut)', '0 upgraded /chat 101 (cut)']);
    expect(raw).toEqual([CLIENT_FRAMES, '<gap 39>']);
  });

  test('heads that are cut before they say what they are about count as a WebSocket', () => {
    const { events } = playExchange([
      [0, 'GET /chat HTTP/1.1\r\nHost: a\r\nUpgra'],
      [0, 70],
      [1, 'HTTP/1.1 101 Switching'],
      [1, 100],
    ]);
    expect(events).toEqual(['0 upgraded /chat 101 (cut)']);
  });

  test('the rest of a cut request is not taken for a frame', () => {
    const request = upgradeRequest('/chat', `Cookie: ${'c'.repeat(2000)}`);
    const { events, raw } = playExchange([
      [0, request.slice(0, 200)],
      [0, 1248],
      [0, request.slice(1448, 1648)],
      [0, request.length - 1648],
      [1, switchingProtocols()],
      [0, CLIENT_FRAMES],
    ]);
    expect(events).toEqual(['0 asks for /chat (cut)', '0 upgraded /chat 101']);
    expect(raw).toEqual([CLIENT_FRAMES, '']);
  });

  test('the rest of a cut request is not taken for a frame after the 101 either', () => {
    const request = upgradeRequest('/chat', `Cookie: ${'c'.repeat(2000)}`);
    const cut: readonly Piece[] = [
      [0, request.slice(0, 200)],
      [0, 1248],
      [1, switchingProtocols()],
    ];
    const rest = request.slice(1448);
    const ends: readonly (readonly Piece[])[] = [
      [
        [0, rest],
        [0, CLIENT_FRAMES],
      ],
      [[0, `${rest}${CLIENT_FRAMES}`]],
      [
        [0, rest.slice(0, -2)],
        [0, '\r\n'],
        [0, CLIENT_FRAMES],
      ],
      [
        [0, rest.slice(0, -3)],
        [0, `\n\r\n${CLIENT_FRAMES}`],
      ],
      Array.from(rest + CLIENT_FRAMES, (byte): Piece => [0, byte]),
    ];
    for (const end of ends) {
      const { events, raw } = playExchange([...cut, ...end]);
      expect(events).toEqual(['0 asks for /chat (cut)', '0 upgraded /chat 101']);
      expect(raw).toEqual([CLIENT_FRAMES, '']);
    }
    // Another gap: where the head ends is lost.
    expect(playExchange([...cut, [0, 100], [0, CLIENT_FRAMES]]).raw[0]).toContain('gap');
  });

  test('after a cut request that was refused, the next one is found', () => {
    const { events } = playExchange([
      [0, upgradeRequest().slice(0, 90)],
      [0, 70],
      [1, lines('HTTP/1.1 401 Unauthorized', 'Content-Length: 0')],
      [0, upgradeRequest('/again')],
      [1, switchingProtocols()],
    ]);
    expect(events).toEqual([
      '0 asks for /chat (cut)',
      '/chat refused 401',
      '0 asks for /again',
      '0 upgraded /again 101',
    ]);
  });

  test('after a CONNECT that was cut, the request inside the tunnel is found', () => {
    const { events } = playExchange([
      [0, CONNECT.slice(0, 50)],
      [0, CONNECT.length - 50],
      [1, ESTABLISHED],
      [0, upgradeRequest()],
      [1, switchingProtocols()],
    ]);
    expect(events).toEqual(['0 asks for /chat', '0 upgraded /chat 101']);
  });

  test('a request lost as a whole: its frames are not followed, though they were seen', () => {
    const { events, raw } = playExchange([
      [1, switchingProtocols()],
      [0, upgradeRequest().length],
      [0, CLIENT_FRAMES],
    ]);
    expect(events).toEqual(['0 upgraded ? 101']);
    expect(raw[0]).toMatch(/^<gap \d+>/);
  });

  test('a request known to be lost before the 101 came: what the client sends next are frames', () => {
    const { events, raw } = playExchange([
      [0, upgradeRequest().length],
      [1, switchingProtocols()],
      [0, CLIENT_FRAMES],
    ]);
    expect(events).toEqual(['0 upgraded ? 101']);
    expect(raw).toEqual([CLIENT_FRAMES, '']);
  });

  test('a response lost on the way: the 101 still answers the upgrade request', () => {
    const { events } = playExchange([
      [0, GET],
      [1, OK.length],
      [0, upgradeRequest()],
      [1, switchingProtocols()],
    ]);
    expect(events).toEqual(['0 asks for /chat', '0 upgraded /chat 101']);
  });

  test('a response lost on the way: the refusal still answers the upgrade request', () => {
    const { events } = playExchange([
      [0, GET],
      [1, OK.length],
      [0, upgradeRequest()],
      [1, lines('HTTP/1.1 403 Forbidden', 'Content-Length: 0')],
    ]);
    expect(events).toEqual(['0 asks for /chat', '/chat refused 403']);
  });

  test('gaps among held frames stay where they were', () => {
    const { raw } = playExchange([
      [0, upgradeRequest()],
      [0, 'ab'],
      [0, 3],
      [0, 'cd'],
      [1, switchingProtocols()],
      [1, 7],
    ]);
    expect(raw).toEqual(['ab<gap 3>cd', '<gap 7>']);
  });

  test('a gap in a page does not hide the upgrade behind it', () => {
    const page = `${lines('HTTP/1.1 200 OK', 'Content-Length: 5000')}${'x'.repeat(100)}`;
    const { events } = playExchange([
      [0, GET],
      [1, page],
      [1, 4900],
      [0, upgradeRequest()],
      [1, switchingProtocols()],
    ]);
    expect(events).toEqual(['0 asks for /chat', '0 upgraded /chat 101']);
  });
});

describe('bytes of the server before its answer', () => {
  test.each([
    ['whole', WHOLE, 2],
    ['byte by byte', BYTE_BY_BYTE, upgradeRequest().length + 1],
  ] as const)('are told with the packet of the first, %s', (_how, segmentation, packet) => {
    const log = playExchange(
      [
        [0, upgradeRequest()],
        [1, 'AB\x81\x02hi'],
        [1, switchingProtocols()],
      ],
      segmentation,
    );
    expect(log.packets.get('6 bytes before the response')).toBe(packet);
  });

  test('are passed over up to 64 KiB', () => {
    const { events } = playExchange([
      [0, upgradeRequest()],
      [1, '\x81'.repeat(64 * 1024)],
      [1, switchingProtocols()],
    ]);
    expect(events).toEqual(['0 asks for /chat', '65536 bytes before the response', '0 upgraded /chat 101']);
    const more = playExchange([
      [0, upgradeRequest()],
      [1, '\x81'.repeat(64 * 1024 + 1)],
      [1, switchingProtocols()],
    ]);
    expect(more.events).toEqual(['0 asks for /chat', 'no WebSocket: other']);
  });

  test('are not counted where some are missing: the rest of an answer may be what was seen', () => {
    const { events } = playExchange([
      [0, upgradeRequest()],
      [1, '\x81\x02'],
      [1, 2],
      [1, switchingProtocols()],
    ]);
    expect(events).toEqual(['0 asks for /chat', '0 upgraded /chat 101']);
  });

  test('are not looked for before an upgrade was asked for, nor from the client', () => {
    expect(
      playExchange([
        [1, '\x81\x02hi'],
        [0, upgradeRequest()],
      ]).events,
    ).toEqual(['no WebSocket: other']);
    expect(
      playExchange([
        [0, `${GET}\x81\x82`],
        [1, OK],
      ]).events,
    ).toEqual(['no WebSocket: other']);
  });
});

test('more than 64 requests without an answer: the oldest are forgotten, the upgrade is not', () => {
  const { events } = playExchange([
    [0, GET.repeat(100)],
    [0, upgradeRequest()],
    [1, switchingProtocols()],
  ]);
  expect(events).toEqual(['0 asks for /chat', '0 upgraded /chat 101']);
});
