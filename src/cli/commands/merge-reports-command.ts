/** `wscap merge-reports` on the command line. */
import type { Argv, Options } from 'yargs';
import { BLOB_FOLDER, REPORTERS, type MergeRequest } from '../check/check-request.ts';
import type { Command } from './command.ts';
import { nonEmptyList, severalOf } from '../option-values.ts';
import { restoreOperand } from '../shelter.ts';

const OPTIONS = {
  reporter: {
    requiresArg: true,
    type: 'string',
    coerce: severalOf('--reporter', REPORTERS),
    defaultDescription: 'default',
    describe: `how to print the result: ${REPORTERS.filter((name) => name !== 'blob').join(', ')}; several: one to standard output, each other to a file`,
  },
  output: {
    alias: 'o',
    requiresArg: true,
    type: 'string',
    coerce: nonEmptyList('--output'),
    describe:
      'write to this file instead of standard output, in the format of its ending (.xml .json .txt); may be given several times, - is standard output',
  },
  color: { type: 'boolean', describe: 'colours, or none with --no-color (default: on a terminal)' },
  ascii: { type: 'boolean', describe: 'only ASCII characters (default: unless the locale is UTF-8)' },
} as const satisfies Record<string, Options>;

export const mergeReportsCommand: Command = {
  name: 'merge-reports',
  options: OPTIONS,
  missingOperand: null,
  register: (parser, run) =>
    parser.command(
      'merge-reports [folder]',
      'one report from the blobs of check’s shards',
      addArguments,
      async ({ folder, reporter, output, color, ascii }) => {
        const { runMergeReports } = await import('../check/merge-reports.ts');
        const request: MergeRequest = {
          folder: restoreOperand(folder),
          reporters: reporter ?? [],
          outputs: (output ?? []).map((path) => (restoreOperand(path) === '-' ? undefined : path)),
          color,
          ascii,
        };
        await run((io) => runMergeReports(request, io));
      },
    ),
};

function addArguments(parser: Argv) {
  return parser
    .usage(
      '$0 merge-reports [folder] [options]\n\nJoins the blobs of "wscap check --shard i/n --reporter blob"; the exit code is that of a single run. A shard that is missing, is there twice, was interrupted, or comes from another run is an error (2).',
    )
    .positional('folder', {
      type: 'string',
      default: BLOB_FOLDER,
      describe: 'the folder of the blobs; nothing else in it may end in .json',
    })
    .options(OPTIONS)
    .example('$0 merge-reports', 'the blobs in the default folder')
    .example('$0 merge-reports blobs --reporter github --reporter junit -o check.xml', 'for a CI job');
}
