/** `wscap diff` on the command line. */
import type { Argv, Options } from 'yargs';
import type { Command } from './command.ts';
import { DIFF_FORMATS, STRATEGIES, type DiffRequest } from '../diff/diff-request.ts';
import { names, naturalNumber, nonEmptyList, numberPairs, oneOf } from '../option-values.ts';
import { ANALYSIS_OPTIONS, DISPLAY_OPTIONS, REDACTION_OPTIONS } from '../shared-options.ts';
import { restoreOperand } from '../shelter.ts';

const STDOUT_NAMES: readonly string[] = ['-', '/dev/stdout'];
/** A shorter Markdown report would say too little. */
const LEAST_LENGTH = 1000;

const OPTIONS = {
  format: {
    alias: 'f',
    requiresArg: true,
    type: 'string',
    coerce: oneOf('--format', DIFF_FORMATS),
    defaultDescription: 'table',
    describe: `how to print it: ${DIFF_FORMATS.join(', ')}`,
  },
  output: {
    alias: 'o',
    requiresArg: true,
    type: 'string',
    coerce: nonEmptyList('--output'),
    describe:
      'write to this file, in the format of its ending (.md .json .txt); may be given several times, - is standard output',
  },
  by: {
    requiresArg: true,
    type: 'string',
    coerce: oneOf('--by', STRATEGIES),
    defaultDescription: 'auto',
    describe: 'how connections are paired: auto (host and path, else path), host, path, order',
  },
  pair: {
    requiresArg: true,
    type: 'string',
    coerce: numberPairs('--pair'),
    describe: 'compare only these connections, by their # in analyze: GOOD:BAD; several: 0:2,1:5',
  },
  ignore: {
    requiresArg: true,
    type: 'string',
    coerce: names('--ignore'),
    describe: 'a header or field that does not count; several: server,x-version',
  },
  all: { type: 'boolean', default: false, describe: 'table: show every pair, and what is only noise' },
  redact: {
    type: 'boolean',
    describe: 'hide cookies, credentials, payloads and the like (default: in markdown); --no-redact: never',
  },
  ...REDACTION_OPTIONS,
  'max-length': {
    requiresArg: true,
    type: 'string',
    coerce: naturalNumber('--max-length', LEAST_LENGTH),
    defaultDescription: '60000',
    describe: 'markdown: characters that the comment may have',
  },
  ...ANALYSIS_OPTIONS,
  ...DISPLAY_OPTIONS,
} as const satisfies Record<string, Options>;

export const diffCommand: Command = {
  name: 'diff',
  options: OPTIONS,
  missingOperand: 'two captures are needed, the good one first',
  register: (parser, run) =>
    parser.command(
      'diff <good> <bad>',
      'how a broken environment differs from one that works',
      addArguments,
      async ({ good, bad, output, pair, ignore, by, window, port, ...args }) => {
        const { runDiff } = await import('../diff/diff.ts');
        const request: DiffRequest = {
          good: restoreOperand(good ?? ''),
          bad: restoreOperand(bad ?? ''),
          outputs: (output ?? ['-']).map((path) =>
            STDOUT_NAMES.includes(restoreOperand(path)) ? undefined : path,
          ),
          format: args.format,
          by: by ?? 'auto',
          pairs: pair ?? [],
          ignore: ignore ?? [],
          all: args.all,
          color: args.color,
          ascii: args.ascii,
          config: args.config,
          redact: args.redact ?? (args.redactKey === undefined ? undefined : true),
          redactKey: args.redactKey,
          anonymizeAddresses: args.anonymizeAddresses,
          maxLength: args.maxLength,
          keylogs: args.keylog,
          flags: { format: undefined, failOn: undefined, windowMs: window, ports: port, rules: undefined },
        };
        await run((io) => runDiff(request, io));
      },
    ),
};

function addArguments(parser: Argv) {
  return parser
    .usage(
      '$0 diff <good> <bad> [options]\n\nCompares the same client against two servers: requests, answers, what was negotiated, the first messages, and how it ended. Keys, times, ports and whatever else is new each time do not count. A pattern in quotes names the rotated files of one capture.\n\nExit codes: 0 no difference that counts, 1 they differ, 2 wrong usage or unreadable input.',
    )
    .positional('good', { type: 'string', describe: 'the capture in which it works' })
    .positional('bad', { type: 'string', describe: 'the capture in which it does not; - is standard input' })
    .options(OPTIONS)
    .example('$0 diff prod.pcap beta.pcap', 'what is different in beta')
    .example('$0 diff prod.pcap beta.pcap -o diff.md', 'for a ticket; secrets are hidden')
    .example('$0 diff prod.pcap beta.pcap --pair 0:3', 'these two connections')
    .example('$0 diff prod.pcap beta.pcap --ignore server', 'if another server software is intended');
}
