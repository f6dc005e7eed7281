import { describe, expect, test } from 'vitest';
import { silentAfterUpgrade } from '../../src/rules/silent-after-upgrade.ts';
import {
  check,
  close,
  CONTEXT,
  frame,
  judged,
  mark,
  NO_TIMES,
  seenResponse,
  told,
  type RecordSpec,
} from '../helpers/record-builder.ts';
import { lines } from '../helpers/handshakes.ts';

const KILLED: RecordSpec = { serverSide: { fin: mark(8, 2000) } };
const LATE_CLOSE: RecordSpec = {
  clientSide: { closeFrame: close(1000, 8, 12_000), firstFrame: frame(8, 8, 12_000) },
  serverSide: {
    closeFrame: close(1000, 9, 12_001),
    firstFrame: frame(8, 9, 12_001),
    fin: mark(10, 12_002),
  },
};

describe('raised', () => {
  test.each<[string, RecordSpec, string, string]>([
    ['no frame until the end', KILLED, 'until-the-end', 'warning'],
    ['exactly 1 s', { serverSide: { fin: mark(8, 1000) } }, 'until-the-end', 'warning'],
    ['no frame for 10 s, still open', { last: mark(20, 10_000) }, 'still-silent', 'info'],
    ['no frame for 30 s, still open', { last: mark(20, 30_000) }, 'still-silent', 'warning'],
    ['a Close after 12 s is the first frame', LATE_CLOSE, 'late-first-frame', 'info'],
    [
      'the first message comes after 10 s',
      { serverSide: { frames: 1, firstFrame: frame(1, 8, 10_000) }, last: mark(20, 60_000) },
      'late-first-frame',
      'info',
    ],
    [
      'the first frame comes only after the end',
      { clientSide: { fin: mark(8, 5000) }, serverSide: { firstFrame: frame(8, 9, 5001) } },
      'until-the-end',
      'warning',
    ],
  ])('%s', (_name, spec, kind, severity) => {
    expect(check(silentAfterUpgrade, spec)).toMatchObject({ kind, severity });
  });
});

describe('not raised', () => {
  test.each<[string, RecordSpec]>([
    ['it ended sooner', { serverSide: { fin: mark(8, 999) } }],
    ['the capture ended sooner', { last: mark(8, 9999) }],
    ['the client spoke in time', { clientSide: { firstFrame: frame(1, 8, 9000) }, last: mark(20, 60_000) }],
    [
      'the server spoke in time, the client never',
      { serverSide: { firstFrame: frame(9, 8, 50) }, last: mark(20, 60_000) },
    ],
    ['a frame came before the 101', { serverSide: { firstFrame: frame(1, 5, -1) }, last: mark(20, 60_000) }],
    [
      'a Close after 3 s',
      { clientSide: { firstFrame: frame(8, 8, 3000) }, serverSide: { fin: mark(9, 3001) } },
    ],
    [
      'a long frame that was not yet complete',
      {
        clientSide: {
          unfinished: {
            opcode: 2,
            payloadLength: 9e6,
            begun: null,
            received: 5,
            firstPacket: 8,
            ...mark(8, 100),
          },
        },
        last: mark(20, 60_000),
      },
    ],
    [
      'a long frame that took 12 s to come',
      { serverSide: { firstFrame: frame(2, 90, 12_000, { firstPacket: 8 }) }, last: mark(91, 60_000) },
    ],
    ['no 101', { ...KILLED, upgrade: { response: seenResponse(lines('HTTP/1.1 404 No')) } }],
    [
      'the handshake was not captured',
      { ...LATE_CLOSE, upgrade: null, opening: 'inferred', openedAt: mark(7, 0) },
    ],
  ])('%s', (_name, spec) => {
    expect(check(silentAfterUpgrade, spec)).toBeNull();
  });
});

test('open and silent before an address translation: the connection behind it tells', () => {
  const silent = { last: mark(20, 60_000) };
  const side = (side: 'front' | 'back'): RecordSpec => ({
    ...silent,
    translated: { side, twin: 1 } as never,
  });
  expect(check(silentAfterUpgrade, side('front'))).toBeNull();
  expect(check(silentAfterUpgrade, side('back'))).toMatchObject({ kind: 'still-silent' });
});

test('the message says how long, and what ended the silence', () => {
  const found = check(silentAfterUpgrade, KILLED);
  expect(told(found)).toBe(
    'No frame came from either side in the 2 s from the 101 until the server ended the connection with FIN (packet 8). Where ' +
      'the server should speak first, look at whether its open handler ran at all: a custom handshake handler may keep the ' +
      'library from calling it. Where the client should speak first, look for a first message that was sent before the socket was open.',
  );
  expect(found).toMatchObject({
    packets: [6, 8],
    at: mark(8, 2000),
    evidence: { silentMs: 2000, endedBy: 'server', how: 'fin' },
  });
});

test.each<[string, RecordSpec, string]>([
  [
    'a first frame',
    LATE_CLOSE,
    'For 12 s after the 101 no frame came from either side; the first one was a Close from the client (packet 8).',
  ],
  [
    'the end of the capture',
    { last: mark(20, 15_000) },
    'No frame came from either side in the 15 s from the 101 to its last packet in the capture (packet 20).',
  ],
])('of %s', (_name, spec, text) => {
  expect(told(check(silentAfterUpgrade, spec))).toContain(text);
});

test('the times can be set', () => {
  expect(check(silentAfterUpgrade, KILLED, CONTEXT, { minimumLifeMs: 2001 })).toBeNull();
  expect(check(silentAfterUpgrade, { last: mark(20, 5000) }, CONTEXT, { silenceMs: 5000 })).not.toBeNull();
});

test('an end within the window is left to handshake-close', () => {
  const wide = { ...CONTEXT, windowMs: 2000 };
  expect(judged(KILLED, wide).raised).toEqual(['handshake-close error']);
  expect(judged(KILLED).raised).toEqual(['abnormal-closure error', 'silent-after-upgrade warning']);
});

describe('withheld', () => {
  test.each<[string, RecordSpec]>([
    ['frames of the client may be missing', { clientSide: { isFramingLost: true, gapBytes: 9 } }],
    [
      'frames of the server may be missing',
      { serverSide: { ...KILLED.serverSide, isFramingLost: true, gapBytes: 9 } },
    ],
    ['the 101 was never acknowledged', { serverSide: { ...KILLED.serverSide, isAcknowledged: false } }],
    ['one direction only', { clientSide: { isCaptured: false } }],
    [
      'what the client had sent by the end is not in the capture',
      { firstEnd: { by: 'server', how: 'fin', mark: mark(8, 2000), followsUnseen: true } },
    ],
  ])('%s', (_name, spec) => {
    const { raised, withheld } = judged({ ...KILLED, ...spec });
    expect(raised).not.toContain('silent-after-upgrade warning');
    expect(withheld).toContain('silent-after-upgrade');
  });

  test('where packets carry no time', () => {
    expect(judged(KILLED, NO_TIMES).withheld).toContain('silent-after-upgrade');
  });
});
