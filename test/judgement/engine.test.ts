import { describe, expect, test } from 'vitest';
import type { RuleSettings } from '../../src/judgement/settings.ts';
import { abnormalClosure } from '../../src/rules/abnormal-closure.ts';
import { lines } from '../helpers/handshakes.ts';
import {
  close,
  CONTEXT,
  engineOf,
  judged,
  judgementOf,
  mark,
  NO_TIMES,
  recordOf,
  seenResponse,
  type RecordSpec,
} from '../helpers/record-builder.ts';

const judge = (spec: RecordSpec) => engineOf().judge(recordOf(spec), CONTEXT);

test('a healthy connection raises nothing and has nothing withheld', () => {
  const spec = {
    clientSide: { frames: 3, closeFrame: close(1000, 80, 60_000) },
    serverSide: { frames: 3, closeFrame: close(1000, 81, 60_001), fin: mark(82, 60_002) },
  };
  expect(judged(spec)).toEqual({ raised: [], withheld: [] });
});

test('a finding gets the id of its rule', () => {
  const { anomalies } = judge({ serverSide: { fin: mark(8, 1) } });
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
    const { withheld } = judge({
      serverSide: { frames: 1, fin: mark(90, 45_000), isFramingLost: true, gapBytes: 7 },
    });
    expect(withheld).toEqual([
      {
        rule: 'abnormal-closure',
        meta: abnormalClosure,
        reason: '7 bytes from the server are not in the capture, and a Close may be among them',
      },
    ]);
  });

  test('is only what would have been raised otherwise', () => {
    expect(judged({ serverSide: { isFramingLost: true, gapBytes: 7 } }, NO_TIMES)).toEqual({
      raised: [],
      withheld: [],
    });
  });

  test('is not said of abnormal-closure where another rule says everything that it would say', () => {
    // The Close 1011 was seen before the gap.
    const serverSide = { closeFrame: close(1011, 8, 1), fin: mark(9, 2), isFramingLost: true, gapBytes: 7 };
    const { raised, withheld } = judged({ serverSide });
    expect(raised).toContain('handshake-close error');
    expect([...raised, ...withheld].join()).not.toContain('abnormal-closure');
  });

  test('a gap lowers handshake-close, which then covers nothing', () => {
    expect(judged({ serverSide: { fin: mark(9, 2), isFramingLost: true, gapBytes: 7 } })).toEqual({
      raised: ['handshake-close warning'],
      withheld: ['abnormal-closure'],
    });
  });
});

describe('what the user set', () => {
  const SPEC: RecordSpec = {
    serverSide: { segments: 200, retransmissions: 4, fin: mark(8, 1) },
  };
  const shown = (settings: RuleSettings, spec: RecordSpec = SPEC) => {
    const engine = engineOf(settings);
    const judgement = engine.judge(recordOf(spec), CONTEXT);
    const { anomalies, withheld } = engine.present(judgement, 0);
    return {
      judged: judgement.anomalies.map(({ rule, severity }) => `${rule} ${severity}`),
      shown: anomalies.map(({ rule, severity }) => `${rule} ${severity}`),
      withheld: withheld.map(({ rule }) => rule),
    };
  };

  test('nothing: all is shown as it was judged', () => {
    expect(shown({})).toEqual({
      judged: ['handshake-close error', 'retransmissions info'],
      shown: ['handshake-close error', 'retransmissions info'],
      withheld: [],
    });
  });

  test('a rule that is off is judged, so that verdicts stay true, and not shown', () => {
    expect(shown({ 'handshake-close': { severity: 'off' } })).toEqual({
      judged: ['handshake-close error', 'retransmissions info'],
      shown: ['retransmissions info'],
      withheld: [],
    });
  });

  test('a rule that is off is not named as withheld', () => {
    const spec: RecordSpec = {
      serverSide: { frames: 1, fin: mark(90, 45_000), isFramingLost: true, gapBytes: 7 },
    };
    expect(shown({}, spec).withheld).toEqual(['abnormal-closure']);
    expect(shown({ 'abnormal-closure': { severity: 'off' } }, spec).withheld).toEqual([]);
  });

  test('findings omitted by a rule that is off are not counted', () => {
    const engine = engineOf({ 'half-open': { severity: 'off' } });
    const judgement = { ...judgementOf(), omitted: [{ rule: 'half-open', count: 3 }] };
    expect(engine.present(judgement, 0).omitted).toEqual([]);
    expect(engineOf().present(judgement, 0).omitted).toEqual(judgement.omitted);
  });

  test('severities are those that were set, in what is shown only', () => {
    expect(shown({ 'handshake-close': { severity: 'warning' } })).toMatchObject({
      judged: ['handshake-close error', 'retransmissions info'],
      shown: ['handshake-close warning', 'retransmissions info'],
    });
  });

  test('options reach the rule', () => {
    expect(shown({ retransmissions: { options: { warningPercent: 1 } } }).judged).toContain(
      'retransmissions warning',
    );
    expect(shown({ retransmissions: { options: { minimum: 5 } } }).judged).toEqual(['handshake-close error']);
  });
});
