import { describe, expect, test } from 'vitest';
import type { ApplicationEnd, ApplicationFacts } from '../../src/protocols/application-protocol.ts';
import { appGoodbye } from '../../src/rules/app-goodbye.ts';
import { check, close, judged, mark, told, type RecordSpec } from '../helpers/record-builder.ts';

const saying = (end: Partial<ApplicationEnd> = {}): ApplicationFacts => ({
  protocol: 'mqtt',
  version: '3.1.1',
  heartbeat: null,
  end: { from: 'client', kind: 'goodbye', text: 'MQTT DISCONNECT', ...mark(20, 5000), ...end },
  unread: [],
});
const SERVER_FIN: RecordSpec = {
  application: saying(),
  clientSide: { frames: 2 },
  serverSide: { frames: 1, fin: mark(21, 5001) },
};

describe('raised', () => {
  test.each<[string, RecordSpec]>([
    ['the server ends TCP', SERVER_FIN],
    ['a Close follows', { application: saying(), clientSide: { closeFrame: close(1000, 21, 5001) } }],
    ['captured in the wrong order', { ...SERVER_FIN, serverSide: { frames: 1, fin: mark(19, 5001) } }],
    ['10 s later', { application: saying(), serverSide: { fin: mark(21, 15_000) } }],
  ])('%s', (_name, spec) => {
    expect(check(appGoodbye, spec)).toMatchObject({ kind: 'goodbye', severity: 'info' });
  });
});

describe('not raised', () => {
  test.each<[string, RecordSpec]>([
    ['nobody said goodbye', { ...SERVER_FIN, application: null }],
    ['a fault', { ...SERVER_FIN, application: saying({ kind: 'fault' }) }],
    ['more than 10 s later', { application: saying(), serverSide: { fin: mark(21, 15_000.1) } }],
    ['after the end', { application: saying(), serverSide: { fin: mark(19, 4000) } }],
    [
      'both sides closed in order',
      {
        application: saying(),
        clientSide: { closeFrame: close(1000, 21, 5001) },
        serverSide: { closeFrame: close(1000, 22, 5002), fin: mark(23, 5003) },
      },
    ],
    ['still open', { application: saying() }],
  ])('%s', (_name, spec) => {
    expect(check(appGoodbye, spec)).toBeNull();
  });
});

test('the message says who left, and who followed', () => {
  expect(told(check(appGoodbye, SERVER_FIN))).toBe(
    'The client said goodbye with MQTT DISCONNECT 5 s after the 101 (packet 20); 1 ms later the server ended the connection with FIN ' +
      '(packet 21). This is how a session of this protocol ends: there is nothing to mend.',
  );
});

test('whoever follows a goodbye is not blamed', () => {
  expect(judged(SERVER_FIN).raised).toEqual(['app-goodbye info']);
  const soon: RecordSpec = {
    application: saying(mark(7, 20)),
    clientSide: { frames: 2 },
    serverSide: { frames: 1, fin: mark(8, 21) },
  };
  expect(judged(soon).raised).toEqual(['handshake-close info', 'app-goodbye info']);
});
