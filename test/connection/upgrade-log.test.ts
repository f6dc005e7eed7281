import { describe, expect, test } from 'vitest';
import { UpgradeLog } from '../../src/connection/upgrade-log.ts';
import { ACCEPT, lines, switchingProtocols, upgradeRequest } from '../helpers/handshakes.ts';
import { mark, seenRequest, seenResponse } from '../helpers/record-builder.ts';

const REFUSED = lines('HTTP/1.1 401 No');
const ask = (target: string, packet: number) => seenRequest(upgradeRequest(target), mark(packet, packet));
const refusal = (packet: number) => seenResponse(REFUSED, mark(packet, packet));

test('where no upgrade was tried there is nothing to tell', () => {
  const log = new UpgradeLog();
  expect(log.isTried).toBe(false);
  expect(log.facts()).toBeNull();
  expect(log.refusedBefore).toEqual([]);
});

test('a request without an answer', () => {
  const log = new UpgradeLog();
  const request = ask('/a', 4);
  log.request(request);
  expect(log.isTried).toBe(true);
  expect(log.lastRequest).toBe(request);
  expect(log.facts()).toEqual({
    request,
    response: null,
    accept: null,
    extensions: null,
    bytesBeforeResponse: null,
    lateResponse: null,
    unparsed: null,
    body: null,
    answerAtClientEnd: null,
    requestAtServerEnd: null,
  });
});

describe('several tries', () => {
  test('the last one counts, the refused ones before it are kept', () => {
    const log = new UpgradeLog();
    log.request(ask('/a', 4));
    log.refused(ask('/a', 4), refusal(5));
    const second = ask('/b', 6);
    log.request(second);
    expect(log.facts()).toMatchObject({ request: second, response: null });
    const response = seenResponse(switchingProtocols(), mark(7, 7));
    log.upgraded(second, response);
    expect(log.facts()).toMatchObject({ request: second, response, accept: 'valid' });
    expect(log.refusedBefore).toMatchObject([{ request: { packet: 4 }, response: { packet: 5 } }]);
  });

  test('a refusal that is the last answer does not count as an earlier one', () => {
    const log = new UpgradeLog();
    log.request(ask('/a', 4));
    log.refused(ask('/a', 4), refusal(5));
    expect(log.facts()).toMatchObject({ response: { packet: 5 }, accept: null, extensions: null });
    expect(log.refusedBefore).toEqual([]);
  });

  test('of very many the last sixteen are kept', () => {
    const log = new UpgradeLog();
    for (let i = 0; i < 100; i++) {
      log.request(ask(`/${i}`, 2 * i + 1));
      log.refused(ask(`/${i}`, 2 * i + 1), refusal(2 * i + 2));
    }
    log.request(ask('/last', 500));
    expect(log.refusedBefore.map(({ request }) => request.head.target)).toEqual(
      Array.from({ length: 16 }, (_, i) => `/${84 + i}`),
    );
  });

  test('bytes in front of an answer belong to that answer', () => {
    const log = new UpgradeLog();
    log.request(ask('/a', 4));
    log.bytesBeforeResponse(7, mark(5, 5));
    log.refused(ask('/a', 4), refusal(6));
    expect(log.facts()?.bytesBeforeResponse).toEqual({ length: 7, mark: mark(5, 5) });
    log.request(ask('/b', 8));
    expect(log.facts()?.bytesBeforeResponse).toBeNull();
  });
});

describe('Sec-WebSocket-Accept', () => {
  const acceptOf = (
    response: ReturnType<typeof seenResponse>,
    request: ReturnType<typeof seenRequest> | null,
  ) => {
    const log = new UpgradeLog();
    log.upgraded(request, response);
    return log.facts()?.accept;
  };
  const without = lines('HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket');

  test.each([
    ['valid', seenResponse(), seenRequest()],
    ['invalid', seenResponse(switchingProtocols().replace(ACCEPT, 'x')), seenRequest()],
    ['missing', seenResponse(without), seenRequest()],
    ['missing', seenResponse(without), null],
    ['unknown', seenResponse(without, mark(6, 0), true), seenRequest()],
    ['unknown', seenResponse(), null],
    ['unknown', seenResponse(), seenRequest(lines('GET / HTTP/1.1', 'Upgrade: websocket'))],
  ] as const)('is %s', (expected, response, request) => {
    expect(acceptOf(response, request)).toBe(expected);
  });

  test('is checked once the request has come, late', () => {
    const log = new UpgradeLog();
    log.upgraded(null, seenResponse());
    expect(log.facts()?.accept).toBe('unknown');
    log.lateRequest(seenRequest());
    expect(log.facts()).toMatchObject({ accept: 'valid', request: { packet: 4 } });
  });
});

describe('the extensions of the 101', () => {
  const extensionsOf = (header: string | null, isCut = false) => {
    const log = new UpgradeLog();
    const head =
      header === null ? switchingProtocols() : switchingProtocols(`Sec-WebSocket-Extensions: ${header}`);
    log.upgraded(seenRequest(), seenResponse(head, mark(6, 0), isCut));
    return log.extensions;
  };
  const NO = { noContextTakeover: false, windowBits: 15 };

  test.each([
    [null, { deflate: null, names: [] }],
    ['permessage-deflate', { deflate: { client: NO, server: NO }, names: ['permessage-deflate'] }],
    [
      'x-log, permessage-deflate; server_no_context_takeover',
      {
        deflate: { client: NO, server: { ...NO, noContextTakeover: true } },
        names: ['x-log', 'permessage-deflate'],
      },
    ],
    ['permessage-deflate; server_max_window_bits=99', { deflate: null, names: ['permessage-deflate'] }],
  ])('%j', (header, expected) => {
    expect(extensionsOf(header)).toEqual(expected);
  });

  test('are not known where the capture cut the head', () => {
    expect(extensionsOf('permessage-deflate', true)).toBeNull();
  });
});
