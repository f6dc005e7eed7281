/** What a shell can offer: commands, their options, and the values of those that take one of a few. */
import type { Options } from 'yargs';
import { ALL_RULES } from '../../rules/index.ts';
import type { CommandFacts } from '../command-facts.ts';
import { choicesOf } from '../option-values.ts';

export interface OptionWords {
  /** "--format", "-f": the long name first. */
  readonly names: readonly string[];
  readonly description: string;
  /** Null where it takes no value; empty where it may be anything, such as a file. */
  readonly values: readonly string[] | null;
}

export interface CommandWords {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionWords[];
  /** What may stand without an option; empty where those are files. */
  readonly operands: readonly string[];
}

const HELP: OptionWords = { names: ['--help', '-h'], description: 'show help', values: null };

export function commandWords({ name, description, options, positionals }: CommandFacts): CommandWords {
  const rules = ALL_RULES.map(({ id }) => id);
  const operand = positionals[0]?.name;
  return {
    name,
    description,
    options: [...Object.entries(options).map(([option, spec]) => optionWords(option, spec, rules)), HELP],
    operands: name === 'explain' ? rules : operand === 'shell' ? ['bash', 'zsh'] : [],
  };
}

function optionWords(name: string, spec: Options, rules: readonly string[]): OptionWords {
  const names = [
    `--${name}`,
    ...aliasesOf(spec).map((alias) => (alias.length === 1 ? `-${alias}` : `--${alias}`)),
  ];
  const values = name === 'rule' ? rules : choicesOf(spec);
  return { names, description: spec.describe ?? '', values: spec.type === 'boolean' ? null : values };
}

function aliasesOf({ alias }: Options): readonly string[] {
  if (alias === undefined) return [];
  return typeof alias === 'string' ? [alias] : alias;
}
