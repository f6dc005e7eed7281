import { describe, expect, test } from 'vitest';
import { connectionRefused } from '../../src/rules/connection-refused.ts';
import {
  check,
  CONTEXT,
  judged,
  mark,
  NO_TIMES,
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
