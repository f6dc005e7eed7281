import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ForeignWatch, type HeaderRules } from '../../src/websocket/foreign-bytes.ts';
import { BYTE_BY_BYTE, WHOLE } from '../helpers/exchange-log.ts';
import { FrameSpanLog, frameOf, playFrames } from '../helpers/frame-log.ts';
import { concat, hex } from '../helpers/pcap-builder.ts';

const SERVER: HeaderRules = { isMasked: false, reservedBits: 0, isFromStart: true };
const DEFLATE: HeaderRules = { ...SERVER, reservedBits: 4 };
const CLIENT: HeaderRules = { ...SERVER, isMasked: true };

const ascii = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));
const HELLO = frameOf(1, 'hello');
const FORBIDDEN = ascii('HTTP/1.1 403 Forbidden\r\nServer: WAF\r\nContent-Length: 4\r\n\r\nno!\n');
const TIMEOUT_408 = ascii('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');

describe.each([
  ['whole', WHOLE],
  ['byte by byte', BYTE_BY_BYTE],
])('%s', (_name, segmentation) => {
  const play = (bytes: Uint8Array | readonly Uint8Array[], rules = SERVER) => {
    const { frames, parser } = playFrames(bytes, segmentation, null, null, new ForeignWatch(rules));
    return {
      opcodes: frames.map(({ opcode }) => opcode),
      foreign: parser.foreign,
      unfinished: parser.unfinished,
    };
  };

  test('an HTTP response between frames is no frame, and reading goes on behind its body', () => {
    const { opcodes, foreign } = play(concat([HELLO, FORBIDDEN, HELLO]));
    expect(opcodes).toEqual([1, 1]);
    expect(foreign).toMatchObject({ kind: 'http-response', length: FORBIDDEN.length });
    expect(foreign?.text).toContain('HTTP/1.1 403 Forbidden\r\nServer: WAF');
  });

  test('a response without a known length goes on to the end', () => {
    const { opcodes, foreign, unfinished } = play(concat([HELLO, TIMEOUT_408, ascii('<p>')]));
    expect(opcodes).toEqual([1]);
    expect(foreign).toMatchObject({ kind: 'http-response', length: TIMEOUT_408.length + 3 });
    expect(unfinished).toBeNull();
  });

  test('behind a second 101 the frames begin', () => {
    const second = ascii('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n');
    expect(play(concat([second, HELLO]))).toMatchObject({ opcodes: [1], foreign: { kind: 'http-response' } });
  });

  test('a request of a client inside the WebSocket', () => {
    const request = ascii('GET /favicon.ico HTTP/1.1\r\nHost: a\r\n\r\n');
    const { foreign, unfinished } = play(request, CLIENT);
    expect(foreign).toMatchObject({ kind: 'http-request', length: request.length });
    expect(unfinished).toBeNull();
  });

  test.each([
    '<html><body>502 Bad Gateway</body></html>',
    '\nWarning: Undefined variable $x in /srv/ws.php on line 3\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  ])('text: %j', (text) => {
    expect(play(concat([HELLO, ascii(text)]))).toMatchObject({
      opcodes: [1],
      foreign: { kind: 'text', length: text.length },
    });
  });

  test.each([
    ['line end', '\r\n'],
    ['zero', '\0'],
    ['two line ends', '\r\n\r\n'],
  ])('a stray %s behind the head, with frames behind it', (_what, stray) => {
    expect(play(concat([ascii(stray), HELLO, HELLO]))).toMatchObject({
      opcodes: [1, 1],
      foreign: { kind: 'stray', length: stray.length, packet: 1 },
    });
  });

  test('stray line ends with nothing behind them', () => {
    const { opcodes, foreign, unfinished } = play(ascii('\r\n'));
    expect(opcodes).toEqual([]);
    expect(foreign).toMatchObject({ kind: 'stray', text: '\r\n', length: 2 });
    expect(unfinished).toBeNull();
  });

  test.each<[string, Uint8Array, HeaderRules]>([
    ['a frame with a reserved opcode', hex('8300'), SERVER],
    ['five line ends', ascii('\r\n\r\n\r'), SERVER],
    ['a line end behind a frame', concat([HELLO, ascii('\r\n')]), SERVER],
    ['a line end before bytes that are no frame', concat([ascii('\r\n'), hex('ffff')]), SERVER],
    ['fifteen printable bytes', concat([ascii('0123456789abcde'), hex('00')]), SERVER],
    ['a compressed text in two frames that looks like text', ascii(`A${'y'.repeat(130)}`), DEFLATE],
    ['a line end where the capture began later', ascii('\r\n'), { ...SERVER, isFromStart: false }],
  ])('nothing of that: %s', (_what, bytes, rules) => {
    expect(play(bytes, rules).foreign).toBeNull();
    const without = playFrames(bytes, segmentation);
    expect(play(bytes, rules)).toMatchObject({
      opcodes: without.frames.map(({ opcode }) => opcode),
      unfinished: without.parser.unfinished,
    });
  });
});

test('behind text, frames are read again where a whole segment is frames', () => {
  const { frames, parser } = playFrames(
    [HELLO, ascii('<html>502 Bad Gateway'), ascii('</html>'), concat([HELLO, HELLO]), HELLO],
    WHOLE,
    null,
    null,
    new ForeignWatch(SERVER),
  );
  expect(frames.map(({ opcode, packet }) => [opcode, packet])).toEqual([
    [1, 1],
    [1, 4],
    [1, 4],
    [1, 5],
  ]);
  expect(parser.foreign).toMatchObject({ kind: 'text', packet: 2, length: 28 });
});

test('after a gap nothing is told', () => {
  const watch = new ForeignWatch(SERVER);
  const { parser } = playFrames([HELLO, 7, FORBIDDEN], WHOLE, null, null, watch);
  expect(parser.foreign).toBeNull();
});

test('a listener gets each byte once', () => {
  const pieces = [concat([ascii('\r\n'), HELLO]), concat([FORBIDDEN, HELLO]), ascii('HTT')];
  for (const segmentation of [WHOLE, BYTE_BY_BYTE]) {
    const log = new FrameSpanLog();
    const { parser } = playFrames(pieces, segmentation, null, log, new ForeignWatch(SERVER));
    parser.end();
    expect(log.covered.slice(0, -1)).toEqual([...concat(pieces)].slice(0, -1));
    expect(log.foreignBytes).toEqual([...ascii('\r\n'), ...FORBIDDEN]);
  }
});

test('whatever comes, frames that are in order are read as without the watch', () => {
  const frame = fc
    .tuple(fc.constantFrom(1, 2, 9, 10), fc.uint8Array({ maxLength: 40 }))
    .map(([opcode, payload]) => frameOf(opcode, payload));
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 8 }), fc.integer({ min: 1, max: 9 }), (frames, size) => {
      const bytes = concat(frames);
      const pieces = (length: number) => {
        const sizes = Array.from({ length: Math.floor(length / size) }, () => size);
        return length % size === 0 ? sizes : [...sizes, length % size];
      };
      const watched = playFrames(bytes, pieces, null, null, new ForeignWatch(SERVER));
      expect(watched.frames).toEqual(playFrames(bytes, pieces).frames);
      expect(watched.parser.foreign).toBeNull();
    }),
  );
});

test('any bytes in any pieces take linear time and lose nothing', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.string({ maxLength: 30 }).map(ascii),
          fc.uint8Array({ maxLength: 20 }),
          fc.constant(FORBIDDEN),
        ),
        { maxLength: 12 },
      ),
      (pieces) => {
        const log = new FrameSpanLog();
        const filled = pieces.filter(({ length }) => length > 0);
        const { parser } = playFrames(filled, WHOLE, null, log, new ForeignWatch(SERVER));
        const before = parser.unfinished;
        parser.end();
        const rest = before?.opcode === null ? before.received : 0;
        const all = [...concat(filled)];
        expect([all.length, all.length - rest]).toContain(log.covered.length);
        expect(log.covered).toEqual(all.slice(0, log.covered.length));
      },
    ),
  );
});
