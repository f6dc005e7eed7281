/** `wscap follow` on the command line. */
import type { Argv, Options } from 'yargs';
import { READERS } from '../choices.ts';
import type { Command } from './command.ts';
import { FOLLOW_FORMATS, ROLES, TIMES, type FollowRequest } from '../follow/follow-request.ts';
import { byteCount, naturalNumber, oneOf } from '../option-values.ts';
import { ANALYSIS_OPTIONS, KEYLOG_OPTION } from '../shared-options.ts';
import { restoreOperand } from '../shelter.ts';

const OPTIONS = {
  connection: {
    alias: 'c',
    requiresArg: true,
    type: 'string',
    coerce: naturalNumber('--connection', 0),
    defaultDescription: 'the only WebSocket',
    describe: 'which connection: the # of analyze, Wireshark’s tcp.stream',
  },
  from: {
    requiresArg: true,
    type: 'string',
    coerce: oneOf('--from', ROLES),
    defaultDescription: 'both',
    describe: 'only what this side sent: client, server',
  },
  limit: {
    alias: 'n',
    requiresArg: true,
    type: 'string',
    coerce: naturalNumber('--limit', 1),
    defaultDescription: 'none',
    describe: 'stop after this many messages and control frames',
  },
  time: {
    requiresArg: true,
    type: 'string',
    coerce: oneOf('--time', TIMES),
    defaultDescription: 'relative',
    describe: 'relative: seconds since the 101; absolute: date and time, UTC',
  },
  format: {
    alias: 'f',
    requiresArg: true,
    type: 'string',
    coerce: oneOf('--format', FOLLOW_FORMATS),
    defaultDescription: 'text',
    describe: `how to print them: ${FOLLOW_FORMATS.join(', ')}`,
  },
  pretty: { type: 'boolean', default: false, describe: 'text: indent messages that are JSON (up to 64k)' },
  hex: { type: 'boolean', default: false, describe: 'text: every message as a hexdump' },
  'max-bytes': {
    requiresArg: true,
    type: 'string',
    coerce: byteCount('--max-bytes'),
    defaultDescription: '2048, 256 in a hexdump, 1M in JSON',
    describe: 'how much of each message to show: bytes, 64k, 4M or all (16 MiB)',
  },
  port: ANALYSIS_OPTIONS.port,
  ...KEYLOG_OPTION,
  config: ANALYSIS_OPTIONS.config,
  reader: {
    requiresArg: true,
    type: 'string',
    coerce: oneOf('--reader', READERS),
    defaultDescription: 'wscap',
    describe: 'which reader to use: wscap, or pcap-parser (classic pcap only, slow)',
  },
  color: { type: 'boolean', describe: 'colours, or none with --no-color (default: on a terminal)' },
  ascii: { type: 'boolean', describe: 'only ASCII characters (default: unless the locale is UTF-8)' },
} as const satisfies Record<string, Options>;

export const followCommand: Command = {
  name: 'follow',
  options: OPTIONS,
  missingOperand: 'no capture given',
  register: (parser, run) =>
    parser.command(
      'follow <capture..>',
      'the messages of one connection, in order, both directions',
      addArguments,
      async ({ capture, connection, from, limit, time, format, pretty, hex, maxBytes, ...args }) => {
        const { runFollow } = await import('../follow/follow.ts');
        const request: FollowRequest = {
          captures: (capture ?? []).map((path) => restoreOperand(path)),
          connection,
          from,
          limit: limit ?? Infinity,
          time: time ?? 'relative',
          format: format ?? 'text',
          pretty,
          hex,
          maxBytes,
          ports: args.port,
          keylogs: args.keylog,
          config: args.config,
          reader: args.reader ?? 'wscap',
          color: args.color,
          ascii: args.ascii,
        };
        await run((io) => runFollow(request, io));
      },
    ),
};

function addArguments(parser: Argv) {
  return parser
    .usage(
      '$0 follow <capture…> [-c N] [options]\n\nPrints messages assembled from their frames, unmasked and inflated, with pings, pongs and closes among them. "on wire" gives the bytes before inflating, and the number of frames if there are several. A dotted bar continues a line for which the terminal is too narrow.',
    )
    .positional('capture', {
      type: 'string',
      array: true,
      defaultDescription: 'none',
      describe: 'files, or - for standard input',
    })
    .options(OPTIONS)
    .example('$0 follow dump.pcap -c 3', 'the messages of connection 3')
    .example('$0 follow dump.pcap -c 3 --from server --pretty', 'what the server sent, JSON indented')
    .example("$0 follow dump.pcap -c 3 -f ndjson | jq -r '.text // empty'", 'the texts as they are')
    .example('ssh host tcpdump -i any -U -w - tcp port 8080 | $0 follow - -c 0', 'while it is captured');
}
