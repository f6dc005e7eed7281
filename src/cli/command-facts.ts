/**
 * Records what a command tells yargs about itself: its help, positionals, options and examples. Completion
 * and the man page are made from it, so that a new command is in both as soon as it is registered.
 */
import type { Argv, Options } from 'yargs';
import type { Command } from './commands/command.ts';

export interface CommandFacts {
  readonly name: string;
  /** "analyze <capture..>" */
  readonly syntax: string;
  readonly description: string;
  /** As `--help` prints it, "$0" for the program. */
  readonly usage: string;
  readonly positionals: readonly { readonly name: string; readonly description: string }[];
  readonly options: Readonly<Record<string, Options>>;
  readonly examples: readonly (readonly [command: string, description: string])[];
}

export function commandFacts(command: Command): CommandFacts {
  let [syntax, description, usage] = ['', '', ''];
  const positionals: { name: string; description: string }[] = [];
  const options: Record<string, Options> = {};
  const examples: [string, string][] = [];
  const known: Readonly<Record<string, (...args: never[]) => void>> = {
    command(given: string, says: string, builder: (parser: Argv) => unknown) {
      [syntax, description] = [given, says];
      builder(recorder);
    },
    usage(text: string) {
      usage = text;
    },
    positional(name: string, { describe }: { describe?: string }) {
      positionals.push({ name, description: describe ?? '' });
    },
    options(given: Record<string, Options>) {
      Object.assign(options, given);
    },
    option(name: string, given: Options) {
      options[name] = given;
    },
    example(line: string, says: string) {
      examples.push([line, says]);
    },
  };
  // Every other method of a parser returns the parser itself, and so does the recorder.
  const recorder = new Proxy({} as Argv, {
    get:
      (_target, method) =>
      (...args: never[]) => {
        known[String(method)]?.(...args);
        return recorder;
      },
  });
  command.register(recorder, () => Promise.resolve());
  return { name: command.name, syntax, description, usage, positionals, options, examples };
}
