import { expect, test } from 'vitest';
import type { Verdict } from '../../src/basics/verdict.ts';
import { verdictOf } from '../../src/judgement/verdict.ts';
import { connectionRefused } from '../../src/rules/connection-refused.ts';
import { abnormalClosure } from '../../src/rules/abnormal-closure.ts';
import { halfOpen } from '../../src/rules/half-open.ts';
import { handshakeClose } from '../../src/rules/handshake-close.ts';
import { lines } from '../helpers/handshakes.ts';
import {
  close,
  mark,
  NO_TIMES,
  CONTEXT,
  engineOf,
  frame,
  irregular,
  judgementOf,
  recordOf,
  seenRequest,
  seenResponse,
  type RecordSpec,
} from '../helpers/record-builder.ts';

const LATE = 60_000;
const LOST = { isFramingLost: true, gapBytes: 30 };
const UNANSWERED = { response: null, accept: null } as const;
const REFUSED = { response: seenResponse(lines('HTTP/1.1 403 No')), accept: null };
const CLOSED = {
  clientSide: { closeFrame: close(1000, 80, LATE) },
  serverSide: { closeFrame: close(1000, 81, LATE), fin: mark(82, LATE) },
};

/** Known by its frames alone. */
const INFERRED = { upgrade: null, opening: 'inferred', openedAt: mark(1, -500) } as const;
const SPOKE = { clientSide: { frames: 1 }, serverSide: { frames: 1 } };

test.each<[Verdict, string, RecordSpec]>([
  ['handshake-close', 'a bare FIN after the 101', { serverSide: { fin: mark(8, 1) } }],
  [
    'handshake-close',
    'a Close 1000 of the server and a FIN',
    { serverSide: { closeFrame: close(1000, 8, 1), fin: mark(9, 2) } },
  ],
  [
    'handshake-close',
    'the same, and a wrong accept',
    { serverSide: { fin: mark(8, 1) }, upgrade: { accept: 'invalid' } },
  ],
  [
    'clean',
    'a short session that the client ended',
    {
      clientSide: { closeFrame: close(1000, 8, 1) },
      serverSide: { closeFrame: close(1000, 9, 2), fin: mark(10, 3) },
    },
  ],
  ['abnormal', 'the client hangs up after the 101', { clientSide: { fin: mark(8, 1) } }],
  [
    'abnormal',
    'the same, and the server follows',
    { clientSide: { fin: mark(8, 1) }, serverSide: { fin: mark(9, 2) } },
  ],
  ['abnormal', 'a bare FIN later', { serverSide: { fin: mark(90, LATE) } }],
  ['abnormal', 'a RST later', { clientSide: { rst: mark(90, LATE) } }],
  [
    'abnormal',
    'the server hangs up before any request',
    { upgrade: null, clientSide: { streamBytes: 0 }, serverSide: { streamBytes: 0, fin: mark(4, -1) } },
  ],
  ['rejected', 'a 403', { upgrade: REFUSED, serverSide: { fin: mark(8, 1) } }],
  ['rejected', 'a 403 on a connection that stays open', { upgrade: REFUSED }],
  ['unanswered', 'no answer', { upgrade: UNANSWERED, serverSide: { fin: mark(8, 1) } }],
  ['unknown', 'no answer yet when the capture ends', { upgrade: UNANSWERED }],
  [
    'unknown',
    'an answer that a gap may hold',
    { upgrade: UNANSWERED, serverSide: { fin: mark(8, 1), gapBytes: 100 } },
  ],
  ['unknown', 'a Close that a gap may hold', { serverSide: { ...LOST, fin: mark(90, LATE) } }],
  ['unknown', 'no upgrade and nothing raised', { upgrade: null }],
  [
    'rejected',
    'no upgrade, and polling of Engine.IO that was refused',
    {
      upgrade: null,
      sessionRefusals: {
        count: 1,
        request: seenRequest(),
        response: seenResponse(),
        phrase: 'x',
        lastPacket: 6,
      },
    },
  ],
  ['unknown', 'not followed to its end', { endedBy: 'evicted' }],
  ['clean', 'a closing handshake', CLOSED],
  [
    'clean',
    'a closing handshake, and bytes missing before it',
    { ...CLOSED, serverSide: { ...CLOSED.serverSide, gapBytes: 9 } },
  ],
  [
    'closed',
    'a tab that was closed: Close 1001 and a RST',
    { clientSide: { closeFrame: close(1001, 80, LATE), rst: mark(81, LATE) } },
  ],
  [
    'error-close',
    'a Close 1011 of the server, answered',
    {
      clientSide: { closeFrame: close(1011, 81, LATE) },
      serverSide: { closeFrame: close(1011, 80, LATE), fin: mark(82, LATE) },
    },
  ],
  [
    'clean',
    'a Close 1000 that was answered with 1011',
    {
      clientSide: { closeFrame: close(1000, 80, LATE) },
      serverSide: { closeFrame: close(1011, 81, LATE), fin: mark(82, LATE) },
    },
  ],
  [
    'protocol-error',
    'a Close 1002 after a frame that the client did not mask',
    {
      clientSide: { frames: 1, irregularities: [irregular('masking', [frame(1, 20, LATE)])] },
      serverSide: { closeFrame: close(1002, 30, LATE), fin: mark(31, LATE) },
    },
  ],
  [
    'clean',
    'a frame that the client did not mask, and that nobody minded',
    {
      ...CLOSED,
      clientSide: { ...CLOSED.clientSide, irregularities: [irregular('masking', [frame(1, 20, LATE)])] },
    },
  ],
  [
    'protocol-error',
    'a Close that was answered with the text “1000”, and a RST',
    {
      clientSide: { closeFrame: close(1000, 80, LATE), rst: mark(82, LATE) },
      serverSide: {
        closeFrame: close(0x3130, 81, LATE, '00'),
        irregularities: [irregular('close-code-not-sendable', [{ ...frame(8, 81, LATE), detail: 0x3130 }])],
      },
    },
  ],
  [
    'protocol-error',
    'a Close with code 1006 that the other side answered with one in order',
    {
      clientSide: {
        closeFrame: close(1006, 80, LATE),
        irregularities: [irregular('close-code-not-sendable', [{ ...frame(8, 80, LATE), detail: 1006 }])],
      },
      serverSide: { closeFrame: close(1000, 81, LATE), fin: mark(82, LATE) },
    },
  ],
  [
    'protocol-error',
    'half a code, and nothing behind it',
    {
      clientSide: {
        closeFrame: close(null, 80, LATE),
        irregularities: [irregular('close-payload-of-one-byte', [frame(8, 80, LATE)])],
        fin: mark(81, LATE),
      },
    },
  ],
  [
    'unanswered',
    'a refusal that came after the client had left',
    {
      upgrade: { response: seenResponse(lines('HTTP/1.1 503 Busy'), mark(9, 0)), accept: null },
      clientSide: { fin: mark(8, -1) },
    },
  ],
  ['clean', 'a wrong accept that nobody minded', { ...CLOSED, upgrade: { accept: 'invalid' } }],
  [
    'abnormal',
    'frames alone, and a bare FIN',
    { ...INFERRED, ...SPOKE, serverSide: { frames: 1, fin: mark(90, LATE) } },
  ],
  ['clean', 'frames alone, and a closing handshake', { ...INFERRED, ...CLOSED }],
  ['open', 'frames alone, still open', { ...INFERRED, ...SPOKE }],
  ['unknown', 'frames alone, not followed to its end', { ...INFERRED, ...SPOKE, endedBy: 'evicted' }],
  [
    'unknown',
    'frames alone, and a Close that may have come before them',
    { ...INFERRED, ...SPOKE, serverSide: { fin: mark(90, LATE) } },
  ],
  [
    'abnormal',
    'a request whose answer was not captured, then frames and a bare FIN',
    { ...INFERRED, ...SPOKE, upgrade: UNANSWERED, serverSide: { frames: 1, fin: mark(90, LATE) } },
  ],
  ['open', 'still open', { clientSide: { frames: 2 } }],
  ['open', 'Closes of both, and TCP still open', { clientSide: { closeFrame: close(1000, 80, LATE) } }],
])('%s: %s', (verdict, _name, spec) => {
  const record = recordOf(spec);
  expect(verdictOf(record, engineOf().judge(record, CONTEXT))).toBe(verdict);
});

test('a connection that was refused', () => {
  const record = recordOf({ upgrade: null });
  const refused = {
    rule: connectionRefused.id,
    meta: connectionRefused,
    kind: 'refused',
    severity: 'error',
    message: '',
    advice: '',
    packets: [],
    at: mark(2, 0),
    evidence: {},
  } as const;
  expect(verdictOf(record, judgementOf([refused]))).toBe('refused');
  // Refused at its first address, and served at its second: that did no harm.
  expect(verdictOf(record, judgementOf([{ ...refused, severity: 'info' }]))).toBe('refused');
});

test('neither a finding of another rule nor a withheld one makes a connection abnormal or unknown', () => {
  const finding = {
    rule: halfOpen.id,
    meta: halfOpen,
    kind: 'silent',
    severity: 'warning',
    message: '',
    advice: '',
    packets: [],
    at: mark(2, 0),
    evidence: {},
  } as const;
  const withheld = [{ rule: halfOpen.id, meta: halfOpen, reason: 'bytes are missing' }];
  expect(verdictOf(recordOf({ upgrade: null }), judgementOf([finding]))).toBe('unknown');
  expect(verdictOf(recordOf({ upgrade: UNANSWERED }), judgementOf([finding]))).toBe('unknown');
  expect(verdictOf(recordOf(CLOSED), judgementOf([finding], withheld))).toBe('clean');
});

test.each([
  ['unknown', 'an abnormal closure', abnormalClosure],
  ['clean', 'a handshake close', handshakeClose],
] as const)('%s: a closing handshake where %s was withheld', (verdict, _name, meta) => {
  const withheld = [{ rule: meta.id, meta, reason: 'bytes are missing' }];
  expect(verdictOf(recordOf(CLOSED), judgementOf([], withheld))).toBe(verdict);
});

test('without times, a bare FIN after the 101 is abnormal', () => {
  const record = recordOf({ serverSide: { fin: mark(8, 0) } });
  expect(verdictOf(record, engineOf().judge(record, NO_TIMES))).toBe('abnormal');
});
