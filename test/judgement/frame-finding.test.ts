import { describe, expect, test } from 'vitest';
import { controlFrameInvalid } from '../../src/rules/control-frame-invalid.ts';
import { deflateError } from '../../src/rules/deflate-error.ts';
import { unmaskedClientFrame } from '../../src/rules/unmasked-client-frame.ts';
import {
  check,
  checkAll,
  close,
  frame,
  irregular,
  mark,
  NO_TIMES,
  type RecordSpec,
  type SideSpec,
} from '../helpers/record-builder.ts';

/** An unmasked text of the client, 12 ms after the 101 in packet 9, and what the server did. */
const unmasked = (serverSide: SideSpec = {}, clientSide: SideSpec = {}): RecordSpec => ({
  clientSide: { frames: 1, irregularities: [irregular('masking', [frame(1, 9, 12)])], ...clientSide },
  serverSide,
});
const SENT = 'The client sent an unmasked text frame (5 bytes) 12 ms after the 101 (packet 9)';

describe('where it stands', () => {
  test.each<[string, RecordSpec, string]>([
    ['after the 101', unmasked(), '12 ms after the 101 (packet 9)'],
    ['in the packet of the 101', { openedAt: mark(9, 12) }, 'with the 101 (packet 9)'],
    ['before the 101', { openedAt: mark(10, 13) }, 'before the 101 (packet 9)'],
    [
      'no 101 in the capture',
      { openedAt: mark(5, 2), opening: 'inferred' },
      '10 ms after the first frame in the capture (packet 9)',
    ],
  ])('%s', (_name, spec, expected) => {
    expect(check(unmaskedClientFrame, { ...unmasked(), ...spec })?.message).toContain(` ${expected}.`);
  });

  test('without times only the packet', () => {
    const found = check(unmaskedClientFrame, unmasked(), NO_TIMES);
    expect(found?.message).toContain('(5 bytes) after the 101 (packet 9).');
    expect(found?.evidence['afterUpgradeMs']).toBeNull();
  });
});

describe('how many', () => {
  const examples = [frame(1, 9, 12), frame(1, 11, 20), frame(10, 14, 30)];

  test('the first is described, all are counted, the packets kept are named', () => {
    const found = check(
      unmaskedClientFrame,
      unmasked({}, { frames: 60, irregularities: [irregular('masking', examples, 42)] }),
    );
    expect(found?.message).toBe(`${SENT}, and 41 more.`);
    expect(found).toMatchObject({ packets: [9, 11, 14], at: mark(9, 12), evidence: { count: 42 } });
  });

  test('all that the side sent', () => {
    const found = check(
      unmaskedClientFrame,
      unmasked({}, { frames: 3, irregularities: [irregular('masking', examples)] }),
    );
    expect(found?.message).toBe(`${SENT}, and 2 more (all that it sent).`);
  });

  test('of several kinds the first one met is described, the others are counted', () => {
    const found = checkAll(controlFrameInvalid, {
      serverSide: {
        frames: 9,
        irregularities: [
          irregular('control-too-long', [
            frame(9, 12, 20, { number: 5, payloadLength: 200 }),
            frame(9, 14, 21, { number: 6, payloadLength: 130 }),
          ]),
          irregular('control-fragmented', [
            frame(9, 11, 19, { number: 4 }),
            frame(9, 12, 20, { number: 5, payloadLength: 200 }),
          ]),
        ],
      },
    });
    expect(found.map(({ message }) => message)).toEqual([
      'The server sent a ping (5 bytes) without FIN, as the first of several frames, 19 ms after the 101 (packet 11), and 1 more, and 1 over 125 bytes.',
    ]);
  });

  test('a graver kind is described rather than one that was met earlier', () => {
    const found = check(deflateError, {
      clientSide: {
        frames: 9,
        irregularities: [
          irregular('inflate-too-long', [{ ...frame(1, 8, 5, { number: 1 }), detail: 2 ** 26 + 1 }]),
          irregular('inflate-failed', [{ ...frame(1, 9, 6, { number: 2 }), detail: 'invalid block type' }]),
        ],
      },
    });
    expect(found).toMatchObject({ kind: 'failed', severity: 'error' });
    expect(found?.message).toContain(', and 1 too large to follow.');
  });

  test('one finding a side', () => {
    const side: SideSpec = { frames: 2, irregularities: [irregular('control-too-long', [frame(9, 9, 1)])] };
    const found = checkAll(controlFrameInvalid, { clientSide: side, serverSide: side });
    expect(found.map(({ evidence }) => evidence['by'])).toEqual(['client', 'server']);
  });
});

describe('what the receiver did', () => {
  const reaction = (spec: RecordSpec, context = undefined as typeof NO_TIMES | undefined) =>
    check(unmaskedClientFrame, spec, context)?.message.slice(SENT.length);

  test.each<[string, RecordSpec, string]>([
    [
      'Close 1002',
      unmasked({ closeFrame: close(1002, 10, 12.3, 'MASK must be set') }),
      '; the server sent Close 1002 (protocol error, "MASK must be set") 0.3 ms later (packet 10).',
    ],
    [
      'Close 1002 much later',
      unmasked({ closeFrame: close(1002, 90, 5012) }),
      '; the server sent Close 1002 (protocol error) 5 s later (packet 90).',
    ],
    [
      'a Close 1000 at once',
      unmasked({ closeFrame: close(1000, 10, 13) }),
      '; the server sent Close 1000 (normal closure) 1 ms later (packet 10).',
    ],
    [
      'RST',
      unmasked({ rst: mark(10, 12.4) }),
      '; the server ended the connection with RST 0.4 ms later (packet 10).',
    ],
    [
      'FIN',
      unmasked({ fin: mark(10, 12.4) }),
      '; the server ended the connection with FIN 0.4 ms later (packet 10).',
    ],
    [
      'nothing: it went on',
      unmasked({ lastDataFrame: frame(1, 20, 300) }),
      '; the server went on sending messages (packet 20).',
    ],
  ])('%s', (_name, spec, expected) => {
    expect(reaction(spec)).toBe(expected);
  });

  test('is named with its packet', () => {
    expect(check(unmaskedClientFrame, unmasked({ closeFrame: close(1002, 10, 12.3) }))).toMatchObject({
      packets: [9, 10],
      evidence: { receiver: 'close', receiverCloseCode: 1002 },
    });
  });

  test.each<[string, RecordSpec]>([
    ['a Close that came before', unmasked({ closeFrame: close(1002, 8, 11) })],
    ['a Close 1000 a minute later', unmasked({ closeFrame: close(1000, 90, 60_000) })],
    ['a FIN a minute later', unmasked({ fin: mark(90, 60_000) })],
    [
      "the answer to the sender's Close",
      unmasked({ closeFrame: close(1000, 11, 14) }, { closeFrame: close(1000, 10, 13) }),
    ],
    ["a FIN after the sender's Close", unmasked({ fin: mark(11, 14) }, { closeFrame: close(1000, 10, 13) })],
    ['a message that came before', unmasked({ lastDataFrame: frame(1, 8, 11) })],
  ])('is not %s', (_name, spec) => {
    expect(reaction(spec)).toBe('.');
  });

  test('without times only a Close that says so', () => {
    const message = (spec: RecordSpec) => check(unmaskedClientFrame, spec, NO_TIMES)?.message;
    expect(message(unmasked({ closeFrame: close(1002, 10, 0) }))).toContain(
      '(packet 9); the server then sent Close 1002 (protocol error) (packet 10).',
    );
    expect(message(unmasked({ fin: mark(10, 0) }))).toContain('(packet 9).');
  });
});
