import { describe, expect, test } from 'vitest';
import { slowUpgrade } from '../../src/rules/slow-upgrade.ts';
import { lines, switchingProtocols, upgradeRequest } from '../helpers/handshakes.ts';
import {
  check,
  judged,
  mark,
  NO_TIMES,
  seenRequest,
  seenResponse,
  CONTEXT,
  type RecordSpec,
  told,
} from '../helpers/record-builder.ts';

const after = (ms: number, isCut = false): RecordSpec => ({
  upgrade: { request: seenRequest(upgradeRequest(), mark(4, -ms), isCut) },
});

test('raised above the threshold', () => {
  const finding = check(slowUpgrade, after(1312.4));
  expect(told(finding)).toBe(
    'The 101 came 1.31 s after the upgrade request for /chat (packets 4 and 6). Look at what the server does before it ' +
      'accepts: a login, a database or a backend that it asks first, a full worker pool. With a proxy in between, capture ' +
      'behind it as well to see which of the two is slow.',
  );
  expect(finding).toMatchObject({
    kind: 'slow',
    severity: 'warning',
    packets: [4, 6],
    at: mark(6, 0),
    evidence: { waitedMs: 1312.4, thresholdMs: 1000, server: null },
  });
});

test('the server is in the evidence', () => {
  const response = seenResponse(switchingProtocols('Server: nginx'));
  expect(check(slowUpgrade, { upgrade: { ...after(2000).upgrade, response } })?.evidence['server']).toBe(
    'nginx',
  );
});

test('the threshold can be set', () => {
  expect(check(slowUpgrade, after(300), CONTEXT, { thresholdMs: 250 })).not.toBeNull();
  expect(check(slowUpgrade, after(3000), CONTEXT, { thresholdMs: 5000 })).toBeNull();
});

describe('not raised', () => {
  test.each<[string, RecordSpec]>([
    ['within the threshold', after(1000)],
    ['at once', {}],
    [
      'a slow refusal',
      {
        upgrade: { ...after(3000).upgrade, response: seenResponse(lines('HTTP/1.1 503 Busy')), accept: null },
      },
    ],
    ['no answer', { upgrade: { ...after(3000).upgrade, response: null, accept: null } }],
    ['the request was not captured', { upgrade: { request: null, accept: 'unknown' } }],
    ['no upgrade', { upgrade: null }],
  ])('%s', (_name, spec) => {
    expect(check(slowUpgrade, spec)).toBeNull();
  });
});

test.each<[string, RecordSpec]>([
  ['the 101 may answer another request', { ...after(3000), clientSide: { gapBytes: 200 } }],
  ['the clock was set back', { ...after(3000), serverSide: { fin: mark(9, -5000) } }],
])('withheld where %s', (_name, spec) => {
  expect(judged(spec).withheld).toContain('slow-upgrade');
});

test('withheld where the end of the request was not captured, or packets carry no time', () => {
  expect(judged(after(3000, true)).withheld).toContain('slow-upgrade');
  expect(judged(after(3000), NO_TIMES)).toEqual({ raised: [], withheld: ['slow-upgrade'] });
});
