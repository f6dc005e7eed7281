/** The engine with rules made for a test: what it keeps, leaves out, withholds, and what it says where one of them throws. */
import { describe, expect, test } from 'vitest';
import { RuleEngine } from '../../src/judgement/engine.ts';
import type { CaptureRule } from '../../src/judgement/capture-rule.ts';
import type { Finding, Rule, RuleMeta, RuleRelations } from '../../src/judgement/rule.ts';
import { RuleFailure } from '../../src/judgement/rule-failure.ts';
import type { Severity } from '../../src/basics/severity.ts';
import { CONTEXT, mark, recordOf, tracesOf } from '../helpers/record-builder.ts';

const finding = (packet: number, severity: Severity = 'info'): Finding => ({
  kind: 'one',
  severity,
  message: `Packet ${packet}.`,
  advice: '',
  packets: [packet],
  at: mark(packet, 0),
  evidence: {},
});

function metaOf(id: string, relations: RuleRelations = {}): RuleMeta {
  return {
    id,
    title: 'For a test',
    severity: 'error',
    section: 'TCP',
    place: 1,
    spec: 'none',
    options: {},
    messages: { one: 'Packet {packet}.' },
    ...relations,
  };
}

function ruleOf(id: string, check: Rule['check'], relations: RuleRelations = {}): Rule {
  return { ...metaOf(id, relations), requires: [], check };
}

const engineWith = (rules: readonly Rule[], captureRules: readonly CaptureRule[] = []) =>
  new RuleEngine({ rules, captureRules });

describe('how many findings of a rule are kept', () => {
  /** Finds as many things as the record's id says, but for -1: one finding without a list. */
  const many: Rule = {
    ...ruleOf('many', ({ id }) =>
      id === -1 ? finding(1) : Array.from({ length: id }, (_, index) => finding(index + 1)),
    ),
    requires: ['both-directions'],
  };
  const judge = (id: number, clientSide = {}) =>
    engineWith([many]).judge(recordOf({ id, clientSide }), CONTEXT);

  test('a rule may find one thing, or a list of them, or an empty one', () => {
    expect(judge(-1).anomalies).toEqual([{ rule: 'many', meta: many, ...finding(1) }]);
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
      withheld: [{ rule: 'many', meta: many, reason: 'no packet from the client was captured' }],
      omitted: [],
    });
    expect(judge(0, { isCaptured: false }).withheld).toEqual([]);
  });
});

describe('a rule that covers another one', () => {
  const covered = ruleOf('covered', () => finding(1, 'error'));
  const raised = (severity: Severity, covers: RuleRelations['covers'] & {}) =>
    engineWith([covered, ruleOf('covering', () => finding(2, severity), { covers })])
      .judge(recordOf(), CONTEXT)
      .anomalies.map(({ rule }) => rule);

  test('is shown instead of it', () => {
    expect(raised('info', [{ rule: 'covered' }])).toEqual(['covering']);
    expect(raised('info', [{ rule: 'something-else' }])).toEqual(['covered', 'covering']);
  });

  test('may cover it at one severity only', () => {
    expect(raised('error', [{ rule: 'covered', at: 'error' }])).toEqual(['covering']);
    expect(raised('warning', [{ rule: 'covered', at: 'error' }])).toEqual(['covered', 'covering']);
  });

  test('leaves out the note that the other one was withheld, too', () => {
    const withheld: Rule = { ...covered, requires: ['times'] };
    const covering = ruleOf('covering', () => finding(2), { covers: [{ rule: 'covered' }] });
    const noTimes = { ...CONTEXT, hasTimes: false };
    expect(engineWith([withheld]).judge(recordOf(), noTimes).withheld).toHaveLength(1);
    expect(engineWith([withheld, covering]).judge(recordOf(), noTimes).withheld).toEqual([]);
  });
});

describe('a rule that throws', () => {
  const cause = new TypeError('x is not a function');
  const fail = () => {
    throw cause;
  };
  const failureOf = (act: () => unknown): unknown => {
    try {
      act();
    } catch (error) {
      return error;
    }
    return null;
  };

  test('is named with the connection', () => {
    const engine = engineWith([ruleOf('fine', () => null), ruleOf('broken', fail)]);
    const failure = failureOf(() => engine.judge(recordOf({ id: 3 }), CONTEXT));
    expect(failure).toBeInstanceOf(RuleFailure);
    expect(failure).toMatchObject({
      message: 'rule "broken" failed on connection 3: x is not a function',
      rule: 'broken',
      connection: 3,
      cause,
    });
  });

  test('is named where it judges the whole capture', () => {
    const engine = engineWith([], [{ ...metaOf('broken'), checkCapture: fail }]);
    expect(failureOf(() => engine.judgeCapture(tracesOf([]), CONTEXT))).toMatchObject({
      name: 'RuleFailure',
      message: 'rule "broken" failed on the capture as a whole: x is not a function',
      rule: 'broken',
      connection: null,
      cause,
    });
  });
});
