/** Which records wait for the other side of an address translation, and in which order they are handed on. */
import { expect, test } from 'vitest';
import type { ConnectionRecord } from '../../src/connection/record.ts';
import { TwinWindow } from '../../src/judgement/twin-window.ts';
import { mark, recordOf, seenRequest, seenResponse, type RecordSpec } from '../helpers/record-builder.ts';

function twin(spec: RecordSpec, other: number | null): ConnectionRecord {
  const record = recordOf(spec);
  return { ...record, tcp: { ...record.tcp, twin: other } };
}

const FRONT = twin(
  {
    id: 0,
    server: { address: '10.88.1.1', port: 8080 },
    clientSide: { syn: mark(1, -10) },
    serverSide: { syn: mark(4, -9) },
    upgrade: { request: seenRequest(undefined, mark(5, -5)), response: seenResponse(undefined, mark(8, 0)) },
  },
  1,
);
const BACK = twin(
  {
    id: 1,
    server: { address: '172.31.0.2', port: 80 },
    clientSide: { syn: mark(2, -9.9) },
    serverSide: { syn: mark(3, -9.1) },
    upgrade: {
      request: seenRequest(undefined, mark(6, -4.9)),
      response: seenResponse(undefined, mark(7, -0.1)),
    },
  },
  0,
);

function handedOn(...records: readonly ConnectionRecord[]) {
  const released: ConnectionRecord[] = [];
  const window = new TwinWindow((record) => released.push(record));
  for (const record of records) window.add(record);
  const before = released.length;
  window.flush();
  return { before, released: released.map(({ id, translated }) => [id, translated?.side ?? null]) };
}

test('a connection that has no twin does not wait', () => {
  expect(handedOn(twin({ id: 7 }, null))).toEqual({ before: 1, released: [[7, null]] });
});

test.each([
  ['front', [FRONT, BACK]],
  ['back', [BACK, FRONT]],
] as const)('two that belong together are handed on together, the %s having come first', (_name, records) => {
  expect(handedOn(...records)).toEqual({
    before: 2,
    released: [
      [0, 'front'],
      [1, 'back'],
    ],
  });
});

test('two that only began with the same numbers are handed on as they are', () => {
  const other = { ...BACK, server: FRONT.server };
  expect(handedOn(FRONT, other).released).toEqual([
    [0, null],
    [1, null],
  ]);
});

test('one whose twin never comes is handed on at the end', () => {
  expect(handedOn(FRONT)).toEqual({ before: 0, released: [[0, null]] });
});

test('at the bound the oldest is handed on alone', () => {
  const many = Array.from({ length: 1001 }, (_, id) => twin({ id: id + 10 }, 5000 + id));
  expect(handedOn(...many).before).toBe(1);
});
