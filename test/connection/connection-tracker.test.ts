import { describe, expect, test } from 'vitest';
import type { ConversationListener } from '../../src/connection/conversation-listener.ts';
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

  test('may have neither code nor reason', () => {
    expect(upgraded().server('\x88\0').record().serverSide.closeFrame).toMatchObject({
      code: null,
      reason: '',
    });
  });

  test('whose payload was not captured has neither', () => {
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

  test('a refusal that is the last answer does not count as an earlier one', () => {
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

describe('what is not a WebSocket', () => {
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
      tcp: { client: { streamBytes: 0 } },
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
    expect(record.serverSide).toMatchObject({ isFramingLost: true, closeFrame: null });
    expect(record.tcp.server.gapBytes).toBe(TEXT.length);
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
    expect(record.tcp.server.gapBytes).toBe(switchingProtocols().length);
  });
});

test('a FIN that is sent again is the first one still', () => {
  const record = upgraded()
    .fin('server')
    .server('', { flags: 'FA', seq: 5001 + switchingProtocols().length })
    .record();
  expect(record.tcp.server.fin).toMatchObject({ packet: 6 });
  expect(record.firstEnd?.mark.packet).toBe(6);
});

test('frames that come after the end of the other side are told apart', () => {
  const record = upgraded().client(MASKED_TEXT).fin('server').client(MASKED_TEXT).record();
  expect(record.clientSide).toMatchObject({ frameCount: 2, framesBeforePeerEnd: 1 });
});

test('the unfinished frame of each side is kept', () => {
  const record = upgraded().server('\x82\x7e\x01\x04abcd').rst('server').record();
  expect(record.serverSide.unfinished).toMatchObject({
    opcode: 2,
    payloadLength: 260,
    received: 4,
    firstPacket: 6,
  });
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

describe('the life of a connection', () => {
  const states = ({ phases }: ConnectionRecord) => phases.map(({ state, packet }) => `${packet} ${state}`);
  const TCP = ['1 connecting', '2 connected'];

  test.each<[string, () => ConnectionRecord, string[]]>([
    [
      'closed in good order',
      () => upgraded().client(MASKED_CLOSE_1000).server(CLOSE_1000).fin('server').fin('client').record(),
      [...TCP, '4 upgrading', '5 open', '6 client-closing', '7 closing-done', '8 ended-clean'],
    ],
    [
      'dropped after the 101',
      () => upgraded().fin('server').record(),
      [...TCP, '4 upgrading', '5 open', '6 ended-without-close'],
    ],
    [
      'a Close that is not answered',
      () => upgraded().server(CLOSE_1011).server(CLOSE_1000).rst('server').record(),
      [...TCP, '4 upgrading', '5 open', '6 server-closing', '8 ended-with-one-close'],
    ],
    [
      'refused, and asked again',
      () =>
        new Conversation()
          .open()
          .client(upgradeRequest('/a'))
          .server(lines('HTTP/1.1 401 No', 'Content-Length: 0'))
          .client(upgradeRequest('/b'))
          .record(),
      [...TCP, '4 upgrading', '5 refused', '6 upgrading'],
    ],
    [
      'closed before a request',
      () => new Conversation().open().fin('server').record(),
      [...TCP, '4 ended-without-request'],
    ],
    [
      'captured from the 101 on',
      () => new Conversation().server(switchingProtocols()).record(),
      ['1 connected', '1 open'],
    ],
  ])('%s', (_name, record, expected) => {
    expect(states(record())).toEqual(expected);
  });
});

describe('frames before the 101', () => {
  const SERVER = 5001 + switchingProtocols().length;
  const early = (conversation: Conversation) => conversation.record().clientSide.framesBeforeUpgrade;

  test('are those of packets that acknowledge nothing of it', () => {
    const conversation = new Conversation()
      .open()
      .client(upgradeRequest())
      .client(MASKED_TEXT + MASKED_TEXT);
    expect(early(conversation.server(switchingProtocols()).client(MASKED_TEXT))).toMatchObject({
      count: 2,
      first: { packet: 5, number: 1 },
    });
  });

  test('may come on the packet of the request', () => {
    const conversation = new Conversation().open().client(upgradeRequest() + MASKED_TEXT);
    expect(early(conversation.server(switchingProtocols()))).toMatchObject({
      count: 1,
      first: { packet: 4 },
    });
  });

  test('do not exist where the capture swapped the 101 and its answer', () => {
    const conversation = new Conversation().open().client(upgradeRequest());
    const record = conversation.client(MASKED_TEXT, { ack: SERVER }).server(switchingProtocols()).record();
    expect(record.clientSide).toMatchObject({ framesBeforeUpgrade: null, frames: { text: 1 } });
  });

  test('do not exist where everything came in order', () => {
    expect(early(upgraded().client(MASKED_TEXT))).toBeNull();
  });

  test('of the server are bytes in front of its answer', () => {
    const record = new Conversation()
      .open()
      .client(upgradeRequest())
      .server(TEXT)
      .server(switchingProtocols())
      .record();
    expect(record.upgrade?.bytesBeforeResponse).toMatchObject({ length: TEXT.length, mark: { packet: 5 } });
    expect(record.serverSide).toMatchObject({ frameCount: 0, framesBeforeUpgrade: null });
  });
});

describe('irregularities', () => {
  const kinds = ({ clientSide, serverSide }: ConnectionRecord) =>
    [clientSide, serverSide].map(({ irregularities }) =>
      irregularities.map(({ kind, count }) => `${count} ${kind}`),
    );

  test('belong to the side whose frames they are', () => {
    const record = upgraded().client(TEXT).client(TEXT).server('\x83\0').server(MASKED_TEXT).record();
    expect(kinds(record)).toEqual([['2 masking'], ['1 reserved-opcode', '1 masking']]);
    expect(record.clientSide.irregularities[0]?.examples).toMatchObject([{ packet: 6 }, { packet: 7 }]);
  });

  test('of compressed messages follow from what the 101 agrees to', () => {
    const deflated = '\xc1\x07\xf2H\xcd\xc9\xc9\x07\0';
    const play = (...extensions: string[]) =>
      new Conversation()
        .open()
        .client(upgradeRequest())
        .server(switchingProtocols(...extensions))
        .server(deflated)
        .server('\xc1\x03\xff\xff\xff')
        .record();
    const agreed = play('Sec-WebSocket-Extensions: permessage-deflate');
    expect(kinds(agreed)).toEqual([[], ['1 inflate-failed']]);
    expect(agreed.serverSide).toMatchObject({ compressedMessages: 2, notInflated: null });
    expect(kinds(play())).toEqual([[], ['2 reserved-bits', '2 text-not-utf8']]);
    const unknown = play('Sec-WebSocket-Extensions: x-webkit-deflate-frame');
    expect(kinds(unknown)).toEqual([[], []]);
    expect(unknown.serverSide.notInflated).toEqual({ messages: 2, reason: 'unknown', firstPacket: 6 });
  });

  test('are not reported where the capture cut the 101 that says what was agreed on', () => {
    const record = new Conversation()
      .open()
      .client(upgradeRequest())
      .server(switchingProtocols('X-Long: value'), { captured: 120 })
      .record();
    expect(record.upgrade).toMatchObject({ response: { head: { isCut: true } }, extensions: null });
    expect(kinds(record)).toEqual([[], []]);
  });

  test('a message without its end is kept as such', () => {
    const { serverSide } = upgraded().server('\x01\x02hi\0\x01!').fin('server').record();
    expect(serverSide.unfinishedMessage).toEqual({ opcode: 1, frames: 2, payloadBytes: 3, firstPacket: 6 });
  });
});

describe('a connection that was open before the capture began', () => {
  const both = (conversation: Conversation, times = 3) => {
    for (let i = 0; i < times; i++) conversation.client(MASKED_TEXT).server(TEXT);
    return conversation;
  };
  const NAMED = new Set([80]);

  test('is known by three frames of each side', () => {
    const record = both(new Conversation()).record();
    expect(record).toMatchObject({
      opening: 'inferred',
      openedAt: { packet: 1 },
      client: { port: 50_000 },
      upgrade: null,
      clientSide: { frames: { text: 3 }, isFramingLost: false },
      serverSide: { frames: { text: 3 }, isFramingLost: false },
    });
    expect(record.phases).toMatchObject([{ state: 'connected' }, { state: 'open', packet: 1 }]);
    expect(story(record)).toContain('1 client frame text');
  });

  test('is read in the order of its streams where capture put segments in another', () => {
    // 8 bytes a frame, the first client byte is 1000: the halves of the second frame come last half first.
    const record = new Conversation()
      .client(MASKED_TEXT)
      .server(TEXT)
      .client(MASKED_TEXT.slice(4), { seq: 1012 })
      .client(MASKED_TEXT.slice(0, 4), { seq: 1008 })
      .client(MASKED_TEXT, { seq: 1016 })
      .server(TEXT)
      .server(TEXT)
      .record();
    const { clientSide } = record;
    expect(record.opening).toBe('inferred');
    expect(clientSide).toMatchObject({ frames: { text: 3 }, irregularities: [], isFramingLost: false });
  });

  test('is not taken for a WebSocket with fewer', () => {
    expect(both(new Conversation(), 2).outcome().records).toEqual([]);
  });

  test('roles follow from who masks, not from who was captured first', () => {
    const { client, server } = both(new Conversation().server(TEXT)).record();
    expect([client.port, server.port]).toEqual([50_000, 80]);
  });

  test('on a port that was named one frame is enough', () => {
    const play = (ports: ReadonlySet<number>) => new Conversation(ports).server(CLOSE_1011).outcome().records;
    expect(play(NAMED)).toMatchObject([
      { opening: 'inferred', client: { port: 50_000 }, serverSide: { closeFrame: { code: 1011 } } },
    ]);
    expect(play(new Set([8080]))).toEqual([]);
  });

  test('a direction that begins in the middle of a frame is followed from its next one on', () => {
    const record = new Conversation(NAMED)
      .server('the end of a long text}')
      .client(MASKED_TEXT)
      .server(TEXT)
      .server(PING)
      .record();
    expect(record.serverSide).toMatchObject({ frames: { text: 1, ping: 1 }, firstFrame: { packet: 3 } });
    expect(record.clientSide.frames.text).toBe(1);
    expect(record.serverSide.irregularities).toEqual([]);
  });

  test('a gap before frames were recognised does not break the framing after it', () => {
    const record = both(both(new Conversation(), 2).lost('server', TEXT).ack('client'))
      .ack('client', 12)
      .record();
    expect(record.serverSide).toMatchObject({ frames: { text: 3 }, isFramingLost: false });
    expect(record.tcp.server.gapBytes).toBe(4);
  });

  test('a gap between frames afterwards loses that direction', () => {
    const record = both(new Conversation()).lost('server', TEXT).server(TEXT).ack('client', 12).record();
    expect(record.serverSide).toMatchObject({ frames: { text: 3 }, isFramingLost: true });
  });

  test('what reserved bits mean there is not known: nobody is accused', () => {
    const deflated = '\xc1\x07\xf2H\xcd\xc9\xc9\x07\0';
    const { serverSide } = both(new Conversation().server(deflated)).server(deflated).record();
    expect(serverSide.irregularities).toEqual([]);
    expect(serverSide.notInflated).toEqual({ messages: 2, reason: 'unknown', firstPacket: 1 });
  });

  test('nor is a continuation whose message began before', () => {
    const { serverSide } = both(new Conversation().server('\x80\x02hi')).record();
    expect(serverSide).toMatchObject({ frames: { continuation: 1 }, irregularities: [] });
  });

  test('a connection whose SYN was captured is not a WebSocket without its handshake', () => {
    expect(both(new Conversation(NAMED).open()).outcome().records).toEqual([]);
  });

  test('an upgrade in the middle of one is an upgrade', () => {
    const record = new Conversation()
      .client(upgradeRequest())
      .server(switchingProtocols())
      .server(TEXT)
      .record();
    expect(record).toMatchObject({ opening: 'handshake', serverSide: { frames: { text: 1 } } });
  });

  test('ordinary HTTP, TLS and random bytes are not frames', () => {
    for (const [ask, answer] of [
      ['GET / HTTP/1.1\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
      ['\x17\x03\x03\0\x05abcde', '\x17\x03\x03\0\x05abcde'],
      ['*1\r\n$4\r\nPING\r\n', '+PONG\r\n'],
    ] as const) {
      const conversation = new Conversation();
      for (let i = 0; i < 20; i++) conversation.client(ask).server(answer);
      expect(conversation.outcome().records).toEqual([]);
    }
  });
});

describe('a connection that is not accepted', () => {
  test('a SYN answered by RST', () => {
    const record = new Conversation().syn().rst('server').record();
    expect(record).toMatchObject({
      upgrade: null,
      opening: null,
      client: { port: 50_000 },
      firstEnd: { by: 'server', how: 'rst' },
      tcp: { client: { syns: 1 } },
    });
    expect(record.phases.map(({ state }) => state)).toEqual(['connecting', 'not-connected']);
  });

  test('SYNs that nobody answers, all counted', () => {
    const record = new Conversation().syn().syn().syn().record();
    expect(record).toMatchObject({
      tcp: { client: { syns: 3 }, server: { isCaptured: false } },
      firstEnd: null,
    });
  });

  test.each([
    ['a single SYN may yet be answered', () => new Conversation().syn()],
    ['a caller who gives up', () => new Conversation().syn().rst('client')],
    ['a RST without the SYN', () => new Conversation().rst('server')],
  ])('%s: not told', (_name, conversation) => {
    expect(conversation().outcome().records).toEqual([]);
  });
});

describe('a listener', () => {
  function heard(play: (conversation: Conversation) => Conversation, ports?: ReadonlySet<number>): string[] {
    const log: string[] = [];
    const listener: ConversationListener = {
      keep: 4,
      opened: ({ how, at, client }) => log.push(`${at.packet} opened ${how} ${client.port}`),
      message: (from, { packet, bytes, length }) =>
        log.push(`${packet} ${from} ${Buffer.from(bytes ?? []).toString()} ${length}`),
      control: (from, { packet, opcode }) => log.push(`${packet} ${from} ${opcode}`),
    };
    play(new Conversation(ports, listener)).outcome();
    return log;
  }

  test('gets messages and control frames of both sides as they are complete', () => {
    expect(
      heard((conversation) =>
        conversation
          .open()
          .client(upgradeRequest())
          .server(`${switchingProtocols()}\x01\x03Hel`)
          .client(MASKED_TEXT)
          .server(PING)
          .server('\x80\x02lo')
          .client(MASKED_PONG + MASKED_CLOSE_1000),
      ),
    ).toEqual([
      '5 opened handshake 50000',
      '6 client hi 2',
      '7 server 9',
      '8 server Hell 5',
      '9 client 10',
      '9 client 8',
    ]);
  });

  test('hears of an inferred one first what was held back, in the order of capture', () => {
    expect(
      heard((conversation) =>
        conversation
          .server(TEXT)
          .client(MASKED_TEXT)
          .server(TEXT)
          .client(MASKED_TEXT)
          .server(TEXT)
          .client(MASKED_TEXT),
      ),
    ).toEqual([
      '1 opened inferred 50000',
      ...[1, 2, 3, 4, 5, 6].map((packet) => `${packet} ${packet % 2 === 1 ? 'server' : 'client'} hi 2`),
    ]);
  });

  test('hears nothing of what is not a WebSocket', () => {
    expect(heard((conversation) => conversation.open().client('GET / HTTP/1.1\r\n\r\n'))).toEqual([]);
  });
});
