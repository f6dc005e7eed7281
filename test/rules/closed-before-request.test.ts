import { describe, expect, test } from 'vitest';
import { closedBeforeRequest } from '../../src/rules/closed-before-request.ts';
import { NO_NEIGHBOURS } from '../../src/judgement/neighbours.ts';
import { check, CONTEXT, judged, mark, NO_TIMES, type RecordSpec, told } from '../helpers/record-builder.ts';

const EMPTY: RecordSpec = { upgrade: null, clientSide: { streamBytes: 0, segments: 0 } };
const ended = (server: RecordSpec['serverSide'], client: RecordSpec['clientSide'] = {}): RecordSpec => ({
  ...EMPTY,
  clientSide: { ...EMPTY.clientSide, ...client },
  serverSide: { streamBytes: 0, segments: 0, ...server },
});

describe('raised', () => {
  test.each<[string, RecordSpec, object]>([
    ['a FIN after the SYN/ACK', ended({ fin: mark(4, -1) }), { how: 'fin', afterMs: 2 }],
    ['a RST', ended({ rst: mark(4, 17) }), { how: 'rst', afterMs: 20 }],
    ['the client follows', ended({ fin: mark(4, -1) }, { fin: mark(5, 0) }), { how: 'fin' }],
  ])('%s', (_name, spec, evidence) => {
    expect(check(closedBeforeRequest, spec)).toMatchObject({ severity: 'warning', evidence });
  });

  test('says what may be the reason', () => {
    const found = check(closedBeforeRequest, ended({ fin: mark(4, -1) }));
    expect(told(found)).toMatch(
      /^The server accepted the connection and sent FIN 2 ms later, before any request byte \(packets 2 and 4\)\. Look at what listens on port 80: /,
    );
    expect(found).toMatchObject({ packets: [2, 4], at: mark(4, -1) });
  });

  test('after seconds it may be an idle connection of a browser', () => {
    const found = check(closedBeforeRequest, ended({ fin: mark(4, 5000) }));
    expect(told(found)).toContain('an idle connection that a browser opened ahead of need');
  });

  test('from when on can be set', () => {
    const spec = ended({ fin: mark(4, 997) });
    expect(check(closedBeforeRequest, spec)?.kind).toBe('closed');
    expect(check(closedBeforeRequest, spec, CONTEXT, { preconnectMs: 1000 })?.kind).toBe('closed-idle');
  });

  test('after seconds it is only information', () => {
    expect(check(closedBeforeRequest, ended({ fin: mark(4, 5000) }))).toMatchObject({ severity: 'info' });
  });

  test('beside a connection that was served it is only information', () => {
    const context = { ...CONTEXT, neighbours: { ...NO_NEIGHBOURS, wasServed: () => true } };
    const found = check(closedBeforeRequest, ended({ fin: mark(4, -1) }), context);
    expect(found).toMatchObject({ severity: 'info', evidence: { wasServed: true } });
    expect(told(found)).toContain('this one was probably a spare one');
  });

  test('names the backend that refused at that moment', () => {
    const refusedLeg = () => ({
      client: { address: '127.0.0.1', port: 1234 },
      server: { address: '127.0.0.1', port: 9001 },
      syn: mark(3, -2.5),
      refusal: mark(3, -2),
    });
    const context = { ...CONTEXT, neighbours: { ...NO_NEIGHBOURS, refusedLeg } };
    const found = check(closedBeforeRequest, ended({ fin: mark(4, -1) }), context);
    expect(found?.headline).toBe(
      'closed before the request: 127.0.0.1 port 9001 had refused a connection a moment before',
    );
    expect(told(found)).toContain(
      ': a moment before, 127.0.0.1 port 9001 had refused a connection (packet 3). The server forwards to a backend that refuses',
    );
  });

  test('before the request had come: its FIN acknowledges nothing of it', () => {
    const found = check(closedBeforeRequest, {
      upgrade: { response: null, accept: null, requestAtServerEnd: 'none' },
      serverSide: { fin: mark(3, -2.9), streamBytes: 0 },
    });
    expect(found).toMatchObject({ kind: 'crossed', severity: 'warning', packets: [3, 4] });
    expect(told(found)).toContain(
      'The server hung up before the upgrade request for /chat had reached it: its FIN (packet 3) left 0.9 ms before the request came (packet 4), and acknowledges nothing of it. Look at what listens on port 80',
    );
  });

  test('without times it names none', () => {
    const found = check(closedBeforeRequest, ended({ fin: mark(4, -3) }), NO_TIMES);
    expect(told(found)).toContain('sent FIN, before any request byte');
    expect(found?.evidence['afterMs']).toBeNull();
  });
});

describe('not raised', () => {
  test.each<[string, RecordSpec]>([
    ['a health check: the client closes first', ended({ fin: mark(5, 0) }, { fin: mark(4, -1) })],
    ['the client sent bytes', ended({ fin: mark(4, -1) }, { streamBytes: 10 })],
    ['the server sent bytes: another protocol', ended({ fin: mark(4, -1), streamBytes: 20 })],
    [
      'an upgrade was tried',
      { serverSide: { fin: mark(8, 0), streamBytes: 0 }, clientSide: { streamBytes: 0 } },
    ],
    [
      'no SYN was captured: what came before is not known',
      ended({ fin: mark(4, -1), syn: null }, { syn: null }),
    ],
    ['nobody ended it', ended({})],
    [
      'the port is not known to be one of WebSockets',
      { ...ended({ fin: mark(4, -1) }), server: { address: '198.51.100.2', port: 443 } },
    ],
    [
      'the server had the request when it ended',
      {
        upgrade: { response: null, accept: null, requestAtServerEnd: 'all' },
        serverSide: { fin: mark(5, -1), streamBytes: 0 },
      },
    ],
    ['a RST without a SYN/ACK: that is connection-refused', ended({ rst: mark(2, -3.9), syn: null })],
  ])('%s', (_name, spec) => {
    expect(check(closedBeforeRequest, spec)).toBeNull();
  });
});

test('withheld where the client was not captured: its request may be what is missing', () => {
  expect(judged(ended({ fin: mark(4, -1) }, { isCaptured: false, syn: null }))).toEqual({
    raised: [],
    withheld: ['closed-before-request'],
  });
});
