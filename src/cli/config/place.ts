/** A place in a config file, for messages and for the checks that make them. */
import { closestTo } from '../did-you-mean.ts';
import { ConfigError } from './config-error.ts';

const SHOWN_LENGTH = 40;

export class Place {
  /** The file as messages call it. */
  readonly #file: string;
  readonly #keys: readonly string[];

  constructor(file: string, keys: readonly string[] = []) {
    this.#file = file;
    this.#keys = keys;
  }

  /** A key below this one; of a list, its index. */
  at(key: string | number): Place {
    return new Place(this.#file, [...this.#keys, typeof key === 'number' ? `[${key}]` : key]);
  }

  /** "wscap.config.json: rules.handshake-close: …" */
  error(message: string): ConfigError {
    const path = this.#keys.map((key, i) => (i === 0 || key.startsWith('[') ? key : `.${key}`)).join('');
    return new ConfigError(this.#file, path === '' ? message : `${path}: ${message}`);
  }

  /** The value as an object whose keys are all known. */
  object(
    value: unknown,
    known: readonly string[],
    whatIsKnown: (unknown: string) => string,
  ): [string, unknown][] {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw this.error(`must be an object, not ${describeValue(value)}`);
    }
    const entries: [string, unknown][] = Object.entries(value);
    const wrong = entries.find(([key]) => !known.includes(key))?.[0];
    if (wrong !== undefined) throw this.at(wrong).error(whatIsKnown(wrong));
    return entries;
  }

  oneOf<T extends string>(value: unknown, choices: readonly T[]): T {
    const choice = choices.find((known) => known === value);
    if (choice !== undefined) return choice;
    const near = typeof value === 'string' ? closestTo(value, choices) : undefined;
    throw this.error(`${describeValue(value)} is not known${meant(near)} It is one of ${choices.join(', ')}`);
  }

  /** A finite number from 0 up; whole where it counts something. */
  number(value: unknown, { isWhole, example }: { isWhole: boolean; example: string }): number {
    if (typeof value === 'number' && Number.isFinite(value) && value >= 0) {
      if (!isWhole || Number.isInteger(value)) return value;
    }
    const kind = isWhole ? 'a whole number' : 'a number';
    throw this.error(`must be ${kind} from 0 up, as in ${example}, not ${describeValue(value)}`);
  }
}

/** ", did you mean "rules"?", or a full stop: what follows is a sentence of its own. */
export function meant(near: string | undefined): string {
  return near === undefined ? '.' : `, did you mean "${near}"?`;
}

/** A value of a config file in a message. One from a module may be anything. */
export function describeValue(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') {
    return JSON.stringify(value.length > SHOWN_LENGTH ? `${value.slice(0, SHOWN_LENGTH)}…` : value);
  }
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value === 'bigint') return `${value}n`;
  return typeof value === 'function' ? 'a function' : String(value);
}
