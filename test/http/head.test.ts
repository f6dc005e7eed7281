import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bodyFraming,
  hasHeaderToken,
  headerCount,
  headerTokens,
  headerValue,
  headerValues,
  isUpgradeRequest,
  parseHead,
  type HttpHead,
  type RequestHead,
} from '../../src/http/head.ts';
import { lines, switchingProtocols, upgradeRequest } from '../helpers/handshakes.ts';

function headOf(text: string, isCut = false): HttpHead {
  const head = parseHead(text, isCut);
  if (head === null) throw new Error('no head');
  return head;
}

function requestOf(text: string): RequestHead {
  const head = headOf(text);
  if (head.kind !== 'request') throw new Error('no request');
  return head;
}

describe('start lines', () => {
  test('a request line gives method, target and version', () => {
    expect(headOf('GET /chat?a=b HTTP/1.1\r\n\r\n')).toMatchObject({
      kind: 'request',
      method: 'GET',
      target: '/chat?a=b',
      version: '1.1',
      isCut: false,
    });
  });

  test('a target with spaces in it is kept whole, as lenient servers read it', () => {
    expect(requestOf('GET /a b HTTP/1.1\r\n\r\n').target).toBe('/a b');
  });

  test('a status line gives version, status and reason', () => {
    expect(headOf('HTTP/1.1 101 Switching Protocols\r\n\r\n')).toMatchObject({
      kind: 'response',
      version: '1.1',
      status: 101,
      reason: 'Switching Protocols',
    });
  });

  test.each(['HTTP/1.1 101\r\n\r\n', 'HTTP/1.1 101 \r\n\r\n'])('a reason may be missing: %j', (text) => {
    expect(headOf(text)).toMatchObject({ status: 101, reason: '' });
  });

  test.each([
    '',
    '\r\n\r\n',
    'GET /\r\n\r\n',
    'hello\r\n\r\n',
    'HTTP/1.1 1xx\r\n\r\n',
    'GET / HTTP/11\r\n\r\n',
  ])('what has no start line is not a head: %j', (text) => {
    expect(parseHead(text, false)).toBeNull();
  });
});

describe('header lines', () => {
  test('names keep their case and are found in any', () => {
    const head = headOf(lines('GET / HTTP/1.1', 'sEC-wEBsOCKET-kEY: abc'));
    expect(head.headers[0]).toMatchObject({ name: 'sEC-wEBsOCKET-kEY', value: 'abc' });
    expect(headerValue(head, 'sec-websocket-key')).toBe('abc');
  });

  test('several lines of one name are several values, one list of tokens, and join to one value', () => {
    const head = headOf(
      lines('GET / HTTP/1.1', 'Connection: keep-alive,', 'Host: a', 'connection: , UpGrade'),
    );
    expect(headerValues(head, 'connection')).toEqual(['keep-alive,', ', UpGrade']);
    expect(headerTokens(head, 'connection')).toEqual(['keep-alive', 'upgrade']);
    expect(headerValue(head, 'connection')).toBe('keep-alive,, , UpGrade');
    expect(headerValue(head, 'upgrade')).toBeNull();
  });

  test('lines may end in a bare LF', () => {
    const head = headOf('GET / HTTP/1.1\nHost: a\nUpgrade: websocket\n\n');
    expect(head.headers.map(({ name, value }) => [name, value])).toEqual([
      ['Host', 'a'],
      ['Upgrade', 'websocket'],
    ]);
  });

  test('an obsolete fold belongs to the line above, joined by one space', () => {
    const head = headOf('GET / HTTP/1.1\r\nConnection: keep-alive,\r\n \t Upgrade\r\n\tx\r\nHost: a\r\n\r\n');
    expect(headerValue(head, 'connection')).toBe('keep-alive, Upgrade x');
    expect(headerValue(head, 'host')).toBe('a');
  });

  test('a head full of folds is read', () => {
    const text = `GET / HTTP/1.1\r\nA: b\r\n${' a\n'.repeat(21_000)}\r\n`;
    expect(headerValue(headOf(text), 'a')).toHaveLength(1 + 2 * 21_000);
  });

  test('white space around a value is removed, white space within it stays', () => {
    const head = headOf('GET / HTTP/1.1\r\nA:b\r\nC: \t d  e \t\r\nF:\r\n\r\n');
    expect(['a', 'c', 'f'].map((name) => headerValue(head, name))).toEqual(['b', 'd  e', '']);
  });

  test('lines that are not a header field are left out', () => {
    const head = headOf('GET / HTTP/1.1\r\nno colon\r\n: no name\r\nHost: a\r\n\r\n');
    expect(head.headers).toHaveLength(1);
  });

  test('bytes above 127 become the Latin-1 characters of the same number', () => {
    expect(headerValue(headOf('GET / HTTP/1.1\r\nX: \xe4\x80\r\n\r\n'), 'x')).toBe('\xe4\x80');
  });
});

describe('heads that the capture cut short', () => {
  test('the last, unfinished line counts for nothing', () => {
    const head = headOf('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Acc', true);
    expect(head.isCut).toBe(true);
    expect(head.headers.map(({ name }) => name)).toEqual(['Upgrade']);
  });

  test('a value that is cut is not taken for a shorter one', () => {
    const head = headOf('HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: s3pPLM', true);
    expect(headerValue(head, 'sec-websocket-accept')).toBeNull();
  });

  test('an unfinished status line still tells its status', () => {
    expect(headOf('HTTP/1.1 101 Swit', true)).toMatchObject({ kind: 'response', status: 101 });
  });

  test('an unfinished request line still tells method and target', () => {
    expect(headOf('GET /chat?tok', true)).toMatchObject({ method: 'GET', target: '/chat?tok', version: '' });
  });

  test.each(['HTTP/1.1 1', 'GE', ''])('too little is not a head: %j', (text) => {
    expect(parseHead(text, true)).toBeNull();
  });

  test('a handshake cut at any length parses or is not a head, and never invents a header', () => {
    for (const text of [upgradeRequest(), switchingProtocols()]) {
      const whole = headOf(text).headers.map(({ name, value }) => `${name}: ${value}`);
      for (let length = 0; length <= text.length; length++) {
        const head = parseHead(text.slice(0, length), true);
        for (const { name, value } of head?.headers ?? []) expect(whole).toContain(`${name}: ${value}`);
      }
    }
  });
});

describe('upgrade requests', () => {
  test.each([
    ['the ordinary one', ['Upgrade: websocket', 'Connection: Upgrade'], true],
    ['any case', ['UPGRADE: WebSocket'], true],
    ['one of several protocols', ['Upgrade: h2c, websocket'], true],
    ['a proxy dropped Upgrade, the key is left', ['Sec-WebSocket-Key: abc'], true],
    ['another protocol', ['Upgrade: h2c'], false],
    ['websocket as a part of another word', ['Upgrade: websockets'], false],
    ['an ordinary request', ['Host: a'], false],
  ])('%s', (_name, headers, expected) => {
    expect(isUpgradeRequest(requestOf(lines('GET / HTTP/1.1', ...headers)))).toBe(expected);
  });
});

describe('how the body is delimited', () => {
  const response = (status: number, ...headers: string[]) =>
    headOf(lines(`HTTP/1.1 ${status} X`, ...headers));
  const request = (...headers: string[]) => headOf(lines('POST / HTTP/1.1', ...headers));

  test.each([100, 101, 103, 199, 204, 304])('a %d has none, whatever it says', (status) => {
    expect(bodyFraming(response(status, 'Content-Length: 5', 'Transfer-Encoding: chunked'), 'GET')).toEqual({
      kind: 'none',
    });
  });

  test('the answer to HEAD has none', () => {
    expect(bodyFraming(response(200, 'Content-Length: 5'), 'HEAD')).toEqual({ kind: 'none' });
  });

  test('Content-Length says how long', () => {
    expect(bodyFraming(response(200, 'Content-Length: 5'), 'GET')).toEqual({ kind: 'length', length: 5 });
    expect(bodyFraming(request('content-length: 7'), null)).toEqual({ kind: 'length', length: 7 });
  });

  test('Content-Length: 0 means no body', () => {
    expect(bodyFraming(request('Content-Length: 0'), null)).toEqual({ kind: 'none' });
    expect(bodyFraming(response(200, 'Content-Length: 0'), 'GET')).toEqual({ kind: 'none' });
  });

  test('chunked wins over Content-Length, and counts only as the last coding', () => {
    expect(bodyFraming(response(200, 'Content-Length: 5', 'Transfer-Encoding: gzip, Chunked'), null)).toEqual(
      {
        kind: 'chunked',
      },
    );
    expect(bodyFraming(response(200, 'Transfer-Encoding: chunked, gzip'), null)).toEqual({
      kind: 'until-close',
    });
  });

  test('without either, a request has none and a response goes on until the connection ends', () => {
    expect(bodyFraming(request(), null)).toEqual({ kind: 'none' });
    expect(bodyFraming(response(200), 'GET')).toEqual({ kind: 'until-close' });
  });

  test.each(['-1', '5x', '1e3', '99999999999999999999', '0x10'])(
    'an invalid length is ignored: %s',
    (length) => {
      expect(bodyFraming(response(200, `Content-Length: ${length}`), 'GET')).toEqual({ kind: 'until-close' });
    },
  );
});

describe('lines that come again in other heads', () => {
  const parsed = (...headers: string[]) => requestOf(lines('GET / HTTP/1.1', ...headers)).headers;

  test('are not changed by the folds of one of them', () => {
    const line = 'X-Folded: a';
    expect(parsed(line)).toEqual([{ name: 'X-Folded', value: 'a' }]);
    expect(parsed(line, ' ', ' b', line)).toEqual([
      { name: 'X-Folded', value: 'a  b' },
      { name: 'X-Folded', value: 'a' },
    ]);
    expect(parsed(line)).toEqual([{ name: 'X-Folded', value: 'a' }]);
  });

  test('keep their own names and values, however many there are of each', () => {
    for (let round = 0; round < 2; round++) {
      for (let index = 0; index < 1500; index++) {
        const name = `x-${index % 2 === 0 ? 'Even' : 'oDD'}-${index}`;
        const values = [`${index}`, `${index % 3}`, 'y'.repeat(300 + (index % 2)), ''];
        const expected = values.flatMap((value) => [
          { name, value },
          { name: 'Same', value },
        ]);
        const head = requestOf(
          lines('GET / HTTP/1.1', ...expected.map((field) => `${field.name}: ${field.value}`)),
        );
        expect(head.headers).toEqual(expected);
        expect(headerValue(head, name.toLowerCase())).toBe(values.join(', '));
      }
    }
  });
});

describe('what is usual and what is not', () => {
  const requestTargets = ['/', '/chat?a=b', 'http://example.org/', '/a b', '/ HTTP/1.1', '*'];

  test.each(requestTargets)('a target is the same however its line is read: %s', (target) => {
    // Two spaces are not usual, and say the same.
    const usual = requestOf(`GET ${target} HTTP/1.1\r\n\r\n`);
    const unusual = requestOf(`GET  ${target}  HTTP/1.1\r\n\r\n`);
    expect(usual).toEqual({ ...unusual, target: usual.target });
    expect(usual.target).toBe(unusual.target.trim());
  });

  test('a status line that the capture cut has no reason: what is left of it may be half a word', () => {
    expect(headOf('HTTP/1.1 101 Switching Protoco', true)).toMatchObject({ status: 101, reason: '' });
    expect(headOf('HTTP/1.1 101 Switching Protocols\r\n', true)).toMatchObject({
      status: 101,
      reason: 'Switching Protocols',
    });
  });

  test('heads that are read one after the other share no lines', () => {
    const first = headOf('GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\nY: 2\r\n\r\n');
    const second = headOf('GET / HTTP/1.1\r\nHost: b\r\n\r\n');
    expect(first.headers.map(({ value }) => value)).toEqual(['a', '1', '2']);
    expect(second.headers.map(({ value }) => value)).toEqual(['b']);
    expect(second.names).toEqual(['host']);
  });
});

describe('members and lines that are only looked for', () => {
  const values = fc.array(
    fc.string({ unit: fc.constantFrom('u', 'U', 'p', 'x', ',', ' ', '\t', '\u00a0', '-') }),
    { maxLength: 3 },
  );

  test('a member is found in any case, and no other character is taken for a letter of it', () => {
    const holds = (value: string, token: string) =>
      hasHeaderToken(headOf(`GET / HTTP/1.1\r\nConnection: ${value}\r\n\r\n`), 'connection', token);
    expect(['AZ', 'aZ', 'Az', 'az', ' ,x,\tAZ\t,y'].map((value) => holds(value, 'az'))).toEqual(
      Array<boolean>(5).fill(true),
    );
    // Characters that differ from a letter in the bit of its case, or stand beside the capitals.
    expect([holds('\x01', 'a'), holds('@', '\x60'), holds('[', '{'), holds('a\rb', 'a-b')]).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect([holds('aza', 'az'), holds('a', 'az'), holds('', 'az'), holds('a z', 'az')]).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  test('a member of another header is not looked at', () => {
    const head = headOf('GET / HTTP/1.1\r\nX: upgrade\r\nConnection: close\r\n\r\n');
    expect([hasHeaderToken(head, 'connection', 'upgrade'), hasHeaderToken(head, 'x', 'upgrade')]).toEqual([
      false,
      true,
    ]);
  });

  test('a member is found exactly where the list of all holds it', () => {
    fc.assert(
      fc.property(values, fc.constantFrom('u', 'up', 'x', 'pu-x'), (lineValues, token) => {
        const head = headOf(
          `GET / HTTP/1.1\r\n${lineValues.map((value) => `Connection: ${value}\r\n`).join('')}\r\n`,
        );
        expect(hasHeaderToken(head, 'connection', token)).toBe(
          headerTokens(head, 'connection').includes(token),
        );
        expect(headerCount(head, 'connection')).toBe(headerValues(head, 'connection').length);
      }),
    );
  });
});
