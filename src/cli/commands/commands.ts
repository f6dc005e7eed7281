/** Every command, in the order of the help. */
import { analyzeCommand } from './analyze-command.ts';
import { checkCommand } from './check-command.ts';
import type { Command } from './command.ts';
import { createCompletionCommand } from './completion-command.ts';
import { diffCommand } from './diff-command.ts';
import { explainCommand } from './explain-command.ts';
import { extractCommand } from './extract-command.ts';
import { followCommand } from './follow-command.ts';
import { mergeReportsCommand } from './merge-reports-command.ts';

export const COMMANDS: readonly Command[] = [
  analyzeCommand,
  diffCommand,
  checkCommand,
  mergeReportsCommand,
  followCommand,
  extractCommand,
  explainCommand,
  createCompletionCommand(() => COMMANDS),
];

/** The command that runs where none is named: `wscap dump.pcap`. */
export const DEFAULT_COMMAND: Command = analyzeCommand;

export function commandNamed(name: string | undefined): Command | undefined {
  return COMMANDS.find((command) => command.name === name);
}
