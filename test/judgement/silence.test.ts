import { expect, test } from 'vitest';
import { silenceBeforeEnd } from '../../src/judgement/silence.ts';
import { isUndecrypted, isUnread, missingBytes } from '../../src/judgement/missing-bytes.ts';
import { judged, mark, recordOf } from '../helpers/record-builder.ts';
import { tlsFacts } from '../helpers/tls-facts.ts';

test('a close_notify right before the FIN does not end a silence, and is its end', () => {
  const record = recordOf({
    serverSide: { fin: mark(12, 60_003), lastByte: mark(11, 60_001) },
    clientSide: { lastByte: mark(7, 1) },
    tls: tlsFacts({
      keys: 'found',
      lastContents: { client: mark(7, 1), server: mark(6, 0) },
      closeNotify: { client: null, server: mark(11, 60_001) },
    }),
  });
  expect(silenceBeforeEnd(record)).toEqual({ since: mark(7, 1), ms: 60_000 });
});

test('what could not be decrypted counts as missing, where others of the connection could be', () => {
  const undecrypted = [
    { from: 'client' as const, reason: 'gap' as const, mark: mark(8, 1), isResumed: true },
  ];
  const record = recordOf({ tls: tlsFacts({ keys: 'found', undecrypted }) });
  expect(isUndecrypted(record, 'client')).toBe(true);
  expect(isUndecrypted(record, 'server')).toBe(false);
  expect(missingBytes(record, 'client')).toBe('not all bytes from the client could be decrypted');
  expect(isUndecrypted(recordOf({ tls: tlsFacts({ keys: 'missing', undecrypted }) }), 'client')).toBe(false);
});

test('a side none of whose records opens to the end may have sent a Close, although no frame of it was seen', () => {
  const undecrypted = [{ from: 'client', reason: 'keys', mark: mark(8, 1), isResumed: false }] as const;
  const record = recordOf({ tls: tlsFacts({ keys: 'found', undecrypted }) });
  expect([record.clientSide, record.serverSide].map((side) => isUnread(record, side))).toEqual([true, false]);
  const resumed = [{ ...undecrypted[0], isResumed: true }];
  const read = recordOf({ tls: tlsFacts({ keys: 'found', undecrypted: resumed }) });
  expect(isUnread(read, read.clientSide)).toBe(false);
  expect(
    judged({ tls: tlsFacts({ keys: 'found', undecrypted }), clientSide: { fin: mark(20, 5000) } }).raised,
  ).not.toContain('abnormal-closure error');
});
