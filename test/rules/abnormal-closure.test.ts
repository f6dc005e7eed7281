import { describe, expect, test } from 'vitest';
import { abnormalClosure } from '../../src/rules/abnormal-closure.ts';
import { lines } from '../helpers/handshakes.ts';
import {
  check,
  close,
  judged,
  mark,
  NO_TIMES,
  seenRequest,
  seenResponse,
  type RecordSpec,
  told,
} from '../helpers/record-builder.ts';
import { tlsFacts } from '../helpers/tls-facts.ts';

/** No known idle timeout. */
const LATE = 45_000;

describe('raised', () => {
  test.each<[string, RecordSpec, object]>([
    ["the server's FIN", { serverSide: { fin: mark(90, LATE) } }, { by: 'server', how: 'fin' }],
    ["the server's RST", { serverSide: { rst: mark(90, LATE) } }, { by: 'server', how: 'rst' }],
    ["the client's FIN", { clientSide: { fin: mark(90, LATE) } }, { by: 'client', how: 'fin' }],
    ["the client's RST", { clientSide: { rst: mark(90, LATE) } }, { by: 'client', how: 'rst' }],
    [
      "the server's FIN in answer to a Close",
      { clientSide: { closeFrame: close(1000, 89, LATE - 1) }, serverSide: { fin: mark(90, LATE) } },
      { by: 'server' },
    ],
    [
      "the client's Close after the server's FIN",
      { clientSide: { closeFrame: close(1000, 91, LATE + 1) }, serverSide: { fin: mark(90, LATE) } },
      { by: 'server' },
    ],
  ])('%s', (_name, spec, evidence) => {
    expect(check(abnormalClosure, spec)).toMatchObject({ severity: 'error', evidence });
  });
});

describe('not raised', () => {
  test.each<[string, RecordSpec]>([
    ['still open', {}],
    [
      'the side that ends it has sent its Close',
      { serverSide: { closeFrame: close(1000, 89, LATE), fin: mark(90, LATE) } },
    ],
    [
      'a browser sends Close 1001 and resets at once',
      { clientSide: { closeFrame: close(1001, 89, LATE), rst: mark(90, LATE) } },
    ],
    [
      "a server hangs up after a browser's Close 1001, without an answer",
      { clientSide: { closeFrame: close(1001, 89, LATE) }, serverSide: { fin: mark(90, LATE) } },
    ],
    [
      'the code of the Close is not in the capture: it may be 1001',
      {
        clientSide: { closeFrame: { ...close(null, 89, LATE), isCodeMissing: true } },
        serverSide: { fin: mark(90, LATE) },
      },
    ],
    [
      "a client hangs up after a server's Close 1001, without an answer",
      { serverSide: { closeFrame: close(1001, 89, LATE) }, clientSide: { rst: mark(90, LATE) } },
    ],
    [
      'both have',
      {
        clientSide: { closeFrame: close(1000, 88, LATE) },
        serverSide: { closeFrame: close(1000, 89, LATE), fin: mark(90, LATE) },
      },
    ],
    [
      'no 101',
      { serverSide: { fin: mark(8, 1) }, upgrade: { response: seenResponse(lines('HTTP/1.1 404 No')) } },
    ],
    ['no answer', { serverSide: { fin: mark(8, 1) }, upgrade: { response: null, accept: null } }],
    ['no upgrade', { serverSide: { fin: mark(8, 1) }, upgrade: null }],
  ])('%s', (_name, spec) => {
    expect(check(abnormalClosure, spec)).toBeNull();
  });
});

test('the message says who, how, when, after what, and where in the stream', () => {
  const found = check(abnormalClosure, {
    clientSide: { frames: 1 },
    serverSide: {
      frames: 3,
      rst: mark(90, 351.457),
      unfinished: {
        opcode: 2,
        payloadLength: 260,
        begun: null,
        received: 104,
        firstPacket: 89,
        ...mark(89, 351),
      },
    },
  });
  expect(told(found)).toBe(
    'The server ended the connection with RST 351 ms after the 101 (packet 90), without a Close, ' +
      'in the middle of a frame (104 of 260 payload bytes sent), after 1 frame from the client and 3 from the server. ' +
      "Browsers and libraries report 1006. Look at the server's log at that time: a crash, a kill, or a close with " +
      'bytes unread; and at proxies in between.',
  );
  expect(found).toMatchObject({
    packets: [90],
    at: mark(90, 351.457),
    evidence: {
      by: 'server',
      how: 'rst',
      afterUpgradeMs: 351.457,
      midFrame: true,
      clientFrames: 1,
      serverFrames: 3,
    },
  });
});

describe('where frames of the other side are missing', () => {
  const spec = {
    clientSide: { frames: 3, isFramingLost: true, gapBytes: 8 },
    serverSide: { frames: 2, fin: mark(90, LATE) },
  } as const;

  test('it is a warning, and what was not captured is not counted as nothing', () => {
    const found = check(abnormalClosure, spec);
    expect(found).toMatchObject({ kind: 'other-not-read', severity: 'warning' });
    expect(found?.message).toBe(
      'The server ended the connection with FIN 45 s after the 101 (packet 90), without a Close, between frames, ' +
        'after at least 3 frames from the client and 2 frames from the server. 8 bytes from the client are not in ' +
        'the capture and its frames can not be followed after them, so the client may have sent a Close before.',
    );
  });

  test('what could not be decrypted is called that, and not lost', () => {
    const undecrypted = [
      { from: 'client', reason: 'refused', mark: mark(80, 100), isResumed: false },
    ] as const;
    const found = check(abnormalClosure, {
      ...spec,
      clientSide: { frames: 3, isFramingLost: true },
      tls: tlsFacts({ keys: 'found', undecrypted }),
    });
    expect(found?.message).toContain('Not all bytes from the client could be decrypted and its frames');
    expect(found?.advice).not.toContain('Capture again');
  });

  test('it is withheld where none of them could be read', () => {
    const clientSide = { isFramingLost: true, gapBytes: 8 };
    expect(judged({ ...spec, clientSide })).toMatchObject({ raised: [], withheld: ['abnormal-closure'] });
  });

  test('a Close that was captured before is told as ever', () => {
    const found = check(abnormalClosure, {
      ...spec,
      clientSide: { ...spec.clientSide, closeFrame: close(1000, 88, LATE) },
    });
    expect(found).toMatchObject({ kind: 'close-unanswered', severity: 'error' });
  });

  test('it is withheld where the application may have said goodbye', () => {
    const application = { protocol: 'mqtt', version: '5', heartbeat: null, end: null, unread: [] } as const;
    expect(judged({ ...spec, application })).toMatchObject({ raised: [], withheld: ['abnormal-closure'] });
  });
});

test('a Close that was not answered is named', () => {
  const found = check(abnormalClosure, {
    clientSide: { closeFrame: close(4000, 88, LATE, 'bye') },
    serverSide: { fin: mark(90, LATE) },
  });
  expect(told(found)).toContain(
    'without answering the client\'s Close 4000 (private use, "bye") (packet 88)',
  );
  expect(told(found)).toContain('The client is told 1006.');
  expect(found?.packets).toEqual([88, 90]);
});

test('a Close 1001 left without an answer is only info', () => {
  const { raised } = judged({
    clientSide: { frames: 1, closeFrame: close(1001, 88, LATE) },
    serverSide: { fin: mark(90, LATE) },
  });
  expect(raised).toEqual(['close-unanswered info']);
});

test.each([
  [0, 0, 'after no frame from either side.'],
  [0, 2, 'after no frame from the client and 2 from the server.'],
  [1, 0, 'after 1 frame from the client and none from the server.'],
])('the traffic of %i and %i frames is told', (client, server, words) => {
  const spec = { clientSide: { frames: client }, serverSide: { frames: server, fin: mark(90, LATE) } };
  expect(told(check(abnormalClosure, spec))).toContain(words);
});

describe('of a WebSocket that is known by its frames alone', () => {
  const inferred = { upgrade: null, opening: 'inferred', openedAt: mark(1, -500) } as const;
  const spec = { ...inferred, clientSide: { frames: 2 }, serverSide: { frames: 1, fin: mark(90, LATE) } };

  test('times count from the first frame', () => {
    const found = check(abnormalClosure, spec);
    expect(found?.message).toBe(
      'The server ended the connection with FIN 45.5 s after the first frame in the capture (packet 90), without a Close, ' +
        'between frames, after 2 frames from the client and 1 from the server. Browsers and libraries report 1006.',
    );
    expect(found?.evidence).toMatchObject({ by: 'server', afterUpgradeMs: null });
    expect(told(check(abnormalClosure, spec, NO_TIMES))).toContain(
      'with FIN after the first frame in the capture',
    );
  });

  test('not raised after a Close', () => {
    const serverSide = { ...spec.serverSide, closeFrame: close(1001, 89, LATE) };
    expect(check(abnormalClosure, { ...spec, serverSide })).toBeNull();
  });

  test('withheld where the side that ended it may have sent its Close before the capture', () => {
    expect(judged(spec).raised).toEqual(['abnormal-closure error']);
    const nothing = { ...spec, serverSide: { fin: mark(90, LATE) } };
    const onlyPongs = { ...spec, serverSide: { pongs: 2, fin: mark(90, LATE) } };
    for (const silent of [nothing, onlyPongs]) {
      expect(judged(silent)).toEqual({ raised: [], withheld: ['abnormal-closure'] });
    }
  });
});

test('each message has a kind', () => {
  const fin = { fin: mark(90, LATE) };
  expect(check(abnormalClosure, { serverSide: fin })?.kind).toBe('no-close');
  const answered = { clientSide: { closeFrame: close(1000, 89, LATE - 1) }, serverSide: fin };
  expect(check(abnormalClosure, answered)?.kind).toBe('close-unanswered');
});

test('without times it names none', () => {
  const found = check(abnormalClosure, { serverSide: { fin: mark(90, 0) } }, NO_TIMES);
  expect(told(found)).toContain('with FIN after the 101 (packet 90)');
  expect(found?.evidence).toMatchObject({ afterUpgradeMs: null });
});

describe('together with other rules', () => {
  test('not raised where handshake-close is an error: that says all of it', () => {
    expect(judged({ serverSide: { fin: mark(8, 0.657) } }).raised).toEqual(['handshake-close error']);
    expect(judged({ serverSide: { fin: mark(8, 100.1) } }).raised).toEqual(['abnormal-closure error']);
  });

  test('raised where handshake-close is info and the server left a Close unanswered', () => {
    const spec = { clientSide: { closeFrame: close(1000, 7, 1) }, serverSide: { fin: mark(8, 2) } };
    expect(judged(spec).raised).toEqual([
      'handshake-close info',
      'close-unanswered warning',
      'abnormal-closure error',
    ]);
  });

  test('withheld where a Close of the side that ended it may be missing', () => {
    const lost = { frames: 1, isFramingLost: true, gapBytes: 20 };
    expect(judged({ serverSide: { ...lost, frames: 1, fin: mark(90, LATE) } })).toEqual({
      raised: [],
      withheld: ['abnormal-closure'],
    });
    expect(judged({ clientSide: lost, serverSide: { frames: 1, fin: mark(90, LATE) } }).raised).toEqual([
      'abnormal-closure warning',
    ]);
  });

  test('withheld where one direction was not captured: who ended it first is not known', () => {
    const spec = { clientSide: { isCaptured: false }, serverSide: { frames: 1, fin: mark(90, LATE) } };
    expect(judged(spec)).toEqual({ raised: [], withheld: ['abnormal-closure'] });
  });
});

describe('what came last', () => {
  const lastMessage = { by: 'client', opcode: 1, payloadLength: 16, ...mark(12, 200) } as const;
  const conversation = { reply: null, lastMessage, lastFrameBeforeClose: null, lastFrameBeforeEnd: null };

  test('is told, and what was done with it is the first suspect', () => {
    const found = check(abnormalClosure, { conversation, serverSide: { fin: mark(14, 203.4) } });
    expect(found?.message).toContain(
      "(packet 14), 3.4 ms after the client's text frame of 16 bytes (packet 12), without",
    );
    expect(found?.advice).toMatch(/^Look at what the server did with that message/);
  });

  test('leaves the time limits of proxies out where it was sent a short time before', () => {
    const advice = (ms: number) =>
      check(abnormalClosure, { conversation, serverSide: { fin: mark(14, ms) } })?.advice;
    expect(advice(4000)).not.toContain('idle');
    expect(advice(60_000)).toContain('idle timeouts of proxies');
  });

  test('has no duration without times', () => {
    const found = check(abnormalClosure, { conversation, serverSide: { fin: mark(14, 203.4) } }, NO_TIMES);
    expect(found?.message).toContain("(packet 14), after the client's text frame of 16 bytes (packet 12)");
  });
});

test('a client whose request says so is a proxy', () => {
  const request = seenRequest(lines('GET /live HTTP/1.1', 'Host: a', 'X-Forwarded-For: 192.0.2.7'));
  const found = check(abnormalClosure, { upgrade: { request }, clientSide: { fin: mark(90, LATE) } });
  expect(found?.advice).toBe(
    'This client is a proxy (X-Forwarded-For in its request). Look at its log and its timeouts, and at the connection in front of it: its own client may have left.',
  );
});

test('a Close that was still on its way is not one that was left without an answer', () => {
  const found = check(abnormalClosure, {
    clientSide: { closeFrame: { ...close(1000, 88, LATE - 5), isUnseenByPeerEnd: true } },
    serverSide: { fin: mark(90, LATE) },
  });
  expect(found).toMatchObject({ kind: 'close-crossed', packets: [88, 90] });
  expect(found?.message).toContain(
    "The client's Close 1000 (normal closure) (packet 88) was still on its way then",
  );
});

test('two FINs that crossed', () => {
  const found = check(abnormalClosure, {
    firstEnd: { by: 'client', how: 'fin', mark: mark(90, LATE), crossed: mark(91, LATE + 3) },
  });
  expect(found).toMatchObject({ kind: 'both-ended', packets: [90, 91] });
  expect(found?.message).toContain('The server had ended it on its own (FIN in packet 91)');
});

test('a bare RST is the answer of a host that has no such connection', () => {
  const reset = {
    hopLimit: 64,
    identification: 0,
    window: 0,
    hasAcknowledgement: false,
    isOfUnknown: true,
    answersUnseen: false,
    missing: 0,
    afterSilence: null,
    sentAfter: null,
  };
  const found = check(abnormalClosure, { clientSide: { rst: mark(90, LATE), reset } });
  expect(found?.kind).toBe('not-known');
  expect(told(found)).toMatch(
    /^A bare RST in the name of the client ended the connection .* Look at what stands between/,
  );
});

test('a RST whose number shows a FIN that the capture lacks', () => {
  const found = check(abnormalClosure, {
    firstEnd: { by: 'server', how: 'rst', mark: mark(90, LATE), missingBefore: 1 },
    clientSide: { closeFrame: close(1000, 89, LATE) },
  });
  expect(found).toMatchObject({ kind: 'fin-not-captured', packets: [90] });
});

test('a RST that is not certainly the server’s is told as one in its name', () => {
  const found = check(abnormalClosure, {
    firstEnd: { by: 'server', how: 'rst', mark: mark(90, LATE), forged: 'suspected' },
  });
  expect(found?.kind).toBe('reset-in-name');
  expect(found?.message).toMatch(/^A RST in the name of the server ended the connection/);
});
