import { describe, expect, test } from 'vitest';
import { SameWebSockets } from '../../src/judgement/same-web-socket.ts';
import { lines, switchingProtocols } from '../helpers/handshakes.ts';
import { mark, recordOf, seenRequest, seenResponse, type RecordSpec } from '../helpers/record-builder.ts';

/** A leg whose handshake lies between these packets; the outer leg asks first, and is answered last. */
const leg = (id: number, request: number, response: number, more: RecordSpec = {}) =>
  recordOf({
    id,
    server: { address: '10.0.0.9', port: 8000 + id },
    last: mark(9999, 70_000),
    ...more,
    upgrade: {
      request: seenRequest(undefined, mark(request, -10 + request)),
      response: seenResponse(undefined, mark(response, -10 + response)),
      ...more.upgrade,
    },
  });
const FRONT = leg(0, 4, 12);
const BACK = leg(1, 6, 8);

describe('the legs of a proxy', () => {
  test('are one WebSocket, whichever comes first', () => {
    for (const [first, second] of [
      [FRONT, BACK],
      [BACK, FRONT],
    ] as const) {
      const same = new SameWebSockets();
      expect([same.add(first), same.add(second)]).toEqual([false, true]);
      expect(same.pairs).toEqual([{ front: 0, back: 1 }]);
    }
  });

  test('in both of two proxies are one WebSocket', () => {
    const same = new SameWebSockets();
    expect([FRONT, leg(2, 5, 10), BACK].map((each) => same.add(each))).toEqual([false, true, true]);
    expect(same.pairs).toHaveLength(2);
  });
});

describe('not one WebSocket', () => {
  const OTHER_KEY = switchingProtocols().replace(
    /Sec-WebSocket-Accept: .*/i,
    'Sec-WebSocket-Accept: b3RoZXI=\r',
  );

  test.each<[string, ReturnType<typeof leg>]>([
    ['another key', leg(1, 6, 8, { upgrade: { response: seenResponse(OTHER_KEY, mark(8, -2)) } })],
    ['the same key used again at the same server', leg(1, 6, 8, { server: FRONT.server })],
    ['one handshake after the other', leg(1, 20, 22)],
    ['handshakes that cross', leg(1, 6, 14)],
    [
      'a refusal',
      leg(1, 6, 8, { upgrade: { response: seenResponse(lines('HTTP/1.1 403 Forbidden'), mark(8, -2)) } }),
    ],
    ['no upgrade', recordOf({ id: 1, upgrade: null })],
  ])('%s', (_name, other) => {
    const same = new SameWebSockets();
    expect([same.add(FRONT), same.add(other)]).toEqual([false, false]);
    expect(same.pairs).toEqual([]);
  });

  test('a connection so much later that the first one is forgotten', () => {
    const same = new SameWebSockets();
    same.add(FRONT);
    for (let id = 2; id < 4100; id++) {
      const accept = switchingProtocols().replace(
        /Sec-WebSocket-Accept: .*/i,
        `Sec-WebSocket-Accept: ${id}\r`,
      );
      same.add(leg(id, 6, 8, { upgrade: { response: seenResponse(accept, mark(8, -2)) } }));
    }
    expect(same.add(BACK)).toBe(false);
  });
});
