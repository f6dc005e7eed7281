/** Reads what columns.ts wrote: whole items, or one field of an item, at any index. */
import type { Column, Json } from './columns.ts';

const NOTHING: Column = { kind: 'same', length: 0, value: null };

export class ColumnReader {
  readonly #column: Column;
  readonly #strings: readonly string[];
  readonly #inner: ColumnReader | null = null;
  readonly #fields = new Map<string, ColumnReader>();
  /** Where the items of each array begin in `of`; for "some", the index in `of` of each item that is present. */
  readonly #starts: Uint32Array | null = null;
  readonly #numbers: Float64Array | null = null;

  constructor(column: Column, strings: readonly string[]) {
    this.#column = column;
    this.#strings = strings;
    if (column.kind === 'some' || column.kind === 'arrays') {
      this.#inner = new ColumnReader(column.of, strings);
      this.#starts = startsOf(column);
    }
    if (column.kind === 'steps') this.#numbers = summed(column);
    if (column.kind === 'objects') {
      for (const [key, field] of column.fields) this.#fields.set(key, new ColumnReader(field, strings));
    }
  }

  get length(): number {
    const column = this.#column;
    switch (column.kind) {
      case 'same':
      case 'objects':
        return column.length;
      case 'some':
        return column.has.length;
      case 'words':
        return column.digits.length;
      case 'arrays':
        return column.lengths.length;
      default:
        return column.values.length;
    }
  }

  /** Undefined if the key was missing. */
  at(index: number): Json | undefined {
    const column = this.#column;
    switch (column.kind) {
      case 'same':
        return column.value;
      case 'strings':
        return this.#strings[column.values[index]!];
      case 'words':
        return column.words[parseInt(column.digits[index]!, 36)];
      case 'steps':
        return this.#numbers![index];
      case 'numbers':
      case 'json':
        return column.values[index];
      case 'some':
        return this.#someAt(column.has[index], index);
      case 'arrays':
        return Array.from({ length: column.lengths[index]! }, (_, i) =>
          this.#item(this.#starts![index]! + i),
        );
      case 'objects':
        return this.#objectAt(index);
    }
  }

  /** One field of all items, if the items are objects and none is missing. */
  field(key: string): ColumnReader {
    return this.#fields.get(key) ?? new ColumnReader(NOTHING, []);
  }

  #someAt(has: string | undefined, index: number): Json | undefined {
    if (has === '1') return this.#item(this.#starts![index]!);
    return has === '0' ? null : undefined;
  }

  #item(index: number): Json {
    return this.#inner!.at(index)!;
  }

  #objectAt(index: number): Json {
    const entries: [string, Json][] = [];
    for (const [key, reader] of this.#fields) {
      const value = reader.at(index);
      if (value !== undefined) entries.push([key, value]);
    }
    // Not by assignment, since a key may be "__proto__".
    return Object.fromEntries(entries);
  }
}

function summed({ values, scale }: Column & { kind: 'steps' }): Float64Array {
  const numbers = new Float64Array(values.length);
  let sum = 0;
  values.forEach((step, i) => {
    sum += step;
    numbers[i] = sum / scale;
  });
  return numbers;
}

function startsOf(column: Column & { kind: 'some' | 'arrays' }): Uint32Array {
  const length = column.kind === 'some' ? column.has.length : column.lengths.length;
  const starts = new Uint32Array(length);
  let next = 0;
  for (let i = 0; i < length; i++) {
    starts[i] = next;
    if (column.kind === 'arrays') next += column.lengths[i]!;
    else if (column.has[i] === '1') next++;
  }
  return starts;
}
