import { describe, expect, test } from 'vitest';
import { messageUnfinished } from '../../src/rules/message-unfinished.ts';
import {
  check,
  checkAll,
  close,
  frame,
  irregular,
  judged,
  mark,
  NO_TIMES,
  type RecordSpec,
  type SideSpec,
  told,
} from '../helpers/record-builder.ts';

const LATE = 351.457;
const inFrame: SideSpec = {
  frames: 3,
  unfinished: {
    ...mark(88, LATE - 1),
    firstPacket: 88,
    opcode: 2,
    payloadLength: 260,
    begun: null,
    received: 104,
  },
};
const inMessage: SideSpec = {
  frames: 3,
  unfinishedMessage: { opcode: 1, frames: 2, payloadBytes: 300, firstPacket: 85 },
};
const closedInside: SideSpec = {
  ...inMessage,
  closeFrame: close(1000, 90, LATE),
  irregularities: [irregular('close-inside-message', [frame(8, 90, LATE)])],
};

describe('raised', () => {
  test.each<[string, RecordSpec, string, object]>([
    [
      'a FIN inside a frame',
      { serverSide: { ...inFrame, fin: mark(90, LATE) } },
      'own-end',
      { by: 'server', how: 'fin', within: 'frame', payloadBytes: 260, receivedBytes: 104 },
    ],
    [
      'a RST inside a message',
      { clientSide: { ...inMessage, rst: mark(90, LATE) } },
      'own-end',
      { by: 'client', how: 'rst', within: 'message', frames: 2 },
    ],
    ['a Close inside a message', { clientSide: closedInside }, 'own-close', { by: 'client', how: null }],
    [
      "the other side's RST",
      { clientSide: inFrame, serverSide: { rst: mark(90, LATE) } },
      'cut-off',
      { by: 'client', endedBy: 'server', how: 'rst' },
    ],
    [
      "the other side's FIN, and its own end after it",
      { clientSide: { ...inFrame, rst: mark(92, LATE + 1) }, serverSide: { fin: mark(90, LATE) } },
      'cut-off',
      { by: 'client', endedBy: 'server', how: 'fin' },
    ],
    [
      'the header of a frame',
      {
        serverSide: {
          unfinished: {
            ...mark(88, 1),
            firstPacket: 88,
            opcode: null,
            payloadLength: null,
            begun: null,
            received: 1,
          },
          fin: mark(90, LATE),
        },
      },
      'own-end',
      { within: 'frame', opcode: null },
    ],
  ])('%s', (_name, spec, kind, evidence) => {
    expect(check(messageUnfinished, spec)).toMatchObject({ kind, severity: 'warning', evidence });
  });

  test('for each side that stopped in the middle', () => {
    const found = checkAll(messageUnfinished, {
      clientSide: inMessage,
      serverSide: { ...inFrame, rst: mark(90, LATE) },
    });
    expect(found.map(({ kind, evidence }) => [evidence['by'], kind])).toEqual([
      ['client', 'cut-off'],
      ['server', 'own-end'],
    ]);
  });
});

describe('not raised', () => {
  test.each<[string, RecordSpec]>([
    ['the capture ended, not the connection', { clientSide: { ...inFrame, ...inMessage } }],
    [
      'the other side ended its half only, and the capture ended',
      { clientSide: inFrame, serverSide: { fin: mark(90, LATE) } },
    ],
    ['it ended between messages', { clientSide: { frames: 3, fin: mark(90, LATE) } }],
    ['it closed between messages', { clientSide: { frames: 3, closeFrame: close(1000, 90, LATE) } }],
    [
      'the other side had closed: it wants no more',
      {
        clientSide: { ...inFrame, fin: mark(91, LATE) },
        serverSide: { closeFrame: close(1009, 90, LATE - 1) },
      },
    ],
    [
      'its Close answers one, in the middle of a message',
      { clientSide: closedInside, serverSide: { closeFrame: close(1001, 89, LATE - 1) } },
    ],
    [
      'bytes are missing: the rest may be among them',
      { clientSide: { ...inFrame, isFramingLost: true, gapBytes: 20, fin: mark(90, LATE) } },
    ],
    [
      'a length that no frame can have',
      {
        clientSide: {
          ...inFrame,
          irregularities: [irregular('length-too-large', [frame(2, 88, 1)])],
          fin: mark(90, LATE),
        },
      },
    ],
    ['no WebSocket', { clientSide: { ...inFrame, fin: mark(90, LATE) }, upgrade: null }],
  ])('%s', (_name, spec) => {
    expect(checkAll(messageUnfinished, spec)).toEqual([]);
  });
});

describe('the message', () => {
  test('says who stopped where, and when', () => {
    const found = check(messageUnfinished, { serverSide: { ...inFrame, fin: mark(90, LATE) } });
    expect(told(found)).toBe(
      'The server ended the connection with FIN 351 ms after the 101 (packet 90) in the middle of a binary frame ' +
        '(104 of 260 payload bytes sent). The client never gets that message. Look at the server at that time: a crash, ' +
        'a kill, a socket that was ended past the WebSocket library.',
    );
    expect(found).toMatchObject({ packets: [88, 90], at: mark(90, LATE) });
  });

  test('does not blame a side that was cut off', () => {
    expect(
      told(check(messageUnfinished, { clientSide: inMessage, serverSide: { rst: mark(90, LATE) } })),
    ).toBe(
      'The client was cut off in the middle of a text message (2 frames without a final one, 300 bytes, from packet 85 ' +
        'on): the server ended the connection with RST 351 ms after the 101 (packet 90). The client is not to blame. ' +
        'Look at the server and at proxies in between at that time: a crash, a kill, a time limit, or a message larger ' +
        'than they take.',
    );
  });

  test('names the Close that came inside', () => {
    expect(check(messageUnfinished, { clientSide: closedInside })?.message).toBe(
      'The client sent its Close 351 ms after the 101 (packet 90) inside a text message (2 frames without a final one, ' +
        '300 bytes, from packet 85 on): the message never came to its end.',
    );
  });

  test('has no time where packets carry none', () => {
    const found = check(messageUnfinished, { serverSide: { ...inFrame, fin: mark(90, 0) } }, NO_TIMES);
    expect(found?.message).toContain('with FIN after the 101 (packet 90)');
  });
});

describe('together with other rules', () => {
  test('the end itself is named by abnormal-closure', () => {
    expect(judged({ serverSide: { ...inFrame, fin: mark(90, LATE) } }).raised).toEqual([
      'message-unfinished warning',
      'abnormal-closure error',
    ]);
  });

  test('withheld where a Close of the other side may be missing', () => {
    const lost: SideSpec = { isFramingLost: true, gapBytes: 20 };
    expect(judged({ clientSide: { ...inFrame, fin: mark(90, LATE) }, serverSide: lost }).withheld).toContain(
      'message-unfinished',
    );
    expect(
      judged({ clientSide: { ...inFrame, fin: mark(90, LATE) }, serverSide: { isCaptured: false } }).withheld,
    ).toContain('message-unfinished');
  });
});
