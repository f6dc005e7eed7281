/** `wscap dump.pcap` means `wscap analyze dump.pcap`; `wscap anlyze dump.pcap` doesn't. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { COMMANDS, commandNamed, DEFAULT_COMMAND } from './commands/commands.ts';
import { closestTo } from './did-you-mean.ts';
import { UsageError } from './usage-error.ts';

/**
 * The arguments with the command in front, wherever it stood. Without one where they ask about the program itself.
 *
 * @param cwd from where relative names of files are meant
 */
export function withCommand(argv: readonly string[], cwd: string): readonly string[] {
  if (argv[0] === 'help') return [...argv.slice(1), '--help'];
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  const place = firstOperand(argv.slice(0, end));
  const first = place === -1 ? undefined : argv[place]!;
  if (first === undefined) {
    const isQuestion = end === argv.length && argv.some(asksAboutProgram);
    return isQuestion ? argv : [DEFAULT_COMMAND.name, ...argv];
  }
  if (commandNamed(first) !== undefined) return [first, ...argv.slice(0, place), ...argv.slice(place + 1)];
  const names = COMMANDS.map(({ name }) => name);
  const meant = existsSync(resolve(cwd, first)) ? undefined : closestTo(first, names);
  if (meant !== undefined) throw new UsageError(`unknown command "${first}", did you mean "${meant}"?`);
  return [DEFAULT_COMMAND.name, ...argv];
}

/** Where the first argument stands that is neither an option nor the value of one; -1 without any. */
function firstOperand(argv: readonly string[]): number {
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i]!;
    if (argument === '-' || !argument.startsWith('-')) return i;
    if (takesValue(argument)) i++;
  }
  return -1;
}

function takesValue(argument: string): boolean {
  return COMMANDS.some(({ options }) =>
    Object.entries(options).some(
      ([name, { alias, type }]) =>
        type !== 'boolean' && (argument === `--${name}` || argument === `-${String(alias)}`),
    ),
  );
}

function asksAboutProgram(argument: string): boolean {
  return ['--help', '-h', '--version'].includes(argument);
}
