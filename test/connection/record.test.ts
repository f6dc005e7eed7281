import { expect, test } from 'vitest';
import { upgradeResponse } from '../../src/connection/record.ts';
import { lines } from '../helpers/handshakes.ts';
import { recordOf, seenResponse } from '../helpers/record-builder.ts';

test('the response of an upgrade is its 101, and none but that', () => {
  const record = recordOf();
  expect(upgradeResponse(record)).toBe(record.upgrade?.response);
  expect(
    upgradeResponse(recordOf({ upgrade: { response: seenResponse(lines('HTTP/1.1 403 No')) } })),
  ).toBeNull();
  expect(upgradeResponse(recordOf({ upgrade: { response: null } }))).toBeNull();
  expect(upgradeResponse(recordOf({ upgrade: null }))).toBeNull();
});
