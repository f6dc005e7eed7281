/**
 * Values of options, checked: what yargs would turn silently into NaN, an array or undefined is an error here that
 * says what would be right. An option given twice counts once, the last time, unless it is a list.
 */
import { parseTime, type GivenTime } from '../basics/clock.ts';
import { SETTINGS } from './choices.ts';
import type { RuleFlag } from './config/config.ts';

/** What yargs hands to a coerce function; false for `--no-…`. */
type Raw = string | false | readonly (string | false)[] | undefined;

function lastOf(option: string, value: Raw): string | undefined {
  return allOf(option, value)?.at(-1);
}

function allOf(option: string, value: Raw): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const given = listOf(value);
  const texts = given.filter((each) => each !== false);
  if (texts.length < given.length) throw new Error(`${option} has no opposite --no-${option.slice(2)}`);
  return texts;
}

function listOf(value: Exclude<Raw, undefined>): readonly (string | false)[] {
  return typeof value === 'string' || value === false ? [value] : value;
}

export function oneOf<T extends string>(
  option: string,
  choices: readonly T[],
): (value: Raw) => T | undefined {
  const check = (value: Raw): T | undefined => {
    const given = lastOf(option, value);
    const known = choices.find((choice) => choice === given);
    if (given !== undefined && known === undefined) {
      throw new Error(`${option} ${given} is not known: choose one of ${choices.join(', ')}`);
    }
    return known;
  };
  return Object.assign(check, { choices });
}

/** The values that an option checked by {@link oneOf} may have; empty for another. */
export function choicesOf({ coerce }: { coerce?: unknown }): readonly string[] {
  return typeof coerce === 'function' && 'choices' in coerce ? (coerce.choices as readonly string[]) : [];
}

/** Given once or several times. */
export function severalOf<T extends string>(
  option: string,
  choices: readonly T[],
): (value: Raw) => T[] | undefined {
  return (value) => allOf(option, value)?.map((given) => oneOf(option, choices)(given)!);
}

/** "abnormal,open", given once or several times. */
export function someOf<T extends string>(
  option: string,
  choices: readonly T[],
): (value: Raw) => T[] | undefined {
  const check = (value: Raw): T[] | undefined =>
    allOf(option, value)
      ?.flatMap((given) => given.split(','))
      .map((part) => oneOf(option, choices)(part.trim())!);
  return Object.assign(check, { choices });
}

/** "3", "3,7/5", given once or several times: WebSockets as reports number them. */
export function references(option: string): (value: Raw) => string[] | undefined {
  return (value) => {
    const parts = allOf(option, value)?.flatMap((given) => given.split(',').map((part) => part.trim()));
    const wrong = parts?.find((part) => !/^\d{1,15}(?:\/\d{1,15})?$/.test(part));
    if (wrong === undefined) return parts === undefined ? undefined : [...new Set(parts)];
    throw new Error(`${option}: "${wrong}" is not the number of a WebSocket; give some, as in ${option} 3,7`);
  };
}

/** RFC 3339, or a clock time. */
export function moment(option: string): (value: Raw) => GivenTime | undefined {
  return (value) => {
    const given = lastOf(option, value);
    if (given === undefined) return undefined;
    const time = parseTime(given.trim());
    if (time !== null) return time;
    throw new Error(
      `${option} ${given} is not a time; give one as in ${option} 2024-05-01T10:05:00Z, or ${option} 10:05 (UTC, on the first day of the capture)`,
    );
  };
}

/** "2/5": the second of five parts. */
export function shardPart(option: string): (value: Raw) => { index: number; count: number } | undefined {
  return (value) => {
    const given = lastOf(option, value);
    if (given === undefined) return undefined;
    const [, index, count] = (/^(\d{1,6})\/(\d{1,6})$/.exec(given) ?? []).map(Number);
    if (index !== undefined && count !== undefined && index >= 1 && index <= count) return { index, count };
    throw new Error(
      `${option} ${given} is not a part; give its number, from 1 up, and how many parts there are, as in ${option} 2/5`,
    );
  };
}

/** "100", "0.5", "100ms", "2s". */
export function milliseconds(option: string): (value: Raw) => number | undefined {
  return (value) => {
    const given = lastOf(option, value);
    if (given === undefined) return undefined;
    const [, number, unit] = /^(\d+(?:\.\d+)?|\.\d+) ?(ms|s)?$/.exec(given.trim()) ?? [];
    const result = Number(number) * (unit === 's' ? 1000 : 1);
    if (number === undefined || !Number.isFinite(result)) {
      throw new Error(`${option} ${given} is not a time; give milliseconds from 0 up, as in ${option} 100`);
    }
    return result;
  };
}

/** A whole number from `least` up. */
export function naturalNumber(option: string, least: number): (value: Raw) => number | undefined {
  return (value) => {
    const given = lastOf(option, value);
    if (given === undefined) return undefined;
    const number = /^\d{1,15}$/.test(given) ? Number(given) : NaN;
    if (number >= least) return number;
    throw new Error(
      `${option} ${given} is not a whole number from ${least} up; give one, as in ${option} ${least + 2}`,
    );
  };
}

/** "3", "3,7", given once or several times: whole numbers from 0 up, each once. */
export function naturalNumbers(option: string): (value: Raw) => number[] | undefined {
  return (value) => {
    const parts = allOf(option, value)?.flatMap((given) => given.split(','));
    const wrong = parts?.find((part) => !/^\d{1,15}$/.test(part.trim()));
    if (wrong === undefined) return parts === undefined ? undefined : [...new Set(parts.map(Number))];
    throw new Error(`${option}: "${wrong}" is not a whole number from 0 up; give some, as in ${option} 3,7`);
  };
}

/** "0:2", "0:2,1:5", given once or several times. */
export function numberPairs(option: string): (value: Raw) => (readonly [number, number])[] | undefined {
  return (value) =>
    allOf(option, value)?.flatMap((given) =>
      given.split(',').map((part): readonly [number, number] => {
        const [, first, second] = /^(\d{1,15}):(\d{1,15})$/.exec(part.trim()) ?? [];
        if (first !== undefined && second !== undefined) return [Number(first), Number(second)];
        throw new Error(`${option}: "${part}" is not a pair of numbers; give some, as in ${option} 0:2`);
      }),
    );
}

/** "half-open,abnormal-closure", given once or several times. */
export function names(option: string): (value: Raw) => string[] | undefined {
  return (value) => {
    const parts = allOf(option, value)?.flatMap((given) => given.split(',').map((part) => part.trim()));
    if (parts?.includes('') === true) throw new Error(`${option} needs a value`);
    return parts === undefined ? undefined : [...new Set(parts)];
  };
}

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 * 1024 };

/** "500", "64k", "4M"; Infinity for "all". */
export function byteCount(option: string): (value: Raw) => number | undefined {
  return (value) => {
    const given = lastOf(option, value);
    if (given === undefined) return undefined;
    if (given === 'all') return Infinity;
    const [, number, unit = ''] = /^(\d{1,12})([kKmM]?)$/.exec(given) ?? [];
    if (number !== undefined) return Number(number) * UNITS[unit.toLowerCase()]!;
    throw new Error(`${option} ${given} is not a size; give bytes, 64k, 4M or all`);
  };
}

export function nonEmpty(option: string): (value: Raw) => string | undefined {
  return (value) => {
    const given = lastOf(option, value);
    if (given === '') throw new Error(`${option} needs a value`);
    return given;
  };
}

/** Given once or several times. */
export function nonEmptyList(option: string): (value: Raw) => readonly string[] | undefined {
  return (value) => {
    const given = allOf(option, value);
    if (given?.includes('') === true) throw new Error(`${option} needs a value`);
    return given;
  };
}

/** A file name; null where the option was negated (`--no-config`). */
export function fileOrNone(option: string): (value: Raw) => string | null | undefined {
  return (value) => {
    const last = value === undefined ? undefined : listOf(value).at(-1);
    return last === false ? null : nonEmpty(option)(last);
  };
}

export const HIGHEST_PORT = 65_535;

export function isPort(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= HIGHEST_PORT;
}

/** "8080", "8080,9000", given once or several times. */
export function ports(option: string): (value: Raw) => number[] | undefined {
  return (value) =>
    allOf(option, value)?.flatMap((given) =>
      given.split(',').map((part) => {
        const port = /^\d+$/.test(part.trim()) ? Number(part) : NaN;
        if (isPort(port)) return port;
        throw new Error(
          `${option} ${given}: "${part}" is not a port; give numbers from 1 to ${HIGHEST_PORT}, as in ${option} 8080`,
        );
      }),
    );
}

/** "retransmissions=off"; whether there is such a rule is found out where the rules are loaded. */
export function ruleSettings(option: string): (value: Raw) => RuleFlag[] | undefined {
  return (value) =>
    allOf(option, value)?.map((given) => {
      const [, id, word] = /^([^=]+)=(.*)$/.exec(given) ?? [];
      if (id === undefined || word === undefined) {
        throw new Error(
          `${option} ${given} sets nothing; give a rule and a severity, as in ${option} accept-mismatch=off`,
        );
      }
      const severity = SETTINGS.find((setting) => setting === word);
      if (severity === undefined) {
        throw new Error(`${option} ${given}: "${word}" is not known, choose one of ${SETTINGS.join(', ')}`);
      }
      return { id, severity };
    });
}
