/** `wscap check` on the command line. */
import type { Argv, Options } from 'yargs';
import { REPORTERS, type CheckRequest } from '../check/check-request.ts';
import type { Command } from './command.ts';
import { naturalNumber, nonEmptyList, severalOf, shardPart } from '../option-values.ts';
import { ANALYSIS_OPTIONS, DISPLAY_OPTIONS, READER_OPTION, RULE_OPTION } from '../shared-options.ts';
import { restoreOperand } from '../shelter.ts';

const OPTIONS = {
  update: {
    alias: 'u',
    type: 'boolean',
    default: false,
    describe: 'write expectations that are missing or differ, remove those whose capture is gone',
  },
  reporter: {
    requiresArg: true,
    type: 'string',
    coerce: severalOf('--reporter', REPORTERS),
    defaultDescription: 'default',
    describe: `how to print the result: ${REPORTERS.join(', ')}; several: one to standard output, each other to a file`,
  },
  output: {
    alias: 'o',
    requiresArg: true,
    type: 'string',
    coerce: nonEmptyList('--output'),
    describe:
      'write to this file instead of standard output, in the format of its ending (.xml .json .txt); may be given several times, - is standard output',
  },
  shard: {
    requiresArg: true,
    type: 'string',
    coerce: shardPart('--shard'),
    describe: 'check only this part of the captures, as in 2/5; merge-reports joins the blobs',
  },
  workers: {
    requiresArg: true,
    type: 'string',
    coerce: naturalNumber('--workers', 1),
    defaultDescription: 'one per core',
    describe: 'threads that analyze captures',
  },
  'pass-with-no-captures': {
    type: 'boolean',
    default: false,
    describe: 'finding no capture is not an error',
  },
  ...ANALYSIS_OPTIONS,
  ...RULE_OPTION,
  ...READER_OPTION,
  ...DISPLAY_OPTIONS,
} as const satisfies Record<string, Options>;

export const checkCommand: Command = {
  name: 'check',
  options: OPTIONS,
  missingOperand: 'no capture, folder or pattern given',
  register: (parser, run) =>
    parser.command(
      'check <paths..>',
      'compare each capture with the expectation saved beside it',
      addArguments,
      async ({ paths, update, reporter, output, window, port, rule, ...args }) => {
        const { runCheck } = await import('../check/check.ts');
        const request: CheckRequest = {
          paths: (paths ?? []).map((path) => restoreOperand(path)),
          update,
          reporters: reporter ?? [],
          outputs: (output ?? []).map((path) => (restoreOperand(path) === '-' ? undefined : path)),
          workers: args.workers,
          shard: args.shard,
          passWithNoCaptures: args.passWithNoCaptures,
          reader: args.reader ?? 'wscap',
          config: args.config,
          color: args.color,
          ascii: args.ascii,
          keylogs: args.keylog,
          flags: { format: undefined, failOn: undefined, windowMs: window, ports: port, rules: rule },
        };
        await run((io) => runCheck(request, io));
      },
    ),
};

function addArguments(parser: Argv) {
  return parser
    .usage(
      '$0 check <file, folder or pattern…> [options]\n\nThe expectation of dump.pcap is the file dump.pcap.wscap.json beside it. If there is none, it is written; if CI is set, it counts as a failure instead. Exit codes: 0 all as expected, 1 something differs, 2 wrong usage or something that can not be read.',
    )
    .positional('paths', {
      type: 'string',
      array: true,
      defaultDescription: 'none',
      describe: 'captures, folders of captures, patterns as in "captures/**/*.pcap"',
    })
    .options(OPTIONS)
    .example('$0 check captures', 'all captures of a folder and those below it')
    .example('$0 check captures -u', 'save the present results as what is expected')
    .example('$0 check captures --reporter default --reporter junit -o check.xml', 'for a CI job')
    .example('$0 check captures --shard 2/5 --reporter blob', 'the second of five parts');
}
