import { describe, expect, test } from 'vitest';
import { dataBeforeUpgrade } from '../../src/rules/data-before-upgrade.ts';
import { lines, switchingProtocols } from '../helpers/handshakes.ts';
import {
  check,
  checkAll,
  frame,
  judged,
  mark,
  NO_TIMES,
  seenResponse,
  type RecordSpec,
  told,
} from '../helpers/record-builder.ts';

const early = (count: number, first = frame(1, 5, -1.5)): RecordSpec => ({
  clientSide: { frames: count, framesBeforeUpgrade: { count, first } },
});
const stray = (packet: number, ms: number, length = 4): RecordSpec => ({
  upgrade: { bytesBeforeResponse: { length, mark: mark(packet, ms) } },
});

describe('the client', () => {
  test('that does not wait for the 101', () => {
    const finding = check(dataBeforeUpgrade, early(3));
    expect(told(finding)).toBe(
      'The client sent 3 frames before the 101 was complete (packets 5 and 6): the first, a text frame (5 bytes), in ' +
        'packet 5, 1.5 ms before the 101. RFC 6455 §4.1 requires it to wait for the 101. Servers and proxies lose such frames, or ' +
        'refuse the connection. Look for client code that does not wait for its open event.',
    );
    expect(finding).toMatchObject({
      kind: 'client',
      severity: 'warning',
      packets: [5, 6],
      at: mark(5, -1.5),
      evidence: { by: 'client', frames: 3, bytes: null, isWithRequest: false, server: null },
    });
  });

  test('that sends a frame in the packet of its request', () => {
    const finding = check(dataBeforeUpgrade, early(1, frame(2, 4, -2)));
    expect(told(finding)).toContain(
      'sent 1 frame before the 101 was complete (packets 4 and 6): the first, a binary frame (5 bytes), in the packet of its request.',
    );
    expect(finding?.evidence['isWithRequest']).toBe(true);
  });

  test.each<[string, RecordSpec, typeof NO_TIMES | undefined]>([
    ['a frame that ends after the 101', early(1, frame(1, 8, 40, { firstPacket: 5 })), undefined],
    ['a capture without times', early(1), NO_TIMES],
  ])('no time is named of %s', (_name, spec, context) => {
    expect(told(check(dataBeforeUpgrade, spec, context))).toContain('text frame (5 bytes), in packet 5. RFC');
  });
});

describe('the server', () => {
  test('that sends before its 101', () => {
    const finding = check(dataBeforeUpgrade, stray(5, -0.4));
    expect(told(finding)).toBe(
      'The server sent 4 bytes that are not HTTP between the upgrade request and its 101 (packets 5 and 6), 0.4 ms before ' +
        'it was complete. A client expects the 101 there, and nothing else. Look for server code that sends on a ' +
        'socket whose handshake is not written yet: a broadcast that reaches it too early, two threads on one socket.',
    );
    expect(finding).toMatchObject({
      kind: 'server',
      severity: 'warning',
      packets: [5, 6],
      at: mark(5, -0.4),
      evidence: { by: 'server', frames: null, bytes: 4, isWithRequest: false, server: null },
    });
  });

  test('in the same packet, or without times', () => {
    const found = check(dataBeforeUpgrade, stray(6, 0, 1));
    expect(told(found)).toContain('sent 1 byte that is not HTTP');
    expect(told(found)).toContain('its 101 (packet 6). A client');
    expect(told(check(dataBeforeUpgrade, stray(5, 0), NO_TIMES))).toContain('(packets 5 and 6). A client');
  });
});

test('one finding a side', () => {
  const found = checkAll(dataBeforeUpgrade, { ...early(2), ...stray(5, -1) });
  expect(found.map(({ kind }) => kind)).toEqual(['client', 'server']);
});

test.each<[string, RecordSpec]>([
  ['frames after the 101', { clientSide: { frames: 2, firstFrame: frame(1, 7, 1) } }],
  [
    'something before a refusal',
    {
      upgrade: {
        ...stray(5, -1).upgrade,
        response: seenResponse(lines('HTTP/1.1 403 Forbidden')),
        accept: null,
      },
    },
  ],
  ['no upgrade', { upgrade: null }],
])('not raised: %s', (_name, spec) => {
  expect(checkAll(dataBeforeUpgrade, spec)).toEqual([]);
});

test('withheld where one direction was not captured', () => {
  const spec = { ...stray(5, -1), clientSide: { isCaptured: false } };
  expect(judged(spec)).toEqual({ raised: [], withheld: ['data-before-upgrade'] });
});

test('raised once for a frame in the packet of the request, and not as coalesced-first-frame too', () => {
  const first = frame(1, 4, -2);
  const spec = { clientSide: { frames: 1, firstFrame: first, framesBeforeUpgrade: { count: 1, first } } };
  expect(judged(spec).raised).toEqual(['data-before-upgrade warning']);
  expect(judged({ upgrade: { response: seenResponse(switchingProtocols()) } }).raised).toEqual([]);
});
