import { describe, expect, test } from 'vitest';
import { dataAfterClose } from '../../src/rules/data-after-close.ts';
import {
  check,
  close,
  frame,
  irregular,
  mark,
  NO_TIMES,
  type RecordSpec,
  type SideSpec,
  told,
} from '../helpers/record-builder.ts';

const CLOSED: SideSpec = {
  frames: 4,
  closeFrame: close(1000, 12, 40),
  irregularities: [irregular('data-after-close', [frame(1, 13, 40.4)], 2)],
};

describe('raised', () => {
  test.each<[string, RecordSpec, object]>([
    ['by the server', { serverSide: CLOSED }, { by: 'server', closeCode: 1000, closePacket: 12, count: 2 }],
    ['by the client', { clientSide: CLOSED }, { by: 'client', afterCloseMs: 0.4 }],
  ])('%s', (_name, spec, evidence) => {
    expect(check(dataAfterClose, spec)).toMatchObject({ severity: 'error', evidence });
  });
});

test.each<[string, RecordSpec]>([
  ['nothing came after it', { clientSide: { frames: 3, closeFrame: close(1000, 12, 40) } }],
  [
    "data of the other side after this side's Close",
    { clientSide: { closeFrame: close(1000, 12, 40) }, serverSide: { lastDataFrame: frame(1, 13, 41) } },
  ],
])('not raised: %s', (_name, spec) => {
  expect(check(dataAfterClose, spec)).toBeNull();
});

test('the message counts from the Close', () => {
  expect(told(check(dataAfterClose, { serverSide: CLOSED }))).toBe(
    'The server sent a text frame (5 bytes) in packet 13, and 1 more, 0.4 ms after its own Close 1000 (normal closure) ' +
      'in packet 12. The receiver drops what comes after a Close (RFC 6455 §5.5.1), so this data is lost. Look at the ' +
      "sender's code for a task or timer that writes after close(), or that writes to the socket past the library.",
  );
  expect(check(dataAfterClose, { serverSide: CLOSED }, NO_TIMES)?.message).toContain(
    'and 1 more, after its own Close 1000 (normal closure) in packet 12.',
  );
});

test('in the packet of the Close there is no time between them', () => {
  const irregularities = [irregular('data-after-close', [frame(1, 12, 40)])];
  expect(check(dataAfterClose, { serverSide: { ...CLOSED, irregularities } })?.message).toBe(
    'The server sent a text frame (5 bytes) in packet 12, right after its own Close 1000 (normal closure) in the same packet.',
  );
});

test('the answer to that Close is not a reaction, a RST is one', () => {
  const message = (clientSide: SideSpec) =>
    check(dataAfterClose, { serverSide: CLOSED, clientSide })?.message;
  expect(message({ closeFrame: close(1000, 14, 41), fin: mark(15, 41) })).not.toContain(';');
  expect(message({ rst: mark(14, 41) })).toContain('; the client ended the connection with RST 0.6 ms later');
});
