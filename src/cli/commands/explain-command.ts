/** `wscap explain` on the command line. */
import type { Argv, Options } from 'yargs';
import type { Command } from './command.ts';
import { EXPLAIN_FORMATS } from '../explain/explain-request.ts';
import { oneOf } from '../option-values.ts';
import { restoreOperand } from '../shelter.ts';

const OPTIONS = {
  format: {
    alias: 'f',
    requiresArg: true,
    type: 'string',
    coerce: oneOf('--format', EXPLAIN_FORMATS),
    defaultDescription: 'text',
    describe: `how to print it: ${EXPLAIN_FORMATS.join(', ')}`,
  },
  color: {
    type: 'boolean',
    describe: 'colours, or none with --no-color (default: on a terminal)',
  },
  ascii: {
    type: 'boolean',
    describe: 'only ASCII characters (default: unless the locale is UTF-8)',
  },
} as const satisfies Record<string, Options>;

export const explainCommand: Command = {
  name: 'explain',
  options: OPTIONS,
  missingOperand: null,
  register: (parser, run) =>
    parser.command(
      'explain [name]',
      'what a rule, close code, HTTP status, note or verdict means',
      addArguments,
      async ({ name: given, format = 'text', color, ascii }) => {
        const { runExplain } = await import('../explain/explain.ts');
        const name = given === undefined ? undefined : restoreOperand(given);
        await run((io) => runExplain({ name, format, color, ascii }, io));
      },
    ),
};

function addArguments(parser: Argv) {
  return parser
    .usage('$0 explain [name] [options]\n\nWithout a name: a list of all rules.')
    .positional('name', {
      type: 'string',
      defaultDescription: 'all rules, as a list',
      describe: 'a rule, such as handshake-close, a close code, an HTTP status, a note, a verdict',
    })
    .options(OPTIONS)
    .example('$0 explain', 'every rule, with its severity')
    .example('$0 explain handshake-close', 'the page of one')
    .example('$0 explain 1006', 'a close code; also a status (426), a note (gap), a verdict (clean)')
    .example('$0 explain abnormal-closure | less', 'with a pager; less -R keeps --color');
}
