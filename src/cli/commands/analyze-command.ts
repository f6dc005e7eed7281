/** `wscap analyze` on the command line: its options, and the request that its handler gets, independent of yargs. */
import type { Argv, Options } from 'yargs';
import type { AnalyzeRequest } from '../analyze-request.ts';
import { FORMATS, LEVELS } from '../choices.ts';
import type { Command } from './command.ts';
import { naturalNumber, nonEmptyList, oneOf } from '../option-values.ts';
import {
  ANALYSIS_OPTIONS,
  DISPLAY_OPTIONS,
  READER_OPTION,
  REDACTION_OPTIONS,
  RULE_OPTION,
} from '../shared-options.ts';
import { restoreOperand } from '../shelter.ts';

/** A socket in the place of standard output can't be opened by its name. */
const STDOUT_NAMES: readonly string[] = ['-', '/dev/stdout'];
/** A shorter Markdown report would say too little. */
const LEAST_LENGTH = 1000;

const OPTIONS = {
  format: {
    alias: 'f',
    requiresArg: true,
    type: 'string',
    coerce: oneOf('--format', FORMATS),
    defaultDescription: 'table',
    describe: `how to print the report: ${FORMATS.join(', ')}; needed for a file whose ending names no format`,
  },
  output: {
    alias: 'o',
    requiresArg: true,
    type: 'string',
    coerce: nonEmptyList('--output'),
    describe:
      'write to this file instead of standard output, in the format of its ending (.md .json .xml .txt); may be given several times, - is standard output',
  },
  redact: {
    type: 'boolean',
    describe:
      'hide cookies, credentials, values of queries and the like (default: except in table and json); --no-redact: never',
  },
  ...REDACTION_OPTIONS,
  'max-length': {
    requiresArg: true,
    type: 'string',
    coerce: naturalNumber('--max-length', LEAST_LENGTH),
    defaultDescription: '60000',
    describe: 'markdown: characters that the report may have (GitHub takes 65,536, Jira 32,767)',
  },
  'fail-on': {
    requiresArg: true,
    type: 'string',
    coerce: oneOf('--fail-on', LEVELS),
    defaultDescription: 'never',
    describe: 'exit with 1 on findings of this severity or worse: error, warning, info, never',
  },
  ...ANALYSIS_OPTIONS,
  ...RULE_OPTION,
  ...READER_OPTION,
  all: {
    type: 'boolean',
    default: false,
    describe: 'table: show every connection and finding',
  },
  ...DISPLAY_OPTIONS,
} as const satisfies Record<string, Options>;

export const analyzeCommand: Command = {
  name: 'analyze',
  options: OPTIONS,
  missingOperand: 'no capture given',
  register: (parser, run) =>
    parser.command(
      'analyze <capture..>',
      'say for each WebSocket who closed it, when and how (the default command)',
      addArguments,
      async ({ capture, format, output, window, port, rule, ...args }) => {
        const { runAnalyze } = await import('../analyze.ts');
        const request: AnalyzeRequest = {
          captures: (capture ?? []).map((path) => restoreOperand(path)),
          outputs: (output ?? ['-']).map((path) =>
            STDOUT_NAMES.includes(restoreOperand(path)) ? undefined : path,
          ),
          reader: args.reader ?? 'wscap',
          all: args.all,
          color: args.color,
          ascii: args.ascii,
          redact: args.redact ?? (args.redactKey === undefined ? undefined : true),
          redactKey: args.redactKey,
          anonymizeAddresses: args.anonymizeAddresses,
          maxLength: args.maxLength,
          config: args.config,
          flags: { format, failOn: args.failOn, windowMs: window, ports: port, rules: rule },
        };
        await run((io) => runAnalyze(request, io));
      },
    ),
};

function addArguments(parser: Argv) {
  return parser
    .usage(
      '$0 analyze <capture…> [options]\n\nA capture is a pcap or pcapng file, gzip-compressed or not, or what tcpdump -X printed; several files (rotated by tcpdump) are one capture, in order; - is standard input.',
    )
    .positional('capture', {
      type: 'string',
      array: true,
      defaultDescription: 'none',
      describe: 'files, or - for standard input',
    })
    .options(OPTIONS)
    .example('$0 analyze dump.pcap', 'the verdicts of a capture')
    .example('$0 analyze dump.pcap0 dump.pcap1', 'rotated files, as one capture')
    .example('$0 analyze dump.pcap -o report.md -o report.json', 'for a ticket, and for other programs')
    .example('$0 analyze dump.pcap --fail-on error', 'for a script or CI')
    .example('$0 analyze dump.pcap --rule accept-mismatch=off', 'without one of the rules')
    .example(
      'tcpdump -i any -U -w - tcp port 8080 | $0 analyze -',
      'while it is captured (stop with Ctrl-C)',
    );
}
