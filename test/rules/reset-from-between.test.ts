import { describe, expect, test } from 'vitest';
import type { ResetFacts } from '../../src/tcp/reset-watch.ts';
import { resetFromBetween } from '../../src/rules/reset-from-between.ts';
import { check, close, judged, mark, NO_TIMES, told, type RecordSpec } from '../helpers/record-builder.ts';

const RESET: ResetFacts = {
  hopLimit: 64,
  identification: 0,
  window: 0,
  hasAcknowledgement: false,
  isOfUnknown: false,
  answersUnseen: false,
  missing: 0,
  afterSilence: null,
  sentAfter: null,
};
const END = { by: 'server', how: 'rst', mark: mark(90, 3010) } as const;
const SENT_AFTER = { segments: 6, first: mark(95, 3300), last: mark(99, 6010) };

const WENT_ON: RecordSpec = {
  firstEnd: { ...END, forged: 'certain' },
  serverSide: { frames: 1, rst: mark(90, 3010), reset: { ...RESET, sentAfter: SENT_AFTER } },
};
const OTHER_TTL: RecordSpec = {
  firstEnd: { ...END, forged: 'suspected' },
  serverSide: {
    frames: 1,
    rst: mark(90, 3010),
    reset: { ...RESET, hopLimit: 243 },
    hopLimits: { packets: 12, lowest: 63, highest: 64 },
  },
};
const TRANSLATED: RecordSpec = {
  firstEnd: { ...END, by: 'client', forged: 'certain', absentFrom: 7 },
  clientSide: { rst: mark(90, 3010), reset: RESET },
};

test('a host that went on sending did not reset', () => {
  const found = check(resetFromBetween, WENT_ON);
  expect(found).toMatchObject({ kind: 'went-on', severity: 'error', packets: [90, 95, 99] });
  expect(told(found)).toMatch(
    /^A RST in the name of the server ended the connection 3\.01 s after the 101 \(packet 90\), but the server did not send it: it sent 6 data segments more, up to 3 s after that RST \(packets 95 and 99\), and no host does that after its own RST\. Something between the two sent the RST\. Neither end closed it\./,
  );
  expect(found?.evidence).toMatchObject({
    by: 'server',
    forged: 'certain',
    sentAfter: 6,
    afterUpgradeMs: 3010,
  });
});

test('a TTL of its own is a suspicion', () => {
  const found = check(resetFromBetween, OTHER_TTL);
  expect(found).toMatchObject({ kind: 'hop-limit', severity: 'warning', packets: [90] });
  expect(found?.message).toBe(
    'The RST in the name of the server that ended the connection 3.01 s after the 101 (packet 90) came with TTL 243, ' +
      'while the 12 other packets of the server have 63 to 64: something between the two probably sent it.',
  );
});

test('IPv6 has a hop limit', () => {
  const server = { address: '2001:db8::2', port: 80 };
  expect(check(resetFromBetween, { ...OTHER_TTL, server })?.message).toContain('came with hop limit 243');
});

test('the other side of an address translation lacks the RST', () => {
  const found = check(resetFromBetween, TRANSLATED);
  expect(found).toMatchObject({ kind: 'translated', severity: 'error', evidence: { twin: 7 } });
  expect(found?.message).toContain('the same TCP connection (connection 7) lacks it');
});

test('without times no duration is told', () => {
  expect(check(resetFromBetween, WENT_ON, NO_TIMES)?.message).toContain(
    'after the 101 (packet 90), but the server did not send it: it sent 6 data segments more (packets 95 and 99)',
  );
});

test('without a 101 nothing is counted from it', () => {
  const found = check(resetFromBetween, { ...WENT_ON, upgrade: { response: null, accept: null } });
  expect(found?.message).toContain('ended the connection (packet 90)');
});

describe('not raised', () => {
  test.each<[string, RecordSpec]>([
    ['an ordinary RST', { firstEnd: END, serverSide: { rst: mark(90, 3010), reset: RESET } }],
    ['no end', {}],
    [
      'after both Closes',
      {
        ...WENT_ON,
        clientSide: { closeFrame: close(1000, 80, 3000) },
        serverSide: { ...WENT_ON.serverSide, closeFrame: close(1000, 81, 3001) },
      },
    ],
  ])('%s', (_name, spec) => {
    expect(check(resetFromBetween, spec)).toBeNull();
  });
});

describe('beside other rules', () => {
  test('nobody at either end is accused where it is certain', () => {
    expect(judged(WENT_ON).raised).toEqual(['reset-from-between error']);
  });

  test('a suspicion leaves the end itself', () => {
    expect(judged(OTHER_TTL).raised).toEqual(['abnormal-closure error', 'reset-from-between warning']);
  });
});
