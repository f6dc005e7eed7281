import { expect, test } from 'vitest';
import type { ConnectionRecord } from '../../src/connection/record.ts';
import { missingBytes } from '../../src/judgement/missing-bytes.ts';

const missing = (gapBytes: number, keys: 'found' | null = null) =>
  missingBytes(
    {
      tcp: { client: { gapBytes }, server: { gapBytes: 9 } },
      tls: keys === null ? null : { keys, undecrypted: [{ from: 'client' }] },
    } as unknown as ConnectionRecord,
    'client',
  );

test('bytes that are missing are counted', () => {
  expect(missing(30)).toBe('30 bytes from the client are not in the capture');
  expect(missing(1, 'found')).toBe('1 byte from the client is not in the capture');
});

test('where none is missing, nothing is counted', () => {
  expect(missing(0, 'found')).toBe('not all bytes from the client could be decrypted');
  expect(missing(0)).toBe('not all bytes from the client could be read');
});
