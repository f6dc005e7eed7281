import { describe, expect, it } from 'vitest';
import {
  byteCount,
  fileOrNone,
  milliseconds,
  naturalNumber,
  nonEmpty,
  oneOf,
  ports,
  ruleSettings,
} from '../../src/cli/option-values.ts';

describe('naturalNumber', () => {
  const connection = naturalNumber('--connection', 0);
  const limit = naturalNumber('--limit', 1);

  it.each([
    ['0', 0],
    ['7', 7],
    ['007', 7],
    ['999999999999999', 999_999_999_999_999],
  ])('takes %s', (text, value) => {
    expect(connection(text)).toBe(value);
  });

  it.each(['', '-1', '+1', '1.5', '1e3', '0x10', 'all', ' 1', '1000000000000000'])('refuses "%s"', (text) => {
    expect(() => connection(text)).toThrow(
      `--connection ${text} is not a whole number from 0 up; give one, as in --connection 2`,
    );
  });

  it('refuses what is less than the least', () => {
    expect(limit('1')).toBe(1);
    expect(() => limit('0')).toThrow('--limit 0 is not a whole number from 1 up; give one, as in --limit 3');
  });
});

describe('byteCount', () => {
  const maxBytes = byteCount('--max-bytes');

  it.each([
    ['0', 0],
    ['500', 500],
    ['64k', 65_536],
    ['64K', 65_536],
    ['4M', 4_194_304],
    ['4m', 4_194_304],
    ['all', Infinity],
  ])('takes %s', (text, value) => {
    expect(maxBytes(text)).toBe(value);
  });

  it.each(['', '-1', '1.5k', '1G', '64 k', '64kB', 'none', '1234567890123'])('refuses "%s"', (text) => {
    expect(() => maxBytes(text)).toThrow(`--max-bytes ${text} is not a size; give bytes, 64k, 4M or all`);
  });
});

describe('every value', () => {
  it.each([
    ['naturalNumber', naturalNumber('--x', 0), '3', 3],
    ['byteCount', byteCount('--x'), '3', 3],
    ['milliseconds', milliseconds('--x'), '3', 3],
    ['oneOf', oneOf('--x', ['3', '4']), '3', '3'],
    ['nonEmpty', nonEmpty('--x'), '3', '3'],
    ['fileOrNone', fileOrNone('--x'), '3', '3'],
  ])('%s: may be missing; of several the last one counts', (_name, coerce, text, value) => {
    expect(coerce(undefined)).toBeUndefined();
    expect(coerce(text)).toBe(value);
    expect(coerce(['4', text])).toBe(value);
  });

  it('has no opposite, except for files', () => {
    expect(() => byteCount('--max-bytes')(false)).toThrow('--max-bytes has no opposite --no-max-bytes');
    expect(fileOrNone('--config')(false)).toBeNull();
  });
});

it('milliseconds may have a unit', () => {
  expect(['.5', '100ms', '2 s'].map((text) => milliseconds('--window')(text))).toEqual([0.5, 100, 2000]);
});

it('ports come one by one or separated by commas', () => {
  expect(ports('--port')(['80, 8080', '443'])).toEqual([80, 8080, 443]);
  expect(() => ports('--port')('80,x')).toThrow(
    '--port 80,x: "x" is not a port; give numbers from 1 to 65535',
  );
});

it('settings of rules are pairs', () => {
  expect(ruleSettings('--rule')('a=off')).toEqual([{ id: 'a', severity: 'off' }]);
  expect(() => ruleSettings('--rule')('a')).toThrow('--rule a sets nothing');
  expect(() => ruleSettings('--rule')('a=b')).toThrow('--rule a=b: "b" is not known');
});
