/**
 * Operands that yargs would lose: a lone `-`, which names standard input or output here, and what stands after `--`,
 * which never reaches a command. They travel behind a NUL, which no argument can hold.
 */
const MARK = '\u0000';

export function shelterOperands(argv: readonly string[]): string[] {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  const before = argv.slice(0, end).map((argument) => (argument === '-' ? MARK + argument : argument));
  return [...before, ...argv.slice(end + 1).map((argument) => MARK + argument)];
}

export function restoreOperand(argument: string): string {
  return argument.startsWith(MARK) ? argument.slice(MARK.length) : argument;
}
