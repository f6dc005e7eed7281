import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ColumnReader } from '../../../src/report/html/column-reader.ts';
import { StringTable, toColumn, type Column, type Json } from '../../../src/report/html/columns.ts';

/** As a page gets it. */
function throughJson(values: readonly Json[]): ColumnReader {
  const table = new StringTable();
  const text = JSON.stringify({ column: toColumn(values, table), strings: table.strings });
  const { column, strings } = JSON.parse(text) as { column: Column; strings: string[] };
  return new ColumnReader(column, strings);
}

function readAll(reader: ColumnReader): (Json | undefined)[] {
  return Array.from({ length: reader.length }, (_, i) => reader.at(i));
}

/** Without what JSON can't express (-0). */
const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as Json);

describe('columns', () => {
  it('give back any list of JSON values', () => {
    fc.assert(
      fc.property(fc.array(json), (values) => {
        expect(readAll(throughJson(values))).toEqual(values);
      }),
      { numRuns: 300 },
    );
  });

  it('give back lists of like objects, whatever is missing or null in them', () => {
    const record = fc.record(
      {
        id: fc.nat(),
        at: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
        name: fc.string({ unit: 'binary' }),
        list: fc.array(fc.record({ n: fc.integer(), s: fc.option(fc.string()) })),
      },
      { requiredKeys: ['id'] },
    );
    fc.assert(
      fc.property(fc.array(record), (records) => {
        const values = JSON.parse(JSON.stringify(records)) as Json[];
        expect(readAll(throughJson(values))).toEqual(values);
      }),
      { numRuns: 60 },
    );
  });

  it('give back times of microseconds and nanoseconds exactly', () => {
    const values = [0, 0.657, 1234.567891, 1234.567892, 86_400_000.000001, 0.1 + 0.2, -3.5];
    expect(readAll(throughJson(values))).toEqual(values);
  });

  it('write what grows as steps, and few words as digits', () => {
    const table = new StringTable();
    expect(toColumn([1000.001, 1000.002, 1000.004], table)).toEqual({
      kind: 'steps',
      scale: 1000,
      values: [1_000_001, 1, 2],
    });
    expect(toColumn(['client', 'server', 'client'], table)).toEqual({
      kind: 'words',
      words: ['client', 'server'],
      digits: '010',
    });
    expect(table.strings).toEqual([]);
  });

  it('write equal strings once where there are many', () => {
    const table = new StringTable();
    toColumn([...Array.from({ length: 40 }, (_, i) => `value ${i}`), 'value 7'], table);
    expect(table.strings).toHaveLength(40);
  });

  it('offer one field of all items', () => {
    const reader = throughJson([{ a: { b: 1 } }, { a: { b: 2 } }]);
    expect(reader.field('a').field('b').at(1)).toBe(2);
    expect(reader.field('c').at(0)).toBeNull();
  });

  it('keep a key of the name __proto__ a key', () => {
    const values = JSON.parse('[{"__proto__": 1}, {"__proto__": 2}]') as Json[];
    const [first] = readAll(throughJson(values)) as Record<string, Json>[];
    expect(Object.hasOwn(first!, '__proto__')).toBe(true);
    expect(Object.getPrototypeOf(first)).toBe(Object.prototype);
  });
});
