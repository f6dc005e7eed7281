/**
 * Stores a list of similar objects by columns instead of by rows: keys, equal strings and equal values are stored
 * once. Ten thousand connections take a fifth of the space, and a reader can look at one field of all without
 * building an object for each ({@link ColumnReader}). Knows nothing of what it stores; any JSON value comes back
 * equal.
 */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export type Column =
  /** `length` times the same. */
  | { readonly kind: 'same'; readonly length: number; readonly value: string | number | boolean | null }
  | { readonly kind: 'numbers'; readonly values: readonly number[] }
  /** Each value times `scale`, minus the one before: shorter for numbers that grow, such as times and packets. */
  | { readonly kind: 'steps'; readonly scale: number; readonly values: readonly number[] }
  /** Indexes into the table of strings. */
  | { readonly kind: 'strings'; readonly values: readonly number[] }
  /** Few different strings: one base-36 digit per item. */
  | { readonly kind: 'words'; readonly words: readonly string[]; readonly digits: string }
  /** One character per item: "-" missing, "0" null, "1" the next item of `of`. */
  | { readonly kind: 'some'; readonly has: string; readonly of: Column }
  /** The items of all arrays, one after the other. */
  | { readonly kind: 'arrays'; readonly lengths: readonly number[]; readonly of: Column }
  | {
      readonly kind: 'objects';
      readonly length: number;
      readonly fields: readonly (readonly [string, Column])[];
    }
  /** Mixed values, as they are. */
  | { readonly kind: 'json'; readonly values: readonly Json[] };

/** As many as base 36 has digits. */
const MAX_WORDS = 36;
/** Whole numbers; milliseconds with microseconds; milliseconds with nanoseconds. */
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
  // From here on no item is missing.
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

/** The shorter of two forms. Numbers become steps only if they come back exactly. */
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
  // At most half, so that the difference of two of them is exact as well.
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
