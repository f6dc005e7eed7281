/** When an exchange opens the WebSocket in each direction, and the packets and times that it tells. */
import { describe, expect, test } from 'vitest';
import { HttpBudget } from '../../src/http/http-budget.ts';
import { UpgradeExchange } from '../../src/http/upgrade-exchange.ts';
import type { Piece } from '../helpers/exchange-log.ts';
import { lines, switchingProtocols, upgradeRequest } from '../helpers/handshakes.ts';

/** One line a call with its mark, "#packet seconds nanoseconds"; packet 7 comes at 7.000000070 s. */
function told(pieces: readonly Piece[], isFromStart = true): readonly string[] {
  const said: string[] = [];
  const markOf = (mark: { packet: number; seconds: number; nanoseconds: number }) =>
    `#${mark.packet} ${mark.seconds} ${mark.nanoseconds}`;
  const exchange = new UpgradeExchange(
    {
      upgradeRequested: (from, request) => said.push(`${from} asks ${markOf(request)}`),
      upgradeRefused: (request, response) => said.push(`refused ${markOf(request)}, ${markOf(response)}`),
      upgraded: (client, request, response) => {
        said.push(`${client} upgraded ${request === null ? '?' : markOf(request)}, ${markOf(response)}`);
      },
      bytesBeforeResponse: (length, mark) => said.push(`${length} before ${markOf(mark)}`),
      lateRequest: (request) => said.push(`late ${markOf(request)}`),
      webSocketOpen: (direction) => said.push(`${direction} open`),
      webSocketData: (direction, bytes, start, end, packet, seconds, nanoseconds) => {
        const text = Buffer.from(bytes.subarray(start, end)).toString('latin1');
        said.push(`${direction} data ${text} ${markOf({ packet, seconds, nanoseconds })}`);
      },
      webSocketGap: (direction, length, packet, seconds, nanoseconds) => {
        said.push(`${direction} gap ${length} ${markOf({ packet, seconds, nanoseconds })}`);
      },
      proxyHeader: () => undefined,
      notWebSocket: (reason) => said.push(`no WebSocket: ${reason}`),
    },
    isFromStart,
    new HttpBudget(),
  );
  let packet = 0;
  for (const [direction, piece] of pieces) {
    packet++;
    if (typeof piece === 'number') {
      exchange.gap(direction, piece, packet, packet, packet * 10);
    } else {
      const bytes = typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece;
      exchange.data(direction, bytes, 0, bytes.length, packet, packet, packet * 10);
    }
  }
  exchange.end();
  return said;
}

const REQUEST = upgradeRequest();
const ANSWER = switchingProtocols();
const REFUSAL = lines('HTTP/1.1 401 Unauthorized', 'Content-Length: 0');

describe('both directions are open', () => {
  test('as soon as the 101 has answered, the server’s first, before any byte of the WebSocket', () => {
    expect(
      told([
        [0, REQUEST],
        [1, `${ANSWER}hi`],
        [0, 'yo'],
        [1, 2],
      ]),
    ).toEqual([
      '0 asks #1 1 10',
      '0 upgraded #1 1 10, #2 2 20',
      '1 open',
      '0 open',
      '1 data hi #2 2 20',
      '0 data yo #3 3 30',
      '1 gap 2 #4 4 40',
    ]);
  });

  test('before what was held for the answer, which keeps its packets and times, and gaps among them', () => {
    expect(
      told([
        [0, `${REQUEST}a`],
        [0, 3],
        [0, 'b'],
        [1, ANSWER],
      ]),
    ).toEqual([
      '0 asks #1 1 10',
      '0 upgraded #1 1 10, #4 4 40',
      '1 open',
      '0 open',
      '0 data a #1 1 10',
      '0 gap 3 #2 2 20',
      '0 data b #3 3 30',
    ]);
  });
});

describe('the direction of the client is open later than that of the server', () => {
  const body = upgradeRequest('/chat', 'Content-Length: 2');
  const upgraded = ['0 asks #1 1 10', '0 upgraded #1 1 10, #2 2 20', '1 open'];

  test.each<[string, Piece[], string[]]>([
    ['where its body ends', [[0, 'abxy']], ['0 open', '0 data xy #3 3 30']],
    [
      'where its body ends with a segment',
      [
        [0, 'ab'],
        [0, 'xy'],
      ],
      ['0 open', '0 data xy #4 4 40'],
    ],
    [
      'where a gap ends its body',
      [
        [0, 2],
        [0, 'xy'],
      ],
      ['0 open', '0 data xy #4 4 40'],
    ],
    [
      'where a gap is longer than its body: what follows is lost',
      [[0, 3]],
      ['0 open', '0 gap unknown #3 3 30'],
    ],
    ['not yet where a gap is shorter than its body', [[0, 1]], []],
    [
      'and the server’s bytes do not wait for it',
      [
        [1, 'hi'],
        [0, 'a'],
      ],
      ['1 data hi #3 3 30'],
    ],
  ])('%s', (_name, rest, expected) => {
    expect(told([[0, body], [1, ANSWER], ...rest])).toEqual([...upgraded, ...expected]);
  });

  const cut = 'GET /chat HTTP/1.1\r\nUpgrade: websocket\r\nHos';

  test.each<[string, Piece[], string[]]>([
    ['where its head ends', [[0, 'X: y\r\n\r\n\x81\x82']], ['0 open', '0 data \x81\x82 #4 4 40']],
    [
      'where its head ends with a segment',
      [
        [0, 'X: y\r\n\r\n'],
        [0, '\x81\x82'],
      ],
      ['0 open', '0 data \x81\x82 #5 5 50'],
    ],
    ['not yet where its head goes on', [[0, 'X: y\r\n']], []],
    [
      'where another gap comes in its head: what follows is lost',
      [[0, 9]],
      ['0 open', '0 gap unknown #4 4 40'],
    ],
  ])('%s, a head that a gap cut', (_name, rest, expected) => {
    expect(told([[0, cut], [0, 20], [1, ANSWER], ...rest])).toEqual([
      '0 asks #2 2 20',
      '0 upgraded #2 2 20, #3 3 30',
      '1 open',
      ...expected,
    ]);
  });

  test.each<[string, Piece[], string[]]>([
    [
      'once the late request has come',
      [[0, `${REQUEST}hi`]],
      ['0 open', 'late #2 2 20', '0 data hi #2 2 20'],
    ],
    ['not yet where a part of the late request has come', [[0, REQUEST.slice(0, 9)]], []],
    ['where a gap may hold the late request', [[0, 9]], ['0 open', '0 gap 9 #2 2 20']],
    ['where frames come in its place, which are lost', [[0, '\x81\x82']], ['0 open', '0 gap unknown #0 0 0']],
  ])('%s, where the 101 came first', (_name, rest, expected) => {
    expect(told([[1, ANSWER], ...rest])).toEqual(['0 upgraded ?, #1 1 10', '1 open', ...expected]);
  });

  test('by its first bytes in mid-stream, where they do not look like a request', () => {
    expect(
      told(
        [
          [1, ANSWER],
          [0, '\x81\x82'],
          [0, 'hi'],
        ],
        false,
      ),
    ).toEqual(['0 upgraded ?, #1 1 10', '1 open', '0 open', '0 data \x81\x82 #2 2 20', '0 data hi #3 3 30']);
  });
});

describe('no direction is open', () => {
  test('where the upgrade was refused, before and behind bytes that are not HTTP', () => {
    expect(
      told([
        [0, REQUEST],
        [1, REFUSAL],
        [0, REQUEST],
        [1, '\x81\x02hi'],
        [1, REFUSAL],
      ]),
    ).toEqual([
      '0 asks #1 1 10',
      'refused #1 1 10, #2 2 20',
      '0 asks #3 3 30',
      '4 before #4 4 40',
      'refused #3 3 30, #5 5 50',
    ]);
  });

  test('where the 101 is to another protocol, nor is anything told behind that', () => {
    expect(
      told([
        [0, REQUEST],
        [1, lines('HTTP/1.1 101 OK', 'Upgrade: h2c')],
        [0, REQUEST],
        [1, 5],
        [1, ANSWER],
      ]),
    ).toEqual(['0 asks #1 1 10', 'refused #1 1 10, #2 2 20', 'no WebSocket: other-upgrade']);
  });

  test('where tunnels are more than four deep', () => {
    const tunnel: Piece[] = [
      [0, lines('CONNECT a:1 HTTP/1.1')],
      [1, lines('HTTP/1.1 200 OK')],
    ];
    const inTunnels = (count: number) => [
      ...Array.from({ length: count }, () => tunnel).flat(),
      [0, REQUEST] as Piece,
    ];
    expect(told(inTunnels(4))).toEqual(['0 asks #9 9 90']);
    expect(told(inTunnels(5))).toEqual(['no WebSocket: other']);
  });

  test.each([
    ['200', true],
    ['299', true],
    ['300', false],
    ['407', false],
  ])('in a tunnel: a CONNECT that is answered by %s opens one, or not', (status, isOpened) => {
    // Inside a tunnel a PROXY header may come; on the same connection it may not.
    const said = told([
      [0, lines('CONNECT a:1 HTTP/1.1')],
      [1, lines(`HTTP/1.1 ${status} Answer`, 'Content-Length: 0')],
      [0, `PROXY UNKNOWN\r\n${REQUEST}`],
    ]);
    expect(said).toEqual(isOpened ? ['0 asks #3 3 30'] : ['no WebSocket: other']);
  });
});
