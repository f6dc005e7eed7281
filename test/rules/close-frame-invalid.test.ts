import { describe, expect, test } from 'vitest';
import { closeFrameInvalid } from '../../src/rules/close-frame-invalid.ts';
import { check, close, frame, irregular, judged, type RecordSpec, told } from '../helpers/record-builder.ts';

const ONE_BYTE: RecordSpec = {
  clientSide: {
    irregularities: [irregular('close-payload-of-one-byte', [frame(8, 9, 12, { payloadLength: 1 })])],
    closeFrame: close(null, 9, 12),
  },
};
const code = (detail: number): RecordSpec => ({
  clientSide: {
    irregularities: [
      irregular('close-code-not-sendable', [{ ...frame(8, 9, 12, { payloadLength: 2 }), detail }]),
    ],
    closeFrame: close(detail, 9, 12),
  },
  serverSide: { closeFrame: close(1002, 10, 12.5) },
});

describe('raised', () => {
  test('half a code', () => {
    expect(check(closeFrameInvalid, ONE_BYTE)).toMatchObject({ kind: 'one-byte', severity: 'error' });
  });

  test.each([0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 59_395])('code %i', (detail) => {
    expect(check(closeFrameInvalid, code(detail))).toMatchObject({
      kind: 'code',
      severity: 'error',
      evidence: { code: detail },
    });
  });
});

test('not raised where the Close is in order', () => {
  expect(check(closeFrameInvalid, { clientSide: { closeFrame: close(1000, 9, 12) } })).toBeNull();
});

test('the message names the code, and what the receiver did', () => {
  expect(told(check(closeFrameInvalid, code(1006)))).toBe(
    'The client sent a Close with code 1006 (abnormal closure), which may not be sent, 12 ms after the 101 (packet 9); ' +
      'the server sent Close 1002 (protocol error) 0.5 ms later (packet 10). 1006 is for APIs, which report it where no ' +
      'code came (RFC 6455 §7.4.1). Look for code of the sender, often a relay, that passes the code of one connection ' +
      'on to another.',
  );
});

test.each([
  [1015, 'is for APIs'],
  [59_395, 'These are the bytes of 1000 in the wrong order'],
  [5139, 'Applications may use 3000 to 4999'],
  [999, 'Applications may use 3000 to 4999'],
])('the advice for %i', (detail, expected) => {
  expect(check(closeFrameInvalid, code(detail))?.advice).toContain(expected);
});

test('a code that is written as text is told as what it is', () => {
  const spec = code(0x3130);
  const asText: RecordSpec = {
    ...spec,
    clientSide: {
      irregularities: [
        irregular('close-code-not-sendable', [{ ...frame(8, 9, 12, { payloadLength: 4 }), detail: 0x3130 }]),
      ],
      closeFrame: close(0x3130, 9, 12, '00'),
    },
  };
  const found = check(closeFrameInvalid, asText);
  expect(found).toMatchObject({ kind: 'code-as-text', evidence: { code: 0x3130, text: '1000' } });
  expect(found?.message).toContain(
    'The client sent a Close whose code is the text "1000", where two bytes should stand, 12 ms after the 101 (packet 9)',
  );
  expect(found?.message).toContain('Read as two bytes it is 12592.');
});

test('the receiver is named for its answer as well', () => {
  expect(judged(code(1006)).raised).toEqual(['close-frame-invalid error', 'error-close-code warning']);
});
