import { HttpBudget } from '../../src/http/http-budget.ts';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bodyFraming, type HttpHead } from '../../src/http/head.ts';
import { MessageStream } from '../../src/http/message-stream.ts';
import { BYTE_BY_BYTE, inSegmentsOf, WHOLE, type Segmentation } from '../helpers/exchange-log.ts';
import { lines, switchingProtocols } from '../helpers/handshakes.ts';

interface Seen {
  /** "GET /a" or "HTTP 200", `PROXY v1`, `no HTTP: tls`. */
  readonly events: string[];
  readonly heads: HttpHead[];
  readonly packets: number[];
  /** What was left unread by a pause. */
  left: string;
}

/** Reads text as one direction; pauses after a CONNECT and a 101. Numbers are gaps. */
function read(
  pieces: string | readonly (string | number)[],
  segmentation: Segmentation = WHOLE,
  isFromStart = true,
): Seen {
  const seen: Seen = { events: [], heads: [], packets: [], left: '' };
  const stream = new MessageStream(
    {
      head: (head, packet) => {
        const cut = head.isCut ? ' (cut)' : '';
        seen.heads.push(head);
        seen.packets.push(packet);
        if (head.kind === 'request') {
          seen.events.push(`${head.method} ${head.target}${cut}`);
          return head.method === 'CONNECT' ? 'pause' : bodyFraming(head, null);
        }
        seen.events.push(`HTTP ${head.status}${cut}`);
        return head.status === 101 ? 'pause' : bodyFraming(head, null);
      },
      expectsResponse: () => false,
      passedOver: () => undefined,
      proxyHeader: ({ version }) => seen.events.push(`PROXY v${version}`),
      notHttp: (reason) => seen.events.push(`no HTTP: ${reason}`),
    },
    isFromStart,
    new HttpBudget(),
  );
  let packet = 0;
  for (const piece of typeof pieces === 'string' ? [pieces] : pieces) {
    if (typeof piece === 'number') {
      stream.gap(piece, ++packet, 0, 0);
      continue;
    }
    const bytes = Buffer.from(piece, 'latin1');
    let at = 0;
    for (const length of segmentation(bytes.length)) {
      packet++;
      const taken = stream.push(bytes, at, at + length, packet, 0, 0);
      seen.left += bytes.toString('latin1', taken, at + length);
      at += length;
    }
  }
  return seen;
}

const GET = (target: string) => lines(`GET ${target} HTTP/1.1`, 'Host: a');
const TLS_HELLO = '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03';

/** What comes in, and what must come out of it on any segmentation. */
const STREAMS: readonly (readonly [name: string, text: string, events: readonly string[], left?: string])[] =
  [
    ['a request', GET('/a'), ['GET /a']],
    ['several requests on one connection', GET('/a') + GET('/b') + GET('/c'), ['GET /a', 'GET /b', 'GET /c']],
    ['empty lines before a request', `\r\n\n\r\n${GET('/a')}\r\n${GET('/b')}`, ['GET /a', 'GET /b']],
    ['bare line feeds', 'GET /a HTTP/1.1\nHost: a\n\nGET /b HTTP/1.1\n\n', ['GET /a', 'GET /b']],
    [
      'methods that begin like PROXY',
      lines('POST /a HTTP/1.1') + lines('PUT /b HTTP/1.1'),
      ['POST /a', 'PUT /b'],
    ],
    [
      'a body by length that looks like a request',
      lines('POST /a HTTP/1.1', `Content-Length: ${GET('/no').length}`) + GET('/no') + GET('/b'),
      ['POST /a', 'GET /b'],
    ],
    ['a body of length 0', lines('POST /a HTTP/1.1', 'Content-Length: 0') + GET('/b'), ['POST /a', 'GET /b']],
    [
      'a chunked body',
      `${lines('POST /a HTTP/1.1', 'Transfer-Encoding: chunked')}5\r\nGET /\r\n0\r\nTrailer: x\r\n\r\n${GET('/b')}`,
      ['POST /a', 'GET /b'],
    ],
    [
      'responses, with and without a body',
      `${lines('HTTP/1.1 200 OK', 'Content-Length: 3')}abc${lines('HTTP/1.1 304 Not Modified', 'Content-Length: 9')}` +
        lines('HTTP/1.1 103 Early Hints', 'Link: </a>') +
        lines('HTTP/1.1 204 No Content'),
      ['HTTP 200', 'HTTP 304', 'HTTP 103', 'HTTP 204'],
    ],
    ['a body that ends with the connection', lines('HTTP/1.1 200 OK') + switchingProtocols(), ['HTTP 200']],
    ['a 101, and what follows it', `${switchingProtocols()}\x81\x02hi`, ['HTTP 101'], '\x81\x02hi'],
    ['a PROXY header', `PROXY TCP4 1.2.3.4 5.6.7.8 9 10\r\n${GET('/a')}`, ['PROXY v1', 'GET /a']],
    [
      'a binary PROXY header',
      `\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\x01\x02\x03\x04\x05\x06\x07\x08\0\x09\0\x0a${GET('/a')}`,
      ['PROXY v2', 'GET /a'],
    ],
    ['TLS', TLS_HELLO, ['no HTTP: tls']],
    ['HTTP/2', `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0`, ['no HTTP: http2']],
    ['SSH', 'SSH-2.0-OpenSSH_9.2p1\r\n', ['no HTTP: other']],
    ['HTTP/0.9', 'GET /\r\n', ['no HTTP: other']],
    ['SMTP', 'HELO example.com\r\nMAIL FROM:<a>\r\n', ['no HTTP: other']],
    ['a start line that is plausible and none', 'GET /a HTTP/1.1 HTTP/1.1x\r\n\r\n', ['no HTTP: other']],
    ['an unfinished head', GET('/a').slice(0, -1), []],
    [
      'a head of 64 KiB',
      lines('GET /a HTTP/1.1', `X: ${'x'.repeat(64 * 1024 - 24)}`) + GET('/b'),
      ['GET /a', 'GET /b'],
    ],
    [
      'a head one byte longer',
      lines('GET /a HTTP/1.1', `X: ${'x'.repeat(64 * 1024 - 23)}`) + GET('/b'),
      ['no HTTP: head-too-long'],
    ],
    ['a first line that never ends', `GET /${'a'.repeat(70_000)}`, ['no HTTP: head-too-long']],
  ];

describe.each(STREAMS.map(([name, text, events, left = '']) => ({ name, text, events, left })))(
  '$name',
  ({ text, events, left }) => {
    test.each([
      ['whole', WHOLE],
      ['byte by byte', BYTE_BY_BYTE],
      ['in segments of 2 and 3', inSegmentsOf(2, 3)],
      ['in segments of 1448', inSegmentsOf(1448)],
    ] as const)('reads the same %s', (_how, segmentation) => {
      const seen = read(text, segmentation);
      expect(seen.events).toEqual(events);
      expect(seen.left).toBe(left);
    });
  },
);

test('any split points give the same heads', () => {
  const texts = STREAMS.filter(([, text]) => text.length < 2000);
  fc.assert(
    fc.property(
      fc.constantFrom(...texts),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 30 }),
      ([, text, events], sizes) => {
        const seen = read(text, inSegmentsOf(...sizes));
        expect(seen.events).toEqual(events);
        expect(seen.heads).toEqual(read(text).heads);
      },
    ),
    { numRuns: 300 },
  );
});

test('the packet of a head is the one that completes it', () => {
  const text = GET('/a');
  expect(read(text + GET('/b'), inSegmentsOf(text.length - 1)).packets).toEqual([2, 3]);
});

test('random bytes never throw', () => {
  const interesting = fc.constantFrom(
    'GET ',
    'HTTP/1.1 101',
    '\r\n',
    '\n\n',
    'PROXY ',
    '\x16\x03\x01',
    '0\r\n',
    '\0',
  );
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    interesting,
    fc.integer({ min: 1, max: 100 }),
    fc.constantFrom(...STREAMS.slice(0, 12).map(([, text]) => text)),
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 12 }),
      fc.boolean(),
      fc.boolean(),
      (pieces, isFromStart, isByByte) => {
        read(pieces, isByByte ? BYTE_BY_BYTE : WHOLE, isFromStart);
      },
    ),
    { numRuns: 500 },
  );
});

describe('gaps', () => {
  test('inside a body of known length leave the framing whole', () => {
    const post = lines('POST /a HTTP/1.1', 'Content-Length: 100');
    expect(read([post, 60, `${'x'.repeat(40)}${GET('/b')}`]).events).toEqual(['POST /a', 'GET /b']);
    expect(read([post, 100, GET('/b')]).events).toEqual(['POST /a', 'GET /b']);
  });

  test('inside the data of a chunk leave the framing whole too', () => {
    const post = `${lines('POST /a HTTP/1.1', 'Transfer-Encoding: chunked')}a\r\n`;
    expect(read([post, 10, `\r\n0\r\n\r\n${GET('/b')}`]).events).toEqual(['POST /a', 'GET /b']);
  });

  test('beyond a known length wait for a segment that begins like a head', () => {
    const post = lines('POST /a HTTP/1.1', 'Content-Length: 100');
    expect(read([post, 120, `x${GET('/no')}`, GET('/b'), GET('/c')]).events).toEqual([
      'POST /a',
      'GET /b',
      'GET /c',
    ]);
  });

  test('in a head tell what there is of it', () => {
    const seen = read(['HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-We', 40, 'rest']);
    expect(seen.events).toEqual(['HTTP 101 (cut)']);
    expect(seen.left).toBe('rest');
  });

  test('in a head with a body leave the next message to a segment that begins like one', () => {
    const seen = read([
      'HTTP/1.1 200 OK\r\nContent-',
      40,
      'body HTTP/1.1 404',
      lines('HTTP/1.1 404 Not Found'),
    ]);
    expect(seen.events).toEqual(['HTTP 200 (cut)', 'HTTP 404']);
  });

  test('too early in a head to tell anything of it lose it', () => {
    expect(read(['GE', 40, GET('/b')]).events).toEqual(['GET /b']);
  });

  test('in a PROXY header lose it, and not the request behind it', () => {
    expect(read(['PROXY TCP4 1.2', 20, GET('/a') + GET('/b')]).events).toEqual(['GET /a', 'GET /b']);
    expect(read(['PRO', 20, GET('/a') + GET('/b')], BYTE_BY_BYTE).events).toEqual([]);
  });

  test('in front of everything', () => {
    expect(read([200, lines('HTTP/1.1 200 OK', 'Content-Length: 0')]).events).toEqual(['HTTP 200']);
  });
});

describe('in the middle of a stream', () => {
  const inMiddle = (...pieces: (string | number)[]) => read(pieces, WHOLE, false).events;

  test('bytes are skipped up to a segment that begins like a head', () => {
    expect(inMiddle('the rest of a page', 'GET', GET('/a'))).toEqual(['GET /a']);
  });

  test('what looks like a head inside a segment does not count', () => {
    expect(inMiddle(`x${GET('/no')}`)).toEqual([]);
  });

  test('TLS records are known', () => {
    expect(inMiddle('\x17\x03\x03\x00\x20abc')).toEqual(['no HTTP: tls']);
  });

  test('a broken chunk waits for the next head', () => {
    const post = lines('POST /a HTTP/1.1', 'Transfer-Encoding: chunked');
    expect(inMiddle(`${post}zz\r\n`, GET('/b'))).toEqual(['POST /a', 'GET /b']);
  });
});

describe('a paused stream', () => {
  function paused(head: string, gap = 0): { stream: MessageStream; targets: string[] } {
    const targets: string[] = [];
    const stream = new MessageStream(
      {
        head: (next) => {
          targets.push(next.kind === 'request' ? next.target : String(next.status));
          return targets.length === 1 ? 'pause' : { kind: 'none' };
        },
        expectsResponse: () => false,
        passedOver: () => undefined,
        proxyHeader: () => targets.push('PROXY'),
        notHttp: (reason) => targets.push(reason),
      },
      true,
      new HttpBudget(),
    );
    stream.push(Buffer.from(head), 0, head.length, 1, 0, 0);
    if (gap > 0) stream.gap(gap, 2, 0, 0);
    expect(stream.isPaused).toBe(true);
    return { stream, targets };
  }
  const push = (stream: MessageStream, text: string) =>
    stream.push(Buffer.from(text), 0, text.length, 3, 0, 0);

  test('takes nothing until it is resumed, then the next message', () => {
    const { stream, targets } = paused(GET('/a'));
    expect(push(stream, GET('/b'))).toBe(0);
    stream.resume();
    push(stream, GET('/b'));
    expect(targets).toEqual(['/a', '/b']);
  });

  test('a PROXY header may stand at the beginning of a tunnel, not of any later message', () => {
    const { stream, targets } = paused(GET('/a'));
    stream.restart();
    push(stream, `PROXY UNKNOWN\r\n${GET('/b')}`);
    expect(targets).toEqual(['/a', 'PROXY', '/b']);
  });

  test.each(['resume', 'restart'] as const)(
    'where its head was cut, after %s it looks for the next one',
    (how) => {
      const { stream, targets } = paused('CONNECT a:80 HTTP/1.1\r\nHost: a\r\nUser-Ag', 20);
      stream[how]();
      push(stream, 'the rest of the head\r\n\r\n');
      push(stream, GET('/b') + GET('/c'));
      expect(targets).toEqual(['a:80', '/b', '/c']);
    },
  );

  test('takes nothing more once it is stopped', () => {
    const { stream, targets } = paused(GET('/a'));
    stream.stop();
    stream.resume();
    expect(push(stream, GET('/b'))).toBe(GET('/b').length);
    expect(targets).toEqual(['/a']);
  });
});

describe("held against Node's parser", () => {
  const headerName = fc.constantFrom('Accept', 'X-Trace', 'cookie', 'USER-AGENT');
  const headerText = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
  const body = fc.constantFrom('', 'GET /no HTTP/1.1\r\n\r\n', '0\r\n\r\n', 'x'.repeat(300));
  const message = fc.record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'M-SEARCH'),
    target: fc.stringMatching(/^\/[a-z0-9/?=&%.-]{0,20}$/),
    headers: fc.array(fc.tuple(headerName, headerText), { maxLength: 5 }),
    body,
    framing: fc.constantFrom('length', 'chunked'),
  });

  test('the same requests come out of the same bytes', async () => {
    let seenByNode: string[] = [];
    const summary = (method: string, target: string, headers: readonly string[]) =>
      JSON.stringify([method, target, ...headers]);
    const server = createServer({ keepAlive: true }, (request: IncomingMessage, response) => {
      seenByNode.push(summary(request.method ?? '', request.url ?? '', request.rawHeaders));
      request.resume().on('end', () => response.end());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;

    const check = async (messages: readonly (typeof message extends fc.Arbitrary<infer T> ? T : never)[]) => {
      const text = messages
        .map(({ method, target, headers, body: content, framing }, index) => {
          const fields = headers.map(([name, value]) => `${name}: ${value}`);
          const last = index === messages.length - 1 ? ['Connection: close'] : [];
          return framing === 'length'
            ? lines(
                `${method} ${target} HTTP/1.1`,
                'Host: a',
                ...fields,
                `Content-Length: ${content.length}`,
                ...last,
              ) + content
            : lines(
                `${method} ${target} HTTP/1.1`,
                'Host: a',
                ...fields,
                'Transfer-Encoding: chunked',
                ...last,
              ) +
                (content === '' ? '' : `${content.length.toString(16)}\r\n${content}\r\n`) +
                '0\r\n\r\n';
        })
        .join('');
      seenByNode = [];
      const socket = connect(port, '127.0.0.1');
      socket.resume().end(text, 'latin1');
      await once(socket, 'close');
      const ours = read(text, inSegmentsOf(7, 1, 30)).heads.map((head) =>
        head.kind === 'request'
          ? summary(
              head.method,
              head.target,
              head.headers.flatMap(({ name, value }) => [name, value]),
            )
          : 'a response',
      );
      expect(ours).toEqual(seenByNode);
      expect(ours).toHaveLength(messages.length);
    };
    try {
      await fc.assert(fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 4 }), check), {
        numRuns: 40,
      });
    } finally {
      server.close();
    }
  });
});
