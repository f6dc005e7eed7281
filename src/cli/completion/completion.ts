/** `wscap completion`: prints the script that makes a shell complete wscap's commands, options and values. */
import { commandFacts } from '../command-facts.ts';
import type { Command } from '../commands/command.ts';
import { EXIT_ANALYSED } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { UsageError } from '../usage-error.ts';
import { bashScript } from './bash.ts';
import { commandWords } from './words.ts';
import { zshScript } from './zsh.ts';

export function completionScript(shell: string, commands: readonly Command[]): string {
  const words = commands.map((command) => commandWords(commandFacts(command)));
  if (shell === 'bash') return bashScript(words);
  if (shell === 'zsh') return zshScript(words);
  throw new UsageError(`there is no completion for "${shell}", only for bash and zsh`, 'completion');
}

export function runCompletion(shell: string, commands: readonly Command[], io: Io): number {
  io.stdout.write(completionScript(shell, commands));
  return EXIT_ANALYSED;
}
