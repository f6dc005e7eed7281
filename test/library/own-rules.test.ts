import { describe, expect, it } from 'vitest';
import {
  analyze,
  analyzeEach,
  RuleError,
  RuleFailure,
  type AnalyzeOptions,
  type Rule,
  type RuleFinding,
} from '../../src/index.ts';
import { formatJunit, formatMarkdown, formatTable } from '../../src/reporters.ts';

const CAPTURE = 'fixtures/diff/beta.pcap';

function rule(found: RuleFinding | RuleFinding[] | null, changes: Partial<Rule> = {}): Rule {
  return { id: 'my-rule', check: ({ id }) => (id === 1 ? found : null), ...changes };
}

const withRule = (own: Rule, options: AnalyzeOptions = {}) =>
  analyze(CAPTURE, { ...options, ownRules: [own] });

describe('rules of the user’s own', () => {
  it('add findings beside those of wscap, and count', async () => {
    const report = await withRule(
      rule({ message: 'It is odd.', advice: 'Look.', packets: [16], evidence: { n: 1 } }),
    );
    const before = await analyze(CAPTURE);
    expect(report.connections[0]).toEqual(before.connections[0]);
    expect(report.connections[1]!.verdict).toBe('handshake-close');
    expect(report.connections[1]!.anomalies).toEqual([
      ...before.connections[1]!.anomalies,
      {
        rule: 'my-rule',
        kind: 'found',
        severity: 'warning',
        message: 'It is odd. Look.',
        advice: 'Look.',
        packets: [16],
        at: report.connections[1]!.timeline.find(({ packet }) => packet === 16)!.at,
        explain: 'own rule my-rule',
        follows: null,
        evidence: { n: 1 },
      },
    ]);
    expect(report.totals.anomalies).toEqual({ ...before.totals.anomalies, warning: 1 });
  });

  it('stand in every format, escaped', async () => {
    const report = await withRule(
      rule({ message: '\u001b[31m<i>odd</i>' }, { explain: 'https://wiki.example.com/odd' }),
    );
    expect(formatTable(report)).toContain('my-rule');
    expect(formatTable(report)).toContain('\\x1b[31m<i>odd</i>');
    expect(formatMarkdown(report)).toContain('my-rule');
    expect(formatMarkdown(report)).not.toContain('<i>');
    expect(formatJunit(report, { failOn: 'warning' })).toMatch(/my-rule[^]*&lt;i&gt;odd/);
  });

  it('work with analyzeEach', async () => {
    const stream = analyzeEach(CAPTURE, { ownRules: [rule({ message: 'It is odd.', severity: 'error' })] });
    const found: string[] = [];
    for await (const { id, anomalies } of stream)
      found.push(`${id} ${anomalies.map((each) => each.rule).join()}`);
    expect(found).toEqual(['0 handshake-close', '1 handshake-close,my-rule']);
    expect((await stream.summary).totals.anomalies.error).toBe(3);
  });

  it('can be set and switched off as wscap’s own', async () => {
    const own = rule({ message: 'It is odd.' });
    const set = await withRule(own, { rules: { 'my-rule': { severity: 'error' } } });
    expect(set.connections[1]!.anomalies.at(-1)).toMatchObject({ rule: 'my-rule', severity: 'error' });
    const off = await withRule(own, { rules: { 'my-rule': { severity: 'off' } } });
    expect(off.totals).toEqual((await analyze(CAPTURE)).totals);
  });

  it('are bounded', async () => {
    const report = await withRule(rule(Array.from({ length: 100 }, (_, i) => ({ message: `Odd ${i}.` }))));
    expect(report.connections[1]!.anomalies).toHaveLength(5);
    expect(report.connections[1]!.notes).toContainEqual({
      code: 'more-findings',
      message: 'my-rule has 96 more findings on this connection',
    });
  });

  it('say on which connection they failed', async () => {
    const cause = new Error('no such field');
    const failing = withRule(
      rule(null, {
        check: () => {
          throw cause;
        },
      }),
    );
    await expect(failing).rejects.toMatchObject({ name: 'RuleError', rule: 'my-rule', connection: 0, cause });
    await expect(failing).rejects.toBeInstanceOf(RuleFailure);
    await expect(withRule(rule({ message: '' }))).rejects.toBeInstanceOf(RuleError);
    await expect(withRule(rule({ message: 'x', severity: 'fatal' as never }))).rejects.toThrow(
      '"fatal" is not a severity',
    );
  });

  it('are looked at before anything is read', async () => {
    const check = () => null;
    const refused = (...rules: Rule[]) => analyze('no-such.pcap', { ownRules: rules });
    await expect(refused({ id: 'My Rule', check })).rejects.toThrow('"My Rule" is not a valid rule id');
    await expect(refused({ id: 'handshake-close', check })).rejects.toThrow(
      'two rules with the id "handshake-close"',
    );
    await expect(refused({ id: 'a', check }, { id: 'a', check })).rejects.toThrow(
      'two rules with the id "a"',
    );
    await expect(refused({ id: 'a' } as Rule)).rejects.toThrow('rule "a" has no function "check"');
  });
});
