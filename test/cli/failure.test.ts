import { describe, expect, it } from 'vitest';
import { CaptureError } from '../../src/capture/capture-error.ts';
import { failureLine, isInternal } from '../../src/cli/failure.ts';
import { UsageError } from '../../src/cli/usage-error.ts';

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

  it('owns up to a defect of its own, in one line', () => {
    const line = failureLine(new TypeError('x is not\na function'));
    expect(line).toBe(
      'wscap: internal error: TypeError: x is not\\x0aa function (a defect of wscap: please report it; WSCAP_DEBUG=1 shows where)',
    );
  });
});

describe('isInternal', () => {
  it('tells defects from input and usage', () => {
    expect(isInternal(new TypeError('x'))).toBe(true);
    expect(isInternal(new CaptureError('a', 'b'))).toBe(false);
    expect(isInternal(new UsageError('a'))).toBe(false);
    expect(isInternal(Object.assign(new Error('x'), { code: 'EACCES', path: 'a' }))).toBe(false);
  });
});
