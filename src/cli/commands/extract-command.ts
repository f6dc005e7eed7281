/** `wscap extract` on the command line. */
import type { Argv, Options } from 'yargs';
import type { Command } from './command.ts';
import type { ExtractRequest } from '../extract/extract-request.ts';
import { names, naturalNumbers, nonEmpty } from '../option-values.ts';
import { ANALYSIS_OPTIONS } from '../shared-options.ts';
import { restoreOperand } from '../shelter.ts';

const OPTIONS = {
  output: {
    alias: 'o',
    requiresArg: true,
    type: 'string',
    coerce: nonEmpty('--output'),
    describe:
      'the file to write: .pcap or .pcapng, with .gz behind it for gzip; - is standard output (pcapng)',
  },
  connection: {
    alias: 'c',
    requiresArg: true,
    type: 'string',
    coerce: naturalNumbers('--connection'),
    describe: 'these connections: the # of analyze, Wireshark’s tcp.stream; several: 3,7',
  },
  anomalies: { type: 'boolean', default: false, describe: 'every connection that a finding names' },
  rule: {
    requiresArg: true,
    type: 'string',
    coerce: names('--rule'),
    describe: 'every connection that a finding of this rule names; several: half-open,pong-missing',
  },
  anonymize: {
    type: 'boolean',
    default: false,
    describe: 'replace addresses, names and contents by others of the same length; the findings stay',
  },
  decrypted: {
    type: 'boolean',
    default: false,
    describe: 'write what is inside TLS, in packets without TLS (needs keys)',
  },
  'keep-secrets': {
    type: 'boolean',
    default: false,
    describe:
      'also write the TLS secrets that these connections need, and no others; a pcap gets OUT.keylog beside it',
  },
  'redact-key': {
    requiresArg: true,
    type: 'string',
    coerce: nonEmpty('--redact-key'),
    defaultDescription: 'a new one each time',
    describe: 'with --anonymize: a secret; equal values are then replaced alike in every run',
  },
  ...ANALYSIS_OPTIONS,
} as const satisfies Record<string, Options>;

export const extractCommand: Command = {
  name: 'extract',
  options: OPTIONS,
  missingOperand: 'no capture given',
  register: (parser, run) =>
    parser.command(
      'extract <capture..>',
      'only the packets of some connections, as a capture to attach',
      addArguments,
      async ({
        capture,
        output,
        connection,
        anomalies,
        rule,
        anonymize,
        decrypted,
        keepSecrets,
        redactKey,
        window,
        port,
        keylog,
        config,
      }) => {
        const { runExtract } = await import('../extract/extract.ts');
        const request: ExtractRequest = {
          captures: (capture ?? []).map((path) => restoreOperand(path)),
          output: output === undefined ? undefined : restoreOperand(output),
          connections: connection ?? [],
          anomalies,
          rules: rule ?? [],
          anonymize,
          decrypted,
          keepSecrets,
          redactKey,
          config,
          keylogs: keylog,
          flags: { format: undefined, failOn: undefined, windowMs: window, ports: port, rules: undefined },
        };
        await run((io) => runExtract(request, io));
      },
    ),
};

function addArguments(parser: Argv) {
  return parser
    .usage(
      '$0 extract <capture…> -o FILE -c N | --anomalies | --rule ID [--anonymize] [--decrypted]\n\nCopies packets with their times and lengths. A pcapng file carries the findings as comments, on the packets that show them. The new file is analyzed again: wscap says which findings it does not show.',
    )
    .positional('capture', {
      type: 'string',
      array: true,
      defaultDescription: 'none',
      describe: 'files, or - for standard input (up to 2 GiB)',
    })
    .options(OPTIONS)
    .example('$0 extract dump.pcap -c 3 -o c3.pcap.gz', 'one connection, in a form that GitHub accepts')
    .example('$0 extract dump.pcap --anomalies -o bad.pcap', 'every connection with a finding')
    .example('$0 extract dump.pcap -c 3 --decrypted -o plain.pcapng', 'what is inside TLS, as a capture')
    .example('$0 extract dump.pcap --anomalies --anonymize -o a.pcap.gz', 'for strangers');
}
