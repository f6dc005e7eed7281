/**
 * A list of like objects, written by columns instead of by rows: keys stand once, equal strings once, equal values
 * once. Ten thousand connections take a fifth of the room, and a reader can look at one field of all without making an
 * object of each ({@link ColumnReader}). Knows nothing of what it holds; whatever JSON can say comes back equal.
 */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export type Column =
  /** `length` times the same. */
  | { readonly kind: 'same'; readonly length: number; readonly value: string | number | boolean | null }
  | { readonly kind: 'numbers'; readonly values: readonly number[] }
  /** Each value times `scale`, less the one before: shorter where numbers grow, as times and packets do. */
  | { readonly kind: 'steps'; readonly scale: number; readonly values: readonly number[] }
  /** Indexes into the table of strings. */
  | { readonly kind: 'strings'; readonly values: readonly number[] }
  /** Few different strings: one digit an item, base 36. */
  | { readonly kind: 'words'; readonly words: readonly string[]; readonly digits: string }
  /** One character an item: "-" missing, "0" null, "1" the next of `of`. */
  | { readonly kind: 'some'; readonly has: string; readonly of: Column }
  /** The items of all arrays in a row. */
  | { readonly kind: 'arrays'; readonly lengths: readonly number[]; readonly of: Column }
  | {
      readonly kind: 'objects';
      readonly length: number;
      readonly fields: readonly (readonly [string, Column])[];
    }
  /** A mixture, as it is. */
  | { readonly kind: 'json'; readonly values: readonly Json[] };

/** As many as base 36 has digits. */
const MAX_WORDS = 36;
/** Whole numbers, microseconds and nanoseconds of milliseconds. */
const SCALES = [1, 1e3, 1e6];

export class StringTable {
  readonly strings: string[] = [];
  readonly #indexes = new Map<string, number>();

  indexOf(text: string): number {
    let index = this.#indexes.get(text);
    if (index === undefined) {
      index = this.strings.push(text) - 1;
      this.#indexes.set(text, index);
    }
    return index;
  }
}

/** An undefined value is a missing key. */
export function toColumn(values: readonly (Json | undefined)[], table: StringTable): Column {
  const [first] = values;
  if (values.length > 0 && (first === null || isPlain(first)) && values.every((value) => value === first)) {
    return { kind: 'same', length: values.length, value: first };
  }
  if (values.some((value) => value === undefined || value === null)) {
    return {
      kind: 'some',
      has: values.map((value) => (value === undefined ? '-' : value === null ? '0' : '1')).join(''),
      of: toColumn(
        values.filter((value) => value !== undefined && value !== null),
        table,
      ),
    };
  }
  // Nothing is missing any more.
  const present = values as readonly Json[];
  if (present.length === 0) return { kind: 'json', values: [] };
  if (present.every((value) => typeof value === 'number')) return numberColumn(present);
  if (present.every((value) => typeof value === 'string')) return stringColumn(present, table);
  if (present.every(isArray)) {
    return {
      kind: 'arrays',
      lengths: present.map(({ length }) => length),
      of: toColumn(present.flat(1), table),
    };
  }
  if (present.every(isObject)) return objectColumn(present, table);
  return { kind: 'json', values: present };
}

function stringColumn(texts: readonly string[], table: StringTable): Column {
  const words = [...new Set(texts)];
  if (words.length > MAX_WORDS) return { kind: 'strings', values: texts.map((text) => table.indexOf(text)) };
  const digits = new Map(words.map((word, i) => [word, i.toString(36)]));
  return { kind: 'words', words, digits: texts.map((text) => digits.get(text)!).join('') };
}

/** Whichever way is shorter. Only numbers that come back exactly are written as steps. */
function numberColumn(values: readonly number[]): Column {
  const scale = SCALES.find((factor) => values.every((value) => isExact(value, factor)));
  if (scale === undefined) return { kind: 'numbers', values };
  let before = 0;
  const steps = values.map((value) => {
    const step = Math.round(value * scale) - before;
    before += step;
    return step;
  });
  return String(steps).length < String(values).length
    ? { kind: 'steps', scale, values: steps }
    : { kind: 'numbers', values };
}

function isExact(value: number, scale: number): boolean {
  const scaled = Math.round(value * scale);
  // Differences of two of them are exact as well.
  return Math.abs(scaled) < Number.MAX_SAFE_INTEGER / 2 && scaled / scale === value;
}

function objectColumn(objects: readonly Readonly<Record<string, Json>>[], table: StringTable): Column {
  const keys = [...new Set(objects.flatMap((object) => Object.keys(object)))];
  const fields = keys.map((key) => {
    const values = objects.map((object) => (Object.hasOwn(object, key) ? object[key] : undefined));
    return [key, toColumn(values, table)] as const;
  });
  return { kind: 'objects', length: objects.length, fields };
}

function isPlain(value: Json | undefined): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
