import { readFileSync } from 'node:fs';
import { validateXML } from 'xmllint-wasm';
import { describe, expect, it } from 'vitest';
import { printDefault } from '../../../src/check/print/print-default.ts';
import { printGithub } from '../../../src/check/print/print-github.ts';
import { printJson } from '../../../src/check/print/print-json.ts';
import { printJunit } from '../../../src/check/print/print-junit.ts';
import type { CaptureOutcome, CheckResult } from '../../../src/check/result.ts';
import { createTheme } from '../../../src/report/terminal/theme.ts';
import { HOSTILE, HOSTILE_ALL } from '../../report/hostile-text.ts';

const outcome = (changes: Partial<CaptureOutcome> = {}): CaptureOutcome => ({
  path: 'captures/good.pcap',
  status: 'passed',
  connections: 1,
  differences: [],
  errors: 0,
  moreDifferences: 0,
  failure: null,
  ...changes,
});
const DIFFERENT = outcome({
  path: 'captures/broken.pcap',
  status: 'different',
  differences: [
    {
      sentence: 'connection 3 (/chat): closed clean by the client before, now handshake-close by the server',
      expected: ['"verdict": "clean"'],
      actual: ['"verdict": "handshake-close"'],
    },
  ],
});
const FAILED = outcome({ path: 'bad.pcap', status: 'failed', failure: 'is empty (0 bytes)' });
const result = (captures: CaptureOutcome[], changes: Partial<CheckResult> = {}): CheckResult => ({
  version: '0.1.0',
  options: { windowMs: 100, reader: 'wscap', ports: [], rules: {} },
  captures,
  obsolete: [],
  unchecked: 0,
  ...changes,
});
const ALL_KINDS = result(
  [
    outcome(),
    DIFFERENT,
    FAILED,
    outcome({ path: 'm.pcap', status: 'missing' }),
    outcome({ path: 'u.pcap', status: 'updated' }),
    outcome({ path: 'w.pcap', status: 'written' }),
  ],
  { obsolete: [{ path: 'gone.pcap.wscap.json', removed: false }] },
);
const HOSTILE_RESULT = result(
  HOSTILE.flatMap((text) => [
    { ...DIFFERENT, path: text, differences: [{ sentence: text, expected: [text], actual: [HOSTILE_ALL] }] },
    { ...FAILED, path: `${text}.pcap`, failure: text },
  ]),
  { obsolete: HOSTILE.map((path) => ({ path, removed: false })), unchecked: 1 },
);

const plain = createTheme({ color: false, ascii: false });
const asText = (value: CheckResult) => [...printDefault(value, plain, 100)].join('');
const asJunit = (value: CheckResult) => [...printJunit(value)].join('');
const asGithub = (value: CheckResult) => [...printGithub(value)].join('');
const asJson = (value: CheckResult) => [...printJson(value)].join('');

/** What a terminal obeys, or draws as nothing. */
const UNSAFE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/;

describe('reporter default', () => {
  it('says what a first expectation of a capture with errors expects', () => {
    const text = (errors: number) =>
      asText(result([outcome({ path: 'w.pcap', status: 'written', errors })])).replaceAll(/\s+/g, ' ');
    expect(text(1)).toContain(
      'is written, although the capture has 1 error: it now expects it (1 connection)',
    );
    expect(text(2)).toContain('although the capture has 2 errors: it now expects them');
  });

  it('says what is good, then what is not, then what that comes to', () => {
    expect(asText(ALL_KINDS)).toBe(`✔ captures/good.pcap: as expected (1 connection)
i u.pcap: its expectation is updated
i w.pcap: its expectation is written (1 connection)
✖ captures/broken.pcap: 1 difference
  connection 3 (/chat): closed clean by the client before, now handshake-close by the server
    - "verdict": "clean"
    + "verdict": "handshake-close"
✖ bad.pcap: is empty (0 bytes)
✖ m.pcap: has no expectation, and where CI is set none is written: run wscap check, look at what it
  writes, and commit that
! gone.pcap.wscap.json: obsolete, for its capture is gone (-u removes it)

✖ 6 captures: 1 as expected, 1 different, 1 without expectation, 1 that could not be checked, 1 with a new expectation, 1 with an updated expectation
  If a difference is meant: wscap check -u writes it down; commit what it changes.
`);
  });

  it('only counts many that are as expected', () => {
    const many = result(Array.from({ length: 1000 }, (_, i) => outcome({ path: `${i}.pcap` })));
    expect(asText(many)).toBe('\n✔ 1,000 captures, all as expected\n');
  });

  it('says that it was interrupted', () => {
    expect(asText(result([outcome()], { unchecked: 3 }))).toContain(
      '! interrupted: 3 captures not checked, this is a partial result\n',
    );
  });

  it('lets nothing through that a terminal obeys', () => {
    expect(asText(HOSTILE_RESULT)).not.toMatch(UNSAFE);
    const ascii = createTheme({ color: false, ascii: true });
    expect([...printDefault(HOSTILE_RESULT, ascii, 100)].join('')).toMatch(/^[\x20-\x7e\n]*$/);
  });
});

describe('reporter junit', () => {
  it('is what Jenkins reads, whatever the strings', async () => {
    const { errors } = await validateXML({
      xml: [ALL_KINDS, HOSTILE_RESULT, result([])].map((value, i) => ({
        fileName: `${i}.xml`,
        contents: asJunit(value),
      })),
      schema: readFileSync('test/report/junit.xsd', 'utf8'),
    });
    expect(errors.map(({ message }) => message)).toEqual([]);
  });

  it('counts failures and errors', () => {
    expect(asJunit(ALL_KINDS)).toContain('tests="6" failures="2" errors="1"');
  });
});

describe('reporter github', () => {
  it('points at the expectation that is not met', () => {
    expect(asGithub(ALL_KINDS).split('\n')[0]).toBe(
      '::error file=captures/broken.pcap.wscap.json,title=wscap check%3A captures/broken.pcap::' +
        'connection 3 (/chat): closed clean by the client before, now handshake-close by the server%0A' +
        '- "verdict": "clean"%0A+ "verdict": "handshake-close"',
    );
  });

  it('points at what can not be read, the capture or its expectation', () => {
    const failure = 'bad.pcap.wscap.json: is not JSON';
    const [capture, expectation] = asGithub(result([FAILED, { ...FAILED, failure }])).split('\n');
    expect(capture).toMatch(/^::error file=bad\.pcap,/);
    expect(expectation).toMatch(/^::error file=bad\.pcap\.wscap\.json,/);
  });

  it('is a line an annotation, at most ten of a kind, whatever the strings', () => {
    const lines = asGithub(HOSTILE_RESULT).trimEnd().split('\n');
    expect(lines.filter((line) => line.startsWith('::error '))).toHaveLength(10);
    expect(lines.filter((line) => line.startsWith('::warning '))).toHaveLength(10);
    expect(lines).toHaveLength(20);
    expect(lines.join('')).not.toMatch(UNSAFE);
  });
});

describe('reporter json', () => {
  it('gives the same strings back, and is safe to print', () => {
    const text = asJson(HOSTILE_RESULT);
    expect(text).not.toMatch(UNSAFE);
    expect(JSON.parse(text)).toMatchObject({
      schema: 'wscap/check@1',
      partial: true,
      totals: {
        captures: 2 * HOSTILE.length,
        different: HOSTILE.length,
        failed: HOSTILE.length,
        unchecked: 1,
      },
      captures: HOSTILE_RESULT.captures.map(({ differences, path }) => ({ differences, path })),
    });
  });
});
