import { describe, expect, it } from 'vitest';
import { withCommand } from '../../src/cli/implicit-command.ts';

describe('withCommand', () => {
  it.each([
    [['dump.pcap'], ['analyze', 'dump.pcap']],
    [['-'], ['analyze', '-']],
    [
      ['analyze', 'a'],
      ['analyze', 'a'],
    ],
    [
      ['-f', 'json', 'explain'],
      ['explain', '-f', 'json'],
    ],
    [
      ['--all', 'analyze', 'a'],
      ['analyze', '--all', 'a'],
    ],
    // A value of an option is not a command, and neither is a later file.
    [
      ['-o', 'explain', 'dump.pcap'],
      ['analyze', '-o', 'explain', 'dump.pcap'],
    ],
    [
      ['dump.pcap', 'explain'],
      ['analyze', 'dump.pcap', 'explain'],
    ],
    [
      ['--', 'explain'],
      ['analyze', '--', 'explain'],
    ],
    [
      ['--', '--help'],
      ['analyze', '--', '--help'],
    ],
    [['--help'], ['--help']],
    [
      ['help', 'explain'],
      ['explain', '--help'],
    ],
    [
      ['--fail-on', 'error'],
      ['analyze', '--fail-on', 'error'],
    ],
  ])('%j: %j', (argv, expected) => {
    expect(withCommand(argv, process.cwd())).toEqual(expected);
  });

  it('suspects a misspelt command', () => {
    expect(() => withCommand(['exlain', 'handshake-close'], process.cwd())).toThrow(
      'unknown command "exlain", did you mean "explain"?',
    );
  });
});
