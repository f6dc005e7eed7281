/**
 * The command line as yargs sees it: commands, options, help. Handlers are loaded only when they run.
 * The parser settings below are each there for a reason found the hard way; see the comments.
 */
import yargs from 'yargs';
import type { Argv } from 'yargs';
import { commandNamed, COMMANDS, DEFAULT_COMMAND } from './commands/commands.ts';
import type { Command, RunHandler } from './commands/command.ts';
import { closestTo } from './did-you-mean.ts';
import { EXIT_ANALYSED, EXIT_FAILED } from './exit-codes.ts';
import { withCommand } from './implicit-command.ts';
import { shelterOperands } from './shelter.ts';
import type { Io, TextOutput } from './io.ts';
import { UsageError } from './usage-error.ts';
import { VERSION } from '../basics/version.ts';

const DEFAULT_COLUMNS = 80;
const WIDEST_HELP = 100;

interface YargsInternals {
  getInternalMethods(): { getUsageInstance(): { cacheHelpMessage?: () => void } };
}

export async function runCommandLine(argv: readonly string[], io: Io): Promise<number> {
  let exitCode: number = EXIT_ANALYSED;
  const args = argv.length === 0 ? [] : withCommand(argv, io.cwd);
  const parser = createParser(args, helpColumns(io.stdout), async (handler) => {
    exitCode = await handler(io);
  });
  if (argv.length === 0) {
    io.stderr.write(`${await parser.getHelp()}\n`);
    return EXIT_FAILED;
  }
  // With a callback yargs hands over the text of --help and --version; without one it would print it.
  await parser.parseAsync(shelterOperands(args), {}, (_error, _argv, text) => {
    if (text !== '') io.stdout.write(`${text}\n`);
  });
  return exitCode;
}

/** A terminal may say 0. */
function helpColumns({ columns = 0 }: TextOutput): number {
  return Math.min(columns === 0 ? DEFAULT_COLUMNS : columns, WIDEST_HELP);
}

function createParser(argv: readonly string[], columns: number, run: RunHandler): Argv {
  const parser = yargs()
    .scriptName('wscap')
    .usage(
      '$0 <command> [options]\n\nNames what went wrong with a WebSocket, from a tcpdump capture. The options of a command: $0 analyze --help',
    )
    .parserConfiguration({
      // Otherwise "--format json dump.pcap" could take the file as another format.
      'greedy-arrays': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .locale('en');
  for (const command of COMMANDS) command.register(parser, run);
  leaveOutHelpAfterwards(parser);
  return (
    parser
      .example('wscap dump.pcap', 'the verdicts of a capture')
      .example("ssh host tcpdump -i any -U -w - 'tcp port 8080' | wscap -", 'straight from another machine')
      .example('wscap explain handshake-close', 'what a finding means')
      .epilogue(
        'Exit codes: 0 analysed, 1 findings at or above --fail-on, 2 wrong usage or unreadable input.',
      )
      .strict()
      .version(VERSION)
      .alias('help', 'h')
      .wrap(columns)
      .exitProcess(false)
      // yargs would print the whole help and the message, and exit.
      .fail((message: string | null, error: Error | undefined) => {
        const command = commandNamed(argv[0]) ?? DEFAULT_COMMAND;
        throw error === undefined || error.name === 'YError'
          ? usageError(message ?? error?.message ?? '', command, argv.slice(1))
          : error;
      })
  );
}

/**
 * After each command yargs lays out its help, in case the handler asks for it. Our handlers never ask, so
 * this is skipped.
 */
function leaveOutHelpAfterwards(parser: Argv): void {
  const { getInternalMethods } = parser as Partial<YargsInternals>;
  const usage = getInternalMethods?.call(parser).getUsageInstance();
  if (usage?.cacheHelpMessage !== undefined) usage.cacheHelpMessage = () => undefined;
}

/** One line out of what yargs says, with the nearest option of the command where one was misspelt. */
function usageError(message: string, command: Command, argv: readonly string[]): UsageError {
  const { name, missingOperand } = command;
  const known = [...Object.keys(command.options), 'help', 'version'];
  const isOperandMissing = message.startsWith('Not enough non-option arguments');
  const unknown =
    /^Unknown arguments?: (.+)$/.exec(message)?.[1]?.split(', ')[0] ??
    (isOperandMissing ? unknownOption(argv, known) : undefined);
  if (unknown !== undefined) {
    if (argv.includes(unknown)) return new UsageError(`"${unknown}" is one argument too many`, name);
    const near = closestTo(unknown, known);
    const dashes = unknown.length === 1 ? '-' : '--';
    const hint = near === undefined ? '' : `, did you mean --${near}?`;
    return new UsageError(`unknown option ${dashes}${unknown}${hint}`, name);
  }
  const missing = /^Not enough arguments following: (.+)$/.exec(message)?.[1];
  if (missing !== undefined) {
    return new UsageError(`${missing.length === 1 ? '-' : '--'}${missing} needs a value`, name);
  }
  if (isOperandMissing && missingOperand !== null) return new UsageError(missingOperand, name);
  return new UsageError(message.replace(/\s*\n\s*/g, ' '), name);
}

/** An option that yargs doesn't know swallows the file behind it, so that the file seems to be missing. */
function unknownOption(argv: readonly string[], known: readonly string[]): string | undefined {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  return argv
    .slice(0, end)
    .map((argument) => /^--(?:no-)?([^=]+)/.exec(argument)?.[1])
    .find((name) => name !== undefined && !known.includes(name));
}
