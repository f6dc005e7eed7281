/**
 * Values of options, checked: what yargs would turn silently into NaN, an array or undefined is an error here that
 * says what would be right. An option given twice counts once, the last time.
 */

/** What yargs hands to a coerce function. */
type Raw = string | readonly string[] | undefined;

export function lastOf(value: Raw): string | undefined {
  return typeof value === 'string' || value === undefined ? value : value.at(-1);
}

export function oneOf<T extends string>(
  option: string,
  choices: readonly T[],
): (value: Raw) => T | undefined {
  return (value) => {
    const given = lastOf(value);
    const known = choices.find((choice) => choice === given);
    if (given !== undefined && known === undefined) {
      throw new Error(`${option} ${given} is not known: choose one of ${choices.join(', ')}`);
    }
    return known;
  };
}

/** "100", "0.5", "100ms", "2s". */
export function milliseconds(option: string): (value: Raw) => number | undefined {
  return (value) => {
    const given = lastOf(value);
    if (given === undefined) return undefined;
    const [, number, unit] = /^(\d+(?:\.\d+)?|\.\d+) ?(ms|s)?$/.exec(given.trim()) ?? [];
    const result = Number(number) * (unit === 's' ? 1000 : 1);
    if (number === undefined || !Number.isFinite(result)) {
      throw new Error(`${option} ${given} is no time; give milliseconds from 0 up, as in ${option} 100`);
    }
    return result;
  };
}

export function nonEmpty(option: string): (value: Raw) => string | undefined {
  return (value) => {
    const given = lastOf(value);
    if (given === '') throw new Error(`${option} needs a value`);
    return given;
  };
}
