/**
 * The command line as yargs sees it: commands, options, help. Handlers are loaded only when they run.
 * The parser settings below are each there for a reason found the hard way; see the comments.
 */
import yargs from 'yargs';
import type { Argv } from 'yargs';
import { addAnalyzeOptions, analyzeRequest } from './analyze-options.ts';
import { closestTo } from './did-you-mean.ts';
import { EXIT_ANALYSED, EXIT_FAILED } from './exit-codes.ts';
import { withCommand } from './implicit-command.ts';
import { restoreOperand, shelterOperands } from './shelter.ts';
import { UsageError } from './usage-error.ts';
import { VERSION } from '../version.ts';

const WIDEST_HELP = 100;

export async function runCommandLine(argv: readonly string[]): Promise<number> {
  let exitCode: number = EXIT_ANALYSED;
  const parser = createParser(argv, (code) => {
    exitCode = code;
  });
  if (argv.length === 0) {
    process.stderr.write(`${await parser.getHelp()}\n`);
    return EXIT_FAILED;
  }
  await parser.parseAsync(shelterOperands(withCommand(argv)));
  return exitCode;
}

/** An option that yargs doesn't know swallows the file behind it, and then it is the file that seems to be missing. */
function unknownOption(argv: readonly string[]): string | undefined {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  return argv
    .slice(0, end)
    .map((argument) => /^--(?:no-)?([^=]+)/.exec(argument)?.[1])
    .find((name) => name !== undefined && !OPTION_NAMES.includes(name));
}

function createParser(argv: readonly string[], setExitCode: (code: number) => void): Argv {
  const columns = process.stdout.columns || 80;
  return (
    yargs()
      .scriptName('wscap')
      .usage(
        '$0 <command> [options]\n\nNames what went wrong with a WebSocket, from a tcpdump capture. The options of a command: $0 analyze --help',
      )
      .parserConfiguration({
        // Or "--format json dump.pcap" could take the file as another format.
        'greedy-arrays': false,
        'dot-notation': false,
        'parse-numbers': false,
        'parse-positional-numbers': false,
      })
      .locale('en')
      .command(
        'analyze <capture..>',
        'say for each WebSocket who closed it, when and how (the default command)',
        addAnalyzeOptions,
        async (args) => {
          const request = analyzeRequest(args, restoreOperand);
          const { runAnalyze } = await import('./analyze.ts');
          setExitCode(await runAnalyze(request));
        },
      )
      .example('wscap dump.pcap', 'the verdicts of a capture')
      .example("ssh host tcpdump -i any -U -w - 'tcp port 8080' | wscap -", 'straight from another machine')
      .epilogue(
        'Exit codes: 0 analysed, 1 findings at or above --fail-on, 2 wrong usage or unreadable input.',
      )
      .strict()
      .version(VERSION)
      .alias('help', 'h')
      .wrap(Math.min(columns, WIDEST_HELP))
      .exitProcess(false)
      // yargs would print the whole help and the message, and exit.
      .fail((message: string | null, error: Error | undefined) => {
        throw error === undefined || error.name === 'YError'
          ? usageError(message ?? error?.message ?? '', argv)
          : error;
      })
  );
}

/** One line out of what yargs says, with the nearest option where one was misspelt. */
function usageError(message: string, argv: readonly string[]): UsageError {
  const isCaptureMissing = message.startsWith('Not enough non-option arguments');
  const unknown =
    /^Unknown arguments?: (.+)$/.exec(message)?.[1]?.split(', ')[0] ??
    (isCaptureMissing ? unknownOption(argv) : undefined);
  if (unknown !== undefined) {
    const near = closestTo(unknown, OPTION_NAMES);
    const dashes = unknown.length === 1 ? '-' : '--';
    const hint = near === undefined ? '' : `, did you mean --${near}?`;
    return new UsageError(`unknown option ${dashes}${unknown}${hint}`, 'analyze');
  }
  const missing = /^Not enough arguments following: (.+)$/.exec(message)?.[1];
  if (missing !== undefined) {
    return new UsageError(`${missing.length === 1 ? '-' : '--'}${missing} needs a value`, 'analyze');
  }
  if (isCaptureMissing) return new UsageError('no capture given', 'analyze');
  return new UsageError(message.replace(/\s*\n\s*/g, ' '), 'analyze');
}

const OPTION_NAMES: readonly string[] = [
  'format',
  'output',
  'fail-on',
  'window',
  'reader',
  'all',
  'color',
  'ascii',
  'help',
  'version',
];
