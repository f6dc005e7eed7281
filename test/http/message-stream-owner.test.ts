/** What the owner of a MessageStream may tell it and ask it, and the packets and times that it is told. */
import { describe, expect, test } from 'vitest';
import { bodyFraming } from '../../src/http/head.ts';
import { HttpBudget } from '../../src/http/http-budget.ts';
import { MessageStream, type MessageHandler } from '../../src/http/message-stream.ts';
import { lines } from '../helpers/handshakes.ts';

const GET = lines('GET /a HTTP/1.1');
const POST = lines('POST /p HTTP/1.1', 'Content-Length: 3');
const OK = lines('HTTP/1.1 200 OK', 'Content-Length: 0');

/** A stream and what it told its owner. Packet 7 comes at 7.000000070 s. */
class Owned {
  readonly said: string[] = [];
  readonly stream: MessageStream;
  #packet = 0;

  constructor(
    handler: (stream: () => MessageStream) => Partial<MessageHandler> = () => ({}),
    isFromStart = true,
  ) {
    const own = handler(() => this.stream);
    this.stream = new MessageStream(
      {
        head: (head, ...mark) => {
          this.said.push(`${head.kind === 'request' ? head.target : String(head.status)} #${mark.join(' ')}`);
          return own.head?.(head, ...mark) ?? bodyFraming(head, null);
        },
        proxyHeader: (header) => {
          this.said.push(`PROXY v${header.version}`);
          own.proxyHeader?.(header);
        },
        expectsResponse: () => own.expectsResponse?.() ?? false,
        passedOver: (length, ...mark) => {
          this.said.push(`${length} passed over #${mark.join(' ')}`);
        },
        notHttp: (reason) => {
          this.said.push(`no HTTP: ${reason}`);
        },
      },
      isFromStart,
      new HttpBudget(),
    );
  }

  /** Returns what was left of the last text. */
  push(...texts: readonly string[]): string {
    let left = '';
    for (const text of texts) {
      const packet = ++this.#packet;
      const bytes = Buffer.from(text, 'latin1');
      const taken = this.stream.push(bytes, 0, bytes.length, packet, packet, packet * 10);
      left = bytes.toString('latin1', taken);
    }
    return left;
  }

  gap(length: number | 'unknown'): void {
    const packet = ++this.#packet;
    this.stream.gap(length, packet, packet, packet * 10);
  }
}

describe('a pause', () => {
  test('behind a PROXY header leaves all that follows it, until the stream is resumed', () => {
    const owned = new Owned((stream) => ({
      proxyHeader: () => {
        stream().pause();
      },
    }));
    const left = owned.push(`PROXY UNKNOWN\r\n${GET}`);
    expect(left).toBe(GET);
    expect(owned.stream.isPaused).toBe(true);
    owned.stream.resume();
    owned.push(left);
    expect(owned.said).toEqual(['PROXY v1', '/a #2 2 20']);
  });

  const pausingAfterBody = () =>
    new Owned((stream) => ({
      head: (head) => {
        const framing = bodyFraming(head, null);
        if (head.kind !== 'request' || head.method !== 'POST') return framing;
        stream().pauseAfterBody();
        return framing.kind === 'none' ? { kind: 'length', length: 0 } : framing;
      },
    }));

  test.each([
    ['of known length', `${POST}abc`],
    ['of length 0', lines('POST /p HTTP/1.1', 'Content-Length: 0')],
    ['in chunks', `${lines('POST /p HTTP/1.1', 'Transfer-Encoding: chunked')}1\r\na\r\n0\r\n\r\n`],
  ])('after a body %s comes once, at the end of that body', (_name, message) => {
    const owned = pausingAfterBody();
    expect(owned.push(message + GET)).toBe(GET);
    expect(owned.stream.isPaused).toBe(true);
    owned.stream.resume();
    expect(owned.push(GET + GET)).toBe('');
    expect(owned.said).toEqual(['/p #1 1 10', '/a #2 2 20', '/a #2 2 20']);
  });

  test('after a body whose end is missing comes in the gap', () => {
    const owned = pausingAfterBody();
    owned.push(`${POST}a`);
    expect(owned.stream.isPaused).toBe(false);
    owned.gap(2);
    expect(owned.stream.isPaused).toBe(true);
  });

  test('after a body that is not needed any more does not come', () => {
    const owned = pausingAfterBody();
    owned.push(`${POST}a`);
    owned.stream.resume();
    expect(owned.push(`bc${GET}`)).toBe('');
    expect(owned.stream.isPaused).toBe(false);
    expect(owned.said).toEqual(['/p #1 1 10', '/a #2 2 20']);
  });
});

describe('where the next message begins', () => {
  test('is known at the start of a stream, not in the middle, and again behind a head', () => {
    expect(new Owned().stream.isUnsynchronized).toBe(false);
    const inMiddle = new Owned(undefined, false);
    expect(inMiddle.stream.isUnsynchronized).toBe(true);
    inMiddle.push('abc');
    expect(inMiddle.stream.isUnsynchronized).toBe(true);
    inMiddle.push(GET);
    expect(inMiddle.stream.isUnsynchronized).toBe(false);
  });

  test.each<[string, string, number | 'unknown', boolean]>([
    ['behind a gap between messages', GET, 1, true],
    ['behind a gap in front of a message', '\r\n', 1, true],
    ['behind a gap of unknown length in a body', `${POST}a`, 'unknown', true],
    ['behind a gap of one byte more than its body', `${POST}a`, 3, true],
    ['behind a gap in a body that it fills', `${POST}a`, 2, false],
    [
      'behind a gap of unknown length in chunks',
      `${lines('POST /p HTTP/1.1', 'Transfer-Encoding: chunked')}9\r\na`,
      'unknown',
      true,
    ],
    ['behind a gap in a chunk', `${lines('POST /p HTTP/1.1', 'Transfer-Encoding: chunked')}9\r\na`, 3, false],
    ['behind a gap in a body up to the end', lines('HTTP/1.1 200 OK'), 3, false],
    ['behind a head that says to search', lines('HTTP/1.1 599 Search'), 1, true],
  ])('%s: unknown or not', (_name, text, length, isUnknown) => {
    const owned = new Owned(() => ({
      head: (head) => (head.kind === 'response' && head.status === 599 ? 'search' : bodyFraming(head, null)),
    }));
    owned.push(text);
    owned.gap(length);
    expect(owned.stream.isUnsynchronized).toBe(isUnknown);
  });

  test('a head that says to search is followed by nothing but a segment that begins like a head', () => {
    const owned = new Owned(() => ({ head: () => 'search' }));
    owned.push(`${OK}${OK}`, 'abc', OK);
    expect(owned.said).toEqual(['200 #1 1 10', '200 #3 3 30']);
  });
});

describe('packets and times', () => {
  test('of a head are those of the segment that completes it, of a cut head those of the gap', () => {
    const owned = new Owned();
    owned.push(GET, GET.slice(0, 5), GET.slice(5), GET.slice(0, -2));
    owned.gap(2);
    expect(owned.said).toEqual(['/a #1 1 10', '/a #3 3 30', '/a #5 5 50']);
  });

  const answered = () => new Owned(() => ({ expectsResponse: () => true }));

  test('of bytes before a response are those of the first of them', () => {
    const owned = answered();
    owned.push(OK, '\x81\x02', `hi${OK}`, `abc${OK}`);
    expect(owned.said).toEqual([
      '200 #1 1 10',
      '4 passed over #2 2 20',
      '200 #3 3 30',
      '3 passed over #4 4 40',
      '200 #4 4 40',
    ]);
  });

  test('of bytes that began like a PROXY header are those of the segment that shows that they do not', () => {
    const owned = answered();
    owned.push('\r\n\r\n\0', `\x01HTTP/1.1 20`, `0 OK\r\nContent-Length: 0\r\n\r\n`);
    expect(owned.said).toEqual(['2 passed over #2 2 20', '200 #3 3 30']);
  });

  test('of such bytes that hold a line end are the same, and all of the bytes are passed over', () => {
    const owned = answered();
    owned.push('\r\n\r\n\0\r\nQU', `X${OK}`);
    expect(owned.said).toEqual(['6 passed over #2 2 20', '200 #2 2 20']);
  });
});

describe('bytes that are not HTTP', () => {
  test('are passed over up to 64 KiB where a response is expected, and end the stream behind that', () => {
    const passed = new Owned(() => ({ expectsResponse: () => true }));
    passed.push('\x81'.repeat(65_536 - 13), OK);
    expect(passed.said).toEqual([`${65_536 - 13} passed over #1 1 10`, '200 #2 2 20']);
    const tooLong = new Owned(() => ({ expectsResponse: () => true }));
    tooLong.push('\x81'.repeat(65_537), OK);
    expect(tooLong.said).toEqual(['no HTTP: other']);
  });

  test('end the stream where none is', () => {
    const owned = new Owned();
    expect(owned.push('\x81\x02hi', OK)).toBe('');
    expect(owned.said).toEqual(['no HTTP: other']);
    expect(owned.stream.isPaused).toBe(false);
  });

  const stopping = () =>
    new Owned((stream) => ({
      head: () => {
        stream().stop();
        return 'search';
      },
    }));

  test('are not told of a stream that its owner stops while it reads', () => {
    const owned = stopping();
    expect(owned.push(GET + GET, GET)).toBe('');
    expect(owned.said).toEqual(['/a #1 1 10']);
    expect(owned.stream.isUnsynchronized).toBe(false);
  });

  test('nor of one that its owner stops at a head that a gap cut', () => {
    const owned = stopping();
    owned.push(GET.slice(0, -2));
    owned.gap(2);
    expect(owned.push(GET)).toBe('');
    expect(owned.said).toEqual(['/a #2 2 20']);
    expect(owned.stream.isUnsynchronized).toBe(false);
  });
});
