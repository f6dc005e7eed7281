/** What http/ says each byte is: all of them, once, in order; and that it reads the same whether or not it is asked. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HttpBudget } from '../../src/http/http-budget.ts';
import { MessageStream } from '../../src/http/message-stream.ts';
import {
  BYTE_BY_BYTE,
  inSegmentsOf,
  MISSING,
  playExchange,
  playSpans,
  WHOLE,
  type Piece,
} from '../helpers/exchange-log.ts';
import { lines, switchingProtocols, upgradeRequest } from '../helpers/handshakes.ts';

const GET = lines('GET /page HTTP/1.1', 'Host: a');
const CONNECT = lines('CONNECT server.example:80 HTTP/1.1');
const ESTABLISHED = lines('HTTP/1.1 200 Connection established');
const OK = `${lines('HTTP/1.1 200 OK', 'Content-Length: 2')}ok`;
const CHUNKED = `${lines('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked')}3;a=b\r\nabc\r\n0\r\nX: y\r\n\r\n`;
const REFUSED = lines('HTTP/1.1 401 Unauthorized', 'Content-Length: 0');
const CLIENT_FRAMES = '\x81\x82\x01\x02\x03\x04ik\x88\x80\x01\x02\x03\x04';
const SERVER_FRAMES = '\x81\x02hi\x88\x02\x03\xe8';
const TLS = '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03';
const PROXY1 = 'PROXY TCP4 1.2.3.4 5.6.7.8 9 10\r\n';
const PROXY2 = `\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x11\x01\x02\x03\x04\x05\x06\x07\x08\0\x09\0\x0a\x02\0\x02ab`;

function sent(pieces: readonly Piece[], direction: 0 | 1): string {
  return pieces
    .filter(([from]) => from === direction)
    .map(([, piece]) =>
      typeof piece === 'number'
        ? MISSING.repeat(piece)
        : Buffer.from(piece as string, 'latin1').toString('latin1'),
    )
    .join('');
}

interface Case {
  readonly name: string;
  readonly pieces: readonly Piece[];
  /** Of the direction that the case is about. */
  readonly of: 0 | 1;
  readonly runs: readonly string[];
}

const CASES: readonly Case[] = [
  {
    name: 'a head',
    pieces: [[0, `\r\n${GET}`]],
    of: 0,
    runs: [
      'empty-line \r\n',
      'start-line GET /page HTTP/1.1\r\n',
      'header-line Host: a\r\n',
      'head-end \r\n',
    ],
  },
  {
    name: 'a head without an end',
    pieces: [[0, GET.slice(0, -6)]],
    of: 0,
    runs: ['start-line GET /page HTTP/1.1\r\n', 'header-line Host:'],
  },
  {
    name: 'a body of known length, of which a part is missing',
    pieces: [
      [1, `${lines('HTTP/1.1 200 OK', 'Content-Length: 9')}abc`],
      [1, 4],
      [1, `hi${REFUSED}`],
    ],
    of: 1,
    runs: [
      'start-line HTTP/1.1 200 OK\r\n',
      'header-line Content-Length: 9\r\n',
      'head-end \r\n',
      'body abc',
      `missing ${MISSING.repeat(4)}`,
      'body hi',
      'start-line HTTP/1.1 401 Unauthorized\r\n',
      'header-line Content-Length: 0\r\n',
      'head-end \r\n',
    ],
  },
  {
    name: 'a chunked body',
    pieces: [
      [0, GET],
      [1, CHUNKED],
    ],
    of: 1,
    runs: [
      'start-line HTTP/1.1 200 OK\r\n',
      'header-line Transfer-Encoding: chunked\r\n',
      'head-end \r\n',
      'chunk-size 3;a=b\r\n',
      'chunk-data abc',
      'chunk-end \r\n',
      'chunk-size 0\r\n',
      'trailer X: y\r\n\r\n',
    ],
  },
  {
    name: 'a body up to the end of the connection, of which a part is missing',
    pieces: [
      [0, GET],
      [1, `${lines('HTTP/1.1 200 OK')}abc`],
      [1, 2],
      [1, TLS],
    ],
    of: 1,
    runs: [
      'start-line HTTP/1.1 200 OK\r\n',
      'head-end \r\n',
      'body abc',
      `missing ${MISSING.repeat(2)}`,
      `body ${TLS}`,
    ],
  },
  {
    name: 'a PROXY header in text',
    pieces: [[0, PROXY1 + GET]],
    of: 0,
    runs: [
      `proxy-header ${PROXY1}`,
      'start-line GET /page HTTP/1.1\r\n',
      'header-line Host: a\r\n',
      'head-end \r\n',
    ],
  },
  {
    name: 'a PROXY header in binary, with a field behind the addresses',
    pieces: [[0, PROXY2 + GET]],
    of: 0,
    runs: [
      `proxy-header ${PROXY2}`,
      'start-line GET /page HTTP/1.1\r\n',
      'header-line Host: a\r\n',
      'head-end \r\n',
    ],
  },
  {
    name: 'half a PROXY header',
    pieces: [[0, PROXY2.slice(0, 20)]],
    of: 0,
    runs: [`unread ${PROXY2.slice(0, 20)}`],
  },
  {
    name: 'what begins like a PROXY header and is a request',
    pieces: [[0, lines('PROPFIND /a HTTP/1.1')]],
    of: 0,
    runs: ['start-line PROPFIND /a HTTP/1.1\r\n', 'head-end \r\n'],
  },
  {
    name: 'bytes before the response that is expected, and what may be a status line among them',
    pieces: [
      [0, upgradeRequest()],
      [1, `\x81\x05HTTP/1.1 hi${REFUSED}`],
    ],
    of: 1,
    runs: [
      'stray \x81\x05HTTP/1.1 hi',
      'start-line HTTP/1.1 401 Unauthorized\r\n',
      'header-line Content-Length: 0\r\n',
      'head-end \r\n',
    ],
  },
  {
    name: 'frames behind a request whose answer is a refusal',
    pieces: [
      [0, upgradeRequest() + GET],
      [1, REFUSED],
    ],
    of: 0,
    runs: [
      ...upgradeRequest()
        .trimEnd()
        .split('\r\n')
        .map((line, index) => `${index === 0 ? 'start' : 'header'}-line ${line}\r\n`),
      'head-end \r\n',
      'start-line GET /page HTTP/1.1\r\n',
      'header-line Host: a\r\n',
      'head-end \r\n',
    ],
  },
  {
    name: 'frames behind a request without an answer',
    pieces: [[0, lines('GET / HTTP/1.1', 'Upgrade: websocket') + CLIENT_FRAMES]],
    of: 0,
    runs: [
      'start-line GET / HTTP/1.1\r\n',
      'header-line Upgrade: websocket\r\n',
      'head-end \r\n',
      `unread ${CLIENT_FRAMES}`,
    ],
  },
  {
    name: 'frames behind a 101',
    pieces: [
      [0, upgradeRequest()],
      [1, `${lines('HTTP/1.1 101 OK', 'Upgrade: websocket')}${SERVER_FRAMES}`],
    ],
    of: 1,
    runs: [
      'start-line HTTP/1.1 101 OK\r\n',
      'header-line Upgrade: websocket\r\n',
      'head-end \r\n',
      `frames ${SERVER_FRAMES}`,
    ],
  },
  {
    name: 'what a 101 to another protocol is followed by',
    pieces: [
      [0, upgradeRequest()],
      [1, `${lines('HTTP/1.1 101 OK', 'Upgrade: h2c')}abc`],
    ],
    of: 1,
    runs: ['start-line HTTP/1.1 101 OK\r\n', 'header-line Upgrade: h2c\r\n', 'head-end \r\n', 'unread abc'],
  },
];

const CUT = 'GET /chat HTTP/1.1\r\nUpgrade: websocket\r\nHos';

const MORE_CASES: readonly Case[] = [
  {
    name: 'a request of which the middle is missing, its 101, and the rest of its head',
    pieces: [
      [0, CUT],
      [0, 20],
      [0, 'Cookie: a\r\n'],
      [1, switchingProtocols()],
      [0, 'X: y\r\n\r\n'],
      [0, CLIENT_FRAMES],
    ],
    of: 0,
    runs: [
      'start-line GET /chat HTTP/1.1\r\n',
      'header-line Upgrade: websocket\r\n',
      'header-line Hos',
      `missing ${MISSING.repeat(20)}`,
      'unread Cookie: a\r\nX: y\r\n\r\n',
      `frames ${CLIENT_FRAMES}`,
    ],
  },
  {
    name: 'a request of which the middle and the end are missing, and its 101 between them',
    pieces: [
      [0, CUT],
      [0, 20],
      [1, switchingProtocols()],
      [0, 10],
      [0, CLIENT_FRAMES],
    ],
    of: 0,
    runs: [
      'start-line GET /chat HTTP/1.1\r\n',
      'header-line Upgrade: websocket\r\n',
      'header-line Hos',
      `missing ${MISSING.repeat(30)}`,
      `frames ${CLIENT_FRAMES}`,
    ],
  },
  {
    name: 'bytes before the response that end like a status line',
    pieces: [
      [0, upgradeRequest()],
      [1, `\x81\x05abcHTTP/1.1`],
    ],
    of: 1,
    runs: ['stray \x81\x05abcHTTP/1.1'],
  },
  {
    name: 'the server, whose next head has begun when it opens a tunnel',
    pieces: [
      [0, CONNECT],
      [1, 'HTTP/1.1 2'],
      [1, '00 OK\r\n\r\n'],
      [1, OK],
    ],
    of: 1,
    runs: [
      'start-line HTTP/1.1 200 OK\r\n',
      'head-end \r\n',
      'start-line HTTP/1.1 200 OK\r\n',
      'header-line Content-Length: 2\r\n',
      'head-end \r\n',
      'body ok',
    ],
  },
];

describe.each([...CASES, ...MORE_CASES])('$name', ({ pieces, of, runs }) => {
  test.each([
    ['whole', WHOLE],
    ['byte by byte', BYTE_BY_BYTE],
    ['in segments of 2 and 3', inSegmentsOf(2, 3)],
  ] as const)('is named the same %s', (_how, segmentation) => {
    expect(playSpans(pieces, segmentation).runs[of]).toEqual(runs);
  });
});

/** A stream that pauses behind each head, and what it says its bytes are. */
function spansOf(isFromStart: boolean): {
  stream: MessageStream;
  push: (text: string) => void;
  runs: string[];
} {
  const runs: string[] = [];
  const stream = new MessageStream(
    {
      head: () => 'pause',
      expectsResponse: () => false,
      passedOver: () => undefined,
      proxyHeader: () => undefined,
      notHttp: () => undefined,
    },
    isFromStart,
    new HttpBudget(),
    {
      span: (kind, bytes, start, end) =>
        runs.push(`${kind} ${Buffer.from(bytes.subarray(start, end)).toString('latin1')}`),
      missing: () => undefined,
    },
  );
  const push = (text: string) => {
    stream.push(Buffer.from(text, 'latin1'), 0, text.length, 1, 0, 0);
  };
  return { stream, push, runs };
}

test('a head that a tunnel cuts short is reported as far as it came', () => {
  const { stream, push, runs } = spansOf(true);
  push('GET /cu');
  stream.restart();
  push(GET);
  expect(runs).toEqual([
    'start-line GET /cu',
    'start-line GET /page HTTP/1.1\r\n',
    'header-line Host: a\r\n',
    'head-end \r\n',
  ]);
});

describe('after a stop, the start of a TLS record has a name', () => {
  const isNamed = (isFromStart: boolean, ...before: readonly string[]) => {
    const { stream, push, runs } = spansOf(isFromStart);
    for (const text of before) push(text);
    stream.stop();
    runs.length = 0;
    push(TLS);
    push(TLS);
    if (runs[0] === `unread ${TLS}`) return false;
    // Only the first record has a name.
    expect(runs).toEqual([`tls-start ${TLS.slice(0, 3)}`, `unread ${TLS.slice(3)}`, `unread ${TLS}`]);
    return true;
  };

  test('where nothing of the stream was known yet', () => {
    expect(isNamed(true)).toBe(true);
    expect(isNamed(false)).toBe(true);
    expect(isNamed(false, 'abc')).toBe(true);
  });

  test('and not where a message or a PROXY header had begun', () => {
    expect(isNamed(true, 'GET /')).toBe(false);
    expect(isNamed(true, GET)).toBe(false);
    expect(isNamed(true, 'PROXY TCP4')).toBe(false);
  });
});

describe('what is not HTTP/1', () => {
  test('what began like a PROXY header and is nothing known', () => {
    const { runs } = playSpans([
      [0, '\r\n\r\n\0\r\nQ'],
      [0, 'abc'],
    ]);
    expect(runs[0]).toEqual(['empty-line \r\n\r\n', 'not-a-head \0\r\n', 'unread Qabc']);
  });

  test('TLS is named by its first three bytes, in both directions', () => {
    const { runs } = playSpans([
      [0, TLS],
      [1, TLS],
    ]);
    const expected = [`tls-start ${TLS.slice(0, 3)}`, `unread ${TLS.slice(3)}`];
    expect(runs).toEqual([expected, expected]);
  });

  test('the preface of HTTP/2 is named up to the end of its line', () => {
    const { runs } = playSpans([[0, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n']]);
    expect(runs[0]).toEqual(['http2-preface PRI * HTTP/2.0\r\n', 'unread \r\nSM\r\n\r\n']);
  });

  test('a line that is not a start line, and bytes in mid-stream that begin like a head and are not one', () => {
    expect(playSpans([[0, 'GET /\r\n\r\n']]).runs[0]).toEqual(['not-a-head GET /\r\n\r\n']);
    const { runs } = playSpans(
      [
        [0, 'GET a\r\n\r\n'],
        [0, 'abc'],
        [0, GET],
      ],
      WHOLE,
      false,
    );
    expect(runs[0].slice(0, 3)).toEqual([
      'not-a-head GET a\r\n\r\n',
      'unread abc',
      'start-line GET /page HTTP/1.1\r\n',
    ]);
  });

  test('the lines that are kept of a head that is too long', () => {
    const line = `X: ${'y'.repeat(100)}\r\n`;
    const text = `GET / HTTP/1.1\r\n${line.repeat(1000)}`;
    const { runs, covered } = playSpans([[0, text]], inSegmentsOf(1000));
    expect(covered[0]).toBe(text);
    expect(runs[0].slice(0, 2)).toEqual(['start-line GET / HTTP/1.1\r\n', `header-line ${line}`]);
    expect(runs[0].at(-1)).toMatch(/^unread /);
  });
});

const TEXTS = [
  GET,
  OK,
  CHUNKED,
  REFUSED,
  CONNECT,
  ESTABLISHED,
  upgradeRequest(),
  switchingProtocols(),
  CLIENT_FRAMES,
  SERVER_FRAMES,
  PROXY1,
  PROXY2,
  TLS,
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'HTTP/1.1 ',
  '\r\n',
  lines('POST /a HTTP/1.1', 'Transfer-Encoding: chunked') + '4\r\nabcdXX\r\n',
  lines('POST /a HTTP/1.1', 'Upgrade: websocket', 'Content-Length: 5') + 'abcde',
  lines('HTTP/1.1 101 OK', 'Upgrade: h2c'),
];

const TEXT = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...TEXTS) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom(...TEXTS), fc.nat(80)).map(([text, end]) => text.slice(0, end)),
  },
  {
    weight: 1,
    arbitrary: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  },
);
const CONVERSATION = fc.array(
  fc.tuple(
    fc.constantFrom<0 | 1>(0, 1),
    fc.oneof({ weight: 6, arbitrary: TEXT }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 60 }) }),
  ),
  { maxLength: 10 },
);
/** Most conversations begin correctly, and go on at random. */
const OPENED = fc
  .boolean()
  .chain((isOpened) =>
    CONVERSATION.map((pieces): Piece[] =>
      isOpened ? [[0, upgradeRequest()], [1, switchingProtocols()], ...pieces] : pieces,
    ),
  );
const SEGMENTATION = fc.oneof(
  fc.constantFrom(WHOLE, BYTE_BY_BYTE),
  fc
    .array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 12 })
    .map((sizes) => inSegmentsOf(...sizes)),
);

describe('whatever is sent, and however it is cut', () => {
  test('every byte of both directions is reported once, in order, or handed over as the WebSocket’s', () => {
    fc.assert(
      fc.property(OPENED, SEGMENTATION, fc.boolean(), (pieces, segmentation, isFromStart) => {
        const { covered } = playSpans(pieces, segmentation, isFromStart);
        expect(covered).toEqual([sent(pieces, 0), sent(pieces, 1)]);
      }),
      { numRuns: 600, seed: 6455 },
    );
  });

  test('the events are the same as where nobody asks', () => {
    fc.assert(
      fc.property(OPENED, SEGMENTATION, fc.boolean(), (pieces, segmentation, isFromStart) => {
        const { log } = playSpans(pieces, segmentation, isFromStart);
        const without = playExchange(pieces, segmentation, isFromStart);
        expect(log).toEqual(without);
      }),
      { numRuns: 600, seed: 6455 },
    );
  });
});
