import { describe, expect, it } from 'vitest';
import { CaptureError } from '../../src/capture/capture-error.ts';
import { failureLine, isInternal, stackOf } from '../../src/cli/failure.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import { RuleFailure } from '../../src/judgement/rule-failure.ts';

describe('failureLine', () => {
  it('names the file, what is wrong, and the byte', () => {
    expect(failureLine(new CaptureError('a.pcap', 'is cut off: copy it again', 24))).toBe(
      'wscap: a.pcap: is cut off: copy it again (at byte 24)',
    );
    expect(failureLine(new CaptureError('a\u001b.pcap', 'is empty'))).toBe('wscap: a\\x1b.pcap: is empty');
    expect(failureLine(new CaptureError('-', 'is empty'))).toBe('wscap: standard input: is empty');
  });

  it('points to the help of the command', () => {
    expect(failureLine(new UsageError('no capture given', 'analyze'))).toBe(
      'wscap: no capture given; try "wscap analyze --help"',
    );
  });

  it('words an error of the operating system', () => {
    const error = Object.assign(new Error('ENOSPC: …'), { code: 'ENOSPC', path: 'out.json' });
    expect(failureLine(error)).toBe('wscap: out.json: no space left on the device');
  });

  it('admits a defect of wscap itself, in one line', () => {
    const line = failureLine(new TypeError('x is not\na function'));
    expect(line).toBe(
      'wscap: internal error: TypeError: x is not\\x0aa function (a defect of wscap: please report it; WSCAP_DEBUG=1 shows where)',
    );
  });
});

it('names the rule that failed, and the connection', () => {
  const line = failureLine(new RuleFailure('half-open', 3, new TypeError('x is not a function')));
  expect(line).toBe(
    'wscap: internal error: rule "half-open" failed on connection 3: x is not a function (a defect of wscap: please report it; WSCAP_DEBUG=1 shows where)',
  );
});

it('shows where the rule failed, not only who noticed', () => {
  const cause = new TypeError('x is not a function');
  const stack = stackOf(new RuleFailure('half-open', 3, cause));
  expect(stack).toMatch(/^RuleFailure: rule "half-open" failed/);
  expect(stack).toContain(`caused by ${cause.stack!}`);
});

describe('isInternal', () => {
  it('tells defects from input and usage', () => {
    expect(isInternal(new TypeError('x'))).toBe(true);
    expect(isInternal(new RuleFailure('half-open', 3, 'x'))).toBe(true);
    expect(isInternal(new CaptureError('a', 'b'))).toBe(false);
    expect(isInternal(new UsageError('a'))).toBe(false);
    expect(isInternal(Object.assign(new Error('x'), { code: 'EACCES', path: 'a' }))).toBe(false);
  });
});
