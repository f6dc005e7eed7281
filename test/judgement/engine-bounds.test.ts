import { expect, test, vi } from 'vitest';
import { RuleEngine } from '../../src/judgement/engine.ts';
import type { Finding, Rule } from '../../src/judgement/rule.ts';
import { CONTEXT, mark, recordOf } from '../helpers/record-builder.ts';

const finding = (packet: number): Finding => ({
  kind: 'one',
  severity: 'info',
  message: `Packet ${packet}.`,
  advice: '',
  packets: [packet],
  at: mark(packet, 0),
  evidence: {},
});

/** Finds as many things as the record's id says, but for -1: one finding without a list. */
const findings = vi.hoisted(
  () =>
    (id: number): number[] =>
      Array.from({ length: id }, (_, index) => index + 1),
);

vi.mock('../../src/rules/index.ts', () => {
  const rule: Rule = {
    id: 'many',
    title: 'Many',
    severity: 'info',
    spec: 'none',
    options: {},
    messages: { one: 'Packet {packet}.' },
    requires: ['both-directions'],
    check: ({ id }) => (id === -1 ? finding(1) : findings(id).map(finding)),
  };
  return { RULES: [rule], CAPTURE_RULES: [] };
});

const judge = (id: number, clientSide = {}) => new RuleEngine(CONTEXT).judge(recordOf({ id, clientSide }));

test('a rule may find one thing, or a list of them, or an empty one', () => {
  expect(judge(-1).anomalies).toEqual([{ rule: 'many', ...finding(1) }]);
  expect(judge(2).anomalies.map(({ packets }) => packets)).toEqual([[1], [2]]);
  expect(judge(0)).toEqual({ anomalies: [], withheld: [], omitted: [] });
});

test('four findings of a rule are kept, more are counted', () => {
  expect(judge(4)).toMatchObject({ anomalies: { length: 4 }, omitted: [] });
  const { anomalies, omitted } = judge(45);
  expect(anomalies.map(({ packets }) => packets)).toEqual([[1], [2], [3], [4]]);
  expect(omitted).toEqual([{ rule: 'many', count: 41 }]);
});

test('a rule that is withheld is named once, whatever it found', () => {
  expect(judge(45, { isCaptured: false })).toEqual({
    anomalies: [],
    withheld: [{ rule: 'many', reason: 'no packet from the client was captured' }],
    omitted: [],
  });
  expect(judge(0, { isCaptured: false }).withheld).toEqual([]);
});
