import { expect, test } from 'vitest';
import { kindOfUnparsed } from '../../src/judgement/unparsed-answer.ts';

const kindOf = (text: string) => kindOfUnparsed(Uint8Array.from(Buffer.from(text, 'latin1')));

test('each beginning of a status line is a head that has not ended', () => {
  const line = 'HTTP/1.1 101 Switching Protocols';
  for (let length = 1; length <= line.length; length++) {
    expect(kindOf(line.slice(0, length)), line.slice(0, length)).toBe('unfinished-head');
  }
});

test.each([
  ['HTTP 101', 'status-line'],
  ['HTTP/1.1 OK', 'status-line'],
  ['HTTX', 'text'],
  ['SSH-2.0-OpenSSH', 'text'],
  ['h', 'text'],
  ['', 'binary'],
])('%j is %s', (text, kind) => {
  expect(kindOf(text)).toBe(kind);
});
