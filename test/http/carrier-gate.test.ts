/** Where a carrier may begin in place of HTTP, and that its bytes, all of them, go to it and to nobody else. */
import { describe, expect, test } from 'vitest';
import type { OpenCarrier } from '../../src/carrier/carrier.ts';
import { HttpBudget } from '../../src/http/http-budget.ts';
import { UpgradeExchange } from '../../src/http/upgrade-exchange.ts';
import { BYTE_BY_BYTE, WHOLE, type Piece, type Segmentation } from '../helpers/exchange-log.ts';
import { lines, upgradeRequest } from '../helpers/handshakes.ts';
import { XOR } from '../helpers/xor-carrier.ts';

const MARK = '\xf7\x58';

interface Seen {
  /** What the exchange told, in order. */
  readonly events: readonly string[];
  /** What the carrier got of each direction. */
  readonly carried: readonly [string, string];
}

function play(pieces: readonly Piece[], segmentation: Segmentation, isFromStart = true): Seen {
  const events: string[] = [];
  const carried: [string, string] = ['', ''];
  const opened: OpenCarrier = {
    data: (direction, bytes, start, end) => {
      carried[direction] += Buffer.from(bytes.subarray(start, end)).toString('latin1');
    },
    gap: (direction, length) => {
      carried[direction] += `<gap ${length}>`;
    },
    end: (direction) => {
      carried[direction] += '<end>';
    },
    sendTo: () => undefined,
  };
  const exchange = new UpgradeExchange(
    {
      upgradeRequested: (from, { head }) => events.push(`${from} asks for ${head.target}`),
      upgradeRefused: () => events.push('refused'),
      upgraded: () => events.push('upgraded'),
      bytesBeforeResponse: () => events.push('stray'),
      lateRequest: () => events.push('late'),
      webSocketOpen: () => events.push('open'),
      webSocketData: () => events.push('data'),
      webSocketGap: () => events.push('gap'),
      proxyHeader: ({ version }) => events.push(`PROXY v${version}`),
      carrierBegins: (carrier) => {
        events.push(carrier === XOR ? 'carrier begins' : 'another carrier begins');
        return opened;
      },
      notWebSocket: (reason) => events.push(`no WebSocket: ${reason}`),
    },
    isFromStart,
    new HttpBudget(),
    { carriers: [XOR] },
  );
  let packet = 0;
  for (const [direction, piece] of pieces) {
    if (typeof piece === 'number') {
      packet++;
      exchange.gap(direction, piece, packet, packet, 0);
      continue;
    }
    const bytes = Buffer.from(piece as string, 'latin1');
    let start = 0;
    for (const length of segmentation(bytes.length)) {
      packet++;
      exchange.data(direction, bytes, start, start + length, packet, packet, 0);
      start += length;
    }
  }
  exchange.end();
  return { events, carried };
}

const PROXY = 'PROXY UNKNOWN\r\n';
const CONNECT = lines('CONNECT a:1 HTTP/1.1');
const ESTABLISHED = lines('HTTP/1.1 200 OK');
const REQUEST = upgradeRequest();

interface Case {
  readonly name: string;
  readonly pieces: readonly Piece[];
  readonly events: readonly string[];
  readonly carried: readonly [string, string];
}

const CASES: readonly Case[] = [
  {
    name: 'a carrier at the first byte, of both directions',
    pieces: [
      [0, `${MARK}abc`],
      [1, `${MARK}def`],
      [0, REQUEST],
      [1, 5],
    ],
    events: ['carrier begins'],
    carried: [`${MARK}abc${REQUEST}<end>`, `${MARK}def<gap 5><end>`],
  },
  {
    name: 'a carrier behind a PROXY header',
    pieces: [
      [0, `${PROXY}${MARK}abc`],
      [1, MARK],
    ],
    events: ['PROXY v1', 'carrier begins'],
    carried: [`${MARK}abc<end>`, `${MARK}<end>`],
  },
  {
    name: 'a carrier behind a PROXY header that ends with a segment',
    pieces: [
      [0, PROXY],
      [0, `${MARK}abc`],
    ],
    events: ['PROXY v1', 'carrier begins'],
    carried: [`${MARK}abc<end>`, '<end>'],
  },
  {
    name: 'HTTP behind a PROXY header',
    pieces: [[0, PROXY + REQUEST]],
    events: ['PROXY v1', '0 asks for /chat'],
    carried: ['', ''],
  },
  {
    name: 'a carrier inside a tunnel',
    pieces: [
      [0, CONNECT],
      [1, ESTABLISHED],
      [0, `${MARK}abc`],
      [1, `${MARK}def`],
    ],
    events: ['carrier begins'],
    carried: [`${MARK}abc<end>`, `${MARK}def<end>`],
  },
  {
    name: 'a carrier that did not wait for the answer to its CONNECT',
    pieces: [
      [0, `${CONNECT}${MARK}abc`],
      [1, `${ESTABLISHED}${MARK}def`],
    ],
    events: ['carrier begins'],
    carried: [`${MARK}abc<end>`, `${MARK}def<end>`],
  },
  {
    name: 'HTTP inside a tunnel',
    pieces: [
      [0, CONNECT],
      [1, ESTABLISHED],
      [0, REQUEST],
    ],
    events: ['0 asks for /chat'],
    carried: ['', ''],
  },
  {
    name: 'HTTP, and the mark of a carrier later in it',
    pieces: [
      [0, lines('GET / HTTP/1.1')],
      [0, `${MARK}abc`],
    ],
    events: ['no WebSocket: other'],
    carried: ['', ''],
  },
  {
    name: 'a gap in front of what would be a carrier',
    pieces: [
      [0, 3],
      [0, `${MARK}abc`],
    ],
    events: [],
    carried: ['', ''],
  },
];

describe.each(CASES)('$name', ({ pieces, events, carried }) => {
  test.each([
    ['whole', WHOLE],
    ['byte by byte', BYTE_BY_BYTE],
  ] as const)('is told the same %s', (_how, segmentation) => {
    expect(play(pieces, segmentation)).toEqual({ events, carried });
  });
});

test('in mid-stream no carrier begins', () => {
  expect(play([[0, `${MARK}abc`]], WHOLE, false)).toEqual({ events: [], carried: ['', ''] });
});

test('first bytes too few to tell go to HTTP at the end, or to the carrier that the other direction has begun', () => {
  expect(play([[0, '\xf7']], WHOLE)).toEqual({ events: ['no WebSocket: other'], carried: ['', ''] });
  expect(
    play(
      [
        [0, MARK],
        [1, '\xf7'],
      ],
      WHOLE,
    ),
  ).toEqual({
    events: ['carrier begins'],
    carried: [`${MARK}<end>`, '\xf7<end>'],
  });
  expect(
    play(
      [
        [0, '\xf7'],
        [1, MARK],
        [0, 2],
      ],
      WHOLE,
    ).carried,
  ).toEqual(['\xf7<gap 2><end>', `${MARK}<end>`]);
});
