import { describe, expect, test } from 'vitest';
import { zeroWindow } from '../../src/rules/zero-window.ts';
import type { TcpTrouble, ZeroWindow } from '../../src/tcp/tcp-trouble.ts';
import {
  check,
  checkAll,
  CONTEXT,
  judged,
  mark,
  NO_TIMES,
  told,
  type RecordSpec,
} from '../helpers/record-builder.ts';

const trouble = (more: Partial<ZeroWindow> = {}): TcpTrouble => ({
  unacknowledged: null,
  zeroWindow: {
    count: 1,
    longestMs: 2500,
    from: mark(40, 1000),
    until: mark(52, 3500),
    isReopened: true,
    ...more,
  },
  firstRetransmission: null,
});
const CLIENT: RecordSpec = { clientSide: { trouble: trouble() } };

describe('raised', () => {
  test.each<[string, RecordSpec, string]>([
    ['of the client', CLIENT, 'reopened'],
    ['of the server', { serverSide: { trouble: trouble() } }, 'reopened'],
    ['just over 1 s', { clientSide: { trouble: trouble({ longestMs: 1000.001 }) } }, 'reopened'],
    ['until the end', { clientSide: { trouble: trouble({ isReopened: false }) } }, 'not-reopened'],
    [
      'of a WebSocket that is known by its frames alone',
      { ...CLIENT, upgrade: null, opening: 'inferred', openedAt: mark(10, 500) },
      'reopened',
    ],
  ])('%s', (_name, spec, kind) => {
    expect(check(zeroWindow, spec)).toMatchObject({ kind, severity: 'warning' });
  });
});

describe('not raised', () => {
  test.each<[string, RecordSpec]>([
    ['never shut', {}],
    ['for 1 s', { clientSide: { trouble: trouble({ longestMs: 1000 }) } }],
    ['many times, never for long', { clientSide: { trouble: trouble({ longestMs: 400, count: 50 }) } }],
  ])('%s', (_name, spec) => {
    expect(check(zeroWindow, spec)).toBeNull();
  });
});

test('the message says who did not read, for how long, and who had to wait', () => {
  const found = check(zeroWindow, { clientSide: { trouble: trouble({ count: 3 }) } });
  expect(told(found)).toBe(
    'The client advertised a receive window of 0 for 2.5 s (packets 40 and 52), the longest of 3 times: it did not read what the ' +
      'server sent, which had to wait. Look at what kept the client from reading: a tab in the background, a loop that blocks, ' +
      'a slow consumer. The server keeps what it can not send in memory: look at its send queue as well.',
  );
  expect(found).toMatchObject({
    packets: [40, 52],
    at: mark(40, 1000),
    evidence: { by: 'client', longestMs: 2500, count: 3, isReopened: true },
  });
});

test('of the server, and of a window that stays shut', () => {
  const found = check(zeroWindow, { serverSide: { trouble: trouble({ isReopened: false }) } });
  expect(told(found)).toContain(
    'The server advertised a receive window of 0 for 2.5 s and did not open it again in the capture (packets 40 and 52): it did ' +
      'not read what the client sent, which had to wait. Look at what kept the server from reading: a handler that blocks',
  );
});

test('one finding for each side', () => {
  const both = { clientSide: { trouble: trouble() }, serverSide: { trouble: trouble() } };
  expect(checkAll(zeroWindow, both).map(({ evidence }) => evidence['by'])).toEqual(['client', 'server']);
});

test('the time can be set', () => {
  expect(check(zeroWindow, CLIENT, CONTEXT, { thresholdMs: 2500 })).toBeNull();
});

describe('withheld', () => {
  test.each<[string, RecordSpec]>([
    [
      'packets are missing, and the window may have been opened in one',
      { clientSide: { ...CLIENT.clientSide, gapBytes: 9 } },
    ],
    ['one direction only', { ...CLIENT, serverSide: { isCaptured: false } }],
  ])('%s', (_name, spec) => {
    expect(judged(spec)).toEqual({ raised: [], withheld: ['zero-window'] });
  });

  test('where packets carry no time', () => {
    expect(judged(CLIENT, NO_TIMES)).toEqual({ raised: [], withheld: ['zero-window'] });
  });
});
