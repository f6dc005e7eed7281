import { describe, expect, test } from 'vitest';
import { NO_PINGS, type PingFacts } from '../../src/connection/heartbeat.ts';
import { errorCloseCode } from '../../src/rules/error-close-code.ts';
import {
  check,
  checkAll,
  close,
  frame,
  irregular,
  judged,
  mark,
  NO_TIMES,
  type RecordSpec,
  told,
} from '../helpers/record-builder.ts';

const both = (first: number | null, second: number | null): RecordSpec => ({
  serverSide: { closeFrame: close(first, 90, 400) },
  clientSide: { closeFrame: close(second, 91, 401) },
});

describe('raised', () => {
  test.each([1002, 1003, 1007, 1008, 1009, 1010, 1011, 1013, 1014])('%i as a warning', (code) => {
    expect(check(errorCloseCode, both(code, code))).toMatchObject({
      kind: 'closed',
      severity: 'warning',
      evidence: { by: 'server', code, isAnswer: false },
    });
  });

  test('1012 as info: a restart that is announced', () => {
    expect(check(errorCloseCode, both(1012, 1012))?.severity).toBe('info');
  });

  test.each([3000, 3999, 4000, 4999])(
    '%i as info after data of the other side, else as a warning',
    (code) => {
      const served = { ...close(code, 90, 400), acknowledgesData: true };
      expect(check(errorCloseCode, { serverSide: { closeFrame: served } })?.severity).toBe('info');
      expect(check(errorCloseCode, both(code, code))?.severity).toBe('warning');
    },
  );

  test.each([99, 101])('the same %i ms after the 101', (ms) => {
    const found = check(errorCloseCode, { serverSide: { closeFrame: close(4401, 90, ms, 'Unauthorized') } });
    expect(found).toMatchObject({ kind: 'closed', severity: 'warning' });
  });

  test('once, for the side that closed first: the other one repeats the code', () => {
    expect(checkAll(errorCloseCode, both(1011, 1011))).toHaveLength(1);
    expect(checkAll(errorCloseCode, both(1011, 1000))).toHaveLength(1);
    expect(checkAll(errorCloseCode, both(1011, null))).toHaveLength(1);
  });

  test('for an answer with a code of its own', () => {
    const found = checkAll(errorCloseCode, both(1011, 1002));
    expect(found.map(({ kind, evidence }) => [kind, evidence['by'], evidence['code']])).toEqual([
      ['closed', 'server', 1011],
      ['answered', 'client', 1002],
    ]);
    expect(checkAll(errorCloseCode, both(1000, 1011)).map(({ kind }) => kind)).toEqual(['answered']);
    expect(checkAll(errorCloseCode, both(1005, 1002)).map(({ kind }) => kind)).toEqual(['answered']);
  });
});

test.each<[string, RecordSpec]>([
  ['1000', both(1000, 1000)],
  ['1001', both(1001, 1001)],
  ['no code', both(null, null)],
  ['a code that may not be sent', both(1006, null)],
  ['another one', both(2999, 2999)],
  ['no Close', {}],
])('not raised: %s', (_name, spec) => {
  expect(checkAll(errorCloseCode, spec)).toEqual([]);
});

describe('the message', () => {
  test('has the code, its name and the reason', () => {
    const found = check(errorCloseCode, {
      serverSide: { closeFrame: close(1011, 90, 400, 'boom') },
      clientSide: { closeFrame: close(1011, 91, 401) },
    });
    expect(told(found)).toBe(
      'The server closed the WebSocket with Close 1011 (internal error, "boom") 400 ms after the 101 (packet 90). Look ' +
        'for that reason in the log of the server at that time: an exception in a handler, most often.',
    );
    expect(found).toMatchObject({ packets: [90], evidence: { reason: 'boom', afterUpgradeMs: 400 } });
  });

  test('names the ping where the reason does', () => {
    const ping = mark(80, 300);
    const spec = (pings: PingFacts): RecordSpec => ({
      serverSide: { closeFrame: close(1011, 90, 1300, 'keepalive ping timeout'), pings },
    });
    const lost = { ...NO_PINGS, sent: 1, unanswered: { count: 1, first: ping, last: ping } };
    expect(check(errorCloseCode, spec(lost))?.advice).toBe(
      'By its reason the server had waited in vain for a pong: its ping in packet 80, 1 s before, was not answered. Look at ' +
        'whether the client still lived at that time.',
    );
    expect(check(errorCloseCode, spec(NO_PINGS))?.advice).toContain('for an answer to a ping or a heartbeat');
  });

  test('of an answer names what it answers', () => {
    const found = check(errorCloseCode, both(1006, 1002));
    expect(found?.message).toBe(
      "The client answered the server's Close 1006 (abnormal closure) with Close 1002 (protocol error) 401 ms after the " +
        '101 (packet 91).',
    );
    expect(found?.packets).toEqual([90, 91]);
  });

  test('has no time where packets carry none', () => {
    expect(check(errorCloseCode, both(1011, 1011), NO_TIMES)?.message).toContain(
      'after the 101 (packet 90).',
    );
  });
});

describe('what to look at next', () => {
  test.each<[number, string]>([
    [1002, 'look at the last frame of the client before it, a ping (126 bytes) in packet 89'],
    [1003, 'look at the last data frame of the client before it, a binary frame (5 bytes) in packet 80'],
    [1007, 'look at the last data frame of the client before it, a binary frame (5 bytes) in packet 80'],
    [1008, 'authentication, origin and rate limits'],
    [1009, 'a binary frame (5 bytes) in packet 80, and at its limit of message size'],
    [1010, 'compare Sec-WebSocket-Extensions'],
    [1012, 'says that it restarts'],
    [1013, 'its load at that time'],
    [1014, 'the connection to its backend'],
    [4401, "4401 is a code of the application's or a library's own"],
  ])('%i', (code, expected) => {
    const found = check(errorCloseCode, {
      serverSide: { closeFrame: close(code, 90, 400) },
      clientSide: {
        lastFrame: frame(9, 89, 399, { payloadLength: 126 }),
        lastDataFrame: frame(2, 80, 300),
      },
    });
    expect(found?.advice).toContain(expected);
  });

  test('a frame that breaks the protocol is what 1002 and 1007 are about', () => {
    const advice = (code: number) =>
      check(errorCloseCode, {
        serverSide: { closeFrame: close(code, 90, 400) },
        clientSide: {
          irregularities: [irregular('control-too-long', [frame(9, 89, 399, { payloadLength: 126 })])],
          lastFrame: frame(8, 91, 401),
          lastDataFrame: frame(1, 80, 300),
        },
      })?.advice;
    expect(advice(1002)).toContain(
      "look at the client's ping (126 bytes) in packet 89, which another anomaly names.",
    );
    expect(advice(1007)).toContain('in packet 89');
    expect(advice(1009)).toContain('in packet 80');
  });

  test('a length that no frame can have is what any code is about', () => {
    const found = check(errorCloseCode, {
      serverSide: { closeFrame: close(1009, 90, 400) },
      clientSide: {
        irregularities: [irregular('length-too-large', [frame(2, 89, 399, { payloadLength: 2 ** 63 })])],
        lastDataFrame: frame(1, 80, 300),
      },
    });
    expect(found?.advice).toContain(
      "look at the length of the client's binary frame in packet 89, which another anomaly names, and",
    );
  });

  test('frames that came later are not blamed', () => {
    const found = check(errorCloseCode, {
      serverSide: { closeFrame: close(1009, 90, 400) },
      clientSide: { lastFrame: frame(8, 91, 401), lastDataFrame: frame(1, 91, 401) },
    });
    expect(found?.advice).toContain('look at what the client had sent, and');
  });
});

describe('together with other rules', () => {
  test('withheld where that Close may be the echo of one that is missing', () => {
    const spec: RecordSpec = { serverSide: { closeFrame: close(1011, 90, 400) } };
    expect(judged({ ...spec, clientSide: { isFramingLost: true, gapBytes: 20 } })).toEqual({
      raised: [],
      withheld: ['error-close-code'],
    });
    expect(judged({ ...spec, clientSide: { isCaptured: false } })).toEqual({
      raised: [],
      withheld: ['error-close-code'],
    });
  });
});
