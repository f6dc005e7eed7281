/** `wscap analyze` on the command line: its options, and the request that its handler gets, independent of yargs. */
import type { Argv, Options } from 'yargs';
import type { AnalyzeRequest } from './analyze-request.ts';
import { FORMATS, LEVELS, READERS } from './choices.ts';
import type { Command } from './command.ts';
import {
  fileOrNone,
  milliseconds,
  naturalNumber,
  nonEmpty,
  nonEmptyList,
  oneOf,
  ports,
  ruleSettings,
} from './option-values.ts';
import { restoreOperand } from './shelter.ts';

/** A socket in the place of standard output can't be opened by its name. */
const STDOUT_NAMES: readonly string[] = ['-', '/dev/stdout'];
/** Shorter, a Markdown report says too little. */
const LEAST_LENGTH = 1000;

const OPTIONS = {
  format: {
    alias: 'f',
    requiresArg: true,
    type: 'string',
    coerce: oneOf('--format', FORMATS),
    defaultDescription: 'table',
    describe: `how to print the report: ${FORMATS.join(', ')}; for a file that is not named after its format`,
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
  'redact-key': {
    requiresArg: true,
    type: 'string',
    coerce: nonEmpty('--redact-key'),
    describe: 'mark equal hidden values alike in all reports made with this key; implies --redact',
  },
  'anonymize-addresses': {
    type: 'boolean',
    default: false,
    describe: 'put addresses of the documentation ranges in the place of real ones',
  },
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
  window: {
    requiresArg: true,
    type: 'string',
    coerce: milliseconds('--window'),
    defaultDescription: '100',
    describe: 'milliseconds after the 101 in which a close is a handshake-close',
  },
  port: {
    requiresArg: true,
    type: 'string',
    coerce: ports('--port'),
    describe: 'server port of WebSockets whose handshake is not in the capture; several: 8080,9000',
  },
  rule: {
    requiresArg: true,
    type: 'string',
    coerce: ruleSettings('--rule'),
    describe: 'set a severity: RULE=off, info, warning or error; may be given several times',
  },
  config: {
    requiresArg: true,
    type: 'string',
    coerce: fileOrNone('--config'),
    defaultDescription: 'the nearest wscap.config.json, upwards',
    describe: 'read settings from this file (the only way to use a .js or .mjs); --no-config: from none',
  },
  reader: {
    requiresArg: true,
    type: 'string',
    coerce: oneOf('--reader', READERS),
    defaultDescription: 'wscap',
    describe: 'who reads the file: wscap, or pcap-parser as a second opinion (classic pcap only, slow)',
  },
  all: {
    type: 'boolean',
    default: false,
    describe: 'table: show every connection and finding',
  },
  color: {
    type: 'boolean',
    describe: 'colours, or none with --no-color (default: on a terminal)',
  },
  ascii: {
    type: 'boolean',
    describe: 'table: only ASCII characters (default: unless the locale is UTF-8)',
  },
} as const satisfies Record<string, Options>;

export const analyzeCommand: Command = {
  name: 'analyze',
  options: OPTIONS,
  missingOperand: 'no capture given',
  register: (parser, done) =>
    parser.command(
      'analyze <capture..>',
      'say for each WebSocket who closed it, when and how (the default command)',
      addArguments,
      async ({ capture, format, output, window, port, rule, ...args }) => {
        const { runAnalyze } = await import('./analyze.ts');
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
        done(await runAnalyze(request));
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
    .example('tcpdump -i any -U -w - tcp port 8080 | $0 analyze -', 'as it is captured (stop with Ctrl-C)');
}
