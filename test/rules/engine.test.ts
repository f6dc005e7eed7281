import { describe, expect, test } from 'vitest';
import { judge } from '../../src/rules/engine.ts';
import { lines } from '../helpers/handshakes.ts';
import { close, judged, mark, NO_TIMES, CONTEXT, recordOf, seenResponse } from '../helpers/record-builder.ts';

test('a healthy connection raises nothing and has nothing withheld', () => {
  const spec = {
    clientSide: { frames: 3, closeFrame: close(1000, 80, 60_000) },
    serverSide: { frames: 3, closeFrame: close(1000, 81, 60_001), fin: mark(82, 60_002) },
  };
  expect(judged(spec)).toEqual({ raised: [], withheld: [] });
});

test('a finding gets the id of its rule', () => {
  const { anomalies } = judge(recordOf({ serverSide: { fin: mark(8, 1) } }), CONTEXT);
  expect(anomalies).toMatchObject([{ rule: 'handshake-close', severity: 'error', packets: [6, 8] }]);
});

test('findings come in the order of a connection: how it opened, then how it closed', () => {
  const { raised } = judged({
    refusedBefore: [
      { request: recordOf().upgrade!.request!, response: seenResponse(lines('HTTP/1.1 401 No')) },
    ],
    upgrade: { accept: 'invalid' },
    clientSide: { fin: mark(8, 1) },
    serverSide: { fin: mark(9, 2) },
  });
  expect(raised).toEqual([
    'upgrade-rejected info',
    'accept-mismatch error',
    'handshake-close info',
    'client-handshake-close warning',
  ]);
});

describe('what is withheld', () => {
  test('is named with the reason, as a clause', () => {
    const { withheld } = judge(
      recordOf({ serverSide: { fin: mark(90, 60_000), isFramingLost: true, gapBytes: 7 } }),
      CONTEXT,
    );
    expect(withheld).toEqual([
      {
        rule: 'abnormal-closure',
        reason: '7 bytes from the server are not in the capture, and a Close may be among them',
      },
    ]);
  });

  test('is only what would have been raised', () => {
    expect(judged({ serverSide: { isFramingLost: true, gapBytes: 7 } }, NO_TIMES)).toEqual({
      raised: [],
      withheld: [],
    });
  });

  test('is not said of abnormal-closure where another rule says all of it', () => {
    // The Close 1011 was seen before the gap.
    const serverSide = { closeFrame: close(1011, 8, 1), fin: mark(9, 2), isFramingLost: true, gapBytes: 7 };
    expect(judged({ serverSide })).toEqual({ raised: ['handshake-close error'], withheld: [] });
  });

  test('a gap lowers handshake-close, which then covers nothing', () => {
    expect(judged({ serverSide: { fin: mark(9, 2), isFramingLost: true, gapBytes: 7 } })).toEqual({
      raised: ['handshake-close warning'],
      withheld: ['abnormal-closure'],
    });
  });
});
