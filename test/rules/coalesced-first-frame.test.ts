import { describe, expect, test } from 'vitest';
import { coalescedFirstFrame } from '../../src/rules/coalesced-first-frame.ts';
import {
  check,
  close,
  frame,
  judged,
  mark,
  NO_TIMES,
  type RecordSpec,
  type SideSpec,
  told,
} from '../helpers/record-builder.ts';

const COALESCED: SideSpec = { frames: 1, firstFrame: frame(1, 6, 0) };
const LATE = 1201;
/** The server hangs up, and the client follows without a frame. */
const hungUp = (
  client: SideSpec = { fin: mark(9, LATE + 1) },
  server: SideSpec = { fin: mark(8, LATE) },
): RecordSpec => ({
  clientSide: client,
  serverSide: { ...COALESCED, ...server },
});

test('info while the client may still send something', () => {
  expect(check(coalescedFirstFrame, hungUp({}))?.severity).toBe('info');
});

test('info where the connection goes on', () => {
  const finding = check(coalescedFirstFrame, { serverSide: COALESCED });
  expect(told(finding)).toBe(
    "The server's first frame, a text frame (5 bytes), came in the packet of its 101 (packet 6). That is legal. Where the " +
      'first message seems to be lost, look at what the client, or a proxy in between, does with bytes that it reads ' +
      'together with the 101.',
  );
  expect(finding).toMatchObject({
    kind: 'coalesced',
    severity: 'info',
    packets: [6],
    at: mark(6, 0),
    evidence: { opcode: 1, payloadBytes: 5, clientFrames: 0, endedBy: null },
  });
});

test('a frame that begins there and ends later counts', () => {
  const firstFrame = frame(2, 9, 3, { firstPacket: 6 });
  expect(check(coalescedFirstFrame, { serverSide: { frames: 1, firstFrame } })).not.toBeNull();
});

test('a warning where the client never sent a frame and the connection ended', () => {
  const finding = check(coalescedFirstFrame, hungUp());
  expect(told(finding)).toBe(
    "The server's first frame, a text frame (5 bytes), came in the packet of its 101 (packet 6), and the client never " +
      'sent a frame: the server ended the connection with FIN 1.2 s after the 101 (packet 8). The frame may have been lost ' +
      'on its way to the application: look at what the client, or the proxy in between, does with bytes that it reads ' +
      'together with the 101.',
  );
  expect(finding).toMatchObject({
    kind: 'lost',
    severity: 'warning',
    packets: [6, 8],
    evidence: { endedBy: 'server' },
  });
});

describe('a warning', () => {
  test('also where the client itself hangs up at once', () => {
    expect(check(coalescedFirstFrame, hungUp({ rst: mark(7, 2) }, {}))?.severity).toBe('warning');
  });

  test('with no time in it where packets carry none', () => {
    const finding = check(coalescedFirstFrame, hungUp({ rst: mark(7, 0) }, {}), NO_TIMES);
    expect(told(finding)).toContain('ended the connection with RST after the 101 (packet 7)');
  });
});

describe('info where the client', () => {
  test.each<[string, RecordSpec, typeof NO_TIMES | undefined]>([
    ['sent a frame', hungUp({ frames: 1 }), undefined],
    ['sent a Close', hungUp({ closeFrame: close(1000, 7, 5) }), undefined],
    ['was given no time to', hungUp({}, { fin: mark(8, 1) }), undefined],
    ['may have been given no time to', hungUp({}, { fin: mark(8, 0) }), NO_TIMES],
    ['was not captured', hungUp({ isCaptured: false }), undefined],
    ['sent bytes that are not in the capture', hungUp({ gapBytes: 20, isFramingLost: true }), undefined],
    [
      'sent part of a frame',
      hungUp({ unfinished: { opcode: 1, payloadLength: 9, received: 3 } as never }),
      undefined,
    ],
    [
      'sent something that is not in the capture before the end',
      { ...hungUp(), firstEnd: { by: 'server', how: 'fin', mark: mark(8, LATE), followsUnseen: true } },
      undefined,
    ],
  ])('%s', (_name, spec, context) => {
    expect(check(coalescedFirstFrame, spec, context)).toMatchObject({ kind: 'coalesced', severity: 'info' });
  });
});

test.each<[string, RecordSpec]>([
  ['a first frame in a packet of its own', { serverSide: { frames: 1, firstFrame: frame(1, 7, 0.1) } }],
  ['no frame', {}],
  [
    'no 101 in the capture',
    { upgrade: null, opening: 'inferred', openedAt: mark(6, 0), serverSide: COALESCED },
  ],
])('not raised: %s', (_name, spec) => {
  expect(check(coalescedFirstFrame, spec)).toBeNull();
});

test('beside the rule that names the end', () => {
  expect(judged(hungUp()).raised).toEqual(['coalesced-first-frame warning', 'abnormal-closure error']);
});
