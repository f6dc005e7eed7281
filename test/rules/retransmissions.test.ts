import { describe, expect, test } from 'vitest';
import { retransmissions } from '../../src/rules/retransmissions.ts';
import {
  check,
  checkAll,
  CONTEXT,
  judged,
  mark,
  NO_TIMES,
  told,
  type RecordSpec,
  type SideSpec,
} from '../helpers/record-builder.ts';

const side = (count: number, segments: number): SideSpec => ({
  retransmissions: count,
  segments,
  trouble: { unacknowledged: null, zeroWindow: null, firstRetransmission: mark(31, 400) },
});

describe('raised', () => {
  test.each<[string, RecordSpec, string, string]>([
    ['a few of many', { serverSide: side(3, 160) }, 'some', 'info'],
    ['exactly 5 %', { serverSide: side(5, 100) }, 'some', 'info'],
    ['more than 5 %', { serverSide: side(9, 112) }, 'many', 'warning'],
    ['three of a few', { clientSide: side(3, 10) }, 'many', 'warning'],
    [
      'where the handshake was not captured',
      { serverSide: side(9, 112), upgrade: null, opening: 'inferred', openedAt: mark(1, 0) },
      'many',
      'warning',
    ],
  ])('%s', (_name, spec, kind, severity) => {
    expect(check(retransmissions, spec)).toMatchObject({ kind, severity });
  });
});

describe('not raised', () => {
  test.each<[string, RecordSpec]>([
    ['none', { serverSide: { segments: 100 } }],
    ['two', { serverSide: side(2, 60) }],
    ['two of three', { serverSide: side(2, 3) }],
    [
      'copies that the capture made are not counted',
      { serverSide: { segments: 100 }, duplicates: { count: 100, firstPacket: 2 } },
    ],
    [
      'those of data that nobody acknowledged any more',
      {
        serverSide: {
          ...side(6, 20),
          trouble: {
            unacknowledged: {
              retransmissions: 5,
              first: mark(31, 400),
              last: mark(40, 9000),
              isProbe: false,
              peerPackets: 0,
              peerSegments: 0,
              lostSize: null,
            },
            zeroWindow: null,
            firstRetransmission: mark(31, 400),
          },
        },
      },
    ],
  ])('%s', (_name, spec) => {
    expect(check(retransmissions, spec)).toBeNull();
  });
});

test('the message says how many of how many, whose, and since when', () => {
  const found = check(retransmissions, { serverSide: side(9, 112) });
  expect(told(found)).toBe(
    'The server sent 9 of 112 data segments again (8 %), for the first time in packet 31: the path loses packets, or delays ' +
      'them for long. Messages of the server arrive late and in bursts. Look at the network between the two: a radio link, an ' +
      'overloaded link or host, a wrong MTU where only large segments are affected.',
  );
  expect(found).toMatchObject({
    packets: [31],
    at: mark(31, 400),
    evidence: { by: 'server', retransmissions: 9, segments: 112, percent: 8 },
  });
});

test('says of a few that they are ordinary', () => {
  expect(told(check(retransmissions, { clientSide: side(4, 164) }))).toBe(
    'The client sent 4 of 164 data segments again (2.4 %), for the first time in packet 31. A few are ordinary; each one delays ' +
      'the messages behind it by a round trip or more.',
  );
});

test('one finding for each side', () => {
  const both = { clientSide: side(3, 100), serverSide: side(9, 100) };
  expect(checkAll(retransmissions, both).map(({ kind, evidence }) => [kind, evidence['by']])).toEqual([
    ['some', 'client'],
    ['many', 'server'],
  ]);
});

test('both limits can be set', () => {
  const spec = { serverSide: side(4, 100) };
  expect(check(retransmissions, spec, CONTEXT, { minimum: 5 })).toBeNull();
  expect(check(retransmissions, spec, CONTEXT, { warningPercent: 3.9 })?.severity).toBe('warning');
  expect(check(retransmissions, { serverSide: side(0, 0) }, CONTEXT, { minimum: 0 })).toBeNull();
});

test('retransmissions that were seen count, whatever the capture lacks', () => {
  const spec = { clientSide: { isCaptured: false }, serverSide: { ...side(9, 112), gapBytes: 9 } };
  expect(judged(spec, NO_TIMES)).toEqual({ raised: ['retransmissions warning'], withheld: [] });
});
