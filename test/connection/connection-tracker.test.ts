import { describe, expect, test } from 'vitest';
import type { ConnectionRecord } from '../../src/connection/record.ts';
import { Conversation } from '../helpers/conversation.ts';
import { ACCEPT, lines, switchingProtocols, upgradeRequest } from '../helpers/handshakes.ts';

const TEXT = '\x81\x02hi';
const MASKED_TEXT = '\x81\x82\x01\x02\x03\x04ik';
const CLOSE_1000 = '\x88\x02\x03\xe8';
const MASKED_CLOSE_1000 = '\x88\x82\x01\x02\x03\x04\x02\xea';
const CLOSE_1011 = '\x88\x06\x03\xf3boom';
const PING = '\x89\x01a';
const MASKED_PONG = '\x8a\x81\x01\x02\x03\x04\x60';

/** SYN to 101, in packets 1 to 5. */
const upgraded = () => new Conversation().open().client(upgradeRequest()).server(switchingProtocols());

const story = ({ timeline }: ConnectionRecord) =>
  timeline().map(({ from, event, opcode, code, packet }) =>
    [packet, from, event, opcode, code].filter((part) => part !== null).join(' '),
  );

test('a whole session becomes a record', () => {
  const record = upgraded()
    .client(MASKED_TEXT)
    .server(TEXT + PING)
    .client(MASKED_PONG)
    .client(MASKED_CLOSE_1000)
    .server(CLOSE_1000)
    .fin('server')
    .fin('client')
    .ack('server')
    .record();
  expect(record).toMatchObject({
    id: 0,
    client: { address: '10.0.0.1', port: 50_000 },
    server: { address: '10.0.0.2', port: 80 },
    first: { packet: 1 },
    last: { packet: 13 },
    endedBy: 'closed',
    upgrade: { request: { packet: 4, head: { target: '/chat' } }, response: { packet: 5 }, accept: 'valid' },
    refusedBefore: [],
    firstEnd: { by: 'server', how: 'fin', mark: { packet: 11 } },
    clientSide: {
      frames: { text: 1, pong: 1, close: 1 },
      frameCount: 3,
      closeFrame: { code: 1000, mark: { packet: 9 } },
    },
    serverSide: {
      frames: { text: 1, ping: 1, close: 1 },
      frameCount: 3,
      closeFrame: { code: 1000, mark: { packet: 10 } },
    },
    heartbeat: { pings: 1, pongs: 1, roundTripMs: { min: 10, max: 10 } },
  });
  expect(story(record)).toEqual([
    '1 client syn',
    '2 server syn-ack',
    '4 client request',
    '5 server response 101',
    '6 client frame text',
    '7 server frame text',
    '7 server frame ping',
    '8 client frame pong',
    '9 client frame close 1000',
    '10 server frame close 1000',
    '11 server fin',
    '12 client fin',
  ]);
});

test('the founding case: 101, FIN', () => {
  const { firstEnd, clientSide, serverSide } = upgraded().fin('server').ack('client').record();
  expect(firstEnd).toMatchObject({ by: 'server', how: 'fin', mark: { packet: 6 } });
  expect([clientSide.frameCount, serverSide.frameCount]).toEqual([0, 0]);
});

test('roles follow from the handshake, not from who sent the first packet', () => {
  const record = new Conversation().server(switchingProtocols()).client(MASKED_TEXT).record();
  expect(record.client).toEqual({ address: '10.0.0.1', port: 50_000 });
  expect(record.clientSide.frames.text).toBe(1);
  expect(record.upgrade).toMatchObject({ request: null, accept: 'unknown' });
});

describe('a Close', () => {
  test('has its code and reason', () => {
    const { serverSide } = upgraded().server(CLOSE_1011).record();
    expect(serverSide.closeFrame).toMatchObject({ code: 1011, reason: 'boom', mark: { packet: 6 } });
  });

  test('may have none', () => {
    expect(upgraded().server('\x88\0').record().serverSide.closeFrame).toMatchObject({
      code: null,
      reason: '',
    });
  });

  test('whose payload was not captured has none either', () => {
    const record = upgraded()
      .server('\x88\x06')
      .lost('server', '\x03\xf3boom')
      .server(TEXT)
      .ack('client', 12)
      .record();
    expect(record.serverSide).toMatchObject({
      closeFrame: { code: null },
      isFramingLost: false,
      frames: { text: 1 },
    });
  });

  test('is counted again, but only the first one is kept', () => {
    const { serverSide } = upgraded()
      .server(CLOSE_1011 + CLOSE_1000)
      .record();
    expect(serverSide).toMatchObject({ frames: { close: 2 }, closeFrame: { code: 1011 } });
  });
});

describe('Sec-WebSocket-Accept', () => {
  const acceptOf = (head: string, request = upgradeRequest()) =>
    new Conversation().open().client(request).server(head).record().upgrade?.accept;

  test.each([
    ['valid', switchingProtocols()],
    ['invalid', switchingProtocols().replace(ACCEPT, 'x')],
    ['invalid', switchingProtocols(`Sec-WebSocket-Accept: ${ACCEPT}`)],
    ['missing', lines('HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket')],
    [null, lines('HTTP/1.1 403 Forbidden')],
  ])('is %s in %j', (accept, head) => {
    expect(acceptOf(head)).toBe(accept);
  });

  test('is unknown without a key to hold it against', () => {
    expect(acceptOf(switchingProtocols(), lines('GET / HTTP/1.1', 'Upgrade: websocket'))).toBe('unknown');
  });

  test('is checked where the request was captured late', () => {
    const conversation = new Conversation().open();
    const request = upgradeRequest();
    conversation.lost('client', request).server(switchingProtocols());
    const record = conversation.client(request, { seq: 1001 }).record();
    expect(record.upgrade).toMatchObject({
      request: { packet: 5 },
      response: { packet: 4 },
      accept: 'valid',
    });
  });
});

describe('attempts', () => {
  const refused = (status: string) => lines(`HTTP/1.1 ${status}`, 'Content-Length: 0');

  test('the last one is the one that counts, earlier refusals are kept', () => {
    const { records, upgradeRequests } = new Conversation()
      .open()
      .client(upgradeRequest('/a'))
      .server(refused('401 No'))
      .client(upgradeRequest('/b'))
      .server(switchingProtocols())
      .outcome();
    expect(upgradeRequests).toBe(2);
    expect(records[0]?.upgrade).toMatchObject({
      request: { head: { target: '/b' } },
      response: { head: { status: 101 } },
    });
    expect(records[0]?.refusedBefore).toMatchObject([{ response: { head: { status: 401 } } }]);
  });

  test('a refusal that is the last word is no earlier one', () => {
    const record = new Conversation().open().client(upgradeRequest()).server(refused('403 No')).record();
    expect(record).toMatchObject({
      upgrade: { response: { head: { status: 403 } }, accept: null },
      refusedBefore: [],
    });
  });

  test('one that is still unanswered has no response, not that of the one before', () => {
    const record = new Conversation()
      .open()
      .client(upgradeRequest('/a'))
      .server(refused('401 No'))
      .client(upgradeRequest('/b'))
      .record();
    expect(record.upgrade).toMatchObject({ request: { head: { target: '/b' } }, response: null });
    expect(record.refusedBefore).toHaveLength(1);
  });

  test('of very many refusals the last sixteen are kept', () => {
    const conversation = new Conversation().open();
    for (let i = 0; i < 40; i++) conversation.client(upgradeRequest(`/${i}`)).server(refused('401 No'));
    const { refusedBefore, upgrade } = conversation.record();
    expect(refusedBefore).toHaveLength(15);
    expect(upgrade?.request?.head.target).toBe('/39');
  });

  test('a request that was cut before it said what it wants counts with its 101', () => {
    const request = upgradeRequest();
    const { records, upgradeRequests } = new Conversation()
      .open()
      .client(request, { captured: 40 })
      .server(switchingProtocols(), { captured: 30 })
      .ack('client', 12)
      .outcome();
    expect(upgradeRequests).toBe(1);
    expect(story(records[0]!)).toContain('4 client request');
    expect(records[0]?.upgrade).toMatchObject({ request: { head: { isCut: true } }, accept: 'unknown' });
  });
});

describe('what is no WebSocket', () => {
  test.each([
    ['tls', '\x16\x03\x01\x02\x00\x01\x00'],
    ['http2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['other', 'EHLO example.com\r\n'],
  ])('is left alone: %s', (reason, bytes) => {
    const { records, skipped } = new Conversation().open().client(bytes).fin('server').outcome();
    expect(records).toEqual([]);
    expect(skipped).toEqual([reason]);
  });

  test('ordinary HTTP gives no record', () => {
    const { records, skipped } = new Conversation()
      .open()
      .client(lines('GET / HTTP/1.1', 'Host: a'))
      .server(lines('HTTP/1.1 200 OK', 'Content-Length: 0'))
      .fin('server')
      .outcome();
    expect([records, skipped]).toEqual([[], []]);
  });

  test('one that tried stays, whatever came after', () => {
    const { records, skipped } = new Conversation()
      .open()
      .client(upgradeRequest())
      .server('ERR\r\n')
      .outcome();
    expect(records).toHaveLength(1);
    expect(skipped).toEqual([]);
  });
});

describe('a connection without a byte', () => {
  test('that the server hangs up on is told, with the originator as client', () => {
    const record = new Conversation().open().fin('server').fin('client').record();
    expect(record).toMatchObject({
      upgrade: null,
      client: { port: 50_000 },
      firstEnd: { by: 'server', how: 'fin' },
      clientSide: { streamBytes: 0 },
    });
  });

  test.each([
    ['that the client hangs up on is not', () => new Conversation().open().fin('client').fin('server')],
    ['that nobody hangs up on is not', () => new Conversation().open()],
    ['nor is a refused one', () => new Conversation().rst('server')],
    ['nor one where the server spoke', () => new Conversation().open().server('220 hello\r\n').fin('server')],
  ])('%s', (_name, conversation) => {
    expect(conversation().outcome().records).toEqual([]);
  });
});

describe('bytes that are missing', () => {
  test('where the request was lost, frames of the client are not followed, and that is said', () => {
    const record = new Conversation()
      .open()
      .lost('client', upgradeRequest())
      .server(switchingProtocols())
      .client(MASKED_CLOSE_1000)
      .fin('server')
      .ack('client', 12)
      .record();
    expect(record.upgrade).toMatchObject({ request: null, accept: 'unknown' });
    expect(record.clientSide).toMatchObject({ isFramingLost: true, closeFrame: null });
  });

  test('between frames lose that direction and not the other', () => {
    const record = upgraded()
      .lost('server', TEXT)
      .server(CLOSE_1011)
      .client(MASKED_TEXT)
      .ack('client', 12)
      .record();
    expect(record.serverSide).toMatchObject({ isFramingLost: true, gapBytes: TEXT.length, closeFrame: null });
    expect(record.clientSide).toMatchObject({ isFramingLost: false, frames: { text: 1 } });
    expect(story(record).some((line) => line.includes('server gap'))).toBe(true);
  });

  test('of the 101 leave the connection unanswered, with the gap on record', () => {
    const record = new Conversation()
      .open()
      .client(upgradeRequest())
      .lost('server', switchingProtocols())
      .server(TEXT)
      .client(MASKED_TEXT)
      .ack('client', 12)
      .fin('server')
      .record();
    expect(record.upgrade?.response).toBeNull();
    expect(record.serverSide.gapBytes).toBe(switchingProtocols().length);
  });
});

test('a FIN that is sent again is the first one still', () => {
  const record = upgraded()
    .fin('server')
    .server('', { flags: 'FA', seq: 5001 + switchingProtocols().length })
    .record();
  expect(record.serverSide.fin).toMatchObject({ packet: 6 });
  expect(record.firstEnd?.mark.packet).toBe(6);
});

test('frames that come after the end of the other side are told apart', () => {
  const record = upgraded().client(MASKED_TEXT).fin('server').client(MASKED_TEXT).record();
  expect(record.clientSide).toMatchObject({ frameCount: 2, framesBeforePeerEnd: 1 });
});

test('the unfinished frame of each side is kept', () => {
  const record = upgraded().server('\x82\x7e\x01\x04abcd').rst('server').record();
  expect(record.serverSide.unfinished).toEqual({ opcode: 2, payloadLength: 260, received: 4 });
  expect(record.firstEnd).toMatchObject({ by: 'server', how: 'rst' });
});

test('a PROXY header is kept', () => {
  const record = new Conversation()
    .open()
    .client(`PROXY TCP4 192.0.2.7 198.51.100.1 56324 80\r\n${upgradeRequest()}`)
    .record();
  expect(record.proxyHeader).toEqual({ version: 1, source: { address: '192.0.2.7', port: 56324 } });
});

test('an open connection is told as open', () => {
  expect(upgraded().record()).toMatchObject({ endedBy: 'capture-ended', firstEnd: null });
});
