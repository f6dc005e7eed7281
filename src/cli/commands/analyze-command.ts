/** `wscap analyze` on the command line: its options, and the request that its handler gets, independent of yargs. */
import type { Argv, Options } from 'yargs';
import type { AnalyzeRequest } from '../analyze-request.ts';
import { VERDICTS } from '../../basics/verdict.ts';
import { FORMATS, LEVELS, REQUIRABLE } from '../choices.ts';
import type { Command } from './command.ts';
import { moment, names, naturalNumber, nonEmptyList, oneOf, references, someOf } from '../option-values.ts';
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
  require: {
    requiresArg: true,
    type: 'string',
    coerce: oneOf('--require', REQUIRABLE),
    describe: 'websocket: exit with 1 if none opened, by its handshake or by its frames',
  },
  connection: {
    alias: 'c',
    requiresArg: true,
    type: 'string',
    coerce: references('--connection'),
    describe: 'only these, by their #, several: 3,7; the table shows them whole, with headers and timeline',
  },
  host: {
    requiresArg: true,
    type: 'string',
    coerce: names('--host'),
    describe: 'only connections to this host or address, with or without port; * stands for any characters',
  },
  path: {
    requiresArg: true,
    type: 'string',
    coerce: names('--path'),
    describe: 'only connections to this path, without its query; * stands for any characters',
  },
  verdict: {
    requiresArg: true,
    type: 'string',
    coerce: someOf('--verdict', VERDICTS),
    describe: 'only connections with this verdict; several: abnormal,handshake-close',
  },
  since: {
    requiresArg: true,
    type: 'string',
    coerce: moment('--since'),
    describe:
      'only connections that lasted until then or longer: RFC 3339, or a time of the first day, UTC: 10:05',
  },
  until: {
    requiresArg: true,
    type: 'string',
    coerce: moment('--until'),
    describe: 'only connections that began by then',
  },
  'local-time': {
    type: 'boolean',
    default: false,
    describe: 'table, markdown, html: clock times of this computer’s time zone instead of UTC',
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
          require: args.require,
          localTime: args.localTime,
          choice: {
            refs: args.connection,
            hosts: args.host,
            paths: args.path,
            verdicts: args.verdict,
            since: args.since,
            until: args.until,
          },
          config: args.config,
          keylogs: args.keylog,
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
    .example('$0 analyze dump.pcap -c 3', 'one WebSocket whole: headers, timeline, findings')
    .example('$0 analyze dump.pcap --path "/chat*" --since 10:05', 'some of many')
    .example('$0 analyze dump.pcap --rule accept-mismatch=off', 'without one of the rules')
    .example(
      'tcpdump -i any -U -w - tcp port 8080 | $0 analyze -',
      'while it is captured (stop with Ctrl-C)',
    );
}
