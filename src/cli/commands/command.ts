/**
 * What a command is to the command line. Its module is loaded at every start, so it holds options and help and nothing
 * that takes time: the handler stands in a module of its own, which `register` imports when the command runs. A new
 * command is such a module, an entry in commands.ts, and a section in the README.
 */
import type { Argv, Options } from 'yargs';
import type { Io } from '../io.ts';

/** Runs what a command does, and keeps the exit code that it comes to. */
export type RunHandler = (handler: (io: Io) => number | Promise<number>) => Promise<void>;

export interface Command {
  readonly name: string;
  /** By their long names: for yargs, for hints where one is misspelt, and to tell an option's value from an operand. */
  readonly options: Readonly<Record<string, Options>>;
  /** What to say where an operand is needed and there is none; null where none is needed. */
  readonly missingOperand: string | null;
  /** Adds the command to the parser. */
  register(parser: Argv, run: RunHandler): Argv;
}
