import { describe, expect, test } from 'vitest';
import { ALL_RULES } from '../../src/rules/index.ts';
import {
  needsKnownPort,
  saysWhoEnded,
  spoilsUpgrade,
  verdictThatSaysAsMuch,
} from '../../src/rules/relations.ts';

const idsWhere = (holds: (id: string) => boolean) => ALL_RULES.map(({ id }) => id).filter(holds);

test('five rules say no more than a verdict, each a different one', () => {
  const said = ALL_RULES.map(({ id }) => [id, verdictThatSaysAsMuch(id)]).filter(
    ([, verdict]) => verdict !== null,
  );
  expect(Object.fromEntries(said)).toEqual({
    'handshake-close': 'handshake-close',
    'tls-handshake-failed': 'tls-failed',
    'upgrade-rejected': 'rejected',
    'upgrade-unanswered': 'unanswered',
    'abnormal-closure': 'abnormal',
  });
});

test('three rules say who ended the connection', () => {
  expect(idsWhere(saysWhoEnded)).toEqual(['handshake-close', 'client-handshake-close', 'abnormal-closure']);
});

test('two rules speak only of ports that are known', () => {
  expect(idsWhere(needsKnownPort)).toEqual(['connection-refused', 'closed-before-request']);
});

test('a finding that is only information does not spoil the upgrade', () => {
  expect(idsWhere((id) => spoilsUpgrade(id, 'warning'))).toEqual([
    'upgrade-request-invalid',
    'upgrade-response-invalid',
    'accept-mismatch',
    'subprotocol-unanswered',
    'slow-upgrade',
    'data-before-upgrade',
    'handshake-close',
    'client-handshake-close',
  ]);
  expect(idsWhere((id) => spoilsUpgrade(id, 'info'))).toEqual([]);
});

test('of a rule that is not wscap’s nothing is known', () => {
  expect(verdictThatSaysAsMuch('own')).toBe(null);
  expect([saysWhoEnded('own'), needsKnownPort('own'), spoilsUpgrade('own', 'error')]).toEqual([
    false,
    false,
    false,
  ]);
});

describe('the metadata', () => {
  test('ranks those that explain an end without a tie', () => {
    const ranks = ALL_RULES.flatMap(({ explainsEnd }) => explainsEnd ?? []);
    expect(ranks.toSorted((a, b) => a - b)).toEqual(ranks.map((_, index) => index + 1));
  });

  test('names only rules and kinds that exist', () => {
    const ids = ALL_RULES.map(({ id }) => id);
    expect(ids).toEqual(
      expect.arrayContaining(ALL_RULES.flatMap(({ covers = [] }) => covers.map(({ rule }) => rule))),
    );
    for (const { silentKinds = [], messages } of ALL_RULES) {
      for (const kind of silentKinds) expect(messages).toHaveProperty([kind]);
    }
    expect(ALL_RULES.filter(({ silentKinds }) => silentKinds !== undefined)).toHaveLength(1);
  });

  test('gives a verdict to each rule that says no more than one', () => {
    expect(ALL_RULES.filter(({ isVerdict, verdict }) => isVerdict === true && verdict === undefined)).toEqual(
      [],
    );
  });
});
