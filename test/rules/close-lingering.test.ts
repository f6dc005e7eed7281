import { describe, expect, test } from 'vitest';
import { closeLingering } from '../../src/rules/close-lingering.ts';
import {
  check,
  close,
  CONTEXT,
  judged,
  mark,
  NO_TIMES,
  told,
  type RecordSpec,
} from '../helpers/record-builder.ts';

/** The client's Close 1 s after the 101, the server's 2 ms later. */
const CLIENT = { frames: 1, closeFrame: close(1000, 20, 1000) };
const SERVER = { closeFrame: close(1000, 21, 1002) };
const LATE_FIN: RecordSpec = { clientSide: CLIENT, serverSide: { ...SERVER, fin: mark(30, 8002) } };

describe('raised', () => {
  test.each<[string, RecordSpec, string]>([
    ["the server's FIN comes late", LATE_FIN, 'ended-late'],
    [
      "the server's RST comes late",
      { clientSide: CLIENT, serverSide: { ...SERVER, rst: mark(30, 8002) } },
      'ended-late',
    ],
    [
      'only a RST of the client ends it',
      { clientSide: { ...CLIENT, rst: mark(30, 8002) }, serverSide: SERVER },
      'ended-late',
    ],
    [
      'a FIN of the client in between does not free the server',
      {
        clientSide: { ...CLIENT, fin: mark(22, 1003) },
        serverSide: { ...SERVER, fin: mark(30, 8002) },
      },
      'ended-late',
    ],
    [
      'the server closes first',
      {
        clientSide: { closeFrame: close(1000, 21, 1002) },
        serverSide: { closeFrame: close(1000, 20, 1000), fin: mark(30, 8002) },
      },
      'ended-late',
    ],
    [
      'no end, and a packet 5 s later shows that time went by',
      { clientSide: CLIENT, serverSide: SERVER, last: mark(30, 6002.1) },
      'still-open',
    ],
    [
      'the same after a FIN of the client',
      { clientSide: { ...CLIENT, fin: mark(22, 1003) }, serverSide: SERVER, last: mark(30, 16_000) },
      'still-open',
    ],
    [
      'of a WebSocket that is known by its frames alone',
      { ...LATE_FIN, upgrade: null, opening: 'inferred', openedAt: mark(10, 500) },
      'ended-late',
    ],
  ])('%s', (_name, spec, kind) => {
    expect(check(closeLingering, spec)).toMatchObject({ kind, severity: 'warning' });
  });
});

describe('not raised', () => {
  test.each<[string, RecordSpec]>([
    ['nobody closed', { last: mark(30, 60_000) }],
    ['one Close only', { clientSide: CLIENT, serverSide: { fin: mark(30, 8002) } }],
    ['the server ends it at once', { clientSide: CLIENT, serverSide: { ...SERVER, fin: mark(22, 1003) } }],
    [
      'the server ends it after exactly 5 s',
      { clientSide: CLIENT, serverSide: { ...SERVER, fin: mark(22, 6002) } },
    ],
    ['the capture ended sooner', { clientSide: CLIENT, serverSide: SERVER, last: mark(30, 3000) }],
    [
      'the capture ended sooner, after a FIN of the client',
      { clientSide: { ...CLIENT, fin: mark(22, 1003) }, serverSide: SERVER, last: mark(23, 1004) },
    ],
    [
      "the client's RST comes soon",
      { clientSide: { ...CLIENT, rst: mark(22, 1003) }, serverSide: SERVER, last: mark(30, 60_000) },
    ],
    [
      "the server's FIN came with its Close, the client's Close long after",
      {
        clientSide: { closeFrame: close(1000, 30, 9000) },
        serverSide: { closeFrame: close(1000, 20, 1000), fin: mark(21, 1001) },
      },
    ],
  ])('%s', (_name, spec) => {
    expect(check(closeLingering, spec)).toBeNull();
  });
});

test('the message says who closed, how long TCP stayed open, and who ended it', () => {
  const found = check(closeLingering, {
    clientSide: { ...CLIENT, fin: mark(22, 3002) },
    serverSide: { ...SERVER, fin: mark(30, 8002) },
  });
  expect(told(found)).toBe(
    'Both sides had sent their Close (Close 1000 (normal closure) from the client first, packets 20 and 21), but TCP stayed open ' +
      'for another 7 s, until the server sent FIN (packet 30); the client had ended its side with FIN 2 s after the Closes ' +
      '(packet 22). After both Closes the server ends TCP at once, and the client waits for that (RFC 6455 §7.1.1). Look at ' +
      "whether the server's code closes the socket when its handler is done, and at what keeps it: each one holds a file descriptor.",
  );
  expect(found).toMatchObject({
    packets: [20, 21, 30],
    at: mark(21, 1002),
    evidence: { waitedMs: 7000, closeFirstBy: 'client', endedBy: 'server', how: 'fin', clientFinPacket: 22 },
  });
});

test('where nobody has ended it the message names the last packet', () => {
  const spec = { clientSide: CLIENT, serverSide: SERVER, last: mark(40, 16_002) };
  expect(told(check(closeLingering, spec))).toContain(
    'but 15 s later, at its last packet in the capture (packet 40), the server had not ended TCP. After',
  );
});

test('the time can be set', () => {
  expect(check(closeLingering, LATE_FIN, CONTEXT, { lingerMs: 7000 })).toBeNull();
  expect(check(closeLingering, LATE_FIN, CONTEXT, { lingerMs: 6999 })).not.toBeNull();
});

describe('withheld', () => {
  test.each<[string, RecordSpec]>([
    ['packets of the server are missing', { serverSide: { ...LATE_FIN.serverSide, gapBytes: 9 } }],
    [
      "an unseen FIN of the server came before the client's",
      {
        clientSide: { ...CLIENT, fin: mark(28, 8000) },
        firstEnd: { by: 'client', how: 'fin', mark: mark(28, 8000), followsUnseen: true },
      },
    ],
    ['one direction only', { clientSide: { ...CLIENT, isCaptured: false } }],
  ])('%s', (_name, spec) => {
    const { raised, withheld } = judged({ ...LATE_FIN, ...spec });
    expect(raised).not.toContain('close-lingering warning');
    expect(withheld).toContain('close-lingering');
  });

  test('not for packets that were only cut short', () => {
    const serverSide = { ...LATE_FIN.serverSide, gapBytes: 9, cutBytes: 9 };
    expect(judged({ ...LATE_FIN, serverSide }).raised).toEqual(['close-lingering warning']);
  });

  test('where packets carry no time', () => {
    expect(judged(LATE_FIN, NO_TIMES)).toEqual({ raised: [], withheld: ['close-lingering'] });
  });
});
