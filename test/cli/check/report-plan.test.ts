import { describe, expect, it } from 'vitest';
import { planReports } from '../../../src/cli/check/report-plan.ts';
import type { Reporter } from '../../../src/cli/check/check-request.ts';

const BLOB = '.wscap-reports/blob-1-3.json';
const plan = (reporters: Reporter[], outputs: (string | undefined)[] = []) =>
  planReports({ reporters, outputs, color: undefined, ascii: undefined }, BLOB, '/here', 'check').map(
    ({ path, reporter }) => `${reporter} > ${path ?? 'stdout'}`,
  );

describe('reporters', () => {
  it.each<[Reporter[], (string | undefined)[], string[]]>([
    [[], [], ['default > stdout']],
    [['github'], [], ['github > stdout']],
    [[], ['check.xml'], ['junit > check.xml']],
    [[], ['check.xml', undefined], ['default > stdout', 'junit > check.xml']],
    [['default', 'junit'], ['check.xml'], ['default > stdout', 'junit > check.xml']],
    [
      ['github'],
      ['a.xml', 'b.json', 'c.txt'],
      ['github > stdout', 'junit > a.xml', 'json > b.json', 'default > c.txt'],
    ],
    [
      ['json', 'junit'],
      ['a', 'b'],
      ['json > a', 'junit > b'],
    ],
    [['blob'], [], [`blob > ${BLOB}`]],
    [['default', 'blob'], [], ['default > stdout', `blob > ${BLOB}`]],
    [['blob'], ['part.json'], ['blob > part.json']],
    [
      ['blob', 'json'],
      ['a.json', 'b.json'],
      ['blob > a.json', 'json > b.json'],
    ],
  ])('%j with %j: %j', (reporters, outputs, expected) => {
    expect(plan(reporters, outputs)).toEqual(expected);
  });

  it.each<[Reporter[], (string | undefined)[], string]>([
    [['junit', 'github'], [], '--reporter junit and github would both go to standard output'],
    [['junit', 'junit'], [], '--reporter junit is given twice'],
    [[], ['a.xml', './a.xml'], '--output ./a.xml is given twice'],
    [[], ['a.xml', '/here/a.xml'], '--output /here/a.xml is given twice'],
  ])('%j with %j are refused', (reporters, outputs, message) => {
    expect(() => plan(reporters, outputs)).toThrow(message);
  });
});
