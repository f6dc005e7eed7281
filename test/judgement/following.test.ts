import { describe, expect, test } from 'vitest';
import { withRoots } from '../../src/judgement/following.ts';
import type { Anomaly, RuleMeta } from '../../src/judgement/rule.ts';
import { judgedConnections, mark } from '../helpers/record-builder.ts';

const [SAMPLE] = judgedConnections([{ serverSide: { fin: mark(8, 1) } }])[0]!.anomalies;

const BARE: RuleMeta = {
  id: 'sample',
  title: 'A sample',
  severity: 'error',
  section: 'Closing',
  place: 1,
  spec: 'none',
  options: {},
  messages: {},
};

interface Spec extends Partial<Omit<Anomaly, 'meta'>> {
  readonly meta?: Partial<RuleMeta>;
}

const finding = (rule: string, { meta = {}, ...more }: Spec = {}): Anomaly => {
  return { ...SAMPLE!, rule, evidence: {}, ...more, meta: { ...BARE, id: rule, ...meta } };
};
const follows = (...rules: string[]): Spec => ({ meta: { follows: rules } });
/** What each finding follows from. */
const roots = (...findings: Anomaly[]) => withRoots(findings, 7).map((each) => each.follows?.rule ?? null);

describe('a finding follows', () => {
  test('the rule that its own rule names, on the same connection', () => {
    const found = withRoots([finding('effect', follows('cause')), finding('cause')], 7);
    expect(found[0]?.follows).toEqual({ rule: 'cause', id: 7 });
    expect(found[1]?.follows).toBeUndefined();
  });

  test('the first of several rules that speaks', () => {
    const effect = finding('effect', follows('absent', 'second', 'third'));
    expect(roots(effect, finding('third'), finding('second'))).toEqual(['second', null, null]);
  });

  test('nothing where none of them speaks, or where it is alone', () => {
    const effect = finding('effect', follows('cause'));
    expect(roots(effect, finding('other'))).toEqual([null, null]);
    expect(roots(effect)).toEqual([null]);
  });

  test('what it followed already', () => {
    const known = { rule: 'elsewhere', id: 3 };
    const [found] = withRoots(
      [finding('effect', { ...follows('cause'), follows: known }), finding('cause')],
      7,
    );
    expect(found?.follows).toEqual(known);
  });
});

describe('of two rules that name each other', () => {
  test('the milder finding follows', () => {
    const mild = finding('a', { ...follows('b'), severity: 'warning' });
    const grave = finding('b', { ...follows('a'), severity: 'error' });
    expect(roots(mild, grave)).toEqual(['b', null]);
    expect(roots(grave, mild)).toEqual([null, 'b']);
  });

  test('of equal ones the second follows', () => {
    expect(roots(finding('a', follows('b')), finding('b', follows('a')))).toEqual([null, 'a']);
  });
});

describe('a breach of the protocol', () => {
  const breach = (more: Spec = {}) =>
    finding('breach', {
      severity: 'error',
      evidence: { by: 'client' },
      at: mark(10, 10),
      ...more,
      meta: { section: 'Frames and messages', ...more.meta },
    });
  const closed = finding('closed', {
    evidence: { by: 'server' },
    at: mark(12, 12),
    meta: { followsBreach: true },
  });

  test('is what a Close of the other side follows', () => {
    expect(roots(closed, breach())).toEqual(['breach', null]);
  });

  test('comes before the other rules that the Close may follow', () => {
    const either = { ...closed, meta: { ...closed.meta, follows: ['cause'] } };
    expect(roots(either, finding('cause'), breach())).toEqual(['breach', null, null]);
  });

  test.each<[string, Spec]>([
    ['of the same side', { evidence: { by: 'server' } }],
    ['that came later', { at: mark(13, 13) }],
    ['that is a warning only', { severity: 'warning' }],
    ['of nobody', { evidence: {} }],
    ['of another section', { meta: { section: 'Liveness' } }],
  ])('%s explains nothing', (_name, more) => {
    expect(roots(closed, breach(more))).toEqual([null, null]);
  });
});
