/** The options of `wscap analyze`, and the request that its handler gets, independent of yargs. */
import type { ArgumentsCamelCase, Argv } from 'yargs';
import type { ReportOptions, Severity } from '../report/model.ts';
import { milliseconds, nonEmpty, oneOf } from './option-values.ts';

const FORMATS = ['table', 'json'] as const;
const LEVELS = ['error', 'warning', 'info', 'never'] as const;
/** A socket in the place of standard output can't be opened by its name. */
const STDOUT_NAMES: readonly string[] = ['-', '/dev/stdout'];
const READERS = ['wscap', 'pcap-parser'] as const;

export interface AnalyzeRequest {
  /** As given: paths, patterns that the shell didn't expand, "-". */
  captures: readonly string[];
  format: (typeof FORMATS)[number];
  /** Undefined: standard output. */
  output: string | undefined;
  failOn: Severity | 'never';
  windowMs: number;
  reader: ReportOptions['reader'];
  all: boolean;
  /** Undefined: as the terminal and the environment say. */
  color: boolean | undefined;
  ascii: boolean | undefined;
}

/** What yargs makes of the arguments. */
interface AnalyzeArguments {
  capture: string[] | undefined;
  format: (typeof FORMATS)[number] | undefined;
  output: string | undefined;
  'fail-on': Severity | 'never' | undefined;
  window: number | undefined;
  reader: ReportOptions['reader'] | undefined;
  all: boolean;
  color: boolean | undefined;
  ascii: boolean | undefined;
}

export function addAnalyzeOptions(parser: Argv): Argv<AnalyzeArguments> {
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
    .option('format', {
      alias: 'f',
      requiresArg: true,
      type: 'string',
      coerce: oneOf('--format', FORMATS),
      defaultDescription: 'table',
      describe: 'how to print the report: table, json',
    })
    .option('output', {
      alias: 'o',
      requiresArg: true,
      type: 'string',
      coerce: nonEmpty('--output'),
      describe: 'write to this file instead of standard output; it appears only when it is complete',
    })
    .option('fail-on', {
      requiresArg: true,
      type: 'string',
      coerce: oneOf('--fail-on', LEVELS),
      defaultDescription: 'never',
      describe: 'exit with 1 on findings of this severity or worse: error, warning, info, never',
    })
    .option('window', {
      requiresArg: true,
      type: 'string',
      coerce: milliseconds('--window'),
      defaultDescription: '100',
      describe: 'milliseconds after the 101 in which a close is a handshake-close',
    })
    .option('reader', {
      requiresArg: true,
      type: 'string',
      coerce: oneOf('--reader', READERS),
      defaultDescription: 'wscap',
      describe: 'who reads the file: wscap, or pcap-parser as a second opinion (classic pcap only, slow)',
    })
    .option('all', {
      type: 'boolean',
      default: false,
      describe: 'table: show every connection and finding',
    })
    .option('color', {
      type: 'boolean',
      describe: 'colours, or none with --no-color (default: on a terminal)',
    })
    .option('ascii', {
      type: 'boolean',
      describe: 'table: only ASCII characters (default: unless the locale is UTF-8)',
    })
    .example('$0 analyze dump.pcap', 'the verdicts of a capture')
    .example('$0 analyze dump.pcap0 dump.pcap1', 'rotated files, as one capture')
    .example('$0 analyze dump.pcap -f json -o report.json', 'for other programs')
    .example('$0 analyze dump.pcap --fail-on error', 'for a script or CI')
    .example('tcpdump -i any -U -w - tcp port 8080 | $0 analyze -', 'as it is captured (stop with Ctrl-C)');
}

/** @param restore gives an argument back the spelling that it had before yargs */
export function analyzeRequest(
  args: ArgumentsCamelCase<AnalyzeArguments>,
  restore: (argument: string) => string,
): AnalyzeRequest {
  const captures = (args.capture ?? []).map((path) => restore(path));
  return {
    captures,
    format: args.format ?? 'table',
    output:
      args.output === undefined || STDOUT_NAMES.includes(restore(args.output)) ? undefined : args.output,
    failOn: args['fail-on'] ?? 'never',
    windowMs: args.window ?? 100,
    reader: args.reader ?? 'wscap',
    all: args.all,
    color: args.color,
    ascii: args.ascii,
  };
}
