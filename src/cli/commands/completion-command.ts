/** `wscap completion` on the command line. */
import type { Command } from './command.ts';
import { restoreOperand } from '../shelter.ts';

/** @param commands all of them, itself included: asked for only when it runs */
export function createCompletionCommand(commands: () => readonly Command[]): Command {
  return {
    name: 'completion',
    options: {},
    missingOperand: 'no shell given: bash or zsh',
    register: (parser, run) =>
      parser.command(
        'completion <shell>',
        'a script that lets bash or zsh complete commands, options and values',
        (builder) =>
          builder
            .usage(
              '$0 completion bash|zsh\n\nPrints a script. It knows the commands and options of this version: run it at each start of the shell, as below.',
            )
            .positional('shell', { type: 'string', describe: 'bash or zsh' })
            .example('eval "$($0 completion bash)"', 'in ~/.bashrc')
            .example('eval "$($0 completion zsh)"', 'in ~/.zshrc, after compinit'),
        async ({ shell }) => {
          const { runCompletion } = await import('../completion/completion.ts');
          await run((io) => runCompletion(restoreOperand(shell ?? ''), commands(), io));
        },
      ),
  };
}
