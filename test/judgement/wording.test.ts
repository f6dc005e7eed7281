import { describe, expect, test } from 'vitest';
import {
  asksToClose,
  count,
  describeClose,
  describeFrame,
  describeHandshake,
  describePosition,
  packetList,
  quoted,
  relativeTo,
  since,
} from '../../src/judgement/wording.ts';
import { lines, switchingProtocols } from '../helpers/handshakes.ts';
import { close, frame, mark, recordOf, seenRequest, seenResponse } from '../helpers/record-builder.ts';

test('packets are listed once each, in the order given', () => {
  expect([[4], [4, 4], [4, 6], [4, 6, 9], [9, 4, 9]].map((packets) => packetList(packets))).toEqual([
    'packet 4',
    'packet 4',
    'packets 4 and 6',
    'packets 4, 6 and 9',
    'packets 9 and 4',
  ]);
});

test('numbers agree with their nouns', () => {
  expect([0, 1, 2].map((number) => count(number, 'frame'))).toEqual(['0 frames', '1 frame', '2 frames']);
});

test('wire text is cut after 60 characters', () => {
  expect(quoted('x'.repeat(60))).toBe('x'.repeat(60));
  expect(quoted('x'.repeat(61))).toBe(`${'x'.repeat(60)}…`);
});

test('spans have a sign, and words that say which came first', () => {
  expect(since(mark(4, 0), mark(6, 0.657))).toBe('0.657 ms');
  expect(since(mark(6, 5), mark(4, 0))).toBe('-5 ms');
  expect(relativeTo(mark(6, 5), mark(4, 0))).toBe('5 ms before');
  expect(relativeTo(mark(4, 0), mark(6, 0.657))).toBe('0.657 ms after');
});

describe('a Close', () => {
  test.each([
    [close(null, 8, 0), 'Close without a code'],
    [close(1000, 8, 0), 'Close 1000 (normal closure)'],
    [close(1011, 8, 0, 'boom'), 'Close 1011 (internal error, "boom")'],
    [close(4000, 8, 0, 'x'.repeat(123)), `Close 4000 (private use, "${'x'.repeat(60)}…")`],
  ])('%j', (frame, words) => {
    expect(describeClose(frame)).toBe(words);
  });
});

test.each([
  [0x0, 5, 'continuation frame (5 bytes)'],
  [0x1, 1, 'text frame (1 byte)'],
  [0x2, 0, 'binary frame (0 bytes)'],
  [0x8, 2, 'Close (2 bytes)'],
  [0x9, 126, 'ping (126 bytes)'],
  [0xa, 0, 'pong (0 bytes)'],
  [0xb, 12, 'frame with opcode 0xB (12 bytes)'],
])('a frame of opcode %i', (opcode, payloadLength, words) => {
  expect(describeFrame(frame(opcode, 9, 12, { payloadLength }))).toBe(words);
});

describe('a position in the stream', () => {
  test.each([
    [null, 'between frames'],
    [{ opcode: null, payloadLength: null, begun: null, received: 1 }, 'in the middle of a frame header'],
    [
      { opcode: 2, payloadLength: 260, begun: null, received: 104 },
      'in the middle of a frame (104 of 260 payload bytes sent)',
    ],
  ])('%j', (unfinished, words) => {
    const frame = unfinished === null ? null : { ...unfinished, firstPacket: 7, ...mark(7, 0) };
    expect(describePosition(recordOf({ serverSide: { unfinished: frame } }).serverSide)).toBe(words);
  });
});

describe('a handshake', () => {
  test('names Server, HTTP version and Connection', () => {
    const upgrade = { response: seenResponse(switchingProtocols('Server: nginx')) };
    expect(describeHandshake(recordOf({ upgrade }))).toBe(
      'Server: nginx, request HTTP/1.1, Connection: Upgrade',
    );
  });

  test('says what is missing', () => {
    const cut = seenRequest('GET /', undefined, true);
    expect(describeHandshake(recordOf({ upgrade: { request: cut } }))).toBe(
      "the response names no Server, the request's head is cut short",
    );
    expect(describeHandshake(recordOf({ upgrade: { request: null } }))).toBe(
      'the response names no Server, the request was not captured',
    );
    expect(describeHandshake(recordOf({ upgrade: null }))).toContain('the request was not captured');
  });
});

test.each([
  [lines('GET / HTTP/1.0'), true],
  [lines('GET / HTTP/1.1', 'Connection: keep-alive, CLOSE'), true],
  [lines('GET / HTTP/1.1', 'Connection: upgrade', 'connection: close'), true],
  [lines('GET / HTTP/1.1', 'Connection: Upgrade'), false],
  [lines('GET / HTTP/1.1', 'Connection: closed'), false],
])('whether %j asks to close', (text, expected) => {
  expect(asksToClose(seenRequest(text).head)).toBe(expected);
});
