import { describe, expect, test } from 'vitest';
import { upgradeUnanswered } from '../../src/rules/upgrade-unanswered.ts';
import { NO_NEIGHBOURS } from '../../src/judgement/neighbours.ts';
import { lines, switchingProtocols } from '../helpers/handshakes.ts';
import {
  check,
  CONTEXT,
  judged,
  mark,
  NO_TIMES,
  seenResponse,
  type RecordSpec,
  told,
} from '../helpers/record-builder.ts';

const UNANSWERED = { response: null, accept: null } as const;
const silent = (spec: RecordSpec): RecordSpec => ({
  upgrade: UNANSWERED,
  ...spec,
  serverSide: { streamBytes: 0, ...spec.serverSide },
});

describe('raised', () => {
  test.each<[string, RecordSpec, object]>([
    [
      "the server's FIN",
      silent({ serverSide: { fin: mark(6, 98) } }),
      { waitedMs: 100, endedBy: 'server', how: 'fin' },
    ],
    ["the server's RST", silent({ serverSide: { rst: mark(6, 0) } }), { endedBy: 'server', how: 'rst' }],
    [
      'the client gives up',
      silent({ clientSide: { fin: mark(6, 5598) } }),
      { waitedMs: 5600, endedBy: 'client' },
    ],
    ['still open after 5 s', silent({ last: mark(9, 4998) }), { waitedMs: 5000, endedBy: null, how: null }],
  ])('%s', (_name, spec, evidence) => {
    expect(check(upgradeUnanswered, spec)).toMatchObject({ severity: 'error', evidence });
  });

  test('with who ended it, when, and what came back', () => {
    const found = check(upgradeUnanswered, silent({ serverSide: { fin: mark(6, 98) } }));
    expect(told(found)).toMatch(
      /^The upgrade request for \/chat \(packet 4\) was never answered: not one byte came back, and the server ended the connection with FIN 100 ms later \(packet 6\)\. /,
    );
    expect(found).toMatchObject({ packets: [4, 6], at: mark(6, 98) });
  });

  test('where bytes came back that are not an answer', () => {
    const found = check(upgradeUnanswered, silent({ serverSide: { fin: mark(6, 98), streamBytes: 20 } }));
    expect(told(found)).toContain('what came back holds no answer to it');
  });

  test('after how long a silence can be set', () => {
    const spec = silent({ last: mark(9, 998) });
    expect(check(upgradeUnanswered, spec)).toBeNull();
    const found = check(upgradeUnanswered, spec, CONTEXT, { silenceMs: 1000 });
    expect(found).toMatchObject({ kind: 'silent' });
    expect(told(found)).toContain(
      'not one byte came back, and nothing had happened 1 s later, at its last packet in the capture (packet 9).',
    );
  });

  test('without times it names none', () => {
    const found = check(upgradeUnanswered, silent({ serverSide: { fin: mark(6, -2) } }), NO_TIMES);
    expect(told(found)).toContain('ended the connection with FIN (packet 6)');
    expect(found?.evidence['waitedMs']).toBeNull();
  });
});

describe('not raised', () => {
  test.each<[string, RecordSpec]>([
    ['the capture ended before 5 s', silent({ last: mark(9, 4997.999) })],
    ['answered by a 101', { serverSide: { fin: mark(8, 1) } }],
    [
      'answered by a refusal',
      { upgrade: { response: seenResponse(lines('HTTP/1.1 404 No')), accept: null } },
    ],
    ['the request was not captured', silent({ upgrade: { ...UNANSWERED, request: null } })],
    ['no upgrade', { upgrade: null, serverSide: { fin: mark(8, 1) } }],
  ])('%s', (_name, spec) => {
    expect(check(upgradeUnanswered, spec)).toBeNull();
  });
});

describe('a client that left', () => {
  const left = (ms: number) => silent({ clientSide: { fin: mark(6, ms - 2) } });

  test('after a short while is only information, and says how long it waited', () => {
    const found = check(upgradeUnanswered, left(150));
    expect(found).toMatchObject({ kind: 'left', severity: 'info', evidence: { waitedMs: 150 } });
    expect(told(found)).toContain(
      'The client ended the connection with FIN 150 ms after its upgrade request for /chat (packets 4 and 6), and had no answer by then: not one byte came back. The client waited 150 ms only, which says nothing against the server',
    );
  });

  test.each([
    [4999.9, 'info'],
    [5000, 'error'],
  ])('after %d ms: %s', (ms, severity) => {
    expect(check(upgradeUnanswered, left(ms))).toMatchObject({ severity });
  });

  test('without times nobody can say that it waited long', () => {
    expect(check(upgradeUnanswered, left(60_000), NO_TIMES)).toMatchObject({ severity: 'info' });
  });

  test('before the 101 came', () => {
    const lateResponse = seenResponse(switchingProtocols(), mark(38, 23_698));
    const found = check(upgradeUnanswered, {
      clientSide: { fin: mark(25, 20_018) },
      upgrade: { ...UNANSWERED, lateResponse },
    });
    expect(found).toMatchObject({ kind: 'late', severity: 'error', packets: [4, 25, 38] });
    expect(told(found)).toContain(
      'The client gave up on its upgrade request for /chat (packet 4) 20.02 s after it, with FIN (packet 25). The 101 came 3.68 s after that (packet 38), 23.7 s after the request: it opens nothing.',
    );
  });
});

describe('bytes that are no answer', () => {
  const came = (text: string, more: RecordSpec = { clientSide: { fin: mark(8, 3) } }): RecordSpec => ({
    upgrade: {
      ...UNANSWERED,
      unparsed: { bytes: Uint8Array.from(Buffer.from(text, 'latin1')), ...mark(6, -1) },
    },
    ...more,
  });

  test.each([
    [
      'HTTP 101 Switching Protocols\r\n',
      'bad-answer',
      'came 1 ms later (packet 6), and begins with no valid status line: "HTTP 101 Switching Protocols". The client ended the connection with FIN 4 ms later (packet 8).',
    ],
    [
      'SSH-2.0-OpenSSH_9.2\r\n',
      'other-protocol',
      'What came back to the upgrade request for /chat (packet 4) 1 ms later is not HTTP: "SSH-2.0-OpenSSH_9.2" (packet 6).',
    ],
    ['\x00\x01\x02', 'other-protocol', 'is not HTTP: the bytes 00 01 02 (packet 6)'],
  ])('are quoted: %j', (text, kind, message) => {
    const found = check(upgradeUnanswered, came(text));
    expect(found).toMatchObject({ kind, severity: 'error', packets: [4, 6, 8] });
    expect(found?.headline).toBe(
      kind === 'bad-answer'
        ? 'upgrade unanswered: what came back has no valid status line'
        : 'upgrade unanswered: bytes that are not HTTP came back',
    );
    expect(told(found)).toContain(message);
  });

  const HEAD = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n';

  test('a head without its empty line', () => {
    const found = check(upgradeUnanswered, came(HEAD, { clientSide: { fin: mark(8, 5600) } }));
    expect(found).toMatchObject({ kind: 'unfinished-head', severity: 'error' });
    expect(told(found)).toContain(
      'begins with "HTTP/1.1 101 Switching Protocols", but the empty line that ends its head never came. The client ended the connection with FIN 5.6 s later (packet 8).',
    );
  });

  test('a client that leaves in the middle of a head proves nothing', () => {
    expect(check(upgradeUnanswered, came(HEAD))).toMatchObject({ kind: 'left-in-head', severity: 'info' });
  });

  test('a server that ends in the middle of its head', () => {
    const found = check(upgradeUnanswered, came(HEAD, { serverSide: { fin: mark(8, 3) } }));
    expect(found).toMatchObject({ kind: 'unfinished-head', severity: 'error' });
  });

  test('a head that may go on', () => {
    expect(check(upgradeUnanswered, came(HEAD, { last: mark(7, 2000) }))).toBeNull();
    expect(check(upgradeUnanswered, came(HEAD, { last: mark(7, 5000) }))).toMatchObject({
      kind: 'unfinished-head',
    });
  });
});

describe('a server that hung up', () => {
  test('before the request came is not this rule', () => {
    const spec = silent({
      serverSide: { fin: mark(3, -2.1) },
      upgrade: { ...UNANSWERED, requestAtServerEnd: 'none' },
    });
    expect(check(upgradeUnanswered, spec)).toBeNull();
    expect(judged(spec).raised).toEqual(['closed-before-request warning']);
  });

  test('because its backend refused is a forwarder', () => {
    const refusedLeg = () => ({
      client: { address: '127.0.0.1', port: 1234 },
      server: { address: '127.0.0.1', port: 9001 },
      syn: mark(4, -2),
      refusal: mark(5, -1),
    });
    const context = { ...CONTEXT, neighbours: { ...NO_NEIGHBOURS, refusedLeg } };
    const found = check(upgradeUnanswered, silent({ serverSide: { fin: mark(6, 0) } }), context);
    expect(found).toMatchObject({ packets: [4, 5, 6], evidence: { refusedBackend: '127.0.0.1 port 9001' } });
    expect(told(found)).toContain(
      ': a moment before, 127.0.0.1 port 9001 had refused a connection (packet 5). The server forwards to a backend that refuses',
    );
  });

  test('may not expect a PROXY header', () => {
    const spec = silent({ serverSide: { fin: mark(6, 0) }, proxyHeader: { version: 1, source: null } });
    expect(told(check(upgradeUnanswered, spec))).toContain(
      'a PROXY protocol header stands in front of the request',
    );
  });
});

test.each<[string, RecordSpec]>([
  [
    'the server was not captured',
    silent({ clientSide: { fin: mark(6, 10) }, serverSide: { isCaptured: false } }),
  ],
  [
    'bytes of the server are missing',
    silent({ serverSide: { fin: mark(6, 10), gapBytes: 129, streamBytes: 400 } }),
  ],
])('withheld where %s', (_name, spec) => {
  expect(judged(spec)).toEqual({ raised: [], withheld: ['upgrade-unanswered'] });
});
