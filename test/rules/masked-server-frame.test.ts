import { expect, test } from 'vitest';
import { maskedServerFrame } from '../../src/rules/masked-server-frame.ts';
import { check, close, frame, irregular, type RecordSpec, told } from '../helpers/record-builder.ts';

const MASKING = [irregular('masking', [frame(2, 9, 12, { payloadLength: 1 })])];

test('raised', () => {
  expect(check(maskedServerFrame, { serverSide: { frames: 3, irregularities: MASKING } })).toMatchObject({
    severity: 'error',
    evidence: { by: 'server', opcode: 2, payloadBytes: 1 },
  });
});

test.each<[string, RecordSpec]>([
  ['frames without a mask', { serverSide: { frames: 3 } }],
  ['an unmasked frame of the client', { clientSide: { frames: 3, irregularities: MASKING } }],
])('not raised: %s', (_name, spec) => {
  expect(check(maskedServerFrame, spec)).toBeNull();
});

test('the message says what was sent, when, where, and what the client did', () => {
  const found = check(maskedServerFrame, {
    serverSide: { frames: 1, irregularities: MASKING },
    clientSide: { closeFrame: close(1002, 10, 12.25) },
  });
  expect(told(found)).toBe(
    'The server sent a masked binary frame (1 byte) 12 ms after the 101 (packet 9); ' +
      'the client sent Close 1002 (protocol error) 0.25 ms later (packet 10). ' +
      'A client must close the connection on such a frame, with code 1002 (RFC 6455 §5.1); browsers do. Look at the ' +
      "code that writes the server's frames: a client's library in the place of a server's, or a relay that passes " +
      'frames on as they came.',
  );
});
