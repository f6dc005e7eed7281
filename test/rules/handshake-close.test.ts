import { describe, expect, test } from 'vitest';
import { handshakeClose } from '../../src/rules/handshake-close.ts';
import { tlsFacts } from '../helpers/tls-facts.ts';
import { lines, switchingProtocols, upgradeRequest } from '../helpers/handshakes.ts';
import {
  check,
  close,
  judged,
  mark,
  NO_CONVERSATION,
  NO_TIMES,
  CONTEXT,
  seenRequest,
  seenResponse,
  type RecordSpec,
  told,
} from '../helpers/record-builder.ts';

const finding = (spec: RecordSpec, windowMs = 100) => check(handshakeClose, spec, { ...CONTEXT, windowMs });
const severity = (spec: RecordSpec) => finding(spec)?.severity ?? null;
const SERVER_FIN: RecordSpec = { serverSide: { fin: mark(8, 0.657) } };

test('the founding case: a bare FIN 0.657 ms after the 101 is an error that names all there is to know', () => {
  const found = finding({
    serverSide: { fin: mark(8, 0.657) },
    upgrade: { response: seenResponse(switchingProtocols('Server: swoole-http-server')) },
  });
  expect(found).toMatchObject({
    severity: 'error',
    packets: [6, 8],
    at: mark(8, 0.657),
    evidence: {
      afterUpgradeMs: 0.657,
      how: 'fin',
      responsePacket: 6,
      endPacket: 8,
      clientFrames: 0,
      serverFrames: 0,
      clientCloseCode: null,
      serverCloseCode: null,
      accept: 'valid',
    },
  });
  expect(told(found)).toBe(
    'The server sent FIN 0.657 ms after its 101 (packets 6 and 8), with no frame from either side and no Close. ' +
      'Handshake: Server: swoole-http-server, request HTTP/1.1, Connection: Upgrade. ' +
      'Browsers report this as "connected", then 1006. Look at what the server does after the handshake: an open ' +
      'handler that throws or returns, a plain HTTP handler that ends the response, a worker that exits.',
  );
});

test.each<[string, RecordSpec]>([
  ['bare', SERVER_FIN],
  ['server-close', { serverSide: { closeFrame: close(1000, 7, 0.5), fin: mark(8, 1) } }],
  ['server-close-code', { serverSide: { closeFrame: close(1011, 7, 0.5), fin: mark(8, 1) } }],
  [
    'server-close-echo',
    {
      clientSide: { isCaptured: false },
      serverSide: { closeFrame: close(1000, 7, 0.5), fin: mark(8, 1) },
    },
  ],
  [
    'served-close',
    { serverSide: { closeFrame: { ...close(1000, 7, 0.5), acknowledgesData: true }, fin: mark(8, 1) } },
  ],
  [
    'conversation',
    {
      ...SERVER_FIN,
      conversation: { ...NO_CONVERSATION, reply: { by: 'server', mark: mark(7, 0.5), to: mark(7, 0.4) } },
    },
  ],
  ['client-close', { clientSide: { closeFrame: close(1000, 7, 0.5) }, serverSide: { fin: mark(8, 1) } }],
  ['client-end', { clientSide: { fin: mark(7, 0.5) }, serverSide: { fin: mark(8, 1) } }],
  ['client-unseen', { ...SERVER_FIN, clientSide: { isCaptured: false } }],
  [
    'reset-in-name',
    {
      serverSide: { rst: mark(8, 1) },
      firstEnd: { by: 'server', how: 'rst', mark: mark(8, 1), forged: 'suspected' },
    },
  ],
  ['server-unseen', { serverSide: { isFramingLost: true, gapBytes: 9, fin: mark(8, 1) } }],
])('a message of the kind %s', (kind, spec) => {
  expect(finding(spec)?.kind).toBe(kind);
});

describe('what came between decides the severity', () => {
  const soon = { fin: mark(12, 5) };
  const served = (code: number) => ({ ...close(code, 8, 1), acknowledgesData: true });
  const talk = (packet: number) => ({
    ...NO_CONVERSATION,
    reply: { by: 'server' as const, mark: mark(packet, 2), to: mark(7, 0.5) },
  });

  test.each<[string, RecordSpec, string]>([
    ['nothing', { serverSide: soon }, 'error'],
    ['a RST and nothing', { serverSide: { rst: mark(12, 5) } }, 'error'],
    ['frames of the client', { clientSide: { frames: 1 }, serverSide: soon }, 'error'],
    ['frames of the server', { serverSide: { ...soon, frames: 2 } }, 'error'],
    ['frames of both', { clientSide: { frames: 1 }, serverSide: { ...soon, frames: 2 } }, 'error'],
    ["the server's Close 1011", { serverSide: { ...soon, closeFrame: close(1011, 8, 1) } }, 'error'],
    ["the server's Close 1014", { serverSide: { ...soon, closeFrame: close(1014, 8, 1) } }, 'error'],
    ["the server's Close 1008", { serverSide: { ...soon, closeFrame: close(1008, 8, 1) } }, 'warning'],
    ["the server's Close 1012", { serverSide: { ...soon, closeFrame: close(1012, 8, 1) } }, 'warning'],
    ["the server's Close 1013", { serverSide: { ...soon, closeFrame: close(1013, 8, 1) } }, 'warning'],
    ["the server's Close 1002", { serverSide: { ...soon, closeFrame: close(1002, 8, 1) } }, 'info'],
    ["the server's Close 1009", { serverSide: { ...soon, closeFrame: close(1009, 8, 1) } }, 'info'],
    ["the server's Close 4001", { serverSide: { ...soon, closeFrame: close(4001, 8, 1) } }, 'info'],
    [
      "the server's Close 1000 that acknowledges data",
      { serverSide: { ...soon, closeFrame: served(1000) } },
      'info',
    ],
    [
      "the server's Close 1011 that acknowledges data",
      { serverSide: { ...soon, closeFrame: served(1011) } },
      'error',
    ],
    [
      'a message and its answer',
      { conversation: talk(8), clientSide: { frames: 1 }, serverSide: { ...soon, frames: 1 } },
      'info',
    ],
    [
      "a message whose answer came after the server's end",
      { conversation: talk(13), clientSide: { frames: 1 }, serverSide: { ...soon, frames: 1 } },
      'error',
    ],
    ["the server's Close 1000", { serverSide: { ...soon, closeFrame: close(1000, 8, 1) } }, 'warning'],
    ["the server's Close 1001", { serverSide: { ...soon, closeFrame: close(1001, 8, 1) } }, 'warning'],
    [
      "the server's Close without a code",
      { serverSide: { ...soon, closeFrame: close(null, 8, 1) } },
      'warning',
    ],
    [
      "the server's Close 1000, answered",
      {
        clientSide: { closeFrame: close(1000, 9, 2) },
        serverSide: { ...soon, closeFrame: close(1000, 8, 1) },
      },
      'warning',
    ],
    [
      "the server's Close 1011, answered",
      {
        clientSide: { closeFrame: close(1011, 9, 2) },
        serverSide: { ...soon, closeFrame: close(1011, 8, 1) },
      },
      'error',
    ],
    [
      "the client's Close, answered",
      {
        clientSide: { closeFrame: close(1000, 8, 1) },
        serverSide: { ...soon, closeFrame: close(1000, 9, 2) },
      },
      'info',
    ],
    [
      "the client's Close with a code of its own, echoed",
      {
        clientSide: { closeFrame: close(4001, 8, 1) },
        serverSide: { ...soon, closeFrame: close(4001, 9, 2) },
      },
      'info',
    ],
    [
      "the client's Close, not answered",
      { clientSide: { closeFrame: close(1001, 8, 1) }, serverSide: soon },
      'info',
    ],
    ["the client's FIN", { clientSide: { fin: mark(8, 1) }, serverSide: soon }, 'info'],
    ["the client's RST", { clientSide: { rst: mark(8, 1) }, serverSide: { rst: mark(12, 5) } }, 'info'],
    [
      "the client's FIN, and only then the server's Close",
      { clientSide: { fin: mark(8, 1) }, serverSide: { ...soon, closeFrame: close(1011, 10, 2) } },
      'info',
    ],
    [
      "the server's Close, and only then the client's FIN",
      { clientSide: { fin: mark(10, 2) }, serverSide: { ...soon, closeFrame: close(1011, 8, 1) } },
      'error',
    ],
    [
      "the client's Close, but only after the server's FIN",
      { clientSide: { closeFrame: close(1000, 14, 6) }, serverSide: soon },
      'error',
    ],
    [
      "the client's FIN, but only after the server's",
      { clientSide: { fin: mark(13, 6) }, serverSide: soon },
      'error',
    ],
  ])('%s', (_name, spec, expected) => {
    expect(severity(spec)).toBe(expected);
  });

  test('a code is the headline, with its reason', () => {
    const spec = { serverSide: { ...soon, closeFrame: close(1011, 8, 1, 'Internal error') } };
    expect(told(finding(spec))).toContain(
      'after its 101 (packets 6 and 12), and had said why: Close 1011 (internal error, "Internal error"), packet 8',
    );
    expect(finding(spec)).toMatchObject({ packets: [6, 8, 12], evidence: { serverCloseCode: 1011 } });
  });

  test('frames are counted by side', () => {
    const spec = { clientSide: { frames: 1 }, serverSide: { ...soon, frames: 2 } };
    expect(told(finding(spec))).toContain('after 1 frame from the client and 2 frames from the server');
  });
});

describe('the window', () => {
  test('its last nanosecond raises, the next does not', () => {
    expect(severity({ serverSide: { fin: mark(8, 100) } })).toBe('error');
    expect(severity({ serverSide: { fin: mark(8, 100.000001) } })).toBeNull();
  });

  test('can be set', () => {
    expect(finding({ serverSide: { fin: mark(8, 1500) } }, 1500)).not.toBeNull();
    expect(finding({ serverSide: { fin: mark(8, 0.5) } }, 0.4)).toBeNull();
    expect(finding({ serverSide: { fin: mark(6, 0) } }, 0)).not.toBeNull();
  });

  test('counts from the 101 over the turn of a second', () => {
    const late = mark(6, 999.9);
    const response = seenResponse(undefined, late);
    expect(finding({ upgrade: { response }, serverSide: { fin: mark(8, 1000.5) } })).toMatchObject({
      evidence: { afterUpgradeMs: 0.6 },
    });
  });

  test('a RST before a FIN counts, and a RST after it does not', () => {
    const rstFirst = { serverSide: { rst: mark(8, 50), fin: mark(9, 150) } };
    expect(finding(rstFirst)).toMatchObject({ evidence: { how: 'rst', afterUpgradeMs: 50 } });
    const finFirst = { serverSide: { fin: mark(8, 50), rst: mark(9, 60) } };
    expect(finding(finFirst)).toMatchObject({ evidence: { how: 'fin', afterUpgradeMs: 50 } });
  });
});

describe('order of capture', () => {
  test('a FIN in the packet of the 101 is 0 ms after it', () => {
    const found = finding({ serverSide: { fin: mark(6, 0) } });
    expect(found).toMatchObject({ severity: 'error', packets: [6], evidence: { afterUpgradeMs: 0 } });
    expect(told(found)).toContain('The server sent FIN in the packet of its 101 (packet 6)');
  });

  test('a FIN that was captured before the 101 has a negative time, and counts', () => {
    expect(finding({ serverSide: { fin: mark(5, -0.3) } })).toMatchObject({
      severity: 'error',
      packets: [5, 6],
      evidence: { afterUpgradeMs: -0.3 },
    });
  });

  test('a few microseconds backwards are the same moment', () => {
    expect(judged({ serverSide: { fin: mark(8, -0.005) } }).raised).toEqual(['handshake-close error']);
  });

  test('where the clock was set back nothing is said', () => {
    const { raised, withheld } = judged({
      clientSide: { closeFrame: close(1000, 20, 3000) },
      serverSide: { closeFrame: close(1000, 21, 3001), fin: mark(22, -2000) },
    });
    expect(raised).toEqual([]);
    expect(withheld).toEqual(['handshake-close']);
  });
});

describe('missing bytes lower the severity', () => {
  const lost = { isFramingLost: true, gapBytes: 100 };
  const fin = { fin: mark(12, 5) };

  test.each<[string, RecordSpec, string]>([
    ['of the server, the client silent', { serverSide: { ...lost, ...fin } }, 'warning'],
    [
      'of the server, the client not silent',
      { clientSide: { frames: 1 }, serverSide: { ...lost, ...fin } },
      'info',
    ],
    ['of both', { clientSide: lost, serverSide: { ...lost, ...fin } }, 'info'],
    ['of the client, which may have sent a Close', { clientSide: lost, serverSide: fin }, 'info'],
    ['all packets of the client', { clientSide: { isCaptured: false }, serverSide: fin }, 'info'],
    [
      'all packets of the client, and a Close 1000 of the server',
      { clientSide: { isCaptured: false }, serverSide: { ...fin, closeFrame: close(1000, 8, 1) } },
      'info',
    ],
    [
      'of the client, and a Close 1000 of the server, which may be an echo',
      { clientSide: lost, serverSide: { ...fin, closeFrame: close(1000, 8, 1) } },
      'info',
    ],
    [
      'of the client, and a Close 1011 of the server',
      { clientSide: lost, serverSide: { ...fin, closeFrame: close(1011, 8, 1) } },
      'warning',
    ],
    [
      'of the server, but a Close 1011 was seen before',
      { serverSide: { ...lost, ...fin, closeFrame: close(1011, 8, 1) } },
      'error',
    ],
    [
      'inside a payload, where the framing survives',
      { serverSide: { ...fin, gapBytes: 50, frames: 1 } },
      'error',
    ],
  ])('%s', (_name, spec, expected) => {
    expect(severity(spec)).toBe(expected);
  });

  test('and the message says so', () => {
    expect(told(finding({ serverSide: { ...lost, ...fin } }))).toContain(
      'a Close by the server cannot be ruled out: capture again with `-s 0`',
    );
    expect(told(finding({ clientSide: lost, serverSide: fin }))).toContain(
      'a Close by the client, or its FIN, cannot be ruled out',
    );
  });
});

describe('nothing is said', () => {
  test.each<[string, RecordSpec]>([
    ['where the server did not end it', {}],
    ['where only the client did', { clientSide: { fin: mark(8, 1) } }],
    [
      'where the answer was not a 101',
      { ...SERVER_FIN, upgrade: { response: seenResponse(lines('HTTP/1.1 403 No')) } },
    ],
    ['where no answer came', { ...SERVER_FIN, upgrade: { response: null, accept: null } }],
    ['where no upgrade was tried', { ...SERVER_FIN, upgrade: null }],
  ])('%s', (_name, spec) => {
    expect(finding(spec)).toBeNull();
  });

  test('by the engine where packets carry no time', () => {
    expect(judged(SERVER_FIN, NO_TIMES)).toEqual({
      raised: ['abnormal-closure error'],
      withheld: ['handshake-close'],
    });
  });
});

describe('what to look at next', () => {
  test.each<[string, RecordSpec, RegExp]>([
    [
      "a client that complains with its Close: the server's frames",
      { clientSide: { closeFrame: close(1002, 7, 0.5) }, serverSide: { fin: mark(8, 1) } },
      /look at what the server sent before that Close/,
    ],
    [
      'a client that closes in good order: nothing',
      { clientSide: { closeFrame: close(1000, 7, 0.5) }, serverSide: { fin: mark(8, 1) } },
      /nothing to look for at the server/,
    ],
    [
      "a server that complains with its Close: the client's frames",
      { serverSide: { closeFrame: close(1002, 7, 0.5), fin: mark(8, 1) } },
      /look at what the client sent before that Close/,
    ],
    [
      'a message of the client: its handler',
      { ...SERVER_FIN, clientSide: { frames: 1 } },
      /with the first message of the client/,
    ],
    [
      'a request that asks to close',
      {
        ...SERVER_FIN,
        upgrade: {
          request: seenRequest(upgradeRequest().replace('Connection: Upgrade', 'Connection: upgrade, Close')),
        },
      },
      /Connection: upgrade, Close\. The request asked the server to close .* look for a proxy/,
    ],
    [
      'an HTTP/1.0 request',
      { ...SERVER_FIN, upgrade: { request: seenRequest(upgradeRequest().replace('HTTP/1.1', 'HTTP/1.0')) } },
      /request HTTP\/1\.0.* look for a proxy/,
    ],
    [
      'a wrong accept',
      { ...SERVER_FIN, upgrade: { accept: 'invalid' } },
      /Sec-WebSocket-Accept is wrong as well/,
    ],
    ['no accept', { ...SERVER_FIN, upgrade: { accept: 'missing' } }, /Sec-WebSocket-Accept is wrong as well/],
    ['a RST', { serverSide: { rst: mark(8, 1) } }, /closed with bytes unread or was killed/],
    [
      'no request captured',
      { ...SERVER_FIN, upgrade: { request: null, accept: 'unknown' } },
      /the request was not captured/,
    ],
    [
      'no Connection header',
      { ...SERVER_FIN, upgrade: { request: seenRequest(lines('GET / HTTP/1.1', 'Upgrade: websocket')) } },
      /no Connection header/,
    ],
    ['no Server header', SERVER_FIN, /the response names no Server/],
  ])('%s', (_name, spec, expected) => {
    expect(told(check(handshakeClose, spec, CONTEXT))).toMatch(expected);
  });
});

describe("a RST that may not be the server's", () => {
  const rst = mark(8, 1);
  const forged = (forgery: 'certain' | 'suspected', spec: RecordSpec = {}): RecordSpec => ({
    ...spec,
    serverSide: { ...spec.serverSide, rst },
    firstEnd: { by: 'server', how: 'rst', mark: rst, forged: forgery },
  });

  test('is nothing that the server did where something in between certainly sent it', () => {
    expect(finding(forged('certain'))).toBeNull();
  });

  test('is a warning where it is suspected, and told as what came in the name of the server', () => {
    const found = finding(forged('suspected'));
    expect(found?.severity).toBe('warning');
    expect(found?.message).toMatch(
      "A RST in the server's name came 1 ms after its 101 (packets 6 and 8), with no frame from either side and no Close. ",
    );
  });

  test('is no more than what came before it makes of it', () => {
    const found = finding(forged('suspected', { clientSide: { closeFrame: close(1000, 7, 0.5) } }));
    expect(found?.severity).toBe('info');
    expect(found?.message).toMatch('after a Close 1000 (normal closure) of the client');
  });

  test('does not change what the FIN before it says', () => {
    const spec: RecordSpec = { serverSide: { fin: mark(7, 0.5), rst } };
    const end = { by: 'server', how: 'fin', mark: mark(7, 0.5) } as const;
    expect(severity({ ...spec, firstEnd: end })).toBe('error');
  });
});

describe('inside TLS', () => {
  const notified = (
    spec: RecordSpec,
    server: [number, number] | null,
    client: [number, number] | null = null,
  ) =>
    finding({
      ...spec,
      tls: tlsFacts({
        keys: 'found',
        closeNotify: {
          server: server === null ? null : mark(...server),
          client: client === null ? null : mark(...client),
        },
      }),
    });

  test('the close_notify of the server is its end, and the message names it with the FIN right behind it', () => {
    const found = notified({ serverSide: { fin: mark(8, 0.7) } }, [7, 0.5]);
    expect(found).toMatchObject({
      severity: 'error',
      packets: [6, 7, 8],
      evidence: { afterUpgradeMs: 0.5, end: 'close_notify', how: 'fin', endPacket: 7 },
    });
    expect(found?.message).toContain(
      'The server sent close_notify and FIN 0.5 ms after its 101 (packets 6 and 7),',
    );
  });

  test('both times are told where the FIN comes over a millisecond later, or behind the window', () => {
    const found = notified({ serverSide: { fin: mark(12, 250) } }, [7, 0.5]);
    expect(found).toMatchObject({
      severity: 'error',
      evidence: { afterUpgradeMs: 0.5, end: 'close_notify' },
    });
    expect(found?.message).toContain(
      'The server sent close_notify 0.5 ms after its 101 (packets 6 and 7), and its FIN 250 ms after it (packet 12),',
    );
  });

  test('a close_notify without any FIN counts, a client that hangs up behind it did not hang up first', () => {
    const found = notified({ clientSide: { fin: mark(8, 1) } }, [7, 0.5]);
    expect(found).toMatchObject({
      severity: 'error',
      kind: 'bare',
      evidence: { end: 'close_notify', how: null },
    });
  });

  test('a FIN without close_notify is measured as it is outside of TLS', () => {
    expect(notified(SERVER_FIN, null)).toMatchObject({
      severity: 'error',
      evidence: { end: 'fin', how: 'fin' },
    });
    expect(notified(SERVER_FIN, [9, 1])).toMatchObject({ evidence: { end: 'fin', endPacket: 8 } });
  });

  test('a close_notify outside of the window raises nothing', () => {
    expect(notified({ serverSide: { fin: mark(13, 301) } }, [12, 300])).toBeNull();
  });

  test('a client that said first that it sends no more has ended the connection', () => {
    const found = notified({ serverSide: { fin: mark(9, 1.2) } }, [8, 1], [7, 0.5]);
    expect(found).toMatchObject({ severity: 'info', kind: 'client-end' });
    expect(found?.message).toContain("only after the client's close_notify in packet 7");
  });

  test('a Close of the client that comes behind the close_notify did not begin the end', () => {
    const found = notified(
      {
        clientSide: { closeFrame: close(1000, 8, 1) },
        serverSide: { fin: mark(9, 1.2) },
        closeFirstBy: 'client',
      },
      [7, 0.5],
    );
    expect(found).toMatchObject({ severity: 'error', kind: 'bare' });
  });
});
