import { describe, expect, test } from 'vitest';
import { NeighbourLog } from '../../src/judgement/neighbours.ts';
import { connectionRefused } from '../../src/rules/connection-refused.ts';
import {
  check,
  CONTEXT,
  judged,
  mark,
  NO_TIMES,
  recordOf,
  type RecordSpec,
  type SideSpec,
  told,
} from '../helpers/record-builder.ts';

const EMPTY: SideSpec = { streamBytes: 0, segments: 0 };
const unopened = (client: SideSpec, server: SideSpec, more: RecordSpec = {}): RecordSpec => ({
  upgrade: null,
  ...more,
  clientSide: { ...EMPTY, ...client },
  serverSide: { ...EMPTY, syn: null, syns: 0, ...server },
});
const REFUSED = unopened({}, { rst: mark(2, -3.95) });
const SILENT = unopened({ syns: 4 }, { isCaptured: false }, { last: mark(9, 7000) });

test('raised where a SYN is answered by RST', () => {
  const finding = check(connectionRefused, REFUSED);
  expect(told(finding)).toBe(
    'The server 198.51.100.2 port 80 refused the connection: it answered the SYN with RST 0.05 ms later (packets 1 and 2). ' +
      'Look at whether the server runs and listens on that address and port (a crash, a restart, another port), and for a ' +
      'firewall that answers with RST.',
  );
  expect(finding).toMatchObject({
    kind: 'refused',
    severity: 'error',
    packets: [1, 2],
    at: mark(2, -3.95),
    evidence: { syns: 1, afterMs: 0.05, address: '198.51.100.2', port: 80 },
  });
});

test('raised where three SYNs or more are not answered', () => {
  const finding = check(connectionRefused, SILENT);
  expect(told(finding)).toMatch(
    /^The server 198\.51\.100\.2 port 80 did not answer: the client sent 4 SYNs in 7 s \(packets 1 and 9\), and no answer came\. Look at whether that host is up/,
  );
  expect(finding).toMatchObject({
    kind: 'unanswered',
    at: mark(9, 7000),
    evidence: { syns: 4, afterMs: 7004 },
  });
});

test('the number of SYNs can be set', () => {
  const two = { ...SILENT, clientSide: { ...SILENT.clientSide, syns: 2 } };
  expect(check(connectionRefused, two)).toBeNull();
  expect(check(connectionRefused, two, CONTEXT, { unansweredSyns: 2 })).not.toBeNull();
});

test('without times it names none', () => {
  expect(told(check(connectionRefused, REFUSED, NO_TIMES))).toContain(
    'answered the SYN with RST (packets 1 and 2)',
  );
  const silent = check(connectionRefused, SILENT, NO_TIMES);
  expect(told(silent)).toContain('sent 4 SYNs (packets 1 and 9)');
  expect(silent?.evidence['afterMs']).toBeNull();
});

describe('where no connection of the capture carries a byte', () => {
  const alone = (...specs: readonly RecordSpec[]) => {
    const neighbours = new NeighbourLog();
    for (const [id, spec] of specs.entries()) neighbours.add(recordOf({ ...spec, id }));
    return { ...CONTEXT, webSocketPorts: new Set<number>(), neighbours };
  };
  const checkAll = (...specs: readonly RecordSpec[]) =>
    specs.map((spec, id) => check(connectionRefused, { ...spec, id }, alone(...specs)));

  test('it speaks without being told the port, and once for all attempts', () => {
    const [first, second, third] = checkAll(REFUSED, REFUSED, REFUSED);
    expect(first).toMatchObject({
      headline: '198.51.100.2 port 80 refused 3 attempts to connect',
      evidence: { attempts: 3 },
    });
    expect(first?.message).toContain('So it did with all 3 attempts to that port in this capture.');
    expect(first?.follows).toBeUndefined();
    for (const other of [second, third]) {
      expect(other).toMatchObject({ severity: 'error', follows: { rule: 'connection-refused', id: 0 } });
      expect(other?.headline).toBeUndefined();
    }
  });

  test('another port, and another answer, are told for themselves', () => {
    const elsewhere = { ...REFUSED, server: { address: '198.51.100.2', port: 81 } };
    const found = checkAll(REFUSED, elsewhere, SILENT);
    expect(found.map((each) => each?.headline)).toEqual([
      '198.51.100.2 port 80 refused 1 attempt to connect',
      '198.51.100.2 port 81 refused 1 attempt to connect',
      '4 SYNs without an answer from 198.51.100.2 port 80',
    ]);
  });

  test('SYNs without an answer are counted over all attempts that sent enough of them', () => {
    const few = { ...SILENT, clientSide: { ...SILENT.clientSide, syns: 2 } };
    const [none, first, second] = checkAll(few, SILENT, SILENT);
    expect(none).toBeNull();
    expect(first?.headline).toBe('8 SYNs without an answer from 198.51.100.2 port 80');
    expect(first?.message).toContain('None of the 2 attempts to that port in this capture got through.');
    expect(second?.follows).toEqual({ rule: 'connection-refused', id: 1 });
  });

  test('where one does, each is told for itself, and only on a port of WebSockets', () => {
    const context = alone(REFUSED, REFUSED);
    context.neighbours.carryBytes = true;
    expect(check(connectionRefused, REFUSED, context)).toBeNull();
    const known = { ...context, webSocketPorts: CONTEXT.webSocketPorts };
    expect(check(connectionRefused, { ...REFUSED, id: 1 }, known)?.follows).toBeUndefined();
  });
});

describe('a host with two loopback addresses', () => {
  const at = (address: string, more: RecordSpec): RecordSpec => ({ ...more, server: { address, port: 80 } });
  const severity = (served: RecordSpec) => {
    const neighbours = new NeighbourLog();
    neighbours.add(recordOf({ id: 1, ...served }));
    return check(connectionRefused, at('::1', REFUSED), { ...CONTEXT, neighbours })?.severity;
  };

  test('is information where the other family served the port within 5 s', () => {
    expect(severity(at('127.0.0.1', { first: mark(3, -2) }))).toBe('info');
  });

  test.each<[string, RecordSpec]>([
    ['later', at('127.0.0.1', { first: mark(30, 6000) })],
    ['before', at('127.0.0.1', { first: mark(1, -500) })],
    ['by the same family', at('::1', { first: mark(3, -2) })],
    ['on another port', { server: { address: '127.0.0.1', port: 81 }, first: mark(3, -2) }],
    ['by another host', at('192.0.2.1', { first: mark(3, -2) })],
  ])('is an error where it was served %s', (_name, served) => {
    expect(severity(served)).toBe('error');
  });
});

describe('not raised', () => {
  test.each<[string, RecordSpec]>([
    ['a port on which no WebSocket was seen', { ...REFUSED, server: { address: '198.51.100.2', port: 81 } }],
    ['two SYNs', unopened({ syns: 2 }, { isCaptured: false })],
    ['the server answered the third SYN', unopened({ syns: 3 }, { syn: mark(4, 0), syns: 1 })],
    ['the server answered, and its SYN/ACK was not captured', unopened({ syns: 3 }, {})],
    ['a RST after the SYN/ACK', unopened({}, { syn: mark(2, -3), rst: mark(3, 0) })],
    ['a RST after a request', unopened({ streamBytes: 100 }, { rst: mark(4, 0) })],
    ['a RST of the server in the middle of something', unopened({ syn: null, syns: 0 }, { rst: mark(4, 0) })],
    ['the client gave up', unopened({ syns: 3, rst: mark(6, 9000) }, { isCaptured: false })],
    ['a WebSocket whose handshake was not captured', { ...REFUSED, opening: 'inferred' }],
    ['an upgrade', { serverSide: { rst: mark(8, 1) } }],
  ])('%s', (_name, spec) => {
    expect(check(connectionRefused, spec)).toBeNull();
  });
});

test('alone: neither closed-before-request nor anything else', () => {
  expect(judged(REFUSED)).toEqual({ raised: ['connection-refused error'], withheld: [] });
  expect(judged(SILENT)).toEqual({ raised: ['connection-refused error'], withheld: [] });
});

test('withheld where the client had sent something that is not in the capture: then it was let in', () => {
  const firstEnd = { by: 'server', how: 'rst', mark: mark(2, -3), followsUnseen: true } as const;
  expect(judged({ ...REFUSED, firstEnd })).toEqual({ raised: [], withheld: ['connection-refused'] });
});

test('an ICMP message says who rejects, and why', () => {
  const undelivered = {
    from: '10.9.1.1',
    reason: 'administratively prohibited',
    mtu: null,
    count: 1,
    mark: mark(2, -3.7),
  } as const;
  const found = check(connectionRefused, {
    upgrade: null,
    clientSide: { undelivered, syns: 1, streamBytes: 0, syn: mark(1, -4) },
    serverSide: { isCaptured: false, syn: null, streamBytes: 0 },
  });
  expect(found).toMatchObject({ kind: 'undeliverable', severity: 'error', packets: [1, 2] });
  expect(found?.message).toBe(
    'The server 198.51.100.2 port 80 could not be reached: 10.9.1.1 answered with ICMP "administratively prohibited" (packet 2) 0.3 ms later, after 1 SYN of the client.',
  );
});
