import { describe, expect, test } from 'vitest';
import { connectionNotes } from '../../../src/report/notes/connection-notes.ts';
import { mark, recordOf, type RecordSpec } from '../../helpers/record-builder.ts';

const notesOf = (spec: RecordSpec) => connectionNotes(recordOf(spec));
const codes = (spec: RecordSpec) => notesOf(spec).map(({ code }) => code);
const ENDED: RecordSpec = { serverSide: { fin: mark(90, 1000) } };

test('a connection that was captured whole has none', () => {
  expect(notesOf(ENDED)).toEqual([]);
});

describe('what is missing is named', () => {
  test.each<[string, RecordSpec, string[]]>([
    [
      'no SYN',
      { ...ENDED, clientSide: { syn: null }, serverSide: { ...ENDED.serverSide, syn: null } },
      ['mid-stream'],
    ],
    ['one SYN is enough', { ...ENDED, clientSide: { syn: null } }, []],
    ['no request', { ...ENDED, upgrade: { request: null } }, ['handshake-not-captured']],
    ['no request and no answer', { ...ENDED, upgrade: { request: null, response: null } }, []],
    ['no packet of the client', { ...ENDED, clientSide: { isCaptured: false } }, ['one-direction']],
    [
      'bytes of both sides',
      { clientSide: { gapBytes: 5 }, serverSide: { ...ENDED.serverSide, gapBytes: 7 } },
      ['gap', 'gap'],
    ],
    ['packets cut short', { serverSide: { ...ENDED.serverSide, gapBytes: 7, cutBytes: 7 } }, ['snaplen']],
    ['both', { serverSide: { ...ENDED.serverSide, gapBytes: 10, cutBytes: 7 } }, ['snaplen', 'gap']],
    ['packets twice', { ...ENDED, duplicates: { count: 3, firstPacket: 2 } }, ['duplicate-packets']],
    ['the whole handshake', { ...ENDED, upgrade: null, opening: 'inferred' }, ['handshake-not-captured']],
    [
      'what compressed messages refer to',
      { ...ENDED, clientSide: { notInflated: { messages: 2, reason: 'gap', firstPacket: 7 } } },
      ['not-inflated'],
    ],
    ['the end', {}, ['capture-ended']],
    ['the end of a half-closed connection is not', { ...ENDED, endedBy: 'capture-ended' }, []],
    ['room', { endedBy: 'evicted' }, ['idle-too-long']],
  ])('%s', (_name, spec, expected) => {
    expect(codes(spec)).toEqual(expected);
  });
});

test('the messages count, and say what follows from it', () => {
  const [snaplen, gap] = notesOf({
    serverSide: { ...ENDED.serverSide, gapBytes: 10, cutBytes: 7, isFramingLost: true },
  });
  expect(snaplen?.message).toBe(
    'packets from the server were cut short: 7 bytes are missing (capture with `-s 0`); its frames can not be followed after that',
  );
  expect(gap?.message).toBe(
    '3 bytes from the server were sent but not captured; its frames can not be followed after that',
  );
  const [twice] = notesOf({ ...ENDED, duplicates: { count: 1, firstPacket: 2 } });
  expect(twice).toMatchObject({
    message: expect.stringContaining('1 packet was captured twice') as string,
    packet: 2,
  });
});

test('a PROXY header names the client that the proxy speaks for', () => {
  const named = notesOf({
    ...ENDED,
    proxyHeader: { version: 2, source: { address: '192.0.2.7', port: 56324 } },
  });
  expect(named).toEqual([
    {
      code: 'proxy-protocol',
      message: 'a PROXY protocol header (v2) names the client: 192.0.2.7 port 56324',
    },
  ]);
  const [nobody] = notesOf({ ...ENDED, proxyHeader: { version: 1, source: null } });
  expect(nobody?.message).toContain('names no client');
});

test.each([
  [
    'gap',
    1,
    '1 compressed message of the server could not be inflated: bytes that they refer to are not in the capture',
  ],
  [
    'bound',
    3,
    '3 compressed messages of the server could not be inflated: wscap had reached its limit on inflated bytes',
  ],
  [
    'late-block',
    2,
    '2 compressed messages of the server could not be inflated: it first ended a deflate stream (BFINAL) only after many messages, and wscap had not kept the earlier bytes that later messages refer to',
  ],
  [
    'unknown',
    3,
    '3 compressed messages of the server could not be inflated: the compression settings from the opening handshake are not known',
  ],
] as const)('why messages were not inflated: %s', (reason, messages, expected) => {
  const notInflated = { messages, reason, firstPacket: 9 };
  expect(notesOf({ serverSide: { ...ENDED.serverSide, notInflated } })).toEqual([
    { code: 'not-inflated', message: expected, packet: 9 },
  ]);
});

test('bytes that were sent again with different content: which count, and how many there are', () => {
  const noteOf = (segments: number, bytes: number) =>
    notesOf({
      ...ENDED,
      clientSide: {
        ...ENDED.clientSide,
        overlapConflict: { segments, bytes, first: { packet: 12, bytes: 1, countedPacket: 9 } },
      },
    });
  expect(noteOf(1, 1)).toEqual([
    {
      code: 'overlap-differs',
      message:
        'the client sent 1 byte again with different content, in packet 12: wscap used the content of packet 9, which was captured first; the receiver may have used the other',
      packet: 12,
    },
  ]);
  expect(noteOf(3, 40)[0]?.message).toContain('in packet 12 (3 such segments, 40 bytes, in all):');
});

test('an inferred WebSocket says that it is one', () => {
  const [note] = notesOf({ ...ENDED, upgrade: null, opening: 'inferred' });
  expect(note).toMatchObject({
    packet: 1,
    message: expect.stringContaining('inferred from the frames') as string,
  });
});
