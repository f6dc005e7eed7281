import { describe, expect, test } from 'vitest';
import { closeLingering } from '../../src/rules/close-lingering.ts';
import { pongMissing } from '../../src/rules/pong-missing.ts';
import type { RuleContext } from '../../src/judgement/rule-context.ts';
import { silentAfterUpgrade } from '../../src/rules/silent-after-upgrade.ts';
import { upgradeUnanswered } from '../../src/rules/upgrade-unanswered.ts';
import { watchedUntil } from '../../src/judgement/watched-until.ts';
import { check, close, CONTEXT, mark, recordOf, told, type RecordSpec } from '../helpers/record-builder.ts';

/** How long other connections go on. */
const until = (ms: number): RuleContext => ({ ...CONTEXT, captureEnds: [mark(900, ms)] });
const OPEN: RecordSpec = { last: mark(7, 1) };
const UNANSWERED: RecordSpec = { ...OPEN, upgrade: { response: null }, serverSide: { streamBytes: 0 } };
const PING = { sent: 1, unanswered: { count: 1, first: mark(7, 1), last: mark(7, 1) } };

test('an open connection is watched until the capture ends, whoever sends the last packet', () => {
  expect(watchedUntil(recordOf(OPEN), until(60_000)).mark).toEqual(mark(900, 60_000));
});

test.each<[string, RecordSpec, RuleContext]>([
  ['one that was given up for want of room', { ...OPEN, endedBy: 'evicted' }, until(60_000)],
  ['one of a capture whose times are not in order', OPEN, CONTEXT],
  ['one whose last packet is later than that of the capture', OPEN, until(0)],
])('%s is watched until its own last packet', (_name, spec, context) => {
  expect(watchedUntil(recordOf(spec), context).mark).toEqual(mark(7, 1));
});

test('a connection is watched until its part of the capture ends', () => {
  const context = { ...CONTEXT, captureEnds: [mark(7, 1), mark(900, 60_000)] };
  expect(watchedUntil(recordOf(OPEN), context).mark).toEqual(mark(7, 1));
});

describe('a silence that only the packets of other connections show', () => {
  test('upgrade-unanswered', () => {
    const found = check(upgradeUnanswered, UNANSWERED, until(4998));
    expect(told(found)).toContain(
      'not one byte came back, and nothing had happened 5 s later, at the last packet of the capture (packet 900).',
    );
    expect(found).toMatchObject({ packets: [4, 7], at: mark(7, 1) });
    expect(check(upgradeUnanswered, UNANSWERED, until(4997.9))).toBeNull();
  });

  test('silent-after-upgrade', () => {
    const found = check(silentAfterUpgrade, OPEN, until(10_000));
    expect(told(found)).toContain('in the 10 s from the 101 to the last packet of the capture (packet 900).');
    expect(found).toMatchObject({ packets: [6, 7], at: mark(7, 1) });
    expect(check(silentAfterUpgrade, OPEN, until(9999.9))).toBeNull();
  });

  test('pong-missing', () => {
    const spec = {
      ...OPEN,
      serverSide: { pings: { ...PING, slowest: null, otherPong: null, pongAfterEnd: null } },
    };
    const found = check(pongMissing, spec, until(10_001.1));
    expect(told(found)).toContain(
      '10 s later, at the last packet of the capture (packet 900), no pong had come.',
    );
    expect(found).toMatchObject({ packets: [7], at: mark(7, 1) });
    expect(check(pongMissing, spec, until(10_001))).toBeNull();
  });

  test('not close-lingering: the FIN that it misses is a single packet, and may just not be in the capture', () => {
    const spec: RecordSpec = {
      clientSide: { closeFrame: close(1000, 20, 1000) },
      serverSide: { closeFrame: close(1000, 21, 1001) },
      last: mark(22, 1002),
    };
    expect(check(closeLingering, spec, until(60_000))).toBeNull();
    expect(check(closeLingering, { ...spec, last: mark(22, 6001.1) }, until(60_000))).not.toBeNull();
  });
});
