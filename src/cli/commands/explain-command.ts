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
      'explain [rule]',
      'what a rule means, how it is decided, what to look at next',
      addArguments,
      async ({ rule, format = 'text', color, ascii }) => {
        const { runExplain } = await import('../explain/explain.ts');
        const name = rule === undefined ? undefined : restoreOperand(rule);
        await run((io) => runExplain({ rule: name, format, color, ascii }, io));
      },
    ),
};

function addArguments(parser: Argv) {
  return parser
    .usage('$0 explain [rule] [options]\n\nWithout a rule: a list of all rules.')
    .positional('rule', {
      type: 'string',
      defaultDescription: 'all, as a list',
      describe: 'the name that findings carry, such as handshake-close',
    })
    .options(OPTIONS)
    .example('$0 explain', 'every rule, with its severity')
    .example('$0 explain handshake-close', 'the page of one')
    .example('$0 explain abnormal-closure | less', 'with a pager; less -R keeps --color');
}
